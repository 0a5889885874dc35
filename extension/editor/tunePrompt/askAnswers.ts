import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Experiment } from '../../protocol/experiment';
import { presetTable } from '../../protocol/presets';
import { experimentText, freeExperimentFile } from '../experiments/experimentFile';
import type { ModelParts } from '../models/askModel';
import type { ModelCatalog } from '../models/modelCatalog';
import type { ModelPlaces } from '../models/modelPlaces';
import { type Step, walk } from '../platform/questions';
import type { RunCatalog } from '../runs/runCatalog';
import type { Answers } from './answers';
import { customSteps } from './customSteps';
import { dataSetStep } from './dataSetStep';
import { chosenInitialiser, initialiserDetails, initialiserStep } from './initialiserStep';
import { modelStep } from './modelStep';
import { positionStep } from './positionStep';
import { presetStep } from './presetStep';
import { taskStep } from './taskStep';

/** Everything that has been asked for is known. */
type AllAnswers = Required<Answers>;

/**
 * The questions of Tune Prompt, one after the other; each can go back.
 *
 * @param known what is not asked for: the data set (absolute), the model (as an experiment names it).
 * @returns undefined when the person left.
 */
export async function askAnswers(
  parts: ModelParts & { readonly catalog: RunCatalog },
  known: Pick<Answers, 'dataSet' | 'model'>,
): Promise<AllAnswers | undefined> {
  const { promptLength, steps, optimizer } = presetTable.custom;
  const answers: Answers = {
    ...known,
    position: 'prefix',
    custom: { promptLength, steps, learningRate: optimizer.learningRate, text: '' },
    start: true,
  };
  const questions = [
    ...(known.dataSet === undefined ? [dataSetStep] : []),
    known.model === undefined ? findingModels(parts.models, taskStep(parts.trainerHost)) : taskStep(parts.trainerHost),
    ...(known.model === undefined ? [modelStep(parts)] : []),
    presetStep(parts.trainerHost),
  ];
  const answered = await walk(vscode.l10n.t('Tune Prompt'), answers, (now) => [
    ...questions,
    ...(now.kind === 'causal' ? [positionStep] : []),
    ...(now.preset === 'custom' ? [...customSteps, initialiserStep, ...initialiserDetails(now, parts.catalog)] : []),
  ]);
  return answered ? (answers as AllAnswers) : undefined;
}

/** A question during which the models to recommend for the data set are found out: that takes seconds. */
function findingModels(models: ModelCatalog, step: Step<Answers>): Step<Answers> {
  return (answers, place) => {
    // Whoever shows them hears of a failure.
    void models.recommend(answers.dataSet).catch(() => undefined);
    return step(answers, place);
  };
}

/** Writes the answers as an experiment beside the data set, under a name that no file has yet. */
export async function writeExperiment(places: ModelPlaces, answers: AllAnswers): Promise<vscode.Uri> {
  const { dataSet, task, model, preset, kind, custom } = answers;
  const file = await freeExperimentFile(dataSet);
  // Another model may have been chosen after the position.
  const position = kind === 'causal' ? answers.position : 'prefix';
  const prompt = {
    ...(position === 'prefix' ? {} : { position }),
    ...(preset === 'custom' ? { length: custom.promptLength, ...initialiserFields(answers) } : {}),
  };
  const own = {
    training: {
      optimizer: { name: presetTable.custom.optimizer.name, learningRate: custom.learningRate },
      steps: custom.steps,
    },
  };
  const text = experimentText(file, {
    ...{ dataSet, task, model, preset },
    ...(Object.keys(prompt).length > 0 ? { prompt } : {}),
    ...(preset === 'custom' ? own : {}),
  });
  // `wx`: should the name have been taken meanwhile, nothing is overwritten.
  await writeFile(file, text, { flag: 'wx' });
  await places.remember(model);
  return vscode.Uri.file(file);
}

/** What an experiment says of the start of its prompt; nothing where it is the usual one. */
function initialiserFields(
  answers: AllAnswers,
): Pick<NonNullable<Experiment['prompt']>, 'initialiser' | 'text' | 'from'> {
  const { text, from } = answers.custom;
  const initialiser = chosenInitialiser(answers);
  if (initialiser === 'text') return { initialiser, text };
  if (initialiser === 'prompt') return { initialiser, ...(from === undefined ? {} : { from }) };
  return initialiser === (answers.task.label ? 'class-labels' : 'sampled-vocabulary') ? {} : { initialiser };
}
