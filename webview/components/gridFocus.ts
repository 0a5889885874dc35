/** Where the keyboard stands in the grid: a row (undefined is the header) and the index of a column. */
export interface GridPlace {
  readonly row: string | undefined;
  readonly column: number;
}

/**
 * The place a key goes to (ARIA authoring practices, grid pattern), or undefined for a key that does not move.
 * `rows`: ids in the order shown; `columns`: how many; `page`: rows of a Page Up or Page Down.
 */
export function placeAfterKey(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  place: GridPlace,
  rows: readonly string[],
  columns: number,
  page: number,
): GridPlace | undefined {
  if (event.altKey) return undefined;
  const toEnd = event.ctrlKey || event.metaKey;
  const at = place.row === undefined ? -1 : rows.indexOf(place.row);
  const go = (row: number, column: number): GridPlace => {
    const index = Math.min(rows.length - 1, Math.max(-1, row));
    return {
      row: index < 0 ? undefined : rows[index],
      column: Math.min(columns - 1, Math.max(0, column)),
    };
  };
  switch (event.key) {
    case 'ArrowDown':
      return go(toEnd ? rows.length - 1 : at + 1, place.column);
    case 'ArrowUp':
      return go(toEnd ? 0 : at - 1, place.column);
    case 'ArrowLeft':
      return go(at, place.column - 1);
    case 'ArrowRight':
      return go(at, place.column + 1);
    case 'PageDown':
      return go(at + page, place.column);
    case 'PageUp':
      return go(Math.max(0, at - page), place.column);
    case 'Home':
      return go(toEnd ? 0 : at, 0);
    case 'End':
      return go(toEnd ? rows.length - 1 : at, columns - 1);
    default:
      return undefined;
  }
}
