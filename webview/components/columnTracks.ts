/**
 * Style of a table whose rows are grids (rowGridStyles.ts): every row gets the same columns, and none gets narrower than it is to be.
 *
 * @param widths in units of the font size.
 * @param last index of the column that takes what is left of a wide table; without one all grow alike.
 */
export function columnTracks(widths: readonly number[], last = -1): string {
  const tracks = widths.map((width, index) => {
    if (index === last) return `minmax(${width}em, 1fr)`;
    return last < 0 ? `minmax(${width}em, ${width}fr)` : `${width}em`;
  });
  const sum = widths.reduce((total, width) => total + width, 0);
  return `--columns: ${tracks.join(' ')}; min-width: ${sum}em;`;
}
