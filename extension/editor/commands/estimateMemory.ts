import * as vscode from 'vscode';
import type { Workload } from '../../protocol/models';
import { presetTable } from '../../protocol/presets';
import { numberStep } from '../platform/numberStep';
import { walk } from '../platform/questions';
import { memoryFacts, memoryText, modelName, verdictText } from '../views/modelText';
import { chosenModel } from './chosenModel';
import type { Command } from './studio';

type Asked = { -readonly [Field in keyof Workload]: Workload[Field] };
const asked = (workload: Asked): Asked => workload;

/** Says how much memory tuning a model takes, for a prompt length, a batch and texts that the person gives. */
export const estimateMemory: Command = async (studio, argument) => {
  const model = await chosenModel(studio, argument);
  if (!model) return;
  const { promptLength, batchSize, maxTokens, microBatchTokens } = presetTable.quick;
  const workload: Asked = model.memory
    ? { ...model.memory.workload }
    : { promptLength, batchSize: Math.min(batchSize, Math.floor(microBatchTokens / maxTokens)), tokens: maxTokens };
  const answered = await walk(vscode.l10n.t('Memory Estimate for {0}', modelName(model)), workload, () => [
    numberStep(asked, 'promptLength', { whole: true }, () => vscode.l10n.t('Prompt length: number of virtual tokens')),
    numberStep(asked, 'batchSize', { whole: true }, () => vscode.l10n.t('Examples at once: the micro-batch')),
    numberStep(asked, 'tokens', { whole: true }, () => vscode.l10n.t('Tokens of an example, its answer included')),
  ]);
  if (!answered) return;
  const estimate = await studio.trainerHost.start<'estimate-memory'>({
    kind: 'estimate-memory',
    model: model.model,
    baseFolder: model.path,
    workload,
  }).result;
  await vscode.window.showInformationMessage(vscode.l10n.t('{0}: {1}', modelName(model), memoryText(estimate)), {
    modal: true,
    detail: [
      ...memoryFacts(estimate).map(([name, value]) => `${name}: ${value ?? ''}`),
      '',
      verdictText(estimate),
    ].join('\n'),
  });
};
