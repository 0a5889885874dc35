import { percentile } from '../datasets/columns';
import type { Rejection } from '../datasets/dataset';
import { rejectionText } from '../datasets/dataset';
import type { Example, Task } from './task';
import { TaskError } from './task';
import { leadTokensOf } from './lead';
import { tailTokensOf } from './tail';
import type { Template } from './template';
import { leadOf, parseTemplate, render, renderHead } from './template';

/** What tasks need of a frozen model's tokenizer. */
export interface Encoder {
  encodeInput(text: string): number[];
  /** As the text follows the input, with the end token where the model wants one. */
  encodeTarget(text: string): number[];
}

/** An example as token ids; without the soft prompt. */
export interface EncodedTaskExample {
  readonly example: Example;
  /** The text of `inputIds`: the filled template, truncated where it is too long. */
  readonly input: string;
  /** The text of `targetIds`. */
  readonly target: string;
  readonly inputIds: readonly number[];
  readonly targetIds: readonly number[];
  /** How many of `inputIds` are the template's end, behind the last column's text; undefined where nobody asked. */
  readonly tailTokens?: number | undefined;
  /** How many of `inputIds` every example has at its beginning: the template's, in front of the first column's text. */
  readonly leadTokens: number;
  /** Tokens of the whole input, before truncation. */
  readonly inputTokens: number;
  readonly truncated: boolean;
}

export interface EncodedExamples {
  readonly examples: readonly EncodedTaskExample[];
  readonly rejected: readonly Rejection[];
}

/** How much room there is. */
export interface Room {
  /** P, the length of the soft prompt. */
  readonly promptLength: number;
  /** Most tokens that the model takes, prompt and target included. */
  readonly maxPositions: number;
  /** Whether a prompt stands in the middle, so that it has to be known where. Default: no. */
  readonly infix?: boolean | undefined;
}

/**
 * Tokenizes examples. An input that is longer than `task.maxTokens`, or than the model has room for, is truncated: its
 * longest columns lose their ends, at a space where there is one near, until it fits. The template's own words and the
 * target always stay whole.
 * A free-text target that leaves no room rejects its row.
 * @throws TaskError when the template's or the label's words alone are too long.
 */
export function encodeExamples(
  examples: readonly Example[],
  task: Task,
  encoder: Encoder,
  room: Room = { promptLength: 0, maxPositions: Infinity },
): EncodedExamples {
  const template = parseTemplate(task.template);
  const lead = encoder.encodeInput(leadOf(template));
  const encodeTarget = memoized((text) => encoder.encodeTarget(text));
  // All classes need room behind every input, since each of them is scored there.
  const words = task.label ? Object.values(task.label.words).map((each) => encodeTarget(each.trim()).length) : [];
  const encoded: EncodedTaskExample[] = [];
  const rejected: Rejection[] = [];
  for (const example of examples) {
    const targetIds = encodeTarget(example.target);
    const space = room.maxPositions - room.promptLength - Math.max(targetIds.length, ...words);
    const limit = Math.min(task.maxTokens ?? Infinity, space);
    const whole = encoder.encodeInput(example.input);
    const truncated = whole.length > limit;
    const input = truncated
      ? truncatedInput(example, template, encoder, limit, whole.length)
      : { input: example.input, inputIds: whole, values: example.values };
    if ('templateTokens' in input) {
      const places = `the template takes ${input.templateTokens} tokens and the target ${targetIds.length}`;
      const reason = `${places}, which leaves no room within ${limitNames(task, room)}; shorten them, or raise maxTokens`;
      // A long class or template is everyone's problem, a long free text only its row's.
      if (task.label || limit < space) throw new TaskError(reason);
      rejected.push({ file: example.file, row: example.row, reason });
      continue;
    }
    const { inputIds, values } = input;
    const tailTokens = room.infix ? tailTokensOf(inputIds, renderHead(template, values), encoder) : undefined;
    encoded.push({
      ...{ example, input: input.input, target: example.target, inputIds, targetIds },
      ...(tailTokens === undefined ? {} : { tailTokens }),
      ...{ leadTokens: leadTokensOf(inputIds, lead), inputTokens: whole.length, truncated },
    });
  }
  if (encoded.length === 0 && rejected[0]) throw new TaskError(`no row fits the model: ${rejectionText(rejected[0])}`);
  return { examples: encoded, rejected };
}

function limitNames(task: Task, { maxPositions, promptLength }: Room): string {
  const names = task.maxTokens === undefined ? [] : [`maxTokens ${task.maxTokens}`];
  if (Number.isFinite(maxPositions)) {
    names.push(`the model's ${maxPositions} positions, ${promptLength} of them the soft prompt's`);
  }
  return names.join(' and ');
}

export interface TokenReport {
  /** Input lengths in tokens before truncation. */
  readonly tokens: { readonly median: number; readonly p95: number; readonly longest: number };
  /** Share of the truncated examples, 0 to 1. */
  readonly truncated: number;
}

/** Token lengths and truncation over all examples. */
export function tokenReport(examples: readonly EncodedTaskExample[]): TokenReport {
  const lengths = examples.map(({ inputTokens }) => inputTokens);
  const truncated = examples.filter((each) => each.truncated).length;
  return {
    tokens: { median: percentile(lengths, 0.5), p95: percentile(lengths, 0.95), longest: percentile(lengths, 1) },
    truncated: examples.length === 0 ? 0 : truncated / examples.length,
  };
}

/**
 * The longest input that fits into `limit` tokens when no column keeps more than some number of characters. That number
 * is searched between 0 and the longest column: first where a straight line between the known token counts would put
 * it, then by halves.
 */
function truncatedInput(
  example: Example,
  template: Template,
  encoder: Encoder,
  limit: number,
  wholeTokens: number,
): Omit<Cut, 'characters'> | { templateTokens: number } {
  const cut = (characters: number): Cut => {
    const beginnings = Object.entries(example.values).map(([column, text]) => [column, beginning(text, characters)]);
    const values = Object.fromEntries(beginnings) as Record<string, string>;
    const input = render(template, values);
    return { characters, values, input, inputIds: encoder.encodeInput(input) };
  };
  let low = cut(0);
  if (low.inputIds.length > limit) return { templateTokens: low.inputIds.length };
  let high = { characters: Math.max(...Object.values(example.values).map((text) => text.length)), tokens: wholeTokens };
  for (let attempt = 0; high.characters - low.characters > 1 && low.inputIds.length < limit; attempt++) {
    const between = high.characters - low.characters;
    const share = attempt < 6 ? (limit - low.inputIds.length) / (high.tokens - low.inputIds.length) : 0.5;
    const step = Math.min(between - 1, Math.max(1, Math.floor(between * share)));
    const middle = cut(low.characters + step);
    if (middle.inputIds.length <= limit) low = middle;
    else high = { characters: middle.characters, tokens: middle.inputIds.length };
  }
  return low;
}

interface Cut {
  /** That no column keeps more of. */
  readonly characters: number;
  readonly values: Readonly<Record<string, string>>;
  readonly input: string;
  readonly inputIds: number[];
}

/** At most `characters` UTF-16 units of the beginning of a text; never half a character, no part of a word if it is short. */
function beginning(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const start = text.slice(0, characters);
  const whole = /[\uD800-\uDBFF]$/.test(start) ? start.slice(0, -1) : start;
  const space = /\s/.test(text[characters]!) ? -1 : whole.search(/\s\S{0,20}$/);
  return (space > 0 ? whole.slice(0, space) : whole).trimEnd();
}

function memoized(encode: (text: string) => number[]): (text: string) => number[] {
  const known = new Map<string, number[]>();
  return (text) => {
    const ids = known.get(text) ?? encode(text);
    known.set(text, ids);
    return ids;
  };
}
