import type { EvaluationRecord, ExampleLine, PredictionLine } from '../../extension/protocol/evaluation';

/** In place of the number of a predicted class: an output that is none of them, and no answer yet (or none that has a class). */
export const illegal = -1;
export const absent = -2;

/** What one predictor says, by the number of the example. */
export interface PredictionColumn {
  /** Number of the predicted class, {@link illegal} or {@link absent}. */
  readonly predicted: Int16Array;
  /** Of the predicted class, or of the target where there are no classes; NaN where nothing gives one. */
  readonly probability: Float32Array;
  /** 1 right, 0 wrong, {@link absent} where there is no answer. */
  readonly right: Int8Array;
  /** What the model wrote, where it generated. */
  readonly texts: (string | undefined)[];
}

/** Votes of an ensemble's members, until all have voted. */
interface Ensemble {
  /** Ids of the prompts; text prompts are no members. */
  readonly members: ReadonlySet<string>;
  readonly classes: number;
  readonly voted: Uint16Array;
  /** [examples, classes] row-major. */
  readonly votes: Uint16Array;
  readonly sums: Float64Array;
}

/** The rows of an evaluation and what is said of them, in columns: 100,000 of them take a few megabytes. */
export class EvaluationRows {
  readonly inputs: string[] = [];
  readonly targets: string[] = [];
  /** Index of the data set, row in its file, and number of the target's class ({@link illegal} for free text). */
  readonly dataset: Int16Array;
  readonly row: Int32Array;
  readonly target: Int16Array;
  readonly total: number;
  /** Goes up with everything that is read. */
  version = 0;
  private readonly columns = new Map<string, PredictionColumn>();
  private readonly classNumbers: readonly ReadonlyMap<string, number>[];
  private readonly ensemble: Ensemble | undefined;

  constructor(private record: EvaluationRecord) {
    const { datasets, predictors } = record;
    this.total = datasets.reduce((sum, { rows }) => sum + rows, 0);
    this.dataset = new Int16Array(this.total);
    this.row = new Int32Array(this.total);
    this.target = new Int16Array(this.total).fill(illegal);
    this.classNumbers = datasets.map(({ classes }) => new Map(classes?.map((words, index) => [words, index])));
    const classes = Math.max(0, ...this.classNumbers.map(({ size }) => size));
    if (classes === 0 || !predictors.some(({ kind }) => kind === 'vote' || kind === 'mean')) return;
    this.ensemble = {
      ...{ classes, members: new Set(predictors.filter(({ kind }) => kind === 'prompt').map(({ id }) => id)) },
      ...{ voted: new Uint16Array(this.total), votes: new Uint16Array(this.total * classes) },
      sums: new Float64Array(this.total * classes),
    };
  }

  /** How many examples have been read. */
  get known(): number {
    return this.inputs.length;
  }

  /** What a predictor says; a column without an answer where nothing is known of it. */
  column(predictor: string): PredictionColumn {
    const known = this.columns.get(predictor);
    if (known) return known;
    const made: PredictionColumn = {
      predicted: new Int16Array(this.total).fill(absent),
      probability: new Float32Array(this.total).fill(NaN),
      right: new Int8Array(this.total).fill(absent),
      texts: [],
    };
    this.columns.set(predictor, made);
    return made;
  }

  /** Label words of the predicted class or the text that was written; undefined where there is no answer. */
  said(predictor: string, example: number): string | undefined {
    const { predicted, texts, right } = this.column(predictor);
    const number = predicted[example]!;
    if (number >= 0) return this.record.datasets[this.dataset[example]!]?.classes?.[number];
    const written = texts[example];
    if (written !== undefined) return written;
    if (number === illegal) return 'none of the labels';
    // Without classes and without a text all that is known is whether the target is what greedy decoding gives.
    return right[example] === 1 ? 'the target' : right[example] === 0 ? 'another text' : undefined;
  }

  /** Takes lines of examples.jsonl, in the order of the file. */
  addExamples(text: string): void {
    for (const { dataset, example, row, input, target } of linesOf<ExampleLine>(text)) {
      this.inputs[example] = input;
      this.targets[example] = target;
      this.dataset[example] = dataset;
      this.row[example] = row;
      this.target[example] = this.classNumbers[dataset]?.get(target) ?? illegal;
    }
    this.version += 1;
  }

  /** Takes lines of predictions.jsonl, whose examples have to be known. */
  addPredictions(text: string): void {
    for (const line of linesOf<PredictionLine>(text)) this.addPrediction(line);
    this.version += 1;
  }

  /** Takes what a newer record tells: the majority class answers without being asked. */
  take(record: EvaluationRecord): void {
    this.record = record;
    for (const { dataset, predictor, confusion } of record.results) {
      if (record.predictors.find(({ id }) => id === predictor)?.kind !== 'majority' || !confusion) continue;
      const only = confusion.find((counts) => counts.some((count) => count > 0))?.findIndex((count) => count > 0);
      if (only === undefined) continue;
      for (let example = 0; example < this.known; example++) {
        if (this.dataset[example] === dataset) this.answer(this.column(predictor), example, only, NaN);
      }
    }
    this.version += 1;
  }

  private addPrediction({
    predictor,
    example,
    predicted,
    probabilities,
    logProbability,
    exact,
    text,
  }: PredictionLine): void {
    if (example >= this.total) return;
    const column = this.column(predictor);
    const again = column.right[example] !== absent;
    if (text !== undefined) column.texts[example] = text;
    const numbers = this.classNumbers[this.dataset[example]!]!;
    if (numbers.size > 0) {
      const number = numbers.get(predicted ?? '') ?? illegal;
      this.answer(column, example, number, probabilities?.[number] ?? NaN);
      // A line may stand there twice, the member has one vote.
      if (probabilities && !again && this.ensemble?.members.has(predictor))
        this.vote(this.ensemble, example, probabilities);
      return;
    }
    const target = this.targets[example] ?? '';
    column.right[example] = Number(text === undefined ? exact === true : plain(text) === plain(target));
    column.probability[example] = logProbability === undefined ? NaN : Math.exp(logProbability);
  }

  private answer(column: PredictionColumn, example: number, number: number, probability: number): void {
    column.predicted[example] = number;
    column.probability[example] = probability;
    column.right[example] = Number(number === this.target[example]);
  }

  /** Each member votes for its most probable class; of equal votes the higher summed probability decides, as on the disk. */
  private vote(ensemble: Ensemble, example: number, probabilities: readonly number[]): void {
    const { classes, votes, sums, voted, members } = ensemble;
    const first = example * classes;
    votes[first + probabilities.indexOf(Math.max(...probabilities))]! += 1;
    probabilities.forEach((each, index) => (sums[first + index]! += each));
    voted[example]! += 1;
    if (voted[example] !== members.size) return;
    const numbers = [...probabilities.keys()];
    const better = (a: number, b: number): boolean => sums[first + a]! > sums[first + b]!;
    const mean = numbers.reduce((best, each) => (better(each, best) ? each : best));
    const winner = numbers.reduce((best, each) => {
      const ahead = votes[first + each]! - votes[first + best]!;
      return ahead > 0 || (ahead === 0 && better(each, best)) ? each : best;
    });
    for (const { id, kind } of this.record.predictors) {
      if (kind === 'vote') this.answer(this.column(id), example, winner, NaN);
      if (kind === 'mean') this.answer(this.column(id), example, mean, sums[first + mean]! / members.size);
    }
  }
}

function* linesOf<T>(text: string): Generator<T> {
  let from = 0;
  for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
    yield JSON.parse(text.slice(from, to)) as T;
    from = to + 1;
  }
}

/** A text as the exact match compares it (SQuAD): without case, ASCII punctuation, articles and spare spaces. */
function plain(text: string): string {
  const bare = text.toLowerCase().replaceAll(/[!-/:-@[-`{-~]/g, '');
  return bare
    .replaceAll(/\b(?:a|an|the)\b/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
