import { TaskError } from './task';

/** An input text with places for columns: literal texts and column names, in order. */
export interface Template {
  readonly pieces: readonly (string | { readonly column: string })[];
  /** Columns in the order of their first place. */
  readonly columns: readonly string[];
}

/**
 * Parses "review: {text} sentiment:". `{{` and `}}` are literal braces; spaces inside a placeholder do not count.
 * @throws TaskError naming the place of a brace without its other half, or when there is no placeholder.
 */
export function parseTemplate(text: string): Template {
  const pieces: (string | { column: string })[] = [];
  let literal = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character !== '{' && character !== '}') {
      literal += character;
    } else if (text[at + 1] === character) {
      literal += character;
      at++;
    } else if (character === '}') {
      throw new TaskError(
        `the template has a } without its { at character ${at + 1}; write }} for a brace of the text`,
      );
    } else {
      const end = text.indexOf('}', at);
      const column = text.slice(at + 1, end).trim();
      if (end < 0 || column.includes('{')) {
        throw new TaskError(
          `the template has a { without its } at character ${at + 1}; write {{ for a brace of the text`,
        );
      }
      if (column === '') {
        throw new TaskError(
          `the template has a placeholder without a column at character ${at + 1}; name one, as in {text}`,
        );
      }
      if (literal !== '') pieces.push(literal);
      literal = '';
      pieces.push({ column });
      at = end;
    }
  }
  if (literal !== '') pieces.push(literal);
  const columns = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.column]));
  if (columns.length === 0) {
    throw new TaskError(
      'the template has no placeholder, so that every row would read the same; add one, as in {text}',
    );
  }
  return { pieces, columns: [...new Set(columns)] };
}

/** The template with the columns' texts in their places. Spaces at its end are left out: the target brings its own. */
export function render({ pieces }: Template, values: Readonly<Record<string, string>>): string {
  return textOf(pieces, values).trimEnd();
}

/** The text in front of the first column's: what every example begins with. */
export function leadOf({ pieces: [first] }: Template): string {
  return typeof first === 'string' ? first : '';
}

/** The beginning of {@link render}'s text, up to and with the last column's: what stands in front of a prompt in the middle. */
export function renderHead({ pieces }: Template, values: Readonly<Record<string, string>>): string {
  const lastColumn = pieces.findLastIndex((piece) => typeof piece !== 'string');
  return textOf(pieces.slice(0, lastColumn + 1), values);
}

function textOf(pieces: Template['pieces'], values: Readonly<Record<string, string>>): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : values[piece.column]!)).join('');
}
