/**
 * What a JSON text holds, as Python's json module reads it: NaN is null, Infinity the text "inf", and a whole number that a double
 * cannot hold keeps its digits as a text.
 * @throws SyntaxError whose message says what is wrong, to follow "is".
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(/\d{16}/.test(text) ? withoutLosses(text) : text);
  } catch (error) {
    const changed = withoutLosses(text);
    if (changed !== text) {
      try {
        return JSON.parse(changed);
      } catch {
        // What is wrong with the text itself is what a person has to know.
      }
    }
    throw new SyntaxError(reason(text, (error as Error).message), { cause: error });
  }
}

/** Strings, which stay as they are, and the words and numbers that JSON.parse refuses or rounds. */
const tokens = /"(?:[^"\\]|\\[^])*"|\bNaN\b|-?\bInfinity\b|-?\d[\d.]*(?:[eE][-+]?\d+)?/g;
const replacements = new Map([
  ['NaN', 'null'],
  ['Infinity', '"inf"'],
  ['-Infinity', '"-inf"'],
]);

function withoutLosses(text: string): string {
  return text.replace(tokens, (token) => {
    const whole = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
    return whole ? `"${token}"` : (replacements.get(token) ?? token);
  });
}

function reason(text: string, message: string): string {
  if (text.includes('\0')) return 'not JSON: it holds a zero byte; remove it';
  if (/^\s*[[{]\s*'/.test(text)) {
    return 'a Python dictionary with single quotes, not JSON; write the rows with json.dumps';
  }
  const bare = text.replace(/"(?:[^"\\]|\\[^])*"/g, '""');
  if (/\b(True|False|None)\b/.test(bare))
    return 'not JSON but Python (True, False, None); write the rows with json.dumps';
  if (/\/\/|\/\*/.test(bare)) return 'not JSON: it holds a comment; remove it';
  if (/,\s*[}\]]/.test(bare)) return 'not JSON: a comma stands behind its last value; remove it';
  return `not JSON (${message})`;
}
