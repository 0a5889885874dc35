import type { Column } from '../state/columns';

/** Columns that stay at the left while the others scroll, as long as no other stands before them. */
const sticky = new Set(['shown', 'pin', 'name']);

/** Distance from the left edge of each sticky column, in units of the font size. */
export function stickyOffsets(seen: readonly Column[]): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  let left = 0;
  for (const { id, width } of seen) {
    if (!sticky.has(id)) break;
    offsets.set(id, left);
    left += width;
  }
  return offsets;
}
