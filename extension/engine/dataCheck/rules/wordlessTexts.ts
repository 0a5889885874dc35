import { counted, foundRows } from '../finding';
import type { Rule } from '../rule';

/** Texts without a letter, a digit or a symbol; those without any character are left out as empty. */
export const wordlessTexts: Rule = ({ examples }) => {
  const found = examples.filter(({ text }) => !/[\p{L}\p{N}\p{S}]/u.test(text));
  if (found.length === 0) return [];
  return [
    {
      severity: 'note',
      text: `${counted(found.length, 'text')} ${found.length === 1 ? 'has' : 'have'} no letter, digit or symbol.`,
      count: found.length,
      rows: foundRows(found.map(({ example }) => example).map(({ file, row }) => ({ file, row }))),
    },
  ];
};
