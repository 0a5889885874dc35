import type { Finder, Range } from './stringPattern';

/** A text in pieces, none of them empty. */
export interface Pieces {
  readonly texts: readonly string[];
  /** Whether the first piece begins where the whole text began, before anything was removed of it. */
  readonly atStart: boolean;
}

/** What becomes of a match: `Split`'s `behavior`. */
export const behaviors = ['removed', 'isolated', 'mergedwithprevious', 'mergedwithnext', 'contiguous'] as const;
export type Behavior = (typeof behaviors)[number];

/** Each piece cut by a function of its text and of whether it is the first one. */
export function cutEach({ texts, atStart }: Pieces, cut: (text: string, atStart: boolean) => Pieces): Pieces {
  const all: string[] = [];
  let first: boolean | undefined;
  for (const text of texts) {
    const pieces = cut(text, atStart && first === undefined);
    first ??= pieces.atStart;
    for (const each of pieces.texts) if (each !== '') all.push(each);
  }
  return { texts: all, atStart: first ?? false };
}

/** Pieces cut at matches. @param inverted the text between matches is what counts as a match. */
export function splitAt(pieces: Pieces, find: Finder, behavior: Behavior, inverted = false): Pieces {
  return cutEach(pieces, (text, atStart) => {
    const ranges = arranged(coveringRanges(text, find, inverted), behavior);
    return {
      texts: ranges.map(({ start, end }) => text.slice(start, end)),
      atStart: atStart && ranges[0]?.start === 0,
    };
  });
}

interface Part extends Range {
  readonly matches: boolean;
}

function coveringRanges(text: string, find: Finder, inverted: boolean): Part[] {
  const parts: Part[] = [];
  let last = 0;
  for (const { start, end } of find(text)) {
    if (start > last) parts.push({ start: last, end: start, matches: inverted });
    parts.push({ start, end, matches: !inverted });
    last = end;
  }
  if (last < text.length) parts.push({ start: last, end: text.length, matches: inverted });
  return parts;
}

function arranged(parts: Part[], behavior: Behavior): Range[] {
  if (behavior === 'isolated') return parts;
  if (behavior === 'removed') return parts.filter(({ matches }) => !matches);
  const backwards = behavior === 'mergedwithnext';
  const joined: { start: number; end: number }[] = [];
  let before = false;
  for (const { start, end, matches } of backwards ? parts.reverse() : parts) {
    const last = joined.at(-1);
    // Of neighbouring matches only the first one is merged with what is beside it.
    const joins = behavior === 'contiguous' ? matches === before : matches && !before;
    if (!joins || last === undefined) joined.push({ start, end });
    else if (backwards) last.start = start;
    else last.end = end;
    before = matches;
  }
  return backwards ? joined.reverse() : joined;
}
