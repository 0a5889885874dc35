import { parts } from '../../datasets/splits';
import type { EncodedTaskExample } from '../../tasks/encoding';
import { counted, foundRows, percent, type Severity } from '../finding';
import type { Rule } from '../rule';

/** Shares of cut rows, and of lost tokens, from which a person should decide. */
const manyRows = 0.2;
const manyTokens = 0.1;

/** Texts that are cut, by the task's `maxTokens` or because the model takes no more. */
export const truncation: Rule = ({ parts: examples, task, room }) => {
  const all = parts.flatMap((part) => examples[part]);
  const cut = all.filter(({ truncated }) => truncated);
  if (cut.length === 0) return [];
  const lost = lostTokens(all);
  const share = cut.length / all.length;
  const severity: Severity = share >= manyRows || lost >= manyTokens ? 'warning' : 'note';
  const model = room.maxPositions - room.promptLength;
  const tooLong = cut.filter(({ inputTokens, targetIds }) => inputTokens + targetIds.length > model).length;
  const byModel = task.maxTokens === undefined || model < task.maxTokens;
  const limit = byModel
    ? `the model's ${room.maxPositions.toLocaleString('en')} positions leave room for`
    : `"maxTokens" ${task.maxTokens}`;
  return [
    {
      severity,
      text:
        `${counted(cut.length, 'text')} of ${all.length.toLocaleString('en')} (${percent(share)}) ` +
        `${cut.length === 1 ? 'is' : 'are'} longer than ${limit} and lose${cut.length === 1 ? 's' : ''} the end; ` +
        `that is ${percent(lost)} of all tokens.` +
        (tooLong === 0 || byModel
          ? ''
          : ` ${counted(tooLong, 'text')} would not fit the model's ${room.maxPositions.toLocaleString('en')} positions either.`),
      ...(severity === 'warning' && tooLong < cut.length ? { advice: 'Raise "maxTokens" if the end matters.' } : {}),
      ...{ count: cut.length, share, field: ['task', 'maxTokens'] },
      rows: foundRows(
        cut.map(({ example: { file, row }, inputTokens, inputIds }) => ({
          ...{ file, row },
          detail: `${inputTokens.toLocaleString('en')} tokens, cut to ${inputIds.length.toLocaleString('en')}`,
        })),
      ),
    },
  ];
};

/** Share of the input tokens that truncation loses, 0 to 1. */
export function lostTokens(examples: readonly EncodedTaskExample[]): number {
  const whole = examples.reduce((sum, { inputTokens }) => sum + inputTokens, 0);
  const kept = examples.reduce((sum, { inputIds }) => sum + inputIds.length, 0);
  return whole === 0 ? 0 : 1 - kept / whole;
}
