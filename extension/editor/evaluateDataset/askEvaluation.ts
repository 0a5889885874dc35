import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { EvaluationRequest } from '../../protocol/evaluation';
import type { Task } from '../../protocol/experiment';
import type { Run } from '../../protocol/run';
import type { ModelParts } from '../models/askModel';
import { type Step, walk } from '../platform/questions';
import type { TrainerHost } from '../training/trainerHost';
import { dataSetStep } from '../tunePrompt/dataSetStep';
import { modelStep } from '../tunePrompt/modelStep';
import { taskStep } from '../tunePrompt/taskStep';
import { comparisonStep, fewShotSteps, sampleStep, textPromptStep } from './comparisonSteps';
import { type DataSetAnswers, type EvaluationAnswers, requestOf } from './evaluationAnswers';
import { lastChoice, rememberChoice, sameStep } from './lastChoices';
import { promptsStep, runCandidates } from './promptsStep';

/** What is known before anything is asked. */
export interface EvaluationStart {
  /** Data sets, absolute; asked for where there is none. */
  readonly files: readonly string[];
  /** Folders of the runs that are chosen at first. */
  readonly prompts: readonly string[];
}

export interface AskParts {
  readonly trainers: TrainerHost;
  /** Of the workspace, for the last choice of each data set. */
  readonly workspaceMemory: vscode.Memento;
  readonly models: ModelParts;
  readonly runs: readonly Run[];
}

/**
 * The questions of Evaluate Dataset, one after the other; each can go back.
 *
 * @returns what to evaluate, or undefined when the person left.
 */
export async function askEvaluation(parts: AskParts, start: EvaluationStart): Promise<EvaluationRequest | undefined> {
  const { trainers, workspaceMemory, models, runs } = parts;
  const { files, prompts } = start;
  const answers: EvaluationAnswers = {
    datasets: files.length > 0 ? files.map((dataSet) => ({ dataSet })) : [{}],
    candidates: runCandidates(runs),
    prompts,
    comparisons: ['ensemble', 'majority', 'zero-shot'],
    ...{ shots: 4, seeds: 3 },
  };
  // Of a run that was asked about, the person wants to choose; of a data set, perhaps what was chosen before.
  const last = prompts.length === 0 && files.length > 0 ? lastChoice(workspaceMemory, files) : undefined;
  const answered = await walk(vscode.l10n.t('Evaluate Dataset'), answers, (now) => [
    ...(last ? [sameStep(last)] : []),
    ...(now.same ? [] : stepsOf(now, files, { trainers, models, runs })),
  ]);
  if (!answered) return undefined;
  const [first] = answers.datasets;
  const request = requestOf(answers, dirname(first!.dataSet!));
  await rememberChoice(workspaceMemory, request);
  return request;
}

function stepsOf(
  { datasets, prompts, comparisons }: EvaluationAnswers,
  files: readonly string[],
  { trainers, models, runs }: Pick<AskParts, 'trainers' | 'models' | 'runs'>,
): Step<EvaluationAnswers>[] {
  const tuned = runs.filter(({ folder, record }) => record.experiment && isOf(prompts, folder));
  // A file that one of them learned from is of its task; others are tried with the first one's.
  const likeOf = ({ dataSet }: DataSetAnswers): Task | undefined =>
    (tuned.find(({ record }) => record.data?.files.some(({ path }) => path === dataSet)) ?? tuned[0])?.record.experiment
      ?.task;
  const text = comparisons.includes('zero-shot') || comparisons.includes('few-shot');
  return [
    ...(files.length > 0 ? [] : [forDataset(0, dataSetStep)]),
    promptsStep,
    ...(prompts.length === 0 ? [modelStep(models)] : []),
    ...datasets.map((each, index) => forDataset(index, fittedTaskStep(trainers, likeOf(each)))),
    comparisonStep,
    ...(text ? [textPromptStep] : []),
    ...(comparisons.includes('few-shot') ? fewShotSteps : []),
    sampleStep,
  ];
}

/** Whether one of the prompts is a run's or one of its checkpoints. */
function isOf(prompts: readonly string[], folder: string): boolean {
  return prompts.some((path) => path === folder || dirname(dirname(path)) === folder);
}

function forDataset(index: number, step: Step<DataSetAnswers>): Step<EvaluationAnswers> {
  return ({ datasets }, place) => {
    const { dataSet } = datasets[index]!;
    const name = dataSet === undefined || datasets.length === 1 ? '' : `: ${vscode.workspace.asRelativePath(dataSet)}`;
    return step(datasets[index]!, { ...place, title: `${place.title}${name}` });
  };
}

/** The guess that a file gets is that of the prompt's task; with another prompt it is guessed anew. */
function fittedTaskStep(trainers: TrainerHost, like: Task | undefined): Step<DataSetAnswers> {
  return (answers, place) => {
    if (answers.like !== like) {
      delete answers.description;
      delete answers.task;
    }
    if (like) answers.like = like;
    else delete answers.like;
    return taskStep(trainers, like)(answers, place);
  };
}
