import { projectionMethods } from '../../extension/protocol/inspection';
import type { ProjectionMethod } from '../../extension/protocol/inspection';
import { restoredSubject } from '../../extension/protocol/inspectPanel';
import type { InspectSubject } from '../../extension/protocol/inspectPanel';
import { tokenColumns } from './tokenRows';
import type { TokenSort } from './tokenRows';

export const clusterKinds = ['lexical', 'neighbours', 'virtualTokens'] as const;
export type ClusterKind = (typeof clusterKinds)[number];

/** A cluster of the checkpoint that is shown: its kind, and its place in the list of its kind. */
export interface ClusterChoice {
  readonly kind: ClusterKind;
  readonly index: number;
}

/** What the panel remembers over a reload: where one was and how one looked at it, never the numbers themselves. */
export interface InspectUiState {
  readonly version: 1;
  /** What the panel is about; the host reads it after a reload of the window. */
  readonly subject?: InspectSubject;
  readonly sort: TokenSort;
  readonly filter: string;
  /** Positions of the virtual tokens that are selected, rising. */
  readonly selected: readonly number[];
  /** Checkpoint that is shown; absent for the one the host shows first. */
  readonly step?: number;
  readonly method: ProjectionMethod;
  readonly clusterKind: ClusterKind;
}

export const firstInspectUiState: InspectUiState = {
  version: 1,
  sort: { column: 'position', descending: false },
  filter: '',
  selected: [],
  method: 'pca',
  clusterKind: 'neighbours',
};

/** State as it was saved, with the first state's value in place of whatever is missing or of another kind. */
export function restoredInspectUiState(saved: unknown): InspectUiState {
  if (typeof saved !== 'object' || saved === null) return firstInspectUiState;
  const state = saved as Readonly<Record<keyof InspectUiState, unknown>>;
  if (state.version !== 1) return firstInspectUiState;
  const sort = state.sort as Partial<TokenSort> | undefined;
  const column = tokenColumns.find(({ id }) => id === sort?.column);
  const subject = restoredSubject(saved);
  const isPosition = (value: unknown): value is number => Number.isSafeInteger(value);
  return {
    version: 1,
    ...(subject ? { subject } : {}),
    sort: column ? { column: column.id, descending: sort?.descending === true } : firstInspectUiState.sort,
    filter: typeof state.filter === 'string' ? state.filter : '',
    selected: Array.isArray(state.selected) ? state.selected.filter(isPosition) : [],
    ...(isPosition(state.step) ? { step: state.step } : {}),
    method: projectionMethods.find((each) => each === state.method) ?? firstInspectUiState.method,
    clusterKind: clusterKinds.find((each) => each === state.clusterKind) ?? firstInspectUiState.clusterKind,
  };
}
