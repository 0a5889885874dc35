import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { PresetName } from '../../protocol/experiment';
import { presetTable } from '../../protocol/presets';
import type { TaskPreview } from '../../protocol/trainer';
import { type Answer, type Choice, type Step, back, choose } from '../platform/questions';
import type { TrainerHost } from '../training/trainerHost';
import type { Answers } from './answers';

/** A preset; or a remark on the data, which answers nothing. */
type PresetChoice = { readonly preset: PresetName; readonly start: boolean } | 'remark';

/** Asks how much to tune. The model and the task are tried on the data meanwhile, and what that shows stands above the presets. */
export function presetStep(host: TrainerHost): Step<Answers> {
  return async (answers, place) => {
    const { dataSet, task, model } = answers as Required<Answers>;
    const looking = host.start<'preview-task'>({
      kind: 'preview-task',
      model,
      task,
      file: dataSet,
      baseFolder: dirname(dataSet),
    });
    const choices = looking.result.then((preview) => {
      answers.kind = preview.kind;
      return presetChoices(preview);
    });
    let chosen: Answer<PresetChoice>;
    do {
      chosen = await choose<PresetChoice>({
        ...place,
        placeholder: vscode.l10n.t('Preset: every value of it can be changed in the experiment file'),
        choices,
        active: (value) => value !== 'remark' && value.preset === answers.preset,
      });
    } while (chosen === 'remark');
    looking.kill();
    if (chosen === undefined || chosen === back) return chosen;
    answers.preset = chosen.preset;
    answers.start = chosen.start;
    return true;
  };
}

function presetChoices(preview: TaskPreview): Choice<PresetChoice>[] {
  return [
    choice(
      'quick',
      vscode.l10n.t('Quick'),
      sizeText('quick'),
      vscode.l10n.t('A few minutes on two cores with the bundled model.'),
    ),
    choice(
      'paper',
      vscode.l10n.t('Paper'),
      sizeText('paper'),
      vscode.l10n.t('As Lester, Al-Rfou and Constant 2021: many hours without a GPU.'),
    ),
    choice(
      'custom',
      vscode.l10n.t('Custom'),
      '',
      vscode.l10n.t('As Quick, with your own prompt length, steps, learning rate and start.'),
    ),
    { label: vscode.l10n.t('This model on this data') },
    { label: `$(info) ${lengthsText(preview)}`, value: 'remark' },
    ...preview.problems.map((problem): Choice<PresetChoice> => ({ label: `$(warning) ${problem}`, value: 'remark' })),
  ];
}

function choice(preset: PresetName, label: string, description: string, detail: string): Choice<PresetChoice> {
  return {
    label,
    description,
    detail,
    value: { preset, start: true },
    button: {
      icon: 'new-file',
      tooltip: vscode.l10n.t('Write the experiment without starting it'),
      value: { preset, start: false },
    },
  };
}

function sizeText(name: PresetName): string {
  const { promptLength, steps, batchSize } = presetTable[name];
  return vscode.l10n.t('{0} virtual tokens, {1} steps of {2} examples', promptLength, steps, batchSize);
}

function lengthsText({ tokens, truncated }: TaskPreview): string {
  const lengths = vscode.l10n.t('Inputs: median {0}, longest {1} tokens', tokens.median, tokens.longest);
  const cut =
    truncated === 0 ? vscode.l10n.t('none is cut') : vscode.l10n.t('{0} % are cut', (truncated * 100).toFixed(1));
  return `${lengths}; ${cut}`;
}
