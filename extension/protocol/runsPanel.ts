import type { Run } from './run';

/**
 * Messages between the extension host and the Runs panel, and their checks. The panel asks (`ready`) and gets a full
 * snapshot (`runs`), then one `show` brings the `curves` of the runs it draws. Whatever comes later carries whole values
 * (a whole row, a whole curve), never a piece of one, so that nothing is wrong after a message that was missed; a panel that
 * was hidden is loaded anew and asks again.
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
  /** Training loss of the last step, nats a target token. */
  readonly loss?: number;
  /** A person asked it to stop; it is finishing its step and writing the checkpoint. */
  readonly stopping?: boolean;
}

export type ToRunsPanel =
  /** All runs; those not named are gone. `problems`: run folders that could not be read, a line each, for the person. */
  | {
      readonly type: 'runs';
      readonly rows: readonly RunRow[];
      readonly trusted: boolean;
      readonly problems: readonly string[];
    }
  /** One run is new or has changed; at most ten a second a run. */
  | { readonly type: 'run'; readonly row: RunRow }
  /** Whole curves of runs that are shown; a curve not named stays as it was. */
  | { readonly type: 'curves'; readonly curves: readonly Curve[] }
  /** Select this run, show it in the charts and scroll to it (a click in the tree, a run just started). */
  | { readonly type: 'select'; readonly id: string }
  /** The runs cannot be read at all, in words for the person; the panel offers to try again (`ready`). */
  | { readonly type: 'problem'; readonly message: string };

export const runCommands = [
  'stop',
  'resume',
  'delete',
  'reveal',
  'copyPath',
  'openCheckpoint',
  'inspect',
  'diff',
  'evaluate',
  'openLog',
  'openExperiment',
] as const;
export type RunCommand = (typeof runCommands)[number];

export type FromRunsPanel =
  | { readonly type: 'ready' }
  /** These runs are shown in the charts: send their curves, now and when they change. Replaces the last `show`. */
  | { readonly type: 'show'; readonly ids: readonly string[] }
  | { readonly type: 'command'; readonly command: RunCommand; readonly id: string }
  /** What a person adds to a run; a field that is absent stays, an empty note or name is taken away. */
  | {
      readonly type: 'mark';
      readonly id: string;
      readonly note?: string;
      readonly pinned?: boolean;
      readonly name?: string;
    }
  | { readonly type: 'tune' }
  /** Open the editor's page on workspace trust. */
  | { readonly type: 'manageTrust' };

/** Longest note or name that is taken, in UTF-16 units. */
export const longestMark = 2000;
const longestId = 200;
const mostIds = 1000;

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longestId;
const isMark = (value: unknown): value is string => typeof value === 'string' && value.length <= longestMark;
const isCommand = (value: unknown): value is RunCommand => runCommands.some((command) => command === value);

/**
 * What the panel sent, or undefined for anything that is not one of its messages. The content of a webview is not trusted:
 * only known fields are taken over. An id that passes may still name no run; look it up, never make a path of it.
 */
export function fromRunsPanel(message: unknown): FromRunsPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, id, ids, command, note, pinned, name } = message;
  switch (type) {
    case 'ready':
    case 'tune':
    case 'manageTrust':
      return { type };
    case 'show':
      return Array.isArray(ids) && ids.length <= mostIds && ids.every(isId) ? { type, ids } : undefined;
    case 'command':
      return isId(id) && isCommand(command) ? { type, command, id } : undefined;
    case 'mark':
      if (!isId(id)) return undefined;
      if (note !== undefined && !isMark(note)) return undefined;
      if (pinned !== undefined && typeof pinned !== 'boolean') return undefined;
      if (name !== undefined && !isMark(name)) return undefined;
      return {
        type,
        id,
        ...(note === undefined ? {} : { note }),
        ...(pinned === undefined ? {} : { pinned }),
        ...(name === undefined ? {} : { name }),
      };
    default:
      return undefined;
  }
}

const isRow = (value: unknown): value is RunRow =>
  isFields(value) && isFields(value.record) && isId(value.record.id) && isFields(value.marks);
const isCurve = (value: unknown): value is Curve =>
  isFields(value) &&
  isId(value.id) &&
  Array.isArray(value.steps) &&
  Array.isArray(value.loss) &&
  Array.isArray(value.evaluations);

/**
 * What the host sent, or undefined for anything else that reaches the page's message event. The host has checked its records
 * against their schema; here only the shape that tells messages apart is looked at.
 */
export function toRunsPanel(message: unknown): ToRunsPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, rows, trusted, problems, row, curves, id, message: text } = message;
  switch (type) {
    case 'runs':
      return Array.isArray(rows) && rows.every(isRow) && typeof trusted === 'boolean' && Array.isArray(problems)
        ? { type, rows, trusted, problems: problems.map(String) }
        : undefined;
    case 'run':
      return isRow(row) ? { type, row } : undefined;
    case 'curves':
      return Array.isArray(curves) && curves.every(isCurve) ? { type, curves } : undefined;
    case 'select':
      return isId(id) ? { type, id } : undefined;
    case 'problem':
      return typeof text === 'string' ? { type, message: text } : undefined;
    default:
      return undefined;
  }
}

/** Whether a command makes sense for a run now. `trusted`: the workspace is; without that nothing may be trained. */
export function commandAvailable(command: RunCommand, row: RunRow, trusted: boolean): boolean {
  const { status, best, last, experimentFile } = row.record;
  switch (command) {
    case 'stop':
      return status === 'running' && row.stopping !== true;
    case 'resume':
      return trusted && status !== 'running' && status !== 'finished' && last !== undefined;
    case 'delete':
      return status !== 'running';
    case 'inspect':
    case 'diff':
    case 'evaluate':
      return trusted && (best !== undefined || last !== undefined);
    case 'openCheckpoint':
      return best !== undefined || last !== undefined;
    case 'openExperiment':
      return experimentFile !== undefined;
    case 'reveal':
    case 'copyPath':
    case 'openLog':
      return true;
  }
}
