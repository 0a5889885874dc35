import type { Initialise } from './initialiser';

/**
 * Embeddings of the tokens of a text, repeated from its beginning until all positions are filled; a longer text is cut.
 * @throws when there is no text, or it has no token.
 */
export const text: Initialise = ({ model, length, text: words }) => {
  const ids = words === undefined ? [] : model.encodeWords(words);
  if (ids.length === 0) {
    throw new Error('the "text" initialiser needs a text with at least one token: give "text" in the prompt section');
  }
  return model.embeddings(Array.from({ length }, (_, position) => ids[position % ids.length]!));
};
