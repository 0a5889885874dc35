import type { FrozenModel } from '../models/frozenModel';

/** Text of a token, its leading space included; remembers what it was asked for. */
export type TokenText = (id: number) => string;

/**
 * Some tokenizers leave out the space in front of a text's first token, so a token is read behind itself: what the second one adds is its
 * text.
 */
export function tokenTexts(model: Pick<FrozenModel, 'decode'>): TokenText {
  const known = new Map<number, string>();
  return (id) => {
    let text = known.get(id);
    if (text === undefined) {
      text = model.decode([id, id]).slice(model.decode([id]).length);
      known.set(id, text);
    }
    return text;
  };
}
