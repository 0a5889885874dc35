import { columnById, columns } from './columns';

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** What the panel remembers over a reload: where one was and how one looked at it, never the runs themselves. */
export interface UiState {
  readonly version: 1;
  readonly sort: Sort;
  readonly filter: string;
  /** Ids of the columns to be seen. */
  readonly columns: readonly string[];
  /** Id of the run whose details are open. */
  readonly selected?: string;
  /** Ids of the runs drawn in the charts; absent until a person or the first run has decided. */
  readonly shown?: readonly string[];
  /** Weight of the past in the smoothed loss, 0 (off) to 0.99. */
  readonly smoothing: number;
  readonly logScale: boolean;
  /** Metric of the second chart; absent for the one the runs are judged by. */
  readonly metric?: string;
  /** The charts are shown as tables of numbers. */
  readonly asTable: boolean;
  readonly chartsOpen: boolean;
}

export const mostSmoothing = 0.99;

export const firstUiState: UiState = {
  version: 1,
  sort: { column: 'created', descending: true },
  filter: '',
  columns: columns.filter((column) => column.hidden !== true).map((column) => column.id),
  smoothing: 0.6,
  logScale: false,
  asTable: false,
  chartsOpen: true,
};

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** State as it was saved, with the first state's value in place of whatever is missing or of another kind. */
export function restoredUiState(saved: unknown): UiState {
  if (typeof saved !== 'object' || saved === null) return firstUiState;
  const state = saved as Readonly<Record<keyof UiState, unknown>>;
  if (state.version !== firstUiState.version) return firstUiState;
  const sort = state.sort as Partial<Sort> | undefined;
  return {
    version: 1,
    sort:
      typeof sort?.column === 'string' && columnById(sort.column) !== undefined && typeof sort.descending === 'boolean'
        ? { column: sort.column, descending: sort.descending }
        : firstUiState.sort,
    filter: typeof state.filter === 'string' ? state.filter : firstUiState.filter,
    columns: isStrings(state.columns)
      ? columns
          .filter(({ id, fixed }) => fixed === true || (isStrings(state.columns) && state.columns.includes(id)))
          .map(({ id }) => id)
      : firstUiState.columns,
    ...(typeof state.selected === 'string' ? { selected: state.selected } : {}),
    ...(isStrings(state.shown) ? { shown: state.shown } : {}),
    smoothing:
      typeof state.smoothing === 'number' && state.smoothing >= 0 && state.smoothing <= mostSmoothing
        ? state.smoothing
        : firstUiState.smoothing,
    logScale: typeof state.logScale === 'boolean' ? state.logScale : firstUiState.logScale,
    ...(typeof state.metric === 'string' ? { metric: state.metric } : {}),
    asTable: typeof state.asTable === 'boolean' ? state.asTable : firstUiState.asTable,
    chartsOpen: typeof state.chartsOpen === 'boolean' ? state.chartsOpen : firstUiState.chartsOpen,
  };
}
