import {
  disagreement,
  majorityVote,
  meanProbabilities,
  mostProbable,
} from '../../../engine/evaluation/statistics/ensemble';
import { type Answer, compare, summarize } from '../../../engine/evaluation/summary';
import type { Comparison, EvaluationRecord, PredictionLine, Predictor, Result } from '../../../protocol/evaluation';
import { resultOf } from './result';

/** The answers of an evaluation: predictor id -> example number -> answer. */
export type Answers = ReadonlyMap<string, ReadonlyMap<number, PredictionLine>>;

export interface Evaluated {
  readonly predictor: Predictor;
  /** Indices of the data sets that it was asked about. */
  readonly datasets: readonly number[];
}

export interface ResultsRequest {
  readonly datasets: EvaluationRecord['datasets'];
  /** Right label words or text of every example, over all data sets in their order. */
  readonly targets: readonly string[];
  readonly evaluated: readonly Evaluated[];
  readonly answers: Answers;
  readonly seed: number;
  /** Label words of the training rows by data set, for the majority class; the data set's own where there are none. */
  readonly trainTargets: readonly (readonly string[])[];
}

/** What every predictor scores on every data set, and how they differ. Only data sets whose rows are all answered are told. */
export function resultsOf(request: ResultsRequest): { results: Result[]; comparisons: Comparison[] } {
  const { datasets, targets, evaluated, seed } = request;
  const results: Result[] = [];
  const comparisons: Comparison[] = [];
  let first = 0;
  for (const [dataset, { rows, classes }] of datasets.entries()) {
    const right = targets.slice(first, first + rows);
    const here = evaluated
      .filter((each) => each.datasets.includes(dataset))
      .flatMap(({ predictor }) => {
        const said = answersOf(request, predictor, dataset, first, right);
        return said ? [{ predictor, ...said }] : [];
      });
    for (const { predictor, answers, disagreement: share } of here) {
      const result = resultOf({ dataset, predictor: predictor.id }, summarize(right, answers, classes, { seed }));
      results.push({ ...result, ...(share === undefined ? {} : { disagreement: share }) });
    }
    for (const [index, a] of here.entries()) {
      for (const b of here.slice(index + 1)) {
        for (const { metric, difference, interval, p } of compare(right, a.answers, b.answers, classes, { seed })) {
          comparisons.push({
            ...{ dataset, a: a.predictor.id, b: b.predictor.id, metric, difference, interval: [...interval] },
            ...(p === undefined ? {} : { p }),
          });
        }
      }
    }
    first += rows;
  }
  return { results, comparisons };
}

interface Said {
  readonly answers: readonly Answer[];
  readonly disagreement?: number;
}

/** What a predictor said of the rows of a data set; undefined while some of it is missing. */
function answersOf(
  { answers, evaluated, datasets, trainTargets }: ResultsRequest,
  { id, kind }: Predictor,
  dataset: number,
  first: number,
  right: readonly string[],
): Said | undefined {
  const own = (predictor: string): PredictionLine[] | undefined => {
    const found = right.map((_, index) => answers.get(predictor)?.get(first + index));
    return found.every((each) => each !== undefined) ? found : undefined;
  };
  const classes = datasets[dataset]!.classes ?? [];
  switch (kind) {
    case 'majority': {
      const learned = trainTargets[dataset] ?? [];
      const predicted = mostFrequent(learned.length > 0 ? learned : right);
      return { answers: right.map(() => ({ predicted })) };
    }
    case 'vote':
    case 'mean': {
      const prompts = evaluated.filter((each) => each.predictor.kind === 'prompt' && each.datasets.includes(dataset));
      const members = prompts.map(({ predictor }) => own(predictor.id)?.map((each) => each.probabilities));
      if (members.length === 0 || !members.every((each) => each?.every((row) => row !== undefined))) return undefined;
      const byRow = right.map((_, row) => members.map((member) => member![row]!));
      const shares = byRow.map(disagreement);
      return {
        answers: byRow.map((row): Answer => {
          const probabilities = meanProbabilities(row);
          const winner = kind === 'vote' ? majorityVote(row) : mostProbable(probabilities);
          // A vote has no probabilities of its own that would agree with it.
          return { predicted: classes[winner]!, ...(kind === 'mean' ? { probabilities } : {}) };
        }),
        disagreement: shares.reduce((sum, each) => sum + each, 0) / shares.length,
      };
    }
    default: {
      const said = own(id);
      return said && { answers: said };
    }
  }
}

/** The first of the most frequent ones. */
function mostFrequent(targets: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const target of targets) counts.set(target, (counts.get(target) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
