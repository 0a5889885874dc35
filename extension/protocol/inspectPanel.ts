import type { PromptInspection, PromptSnapshot, TokenEffects } from './inspection';

/**
 * Messages between the extension host and the Inspect panel, and their checks. The panel asks (`ready`) and hears what is
 * being done (`working`) until there is something to see (`inspection`, with the checkpoint to show first). It asks for each
 * other checkpoint when it is wanted (`snapshot`) and keeps what it got. Every message carries whole values, so that a panel
 * that was hidden, which is loaded anew, only has to ask again.
 */

/** What is known of the effect of each virtual token, for one checkpoint. */
export type EffectsState =
  | { readonly phase: 'measuring'; readonly text: string; /** 0 to 1 where it is known. */ readonly share?: number }
  | { readonly phase: 'measured'; readonly effects: TokenEffects }
  | { readonly phase: 'stopped' }
  | { readonly phase: 'failed'; readonly message: string };

/** What a person can do about a problem, besides trying again. */
export const remedies = ['trust', 'model'] as const;
export type Remedy = (typeof remedies)[number];

export type ToInspectPanel =
  /** Nothing to see yet; `share`: 0 to 1 where it is known. */
  | { readonly type: 'working'; readonly text: string; readonly share?: number }
  /** Everything but the snapshots, of which only one is in it. Sent again when more is known of the run as a whole. */
  | {
      readonly type: 'inspection';
      /** What the host needs to be given back after a reload of the window (`restoredSubject`). */
      readonly subject: InspectSubject;
      readonly inspection: PromptInspection;
      /** Whether models may run here. */
      readonly trusted: boolean;
      /** Whether checkpoints are still being looked at. */
      readonly complete: boolean;
    }
  | { readonly type: 'snapshot'; readonly snapshot: PromptSnapshot }
  /** `path`: the snapshot's. */
  | { readonly type: 'effects'; readonly path: string; readonly state: EffectsState }
  | {
      readonly type: 'problem';
      readonly subject: InspectSubject;
      readonly message: string;
      readonly remedy?: Remedy;
    };

/** What a panel is about: what an `inspect` job is asked. */
export interface InspectSubject {
  /** Run folder, checkpoint, adapter or file, absolute. */
  readonly prompt: string;
  /** Frozen model in place of the one that the prompt names. */
  readonly model?: string;
}

/** What can be saved; `png` goes as base64, the others as text. */
export const savedFormats = ['svg', 'png', 'csv', 'json', 'md'] as const;
export type SavedFormat = (typeof savedFormats)[number];

export type FromInspectPanel =
  | { readonly type: 'ready' }
  /** Start again after a problem. */
  | { readonly type: 'retry' }
  | { readonly type: 'snapshot'; readonly step: number }
  /** Leave out each virtual token of a checkpoint in turn (`step` undefined: of a prompt that is no run's). */
  | { readonly type: 'measureEffects'; readonly step?: number }
  | { readonly type: 'cancelEffects' }
  | { readonly type: 'save'; readonly format: SavedFormat; readonly content: string }
  | { readonly type: 'copy'; readonly text: string }
  /** Open the prompt in its readable form. */
  | { readonly type: 'openText'; readonly step?: number }
  | { readonly type: 'diff'; readonly step?: number }
  | { readonly type: 'chooseModel' }
  | { readonly type: 'manageTrust' };

type Fields = Readonly<Record<string, unknown>>;

const longestPath = 10_000;
const longestCopy = 100_000;
/** UTF-16 units; a report on 150 virtual tokens has a thousandth of it. */
const longestContent = 100_000_000;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isStep = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isText = (value: unknown, longest: number): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= longest;
const isFormat = (value: unknown): value is SavedFormat => savedFormats.some((format) => format === value);

/**
 * What the panel sent, or undefined for anything that is not one of its messages. The content of a webview is not trusted:
 * only known fields are taken over.
 */
export function fromInspectPanel(message: unknown): FromInspectPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, step, format, content, text } = message;
  switch (type) {
    case 'ready':
    case 'retry':
    case 'cancelEffects':
    case 'chooseModel':
    case 'manageTrust':
      return { type };
    case 'snapshot':
      return isStep(step) ? { type, step } : undefined;
    case 'measureEffects':
    case 'openText':
    case 'diff':
      if (step === undefined) return { type };
      return isStep(step) ? { type, step } : undefined;
    case 'save':
      return isFormat(format) && isText(content, longestContent) ? { type, format, content } : undefined;
    case 'copy':
      return isText(text, longestCopy) ? { type, text } : undefined;
    default:
      return undefined;
  }
}

/** The subject that a panel saved before the window was reloaded, or undefined where there is none. */
export function restoredSubject(state: unknown): InspectSubject | undefined {
  if (!isFields(state) || !isFields(state['subject'])) return undefined;
  const { prompt, model } = state['subject'];
  if (!isText(prompt, longestPath)) return undefined;
  return { prompt, ...(isText(model, longestPath) ? { model } : {}) };
}

const isSubject = (value: unknown): value is InspectSubject => restoredSubject({ subject: value }) !== undefined;
const isSnapshot = (value: unknown): value is PromptSnapshot =>
  isFields(value) && typeof value['path'] === 'string' && Array.isArray(value['tokens']);
const isInspection = (value: unknown): value is PromptInspection =>
  isFields(value) &&
  isFields(value['prompt']) &&
  Array.isArray(value['snapshots']) &&
  value['snapshots'].every(isSnapshot);
const isState = (value: unknown): value is EffectsState =>
  isFields(value) && ['measuring', 'measured', 'stopped', 'failed'].includes(String(value['phase']));

/**
 * What the host sent, or undefined for anything else that reaches the page's message event. What the trainer found is taken as
 * it is; here only the shape that tells messages apart is looked at.
 */
export function toInspectPanel(message: unknown): ToInspectPanel | undefined {
  if (!isFields(message)) return undefined;
  const { type, text, share, subject, inspection, trusted, complete, snapshot, path, state, remedy } = message;
  switch (type) {
    case 'working':
      return typeof text === 'string' ? { type, text, ...(typeof share === 'number' ? { share } : {}) } : undefined;
    case 'inspection':
      return isSubject(subject) && isInspection(inspection)
        ? { type, subject, inspection, trusted: trusted === true, complete: complete === true }
        : undefined;
    case 'snapshot':
      return isSnapshot(snapshot) ? { type, snapshot } : undefined;
    case 'effects':
      return typeof path === 'string' && isState(state) ? { type, path, state } : undefined;
    case 'problem': {
      const known = remedies.find((each) => each === remedy);
      return isSubject(subject) && typeof message['message'] === 'string'
        ? { type, subject, message: message['message'], ...(known ? { remedy: known } : {}) }
        : undefined;
    }
    default:
      return undefined;
  }
}
