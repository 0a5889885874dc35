import type { Encoder } from './encoding';
import type { LabelColumn } from './task';
import { TaskError } from './task';

/** What the model is to tell apart: one text, and the label values that it stands for. */
export interface LabelClass {
  readonly words: string;
  readonly values: readonly string[];
}

/**
 * The classes of a task in the order of their first value; values with the same words are one class.
 * @throws TaskError when there are fewer than two classes.
 */
export function labelClasses(label: LabelColumn): LabelClass[] {
  const values = new Map<string, string[]>();
  for (const [value, given] of Object.entries(label.words)) {
    const words = given.trim();
    if (words === '') throw new TaskError(`the label "${value}" has no words; give the text that stands for it`);
    values.set(words, [...(values.get(words) ?? []), value.trim()]);
  }
  if (values.size < 2) {
    throw new TaskError(`a classification needs at least two different label words, not ${values.size}`);
  }
  return [...values].map(([words, each]) => ({ words, values: each }));
}

/**
 * One form for the spellings of a number or a truth value, since pandas turns 1 into 1.0 where a column has gaps, and writes true as
 * True: "1.0" and "1" are one label, "True", "TRUE" and "true" are one. All other texts are labels of their own, as "01" and "Yes" are.
 */
export function labelKey(value: string): string {
  const text = value.trim();
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(text)) return text.toLowerCase();
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(text)) return text;
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return short === '-0' ? '0' : short;
}

/** A label of a task: its value as the task spells it. */
export interface FoundLabel {
  readonly value: string;
  readonly words: string;
}

/**
 * Finds a label by its value: as it is written, else by {@link labelKey} where that leaves no choice.
 * @throws TaskError as {@link labelClasses}.
 */
export function labelFinder(label: LabelColumn): (value: string) => FoundLabel | undefined {
  const exact = new Map<string, FoundLabel>();
  const byKey = new Map<string, FoundLabel | undefined>();
  for (const { words, values } of labelClasses(label)) {
    for (const value of values) {
      exact.set(value, { value, words });
      const key = labelKey(value);
      const other = byKey.get(key);
      byKey.set(key, byKey.has(key) && other?.words !== words ? undefined : (other ?? { value, words }));
    }
  }
  return (value) => exact.get(value) ?? byKey.get(labelKey(value));
}

/** What makes label words hard to tell apart, worst first. */
export const labelProblemKinds = [
  'same-tokens',
  'beginning-of-another',
  'shared-first-token',
  'several-tokens',
] as const;
export interface LabelProblem {
  readonly kind: (typeof labelProblemKinds)[number];
  /** A whole sentence. */
  readonly text: string;
}

/**
 * What makes label words hard to tell apart for this tokenizer, worst first; empty when nothing does.
 * @param scoring of the task: by the `mean` of its tokens, a longer label can be likelier than its beginning.
 */
export function labelProblems(
  classes: readonly LabelClass[],
  encoder: Encoder,
  scoring: LabelColumn['scoring'] = 'sum',
): LabelProblem[] {
  const encoded = classes.map(({ words }) => ({ words, ids: encoder.encodeTarget(words) }));
  const problems: LabelProblem[] = [];
  for (const [index, one] of encoded.entries()) {
    for (const other of encoded.slice(index + 1)) {
      const shared = sharedPrefix(one.ids, other.ids);
      const names = `"${one.words}" and "${other.words}"`;
      const [shorter, longer] = one.ids.length <= other.ids.length ? [one, other] : [other, one];
      if (shared === one.ids.length && shared === other.ids.length) {
        const text = `The label words ${names} are the same tokens, so that they cannot be told apart.`;
        problems.push({ kind: 'same-tokens', text });
      } else if (shared === shorter.ids.length && scoring === 'sum') {
        const text = `The label words "${longer.words}" begin with all of "${shorter.words}", which is therefore always at least as likely: "${longer.words}" would never be predicted.`;
        problems.push({ kind: 'beginning-of-another', text });
      } else if (shared > 0) {
        const text = `The label words ${names} begin with the same token and are told apart only by a later one.`;
        problems.push({ kind: 'shared-first-token', text });
      }
    }
  }
  const end = sharedEnd(encoded.map(({ ids }) => ids));
  for (const { words, ids } of encoded) {
    const tokens = ids.length - end;
    if (tokens <= 1) continue;
    const text = `The label words "${words}" are ${tokens} tokens; words of one token are learned faster.`;
    problems.push({ kind: 'several-tokens', text });
  }
  return problems.sort((a, b) => labelProblemKinds.indexOf(a.kind) - labelProblemKinds.indexOf(b.kind));
}

function sharedPrefix(one: readonly number[], other: readonly number[]): number {
  const differing = one.findIndex((id, index) => id !== other[index]);
  return differing < 0 ? one.length : differing;
}

/** 1 where all targets end with the same token, the end token of an encoder-decoder, otherwise 0. */
function sharedEnd(targets: readonly (readonly number[])[]): number {
  return new Set(targets.map((ids) => ids.at(-1))).size === 1 && targets.every((ids) => ids.length > 1) ? 1 : 0;
}
