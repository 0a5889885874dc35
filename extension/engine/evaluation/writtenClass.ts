import type { FrozenModel } from '../models/frozenModel';
import type { ScorableClass } from './predictions';

/**
 * The class that a generated text names, or null for a text that is none of the label words: an illegal output (Lester et al. 2021, section 3.2, whose
 * models without it score near 0). An encoder-decoder ends its text itself, so the whole text counts; a causal model goes on writing, so its
 * text has to begin with the label words, the longest ones where several fit.
 */
export function writtenClass(
  text: string,
  classes: readonly Pick<ScorableClass, 'words'>[],
  kind: FrozenModel['kind'],
): string | null {
  const fits = ({ words }: { readonly words: string }): boolean =>
    kind === 'causal' ? text.startsWith(words) && !/^[\p{L}\p{N}]/u.test(text.slice(words.length)) : text === words;
  const found = classes.filter(fits).map(({ words }) => words);
  return found.toSorted((a, b) => b.length - a.length)[0] ?? null;
}
