/** A stretch of the table: rows to be rendered, those in view or one that is kept, or a gap as high as `count` rows. */
export type Stretch =
  | { readonly kind: 'rows'; readonly from: number; readonly to: number; readonly inView: boolean }
  | { readonly kind: 'gap'; readonly count: number };

/** Rows rendered above and below what can be seen, so that scrolling does not show gaps. */
const margin = 8;

/**
 * What of `count` rows of one height has to be in the page: those in view, and the rows of `kept` (the one with the focus must
 * not vanish under a person's hands) wherever they are. Lengths in pixels; `from` is included, `to` is not.
 */
export function rowWindow(
  count: number,
  rowHeight: number,
  scrolled: number,
  height: number,
  kept: readonly number[],
): readonly Stretch[] {
  // As many at either end as in between, so that none has to be made when scrolling begins.
  const size = Math.ceil(height / rowHeight) + 1 + 2 * margin;
  const from = Math.max(0, Math.min(Math.floor(scrolled / rowHeight) - margin, count - size));
  const to = Math.min(count, from + size);
  const outside = kept.filter((index) => index >= 0 && index < count && (index < from || index >= to));
  const ranges = [...new Set(outside)].map((index) => ({ from: index, to: index + 1, inView: false }));
  ranges.push({ from, to, inView: true });
  ranges.sort((a, b) => a.from - b.from);
  const stretches: Stretch[] = [];
  let end = 0;
  for (const range of ranges) {
    if (range.from > end) stretches.push({ kind: 'gap', count: range.from - end });
    if (range.to > range.from) stretches.push({ kind: 'rows', ...range });
    end = range.to;
  }
  if (end < count) stretches.push({ kind: 'gap', count: count - end });
  return stretches;
}
