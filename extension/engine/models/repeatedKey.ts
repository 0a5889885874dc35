/**
 * The first key that stands twice in one object of `json` (known to be valid), at any depth; undefined where none does. JSON.parse
 * would silently take the last, another program the first. No regular expression: a long text would overflow its stack.
 */
export function repeatedKey(json: string): string | undefined {
  /** The keys so far of each object that is open; undefined for lists. */
  const open: (Set<string> | undefined)[] = [];
  let keyExpected = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at]!;
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
      keyExpected = character === '{';
    } else if (character === '}' || character === ']') {
      open.pop();
      keyExpected = false;
    } else if (character === ',') {
      keyExpected = open.at(-1) !== undefined;
    } else if (character === '"') {
      const end = endOfText(json, at);
      if (keyExpected) {
        const written = json.slice(at, end + 1);
        const key = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
        const keys = open.at(-1)!;
        if (keys.has(key)) return key;
        keys.add(key);
        keyExpected = false;
      }
      at = end;
    }
  }
  return undefined;
}

/** Where the text that begins at `start` ends: at the first quote after an even number of backslashes. */
function endOfText(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); ; quote = json.indexOf('"', quote + 1)) {
    let before = quote;
    while (json[before - 1] === '\\') before--;
    if ((quote - before) % 2 === 0) return quote;
  }
}
