import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Run } from '../../protocol/run';
import type { PromptFormat } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import { listCheckpoints } from '../../runs/checkpoints';
import { tell } from '../platform/offer';
import { type Choice, type Step, choose, walk } from '../platform/questions';
import { reveal } from '../platform/reveal';
import { metricText, runName } from '../views/runText';
import { chosenRun } from './chosenRun';
import type { Command } from './studio';

interface Asked {
  /** Checkpoint folder, absolute. */
  checkpoint?: string;
  format?: PromptFormat;
}

/** Writes a prompt of a run for other programs: asks which checkpoint, in which format and where to. */
export const exportPrompt: Command = async (studio, argument) => {
  const run = await chosenRun(studio, argument, 'openCheckpoint');
  if (!run) return;
  const checkpoints = await checkpointChoices(run);
  if (checkpoints.length === 0) {
    tell('warning', vscode.l10n.t('{0} has no checkpoint on the disk.', run.record.name));
    return;
  }
  const asked: Asked = {};
  const title = vscode.l10n.t('Export Prompt of {0}', runName(run));
  if (!(await walk(title, asked, () => [checkpointStep(checkpoints), formatStep]))) return;
  const { checkpoint, format } = asked as Required<Asked>;
  const destination = await askDestination(run, format);
  if (!destination) return;
  try {
    const { path, length, width, lostPosition } = await studio.trainerHost.start<'export-prompt'>({
      kind: 'export-prompt',
      prompt: checkpoint,
      destination: destination.fsPath,
      format,
      baseFolder: run.record.baseFolder,
    }).result;
    const written = vscode.l10n.t('{0} virtual tokens of width {1} were written to {2}.', length, width, path);
    const lost = lostPosition && vscode.l10n.t('Its place, {0}, is not in the file.', lostPosition);
    tell('info', lost ? `${written} ${lost}` : written, {
      title: vscode.l10n.t('Reveal'),
      act: () => reveal(path),
    });
  } catch (error) {
    if (!(error instanceof TrainerFailure)) throw error;
    tell('error', vscode.l10n.t('{0} was not exported: {1}', runName(run), error.message));
  }
};

/** The best checkpoint first, then the last one, then the others from late to early. */
async function checkpointChoices({ folder, record }: Run): Promise<Choice<string>[]> {
  const { best, last } = record;
  const rank = (step: number): number => (step === best?.step ? 2 : step === last?.step ? 1 : 0);
  return (await listCheckpoints(folder))
    .toSorted((a, b) => rank(b.step) - rank(a.step) || b.step - a.step)
    .map(({ step, folder: value }) => ({
      label: record.imported ? vscode.l10n.t('As imported') : vscode.l10n.t('Step {0}', step),
      description: [
        ...(best && step === best.step ? [vscode.l10n.t('best: {0}', metricText(best.metric, best.value))] : []),
        ...(step === last?.step ? [vscode.l10n.t('last')] : []),
      ].join(' · '),
      value,
    }));
}

function checkpointStep(choices: readonly Choice<string>[]): Step<Asked> {
  return async (asked, place) => {
    const checkpoint = await choose<string>({
      ...place,
      placeholder: vscode.l10n.t('Checkpoint'),
      choices,
      active: (value) => value === asked.checkpoint,
    });
    if (typeof checkpoint !== 'string') return checkpoint;
    asked.checkpoint = checkpoint;
    return true;
  };
}

const formatStep: Step<Asked> = async (asked, place) => {
  const format = await choose<PromptFormat>({
    ...place,
    placeholder: vscode.l10n.t('Format'),
    choices: [
      {
        label: vscode.l10n.t('PEFT adapter'),
        description: vscode.l10n.t('a folder with adapter_config.json and adapter_model.safetensors'),
        value: 'peft',
      },
      {
        label: vscode.l10n.t('NumPy matrix'),
        description: vscode.l10n.t('a .npy file, one row a virtual token'),
        value: 'npy',
      },
    ],
    active: (value) => value === asked.format,
  });
  if (format !== 'peft' && format !== 'npy') return format;
  asked.format = format;
  return true;
};

/** Asks for a new folder (PEFT) or file (.npy); beside the runs' folder, unless the person chooses another place. */
async function askDestination(run: Run, format: PromptFormat): Promise<vscode.Uri | undefined> {
  const base = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(run.folder))?.uri.fsPath ?? dirname(run.folder);
  const name = runName(run).replace(/[^\p{L}\p{N}._-]+/gu, '-');
  return vscode.window.showSaveDialog({
    title: format === 'peft' ? vscode.l10n.t('Name of the new adapter folder') : vscode.l10n.t('Name of the .npy file'),
    defaultUri: vscode.Uri.file(join(base, format === 'peft' ? `${name}-adapter` : `${name}.npy`)),
    saveLabel: vscode.l10n.t('Export'),
    ...(format === 'npy' ? { filters: { NumPy: ['npy'] } } : {}),
  });
}
