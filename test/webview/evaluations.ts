import type {
  Comparison,
  EvaluationRecord,
  ExampleLine,
  PredictionLine,
  Predictor,
  Result,
} from '../../extension/protocol/evaluation';

/** A deterministic number between 0 and 1 for a whole number. */
function noise(seed: number): number {
  const x = Math.sin(seed * 127.1 + 311.7) * 43758.5453;
  return x - Math.floor(x);
}

const classes = ['negative', 'positive'];
const subjects = ['The battery', 'A long film', 'This little cafe', 'The second season', 'My new headphones'];

export interface EvaluationOptions {
  /** Rows of each data set. */
  readonly rows?: number;
  /** Names of the data sets. */
  readonly datasets?: readonly string[];
  readonly changes?: Partial<EvaluationRecord>;
  /** Predictions that are there, of all; as if it had been stopped. */
  readonly share?: number;
}

export interface EvaluationFiles {
  readonly record: EvaluationRecord;
  readonly examples: readonly ExampleLine[];
  readonly predictions: readonly PredictionLine[];
}

const predictors: readonly Predictor[] = [
  {
    id: 'prompt-1',
    kind: 'prompt',
    name: 'amazon, step 300',
    path: '/runs/amazon',
    sha256: 'a',
    length: 20,
    step: 300,
    trainedOn: 'hash-0',
  },
  {
    id: 'prompt-2',
    kind: 'prompt',
    name: 'imdb, step 200',
    path: '/runs/imdb',
    sha256: 'b',
    length: 20,
    step: 200,
    trainedOn: 'hash-1',
  },
  { id: 'zero-shot', kind: 'zero-shot', name: 'zero-shot text prompt', template: '{text}', shots: 0 },
  { id: 'vote', kind: 'vote', name: 'majority vote of 2 prompts' },
  { id: 'mean', kind: 'mean', name: 'mean probability of 2 prompts' },
  { id: 'majority', kind: 'majority', name: 'majority class' },
];
/** How often each predictor that is asked is right. */
const skill: Readonly<Record<string, number>> = { 'prompt-1': 0.88, 'prompt-2': 0.8, 'zero-shot': 0.6 };

/**
 * Reviews of which every second is positive, two prompts, a text prompt, both ensembles and the majority class, and the results
 * that follow from the rows.
 */
export function evaluationOf({
  rows = 200,
  datasets = ['reviews'],
  changes,
  share = 1,
}: EvaluationOptions = {}): EvaluationFiles {
  const examples = datasets.flatMap((_, dataset) =>
    Array.from({ length: rows }, (_none, index): ExampleLine => {
      const example = dataset * rows + index;
      const opinion =
        index % 2 === 0
          ? 'is the worst I ever had, and I would not take it again'
          : 'is wonderful from the first minute to the last';
      return {
        dataset,
        example,
        row: index + 1,
        input: `${subjects[index % 5]!} ${opinion} (${index}).`,
        target: classes[index % 2]!,
      };
    }),
  );
  const asked = Object.keys(skill);
  const all = examples.flatMap(({ example, target }) =>
    asked.map((predictor, each): PredictionLine => {
      const right = noise(example * 7 + each * 101) < skill[predictor]!;
      const number = right ? classes.indexOf(target) : 1 - classes.indexOf(target);
      const certainty = 0.5 + 0.499 * noise(example * 3 + each * 13);
      const probabilities = number === 0 ? [certainty, 1 - certainty] : [1 - certainty, certainty];
      return {
        predictor,
        example,
        logProbability: -0.4,
        tokens: 1,
        exact: right,
        predicted: classes[number]!,
        probabilities,
      };
    }),
  );
  const predictions = all.slice(0, Math.round(share * all.length));
  const results = share < 1 ? [] : datasets.flatMap((_, dataset) => resultsOf(dataset, rows, examples, all));
  const record: EvaluationRecord = {
    ...{ format: 1, id: '20261120-101500-reviews-ab12', name: 'reviews', status: share < 1 ? 'stopped' : 'finished' },
    ...{ createdAt: '2026-11-20T10:15:00.000Z', endedAt: '2026-11-20T10:16:10.000Z', seconds: 70, provider: 'cpu' },
    model: {
      name: 'tiny-lm',
      folder: '/models/tiny-lm',
      architecture: 'llama',
      parameters: 12_000_000,
      sha256: 'c0ffee',
    },
    datasets: datasets.map((name, index) => ({
      ...{ name, path: `/data/${name}.jsonl`, sha256: `hash-${index}`, part: 'all' as const, rows },
      task: { template: 'Review: {text}', label: { column: 'label', words: { neg: 'negative', pos: 'positive' } } },
      ...{ classes, rejected: [{ row: 5, reason: 'has no label' }], rejectedCount: 1 },
    })),
    request: {
      ...{
        datasets: datasets.map((name) => ({ file: `/data/${name}.jsonl` })),
        prompts: ['/runs/amazon', '/runs/imdb'],
      },
      ...{ baseFolder: '/data', ensemble: true, baselines: ['majority', 'zero-shot'], shots: 4, fewShotSeeds: 3 },
      ...{ method: 'rank', assignment: 'grid', seed: 0 },
    },
    predictors: [...predictors],
    results,
    comparisons: comparisonsOf(results),
    ...{ rowsPerSecond: 412.5, remarks: [] },
    ...changes,
  };
  return { record, examples, predictions };
}

function resultsOf(
  dataset: number,
  rows: number,
  examples: readonly ExampleLine[],
  predictions: readonly PredictionLine[],
): Result[] {
  const here = new Map(examples.filter((each) => each.dataset === dataset).map((each) => [each.example, each.target]));
  return predictors.map(({ id, kind }): Result => {
    const confusion = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    const source = kind === 'vote' || kind === 'mean' ? 'prompt-1' : id;
    for (const { predictor, example, predicted } of predictions) {
      const target = here.get(example);
      if (predictor !== source || target === undefined) continue;
      confusion[classes.indexOf(target)]![classes.indexOf(predicted!)]! += 1;
    }
    if (kind === 'majority') for (const target of here.values()) confusion[classes.indexOf(target)]![0]! += 1;
    const right = (confusion[0]![0]! + confusion[1]![1]!) / rows;
    const spread = 1.96 * Math.sqrt((right * (1 - right)) / rows);
    return {
      ...{
        dataset,
        predictor: id,
        rows,
        scores: { accuracy: right, 'macro-f1': right - 0.01, 'log-loss': 1.2 - right, ece: 0.05 },
      },
      intervals: { accuracy: [right - spread, right + spread], 'macro-f1': [right - spread, right + spread] },
      confusion,
      classes: classes.map((_, each) => ({
        precision: right,
        recall: confusion[each]![each]! / (rows / 2),
        f1: right,
        support: rows / 2,
      })),
      ...(kind === 'prompt'
        ? {
            reliability: [0.5, 0.6, 0.7, 0.8, 0.9].map((from, each) => ({
              ...{
                from,
                to: from + 0.1,
                count: Math.round(rows / 5),
                confidence: from + 0.05,
                accuracy: 0.55 + each * 0.1,
              },
            })),
          }
        : {}),
      ...(kind === 'vote' || kind === 'mean' ? { disagreement: 0.12 } : {}),
    };
  });
}

function comparisonsOf(results: readonly Result[]): Comparison[] {
  return results.flatMap((a, index) =>
    results
      .slice(index + 1)
      .filter((b) => b.dataset === a.dataset)
      .map((b): Comparison => {
        const difference = a.scores['accuracy']! - b.scores['accuracy']!;
        return {
          ...{ dataset: a.dataset, a: a.predictor, b: b.predictor, metric: 'accuracy', difference },
          ...{ interval: [difference - 0.05, difference + 0.05], p: Math.abs(difference) > 0.05 ? 0.0004 : 0.41 },
        };
      }),
  );
}
