import type { Rule } from '../rule';

/** What the readers assumed of the files: encoding, separator, renamed columns. */
export const readerNotes: Rule = ({ notes }) => notes.map((text) => ({ severity: 'note', text, count: 0, rows: [] }));
