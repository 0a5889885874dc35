/** Widths in units of the font size, of which few characters need more: a Latin letter, any other sign, and the edges of a cell. */
const letterWidth = 0.75;
const signWidth = 1.1;
const edges = 1.4;
const beyondLatin = /[\u0250-\u200f\u2028-\uffff]/;

/**
 * The class of a table's cell whose text may be longer than its column. Only those are cut: each cut is a region of its own to a browser,
 * and a thousand of them are a third of what scrolling costs.
 *
 * @param width of the column, in units of the font size.
 * @param beside width of what stands in the cell besides the text, in the same units.
 */
export function cutText(text: string, width: number, beside = 0): 'cut' | '' {
  const each = beyondLatin.test(text) ? signWidth : letterWidth;
  return text.length * each + beside + edges > width ? 'cut' : '';
}
