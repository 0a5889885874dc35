import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Stretch } from './rowWindow';

type Part =
  | { readonly key: string; readonly index: undefined; readonly count: number }
  | { readonly key: unknown; readonly index: number };

/**
 * The body of a long table: its rows in view, and gaps in place of the others.
 *
 * @param stretches from `rowWindow`.
 * @param key of a row by its index: rows drawn one after the other with the same key share their elements.
 * @param row draws a row by its index.
 */
export function rowsInView(
  stretches: readonly Stretch[],
  rowHeight: number,
  key: (index: number) => unknown,
  row: (index: number) => unknown,
): unknown {
  const view = stretches.findIndex((stretch) => stretch.kind === 'rows' && stretch.inView);
  const parts = stretches.flatMap((stretch, at): readonly Part[] => {
    // A gap is known by its side. Were it known by its place among all, one that comes above would make every row below it move.
    if (stretch.kind === 'gap') return [{ key: `gap ${at - view}`, index: undefined, count: stretch.count }];
    return Array.from({ length: stretch.to - stretch.from }, (_, offset) => {
      const index = stretch.from + offset;
      return { key: key(index), index };
    });
  });
  return repeat(
    parts,
    (part) => part.key,
    (part) =>
      part.index === undefined
        ? html`<tr class="gap" aria-hidden="true" .style=${`height: ${part.count * rowHeight}px`}></tr>`
        : row(part.index),
  );
}
