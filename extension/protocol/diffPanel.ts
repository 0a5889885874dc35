import type { PromptDiff } from './inspection';
import { type Remedy, remedies } from './inspectPanel';

/**
 * Messages between the extension host and the Diff panel, and their checks. The panel asks (`ready`), hears what is being done
 * (`working`) and gets the whole difference (`diff`), or why there is none (`problem`).
 */

/** What a panel is about: what a `diff-prompts` job is asked. */
export interface DiffSubject {
  /** Run folder, checkpoint, adapter or file, absolute. */
  readonly a: string;
  readonly b: string;
  /** Frozen model in place of the one that the prompts name. */
  readonly model?: string;
}

export type ToDiffPanel =
  | { readonly type: 'working'; readonly text: string; readonly share?: number }
  | { readonly type: 'diff'; readonly subject: DiffSubject; readonly diff: PromptDiff }
  | { readonly type: 'problem'; readonly subject: DiffSubject; readonly message: string; readonly remedy?: Remedy };

export type FromDiffPanel =
  | { readonly type: 'ready' }
  | { readonly type: 'retry' }
  /** Compare the other way round. */
  | { readonly type: 'swap' }
  /** Compare the readable forms in the editor's own diff. */
  | { readonly type: 'openText' }
  | { readonly type: 'inspect'; readonly side: 'a' | 'b' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'chooseModel' }
  | { readonly type: 'manageTrust' };

type Fields = Readonly<Record<string, unknown>>;
const longestPath = 10_000;
const longestCopy = 100_000;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;

/** What the panel sent, or undefined for anything that is not one of its messages. Only known fields are taken over. */
export function fromDiffPanel(message: unknown): FromDiffPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, side, text } = message;
  switch (type) {
    case 'ready':
    case 'retry':
    case 'swap':
    case 'openText':
    case 'chooseModel':
    case 'manageTrust':
      return { type };
    case 'inspect':
      return side === 'a' || side === 'b' ? { type, side } : undefined;
    case 'copy':
      return isText(text, longestCopy) ? { type, text } : undefined;
    default:
      return undefined;
  }
}

/** The subject that a panel saved before the window was reloaded, or undefined where there is none. */
export function restoredDiffSubject(state: unknown): DiffSubject | undefined {
  if (!isFields(state) || !isFields(state['subject'])) return undefined;
  const { a, b, model } = state['subject'];
  if (!isText(a, longestPath) || !isText(b, longestPath)) return undefined;
  return { a, b, ...(isText(model, longestPath) ? { model } : {}) };
}

const isSubject = (value: unknown): value is DiffSubject => restoredDiffSubject({ subject: value }) !== undefined;
const isDiff = (value: unknown): value is PromptDiff =>
  isFields(value) && isFields(value['a']) && isFields(value['b']) && Array.isArray(value['tokens']);

/** What the host sent, or undefined for anything else that reaches the page's message event. */
export function toDiffPanel(message: unknown): ToDiffPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, text, share, subject, diff, message: reason, remedy } = message;
  switch (type) {
    case 'working':
      return typeof text === 'string' ? { type, text, ...(typeof share === 'number' ? { share } : {}) } : undefined;
    case 'diff':
      return isSubject(subject) && isDiff(diff) ? { type, subject, diff } : undefined;
    case 'problem': {
      const known = remedies.find((each) => each === remedy);
      return isSubject(subject) && typeof reason === 'string'
        ? { type, subject, message: reason, ...(known ? { remedy: known } : {}) }
        : undefined;
    }
    default:
      return undefined;
  }
}
