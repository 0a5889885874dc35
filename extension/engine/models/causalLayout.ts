import { type Dim, differenceOf, productOf, sumOf } from '../graph/dimension';
import { input } from '../graph/leaves';
import { add } from '../graph/operators/elementwise';
import { gather } from '../graph/operators/indexing';
import { concat, expand, pad, reshape, slice, unsqueeze } from '../graph/operators/shaping';
import type { Value } from '../graph/value';

/**
 * How a causal model's graph keeps its activations: [rows, width], first the prompt's rows, then the text's. A causal model sees
 * the prompt before any text, so what becomes of a prompt that all rows of the batch share is the same in each of them: it is computed
 * once, P + batch * text rows instead of batch * (P + text), and the gradient flows back through it once. Only attention tells the
 * two apart.
 */
export interface CausalLayout {
  /** Tokens of a whole row: prompt and text. */
  readonly sequence: Dim;
  /** The prompt (where there is one) and the text; each sees itself and what is before. */
  readonly spans: readonly Span[];
  /** The positions that predict a target token, [batch, slots]; they see everything. */
  readonly targets: Span;
  /** [rows, width] -> the rows of those positions, [batch * slots, width]. */
  readonly atTargets: (x: Value) => Value;
  /** [batch * slots, width] -> the rows of true targets, without padding, [targets, width]. */
  readonly withoutPadding: (x: Value) => Value;
}

/** Consecutive rows, [batch, length] of them. */
export interface Span {
  readonly batch: Dim;
  readonly length: Dim;
  readonly firstRow: Dim;
  /** A table by position [sequence, n] -> the part for these rows; broadcasts to [batch, heads, length, n]. */
  readonly atPositions: (table: Value) => Value;
  /** Added to the scores of these rows' attention; broadcasts to [batch, heads, length, keys]. */
  readonly bias: Value;
}

/** @param prompt [P, D], or [batch, P, D], or undefined for the bare model. */
export function causalLayout(prompt: Value | undefined): CausalLayout {
  const promptLength = prompt?.shape.at(-2) ?? 0;
  const sequence = sumOf(promptLength, 'text');
  const causalBias = input('causalBias', 'float', [sequence, sequence]);
  const slotPositions = input('slotPositions', 'int64', ['batch', 'slots']);
  const slotRows = input('slotRows', 'int64', ['batch', 'slots']);
  const targetSlots = input('targetSlots', 'int64', ['targets']);

  // Rows with a prompt of their own may be kept from seeing a part of it.
  const promptMask = prompt?.shape.length === 3 ? input('promptMask', 'float', ['batch', promptLength]) : undefined;
  const withPromptMask = (bias: Value): Value => {
    if (promptMask === undefined) return bias;
    const behind = differenceOf(bias.shape.at(-1)!, promptLength);
    return add(bias, unsqueeze(unsqueeze(pad(promptMask, 1, 0, behind), 1), 1));
  };

  const span = (batch: Dim, length: Dim, firstRow: Dim, start: Dim): Span => {
    const end = sumOf(start, length);
    const atPositions = (table: Value): Value => slice(table, 0, start, end);
    return { batch, length, firstRow, atPositions, bias: withPromptMask(slice(atPositions(causalBias), 1, 0, end)) };
  };
  const promptBatch = prompt?.shape.length === 3 ? 'batch' : 1;
  const text = span('batch', 'text', productOf([promptBatch, promptLength]), promptLength);
  const atSlots = (table: Value): Value => unsqueeze(gather(table, slotPositions), 1);
  return {
    sequence,
    spans: prompt === undefined ? [text] : [span(promptBatch, promptLength, 0, 0), text],
    targets: {
      ...{ batch: 'batch', length: 'slots', firstRow: 0 },
      atPositions: atSlots,
      bias: withPromptMask(atSlots(causalBias)),
    },
    atTargets: (x) => reshape(gather(x, slotRows), [-1, x.shape[1]!]),
    withoutPadding: (x) => gather(x, targetSlots),
  };
}

/** The input embeddings of prompt and text, [rows, D]. */
export function embedRows(embeddings: Value, prompt: Value | undefined): Value {
  const width = embeddings.shape[1]!;
  const text = reshape(gather(embeddings, input('ids', 'int64', ['batch', 'text'])), [-1, width]);
  return prompt === undefined ? text : concat([reshape(prompt, [-1, width]), text], 0);
}

/** The rows of one span: [rows, width] -> [batch, length, width]. */
export function rowsOf({ batch, length, firstRow }: Span, x: Value): Value {
  const rows = slice(x, 0, firstRow, sumOf(firstRow, productOf([batch, length])));
  return reshape(rows, [batch, length, x.shape[1]!]);
}

/** Keys or values of some spans, each [its batch, groups, its length, width], behind each other for a batch of rows that see them all. */
export function seenTogether(parts: readonly Value[], batch: Dim): Value {
  return concat(
    parts.map((part) => expand(part, [batch, ...part.shape.slice(1)])),
    2,
  );
}
