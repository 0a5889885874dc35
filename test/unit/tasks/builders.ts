import type { Dataset } from '../../../extension/engine/datasets/dataset';
import type { Encoder } from '../../../extension/engine/tasks/encoding';

/** A data set as if it had been read; row numbers count from 1. */
export function dataset(rows: readonly Record<string, string>[], changes: Partial<Dataset> = {}): Dataset {
  return {
    file: '/data/reviews.csv',
    sha256: '',
    columns: [...new Set(rows.flatMap((row) => Object.keys(row)))],
    rows: rows.map((values, index) => ({ row: index + 1, values })),
    rejected: [],
    notes: [],
    doubts: [],
    labelNames: {},
    ...changes,
  };
}

/** A tokenizer that is easy to count: one token a character of a word, one a space; ids are code points. */
export const characters: Encoder = {
  encodeInput: (text) => Array.from(text, (character) => character.codePointAt(0)!),
  encodeTarget: (text) => Array.from(text, (character) => character.codePointAt(0)!),
};
