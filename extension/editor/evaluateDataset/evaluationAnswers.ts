import type { EvaluationRequest } from '../../protocol/evaluation';
import type { Task } from '../../protocol/experiment';
import type { TaskAnswers } from '../tunePrompt/taskStep';

/** What prompts can be compared with or done to, in one list of things that can be on. */
export const comparisons = ['ensemble', 'own', 'majority', 'zero-shot', 'few-shot', 'generate'] as const;
export type ComparisonChoice = (typeof comparisons)[number];

/** A prompt that can be chosen. */
export interface PromptCandidate {
  /** Run folder, checkpoint, adapter folder or file, absolute. */
  readonly path: string;
  readonly name: string;
  readonly detail: string;
  /** SHA-256 of the frozen model's weights, where it is known. */
  readonly model?: string;
  /** Name of the frozen model, where it is known. */
  readonly modelName?: string;
  /** The run folder whose other checkpoints can be looked at. */
  readonly run?: string;
}

/** A data set and its task. */
export interface DataSetAnswers extends TaskAnswers {
  /** The task that its guess was fitted from: that of a prompt. */
  like?: Task;
}

/** What has been answered so far. Going back keeps it, as the first choice of the question. */
export interface EvaluationAnswers {
  datasets: DataSetAnswers[];
  candidates: PromptCandidate[];
  /** Paths of the prompts, the first one chosen first. */
  prompts: readonly string[];
  /** Asked for where there is no prompt to tell it. */
  model?: string;
  comparisons: readonly ComparisonChoice[];
  shots: number;
  seeds: number;
  textPrompt?: string;
  /** Most rows of each data set; all where absent. */
  sample?: number;
  /** The request of the last time, taken as it is. */
  same?: EvaluationRequest;
}

/** Prompts of one frozen model; `model` is absent for those whose model is not known. */
export interface CandidateGroup {
  readonly model?: string;
  readonly name?: string;
  readonly candidates: readonly PromptCandidate[];
}

/** The candidates by their frozen model, in the order of the first of each. */
export function candidateGroups(candidates: readonly PromptCandidate[]): CandidateGroup[] {
  const models = [...new Set(candidates.map(({ model }) => model))];
  return models.map((model) => {
    const group = candidates.filter((each) => each.model === model);
    const name = group.find(({ modelName }) => modelName !== undefined)?.modelName;
    return { ...(model === undefined ? {} : { model }), ...(name === undefined ? {} : { name }), candidates: group };
  });
}

/** Whether there is a prompt for each of several data sets. */
export function hasPromptsOfTheirOwn({ datasets, prompts }: EvaluationAnswers): boolean {
  return prompts.length > 1 && datasets.length === prompts.length;
}

/** The request that the answers come to. `baseFolder`: where relative names of models start from. */
export function requestOf(answers: EvaluationAnswers, baseFolder: string): EvaluationRequest {
  if (answers.same) return answers.same;
  const { datasets, prompts, model, comparisons: chosen, shots, seeds, textPrompt, sample } = answers;
  const [first] = datasets;
  const own = chosen.includes('own') && hasPromptsOfTheirOwn(answers);
  return {
    datasets: datasets.map(({ dataSet, task }) => ({ file: dataSet!, ...(task ? { task } : {}) })),
    prompts: [...prompts],
    ...(prompts.length === 0 && model !== undefined ? { model } : {}),
    baseFolder,
    ensemble: chosen.includes('ensemble') && prompts.length > 1 && !own,
    baselines: (['majority', 'zero-shot', 'few-shot'] as const).filter((each) => chosen.includes(each)),
    shots,
    fewShotSeeds: seeds,
    // The template of the task is what the job takes by itself, for every data set its own.
    ...(textPrompt === undefined || textPrompt === first?.task?.template ? {} : { textPrompt }),
    method: chosen.includes('generate') ? 'generate' : 'rank',
    assignment: own ? 'own' : 'grid',
    seed: 0,
    ...(sample === undefined ? {} : { sample }),
  };
}
