import { type EvaluationRows, absent, illegal } from './evaluationRows';
import type { ConfusionCell, RowFilter, RowSort } from './evaluationUiState';

/** A prediction below this probability counts as unsure. */
export const unsureBelow = 0.6;

/** Which rows are seen, and in which order. */
export interface RowQuestion {
  readonly dataset: number;
  /** The predictor that the filters are about. */
  readonly predictor: string | undefined;
  /** Those that can disagree: prompts and text prompts. */
  readonly voices: readonly string[];
  readonly search: string;
  readonly filters: readonly RowFilter[];
  readonly cell: ConfusionCell | undefined;
  readonly sort: RowSort;
}

/** Numbers of the examples that a question asks for, in its order; equals stay in the order of the file. */
export function exampleOrder(rows: EvaluationRows, question: RowQuestion): Int32Array {
  const tests = testsOf(rows, question);
  const found = new Int32Array(rows.known);
  let count = 0;
  for (let example = 0; example < rows.known; example++) {
    if (tests.every((test) => test(example))) found[count++] = example;
  }
  const order = found.subarray(0, count);
  const compare = comparison(rows, question.sort);
  if (compare) order.sort((a, b) => compare(a, b) || a - b);
  return order;
}

type Test = (example: number) => boolean;

function testsOf(rows: EvaluationRows, { dataset, predictor, voices, search, filters, cell }: RowQuestion): Test[] {
  const tests: Test[] = [(example) => rows.dataset[example] === dataset];
  if (predictor !== undefined) {
    const { predicted, probability, right } = rows.column(predictor);
    const own: Readonly<Record<RowFilter, Test>> = {
      wrong: (example) => right[example] === 0,
      // Not a number is not below anything.
      unsure: (example) => probability[example]! < unsureBelow,
      illegal: (example) => right[example] !== absent && predicted[example] === illegal,
      disagreeing: disagreement(rows, voices),
    };
    tests.push(...filters.map((filter) => own[filter]));
    if (cell) tests.push((each) => rows.target[each] === cell.target && predicted[each] === cell.predicted);
  }
  const words = search.trim().toLowerCase();
  if (words !== '') {
    const holds = (text: string | undefined): boolean => text?.toLowerCase().includes(words) === true;
    tests.push((example) => holds(rows.inputs[example]) || holds(rows.targets[example]));
  }
  return tests;
}

/** Whether not all that answer say the same. */
function disagreement(rows: EvaluationRows, voices: readonly string[]): Test {
  const columns = voices.map((voice) => rows.column(voice));
  return (example) => {
    const said = columns.filter(({ right }) => right[example] !== absent);
    const [first] = said;
    return said.some(
      ({ predicted, right, texts }) =>
        predicted[example] !== first!.predicted[example] ||
        right[example] !== first!.right[example] ||
        texts[example] !== first!.texts[example],
    );
  };
}

function comparison(
  rows: EvaluationRows,
  { column, descending }: RowSort,
): ((a: number, b: number) => number) | undefined {
  const sign = descending ? -1 : 1;
  switch (column) {
    case 'row':
      return descending ? (a, b) => b - a : undefined;
    case 'input':
      return (a, b) => sign * byText(rows.inputs[a]!, rows.inputs[b]!);
    case 'target':
      return (a, b) => sign * byText(rows.targets[a]!, rows.targets[b]!);
    default: {
      const { probability } = rows.column(column);
      // What has no probability comes last either way.
      return (a, b) => {
        const [first, second] = [probability[a]!, probability[b]!];
        if (Number.isNaN(first) || Number.isNaN(second))
          return Number(Number.isNaN(first)) - Number(Number.isNaN(second));
        return sign * (first - second);
      };
    }
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
