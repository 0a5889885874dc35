import { css } from 'lit';

/**
 * Rows of a long table, laid out each by itself: a row that comes while one scrolls costs its own layout, where a table's algorithm goes
 * through all of them again. Needs roles on every element, since a browser reads no table in it any more. `--columns` comes from
 * columnTracks.ts, `--row-height` from the table's own style; all rows have the same height, so that no layout has to be asked for it.
 */
export const rowGridStyles = css`
  /* Rows are used again elsewhere (rowSlots.ts): a browser that keeps one where it is would scroll after it. */
  .scroll {
    overflow-anchor: none;
  }
  table,
  thead,
  tbody,
  .gap {
    display: block;
  }
  tr:not(.gap) {
    display: grid;
    grid-template-columns: var(--columns);
  }
  tbody tr:not(.gap) {
    border-bottom: 1px solid var(--quiet-edge);
    contain: strict;
    height: var(--row-height);
    line-height: calc(var(--row-height) - 1px);
  }
  :host-context(body.vscode-high-contrast) tbody tr:hover,
  :host-context(body.vscode-high-contrast) tbody tr[aria-selected='true'] {
    border-bottom-color: var(--vscode-contrastActiveBorder);
  }
  /* Keeps what it laid out of an earlier row, of which most cells differ by a few letters. */
  tr[aria-busy='true'] {
    content-visibility: hidden;
  }
  td {
    border: 0;
    overflow: visible;
  }
  /* What may be too long (cutText.ts). Hidden overflow would be a place to scroll, of which a browser keeps more than of a cut. */
  td.cut {
    overflow: clip;
  }
  /* One thing that sticks, instead of one a column. */
  thead {
    position: sticky;
    top: 0;
    z-index: 2;
  }
  th {
    position: static;
    z-index: auto;
  }
`;
