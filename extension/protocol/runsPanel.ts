import type { JournalEntry, Run } from './run';

/**
 * Messages between the extension host and the Runs panel. The panel asks (`ready`) and gets a full snapshot; later
 * messages are whole values again, never deltas on something that may have been missed while hidden.
 */
export interface Curve {
  readonly id: string;
  /** One point a step, thinned by the host to at most a few thousand. */
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly evaluations: readonly {
    readonly step: number;
    readonly split: 'dev' | 'test';
    readonly scores: Readonly<Record<string, number>>;
  }[];
}
export interface RunRow extends Run {
  /** Stable index of the colour and dash pattern of this run. */
  readonly colour: number;
}

export type ToRunsPanel =
  | { readonly type: 'runs'; readonly rows: readonly RunRow[]; readonly trusted: boolean }
  /** The whole curves of the selected runs. */
  | { readonly type: 'curves'; readonly curves: readonly Curve[] };

export type FromRunsPanel =
  | { readonly type: 'ready' }
  /** These runs are shown in the charts: send their curves, now and when they change. */
  | { readonly type: 'show'; readonly ids: readonly string[] }
  | { readonly type: 'command'; readonly command: RunCommand; readonly id: string }
  | { readonly type: 'mark'; readonly id: string; readonly note?: string; readonly pinned?: boolean }
  | { readonly type: 'tune' };

export const runCommands = [
  'stop',
  'resume',
  'delete',
  'reveal',
  'copyPath',
  'openCheckpoint',
  'openLog',
  'openExperiment',
] as const;
export type RunCommand = (typeof runCommands)[number];

export type { JournalEntry };
