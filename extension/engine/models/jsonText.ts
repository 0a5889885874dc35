/**
 * The text of a JSON file that may come from anywhere. A byte order mark, which Notepad and PowerShell write in front of UTF-8, is dropped.
 * @throws Error for UTF-16, which PowerShell's `>` writes: JSON files are UTF-8, and no other program would read it.
 */
export function jsonText(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new Error('it is written in UTF-16, and JSON files are UTF-8. Save it as UTF-8');
  // The decoder drops the mark of UTF-8 by itself.
  return new TextDecoder().decode(bytes);
}
