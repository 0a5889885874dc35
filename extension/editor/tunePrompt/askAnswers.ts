import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { presetTable } from '../../protocol/presets';
import { experimentText, freeExperimentFile } from '../experiments/experimentFile';
import { walk } from '../platform/questions';
import type { TrainerHost } from '../training/trainerHost';
import type { Answers } from './answers';
import { customSteps } from './customSteps';
import { dataSetStep } from './dataSetStep';
import { modelStep, rememberModel } from './modelStep';
import { presetStep } from './presetStep';
import { taskStep } from './taskStep';

/** Everything that has been asked for is known. */
type AllAnswers = Required<Answers>;

/**
 * The questions of Tune Prompt, one after the other; each can go back.
 *
 * @param dataSet absolute; not asked for when it is known already.
 * @returns undefined when the person left.
 */
export async function askAnswers(
  host: TrainerHost,
  memory: vscode.Memento,
  dataSet: string | undefined,
): Promise<AllAnswers | undefined> {
  const { promptLength, steps, optimizer } = presetTable.custom;
  const answers: Answers = {
    ...(dataSet === undefined ? {} : { dataSet }),
    custom: { promptLength, steps, learningRate: optimizer.learningRate },
    start: true,
  };
  const questions = [
    ...(dataSet === undefined ? [dataSetStep] : []),
    taskStep(host),
    modelStep(memory),
    presetStep(host),
  ];
  const answered = await walk(vscode.l10n.t('Tune Prompt'), answers, ({ preset }) =>
    preset === 'custom' ? [...questions, ...customSteps] : questions,
  );
  return answered ? (answers as AllAnswers) : undefined;
}

/** Writes the answers as an experiment beside the data set, under a name that no file has yet. */
export async function writeExperiment(memory: vscode.Memento, answers: AllAnswers): Promise<vscode.Uri> {
  const { dataSet, task, model, preset, custom } = answers;
  const file = await freeExperimentFile(dataSet);
  const own = {
    prompt: { length: custom.promptLength },
    training: {
      optimizer: { name: presetTable.custom.optimizer.name, learningRate: custom.learningRate },
      steps: custom.steps,
    },
  };
  const text = experimentText(file, { dataSet, task, model, preset, ...(preset === 'custom' ? own : {}) });
  // `wx`: should the name have been taken meanwhile, nothing is overwritten.
  await writeFile(file, text, { flag: 'wx' });
  await rememberModel(memory, model);
  return vscode.Uri.file(file);
}
