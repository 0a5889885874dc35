import { type BootstrapOptions, type Interval, bootstrapIntervals, pairedInterval } from './statistics/bootstrap';
import { type ReliabilityBin, expectedCalibrationError, logLoss, reliability } from './statistics/calibration';
import { type ClassScores, classScores, confusionMatrix, matthews } from './statistics/confusion';
import { mcnemar } from './statistics/mcnemar';
import { sameAnswer, tokenF1 } from './statistics/squad';

/** What one predictor says of one example; what it does not say is absent. */
export interface Answer {
  /** log p(target | input), nats, over its tokens. */
  readonly logProbability?: number | undefined;
  readonly tokens?: number | undefined;
  /** Whether greedy decoding produces exactly the target. */
  readonly exact?: boolean | undefined;
  /** Classification: label words of the predicted class; null for an output that is none of them. */
  readonly predicted?: string | null | undefined;
  /** Probability of each class, in their order. */
  readonly probabilities?: readonly number[] | undefined;
  /** What the model wrote, where it generated. */
  readonly text?: string | undefined;
}

export interface Summary {
  readonly rows: number;
  /** Metric name -> value. Fractions 0 to 1; "loss" in nats a target token, "log-loss" in nats an example. */
  readonly scores: Readonly<Record<string, number>>;
  /** 95 % bootstrap intervals of those metrics that have one. */
  readonly intervals: Readonly<Record<string, Interval>>;
  readonly classes?: readonly ClassScores[];
  readonly confusion?: readonly (readonly number[])[];
  readonly reliability?: readonly ReliabilityBin[];
}

/**
 * One predictor on one data set.
 * @param targets right label words or text of each example; `answers` in the same order.
 * @param classes label words in the order of class numbers; undefined for free text.
 * @throws RangeError for no examples at all, over which nothing can be said.
 */
export function summarize(
  targets: readonly string[],
  answers: readonly Answer[],
  classes: readonly string[] | undefined,
  options: BootstrapOptions,
): Summary {
  const { all, classified, bins } = measured(targets, answers, classes);
  const confusion = classified && confusionMatrix(classified, classes!.length);
  return {
    rows: targets.length,
    scores: scoresOf(targets, answers, classes),
    intervals: bootstrapIntervals(targets.length, all, options),
    ...(confusion ? { confusion, classes: classScores(confusion) } : {}),
    ...(bins ? { reliability: bins } : {}),
  };
}

/** Every metric that the answers have: name -> value. Arguments and errors as {@link summarize}. */
export function scoresOf(
  targets: readonly string[],
  answers: readonly Answer[],
  classes: readonly string[] | undefined,
): Record<string, number> {
  const { all, bins } = measured(targets, answers, classes);
  return { ...all(), ...(bins ? { ece: expectedCalibrationError(bins) } : {}) };
}

/** The metrics as functions of how often each row counts, and what they are made of. */
function measured(
  targets: readonly string[],
  answers: readonly Answer[],
  classes: readonly string[] | undefined,
): {
  readonly all: (times?: Uint16Array) => Record<string, number>;
  readonly classified: readonly Classified[] | undefined;
  readonly bins: readonly ReliabilityBin[] | undefined;
} {
  if (targets.length === 0) throw new RangeError('there is no example to evaluate on');
  const values = rowValues(targets, answers, classes);
  const means = (times?: Uint16Array): Record<string, number> =>
    Object.fromEntries(Object.entries(values).map(([name, rows]) => [name, weightedMean(rows, times)]));
  const tokens = whole(answers.map((answer) => answer.tokens));
  const sums = whole(answers.map(({ logProbability }) => logProbability));
  const lossOf = (times?: Uint16Array): Record<string, number> =>
    tokens && sums ? { loss: -weightedMean(sums, times) / weightedMean(tokens, times) } : {};
  const classified = classes && classNumbers(targets, answers, classes);
  const byClass = (times?: Uint16Array): Record<string, number> =>
    classified ? fromConfusion(confusionMatrix(repeated(classified, times), classes.length)) : {};
  const all = (times?: Uint16Array): Record<string, number> => ({
    ...means(times),
    ...byClass(times),
    ...lossOf(times),
  });

  const confidences = classified && classConfidences(classified, answers);
  return { all, classified, bins: confidences && reliability(confidences) };
}

export interface Difference {
  readonly metric: string;
  /** Score of the first minus score of the second, over the same rows. */
  readonly difference: number;
  /** 95 % paired bootstrap interval of the difference. */
  readonly interval: Interval;
  /** Exact McNemar test, where the metric counts right rows. */
  readonly p?: number;
}

/** Two predictors on the same examples, by every metric that is a mean over rows and that both have. */
export function compare(
  targets: readonly string[],
  first: readonly Answer[],
  second: readonly Answer[],
  classes: readonly string[] | undefined,
  options: BootstrapOptions,
): Difference[] {
  const [a, b] = [first, second].map((answers) => rowValues(targets, answers, classes)) as [RowValues, RowValues];
  return Object.keys(a)
    .filter((metric) => metric in b && metric !== 'illegal')
    .map((metric) => {
      const differences = a[metric]!.map((value, index) => value - b[metric]![index]!);
      const counts = metric === 'accuracy' || metric === 'exact-match';
      const only = (sign: number): number => differences.filter((each) => each === sign).length;
      return {
        metric,
        difference: weightedMean(differences),
        interval: pairedInterval(differences, options),
        ...(counts ? { p: mcnemar(only(1), only(-1)) } : {}),
      };
    });
}

/** Metrics that are a mean over the rows: name -> one value a row. */
type RowValues = Readonly<Record<string, readonly number[]>>;

function rowValues(targets: readonly string[], answers: readonly Answer[], classes?: readonly string[]): RowValues {
  const values: Record<string, readonly number[]> = {};
  const texts = whole(answers.map(({ text }) => text));
  const exact = whole(answers.map((answer) => answer.exact));
  if (classes) {
    values['accuracy'] = answers.map(({ predicted }, index) => Number(predicted === targets[index]));
    if (texts) values['illegal'] = answers.map(({ predicted }) => Number(predicted === null));
    const probabilities = whole(answers.map((answer) => answer.probabilities));
    if (probabilities) {
      values['log-loss'] = probabilities.map((each, index) => logLoss([each[classes.indexOf(targets[index]!)] ?? 0]));
    }
  }
  if (texts) {
    values['exact-match'] = texts.map((text, index) => Number(sameAnswer(text, targets[index]!)));
    if (!classes) values['token-f1'] = texts.map((text, index) => tokenF1(text, targets[index]!));
  } else if (exact) {
    values['exact-match'] = exact.map(Number);
  }
  return values;
}

/** The values, where every answer has one. */
function whole<T>(values: readonly (T | undefined)[]): readonly T[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

interface Classified {
  readonly target: number;
  readonly predicted: number;
}

function classNumbers(
  targets: readonly string[],
  answers: readonly Answer[],
  classes: readonly string[],
): Classified[] {
  const numbers = new Map(classes.map((words, index) => [words, index]));
  return answers.map(({ predicted }, index) => ({
    target: numbers.get(targets[index]!)!,
    predicted: numbers.get(predicted ?? '') ?? -1,
  }));
}

function classConfidences(
  classified: readonly Classified[],
  answers: readonly Answer[],
): { confidence: number; right: boolean }[] | undefined {
  return whole(answers.map(({ probabilities }) => probabilities))?.map((probabilities, index) => ({
    confidence: Math.max(...probabilities),
    right: classified[index]!.target === classified[index]!.predicted,
  }));
}

/** Macro F1 over the classes that are right or predicted somewhere, as scikit-learn averages them; Matthews correlation. */
function fromConfusion(confusion: readonly (readonly number[])[]): Record<string, number> {
  const seen = classScores(confusion).filter(
    ({ support }, each) => support > 0 || confusion.some((row) => row[each]! > 0),
  );
  const macro = seen.reduce((sum, { f1 }) => sum + f1, 0) / seen.length;
  return { 'macro-f1': macro, matthews: matthews(confusion) };
}

function repeated(classified: readonly Classified[], times: Uint16Array | undefined): Iterable<Classified> {
  if (!times) return classified;
  return (function* () {
    for (const [index, each] of classified.entries()) for (let i = 0; i < times[index]!; i++) yield each;
  })();
}

function weightedMean(values: readonly number[], times?: Uint16Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * (times?.[i] ?? 1);
  return sum / values.length;
}
