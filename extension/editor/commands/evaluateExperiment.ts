import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { EvaluationRequest } from '../../protocol/evaluation';
import { chosenExperiment } from '../experiments/chosenExperiment';
import { tell } from '../platform/offer';
import { mayEvaluate } from '../platform/trust';
import { evaluationsHome } from './evaluateDataset';
import type { Command } from './studio';

/** Evaluates the finished runs of an experiment file on the test part of its data, together with the usual baselines. */
export const evaluateExperiment: Command = async (studio, argument) => {
  if (!mayEvaluate()) return;
  const experiment = chosenExperiment(argument);
  if (!experiment) return;
  const file = experiment.fsPath;
  const { readRun } = await import('../../runs/runFolder');
  const known = (await studio.catalog.all()).filter(({ record }) => record.experimentFile === file);
  // As they are on the disk: one that has just finished may still be live for the window.
  const runs = (await Promise.all(known.map(({ folder }) => readRun(folder)))).filter(
    ({ record }) => record.status === 'finished',
  );
  // The newest run tells the frozen model; runs with another one from before the experiment was changed do not fit.
  const fitting = runs.filter(({ record }) => record.model?.sha256 === runs[0]?.record.model?.sha256);
  const data = fitting[0]?.record.experiment?.data;
  if (!data) {
    tell('info', vscode.l10n.t('{0} has no finished run yet.', basename(file)), {
      title: vscode.l10n.t('Tune Prompt'),
      act: () => vscode.commands.executeCommand('softPrompt.tuneExperiment', experiment),
    });
    return;
  }
  const base = dirname(file);
  const dataset = resolve(base, data.test ?? data.train);
  const request: EvaluationRequest = {
    datasets: [{ file: dataset, part: data.test === undefined ? 'test' : 'all' }],
    prompts: fitting.map(({ folder }) => folder),
    ...{ baseFolder: base, ensemble: fitting.length > 1, baselines: ['majority', 'zero-shot'] },
    ...{ shots: 4, fewShotSeeds: 3, method: 'rank', assignment: 'grid', seed: 0 },
  };
  studio.evaluations.start(request, evaluationsHome(dataset));
};
