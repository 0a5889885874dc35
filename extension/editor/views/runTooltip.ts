import * as vscode from 'vscode';
import { positionOf } from '../../protocol/promptPosition';
import type { Run } from '../../protocol/run';
import { type Fact, factSheet } from '../platform/markdown';
import { durationText, metricText, runName, scoresText, statusText } from './runText';

/** The whole configuration and result of a run, for the tooltip. */
export function tooltipMarkdown(run: Run): vscode.MarkdownString {
  const { record, marks } = run;
  const { experiment, imported, model, provider, data, best, test, baselines } = record;
  const { prompt, training, task } = experiment ?? {};
  const length = prompt?.length ?? imported?.length;
  const facts: readonly Fact[] = [
    [vscode.l10n.t('Status'), [statusText(record.status), record.reason].filter(Boolean).join(': ')],
    [vscode.l10n.t('Imported from'), imported?.from],
    [vscode.l10n.t('Steps'), imported ? undefined : `${record.step} / ${record.totalSteps}`],
    [vscode.l10n.t('Time'), imported ? undefined : durationText(record.seconds)],
    [vscode.l10n.t('Best'), best && vscode.l10n.t('{0} at step {1}', metricText(best.metric, best.value), best.step)],
    [vscode.l10n.t('Test'), test && scoresText(test)],
    ...(baselines ?? []).map(({ name, scores }): Fact => [name, scoresText(scores)]),
    [vscode.l10n.t('Model'), model ? `${model.name} (${model.architecture})` : experiment?.model],
    [
      vscode.l10n.t('Data'),
      data
        ? vscode.l10n.t(
            '{0}: {1} train, {2} dev, {3} test',
            experiment?.data.train ?? '',
            data.rows.train,
            data.rows.dev,
            data.rows.test,
          )
        : experiment?.data.train,
    ],
    [vscode.l10n.t('Template'), task?.template],
    [
      vscode.l10n.t('Prompt'),
      length === undefined
        ? undefined
        : [vscode.l10n.t('{0} virtual tokens', length), prompt?.initialiser, positionOf(record)]
            .filter((each) => each !== undefined)
            .join(', '),
    ],
    [
      vscode.l10n.t('Optimiser'),
      training?.optimizer && `${training.optimizer.name}, ${training.optimizer.learningRate}`,
    ],
    [vscode.l10n.t('Seed'), training?.seed?.toString()],
    [vscode.l10n.t('Execution provider'), provider && [provider.used, provider.device].filter(Boolean).join(', ')],
    ...(provider?.rejected ?? []).map(({ provider: name, reason }): Fact => [
      vscode.l10n.t('Not used'),
      `${name}, ${reason}`,
    ]),
  ];
  return factSheet(runName(run), marks.note ? [marks.note] : [], facts);
}
