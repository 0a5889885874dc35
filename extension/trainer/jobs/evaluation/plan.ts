import type { ScorableClass, ScorableExample } from '../../../engine/evaluation/predictions';
import { textPrompted } from '../../../engine/evaluation/textPrompts';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import type { EncodedTaskExample } from '../../../engine/tasks/encoding';
import type { EvaluationRequest, Predictor } from '../../../protocol/evaluation';
import type { EvaluationData } from './evaluationData';
import type { PromptSource } from '../promptSource';

/** One thing to ask: a predictor about an example. */
export interface Question {
  readonly predictor: string;
  /** Number of the example over all data sets. */
  readonly example: number;
  readonly scorable: ScorableExample;
  readonly classes: readonly ScorableClass[] | undefined;
}

/** Predictors of the model: asked question by question. Prompts of one length share a session. */
export interface Asked {
  readonly predictor: Predictor;
  /** [P, D]; empty for text prompts. */
  readonly prompt: Float32Array;
  /** Whether the prompt stands behind the text. */
  readonly behindText: boolean;
  /** Indices of the data sets that it is asked about. */
  readonly datasets: readonly number[];
  readonly questions: readonly Question[];
}

export interface Plan {
  readonly asked: readonly Asked[];
  /** Predictors whose answers follow from others or from counting: majority class, vote, mean. */
  readonly derived: readonly { readonly predictor: Predictor; readonly datasets: readonly number[] }[];
}

/** First example number of each data set. */
export function firstExamples(data: readonly EvaluationData[]): number[] {
  const counts = data.map(({ examples }) => examples.length);
  return counts.map((_, index) => counts.slice(0, index).reduce((sum, each) => sum + each, 0));
}

/** Who is asked about what. @param train demonstrations by data set, where few-shot prompts are wanted. */
export function planEvaluation(
  request: EvaluationRequest,
  prompts: readonly PromptSource[],
  data: readonly EvaluationData[],
  model: FrozenModel,
  train: readonly (readonly EncodedTaskExample[])[],
): Plan {
  const firsts = firstExamples(data);
  const everywhere = [...data.keys()];
  const questions = (
    predictor: string,
    datasets: readonly number[],
    of: (index: number) => readonly ScorableExample[],
  ): Question[] =>
    datasets.flatMap((index) =>
      of(index).map((scorable, each) => ({
        predictor,
        example: firsts[index]! + each,
        scorable,
        classes: data[index]!.classes,
      })),
    );
  const learned = prompts.map((prompt, each): Asked => {
    const predictor = promptPredictor(prompt, each);
    const datasets = request.assignment === 'own' ? [each] : everywhere;
    const position = prompt.stored.learnedOn?.position;
    return {
      ...{ predictor, prompt: prompt.stored.prompt, datasets },
      behindText: position !== undefined,
      questions: questions(predictor.id, datasets, (index) =>
        position === 'infix' ? data[index]!.examples : data[index]!.examples.map(withoutTail),
      ),
    };
  });
  const textPrompts = shotsOf(request).map(({ shots, seed, id }): Asked => {
    const prompted = data.map(({ textExamples, classes }, index) =>
      textPrompted({
        ...{ encoder: model, maxPositions: model.maxPositions, classes, shots, seed },
        ...{ examples: textExamples, train: train[index] ?? [] },
      }),
    );
    const kind = shots === 0 ? 'zero-shot' : 'few-shot';
    const name = shots === 0 ? 'zero-shot text prompt' : `${shots}-shot text prompt, seed ${seed}`;
    const meanShots = prompted.reduce((sum, each) => sum + each.meanShots, 0) / prompted.length;
    const template = request.textPrompt ?? data[0]!.entry.task.template;
    return {
      predictor: { id, kind, name, template, shots: meanShots, ...(shots === 0 ? {} : { seed }) },
      ...{ prompt: new Float32Array(0), behindText: false, datasets: everywhere },
      questions: questions(id, everywhere, (index) => prompted[index]!.examples),
    };
  });
  return { asked: [...learned, ...textPrompts], derived: derivedPredictors(request, prompts, data) };
}

/** The example of a prompt that does not stand in the middle. */
function withoutTail({ inputIds, targetIds, target, leadTokens }: EncodedTaskExample): ScorableExample {
  return { inputIds, targetIds, target, leadTokens };
}

function promptPredictor({ name, stored, sha256, run }: PromptSource, index: number): Predictor {
  const trainedOn = run?.record.data?.files[0]?.sha256;
  return {
    ...{ id: `prompt-${index + 1}`, kind: 'prompt', name, path: stored.path, sha256, length: stored.length },
    ...(run ? { step: run.step } : {}),
    ...(trainedOn === undefined ? {} : { trainedOn }),
  };
}

function shotsOf(request: EvaluationRequest): { shots: number; seed: number; id: string }[] {
  const { baselines, shots, fewShotSeeds, seed } = request;
  const zero = baselines.includes('zero-shot') ? [{ shots: 0, seed, id: 'zero-shot' }] : [];
  const few = baselines.includes('few-shot')
    ? Array.from({ length: fewShotSeeds }, (_, each) => ({ shots, seed: seed + each, id: `few-shot-${each + 1}` }))
    : [];
  return [...zero, ...few];
}

function derivedPredictors(
  request: EvaluationRequest,
  prompts: readonly PromptSource[],
  data: readonly EvaluationData[],
): Plan['derived'] {
  const classified = [...data.keys()].filter((index) => data[index]!.classes !== undefined);
  const majority: Predictor = { id: 'majority', kind: 'majority', name: 'majority class' };
  const ensemble: Predictor[] = [
    { id: 'vote', kind: 'vote', name: `majority vote of ${prompts.length} prompts` },
    { id: 'mean', kind: 'mean', name: `mean probability of ${prompts.length} prompts` },
  ];
  return [
    ...(request.ensemble && request.assignment === 'grid'
      ? ensemble.map((predictor) => ({ predictor, datasets: classified }))
      : []),
    ...(request.baselines.includes('majority') ? [{ predictor: majority, datasets: classified }] : []),
  ].filter(({ datasets }) => datasets.length > 0);
}
