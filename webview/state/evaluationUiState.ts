import { restoredFolder } from '../../extension/protocol/evaluationPanel';

/** Which rows a person wants to see, of the predictor that is chosen. */
export const rowFilters = ['wrong', 'disagreeing', 'unsure', 'illegal'] as const;
export type RowFilter = (typeof rowFilters)[number];

/** A cell of the confusion matrix: class numbers; `predicted` -1 for an output that is none of them. */
export interface ConfusionCell {
  readonly target: number;
  readonly predicted: number;
}

/** Column that the rows are sorted by: `row`, `input`, `target`, or the id of a predictor (by its probability). */
export interface RowSort {
  readonly column: string;
  readonly descending: boolean;
}

/** What the panel remembers over a reload: where one was and how one looked at it, never the numbers themselves. */
export interface EvaluationUiState {
  readonly version: 1;
  /** The evaluation; the host reads it after a reload of the window. */
  readonly folder?: string;
  /** Index of the data set that is looked at. */
  readonly dataset: number;
  /** Ids of the predictor whose answers are looked at, and of the one it is compared with; the first ones where absent. */
  readonly predictor?: string;
  readonly reference?: string;
  /** Absent: the first metric there is. */
  readonly metric?: string;
  readonly search: string;
  readonly filters: readonly RowFilter[];
  readonly cell?: ConfusionCell;
  readonly sort: RowSort;
}

export const firstEvaluationUiState: EvaluationUiState = {
  version: 1,
  dataset: 0,
  search: '',
  filters: [],
  sort: { column: 'row', descending: false },
};

/** State as it was saved, with the first state's value in place of whatever is missing or of another kind. */
export function restoredEvaluationUiState(saved: unknown): EvaluationUiState {
  if (typeof saved !== 'object' || saved === null) return firstEvaluationUiState;
  const state = saved as Readonly<Record<keyof EvaluationUiState, unknown>>;
  if (state.version !== 1) return firstEvaluationUiState;
  const folder = restoredFolder(saved);
  const { filters } = state;
  const sort = state.sort as Partial<RowSort> | undefined;
  const cell = state.cell as Partial<ConfusionCell> | undefined;
  return {
    version: 1,
    ...(folder === undefined ? {} : { folder }),
    dataset: isWhole(state.dataset) && state.dataset >= 0 ? state.dataset : 0,
    ...(typeof state.predictor === 'string' ? { predictor: state.predictor } : {}),
    ...(typeof state.reference === 'string' ? { reference: state.reference } : {}),
    ...(typeof state.metric === 'string' ? { metric: state.metric } : {}),
    search: typeof state.search === 'string' ? state.search : '',
    filters: Array.isArray(filters) ? rowFilters.filter((each) => filters.includes(each)) : [],
    ...(isWhole(cell?.target) && isWhole(cell.predicted)
      ? { cell: { target: cell.target, predicted: cell.predicted } }
      : {}),
    sort:
      typeof sort?.column === 'string'
        ? { column: sort.column, descending: sort.descending === true }
        : firstEvaluationUiState.sort,
  };
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
