/** This program's own metadata, beside the adapter's files in a checkpoint folder; an adapter needs none of it. */
export const studioFile = 'studio.json';

/** What a prompt's frozen model was, as far as the notes say it. */
export interface LearnedOn {
  readonly model?: string;
  readonly vocabulary?: number;
  /** SHA-256 of the frozen weights. */
  readonly weights?: string;
  /** Where it stood; a prefix is not noted. */
  readonly position?: PositionBehind;
}

/** Where a prompt can stand behind the text: behind the whole input, or in front of the template's end. */
export type PositionBehind = 'suffix' | 'infix';

/** The notes that say it; {@link learnedOn} reads them again. */
export function modelNotes(
  model: string,
  vocabulary: number,
  weights: string | null,
  position: 'prefix' | PositionBehind | undefined,
): Record<string, string | number | null> {
  return { model, vocabulary, weights, ...(isBehind(position) ? { position } : {}) };
}

/**
 * What a checkpoint's `studio.json` says of the frozen model; nothing where there is no such file or it is another program's. It only
 * adds to what is checked, so a damaged one is no reason to refuse the prompt.
 */
export function learnedOn(bytes: Uint8Array | undefined): LearnedOn {
  let notes: unknown;
  try {
    notes = bytes && (JSON.parse(Buffer.from(bytes).toString('utf8')) as { readonly notes?: unknown } | null)?.notes;
  } catch {
    return {};
  }
  const { model, vocabulary, weights, position } = (notes ?? {}) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof vocabulary === 'number' ? { vocabulary } : {}),
    ...(typeof weights === 'string' ? { weights } : {}),
    ...(isBehind(position) ? { position } : {}),
  };
}

/** Whether a prompt at this position stands behind the text, whose keys and values are then kept. */
export function isBehind(position: unknown): position is PositionBehind {
  return position === 'suffix' || position === 'infix';
}
