import { type Dim, differenceOf, productOf, sumOf } from '../graph/dimension';
import { input, range } from '../graph/leaves';
import { add, cast, mul, sub } from '../graph/operators/elementwise';
import { gather } from '../graph/operators/indexing';
import { concat, expand, pad, reshape, slice, unsqueeze } from '../graph/operators/shaping';
import { type Value, scope } from '../graph/value';
import type { PastLayers } from './generation/pastLayers';

/**
 * How a causal model's graph keeps its activations: [rows, width], first the rows of what all examples begin with, then the text's. A causal
 * model sees the prompt before any text, so what becomes of a prompt that all rows of the batch share is the same in each of them, and so
 * are the tokens behind it that they share, the lead: both are computed once, P + lead + batch * text rows instead of
 * batch * (P + lead + text), and the gradient flows back through them once. Only attention tells the two apart.
 */
export interface CausalLayout {
  /** Tokens of a whole row: prompt and text. */
  readonly sequence: Dim;
  /** The prompt with the lead (where there is a prompt) and the text; each sees itself and what is before. */
  readonly spans: readonly Span[];
  /** All rows. */
  readonly everywhere: Asking;
  /** The positions that predict a target token, [batch, slots] of them; they see everything. */
  readonly atTargets: Asking;
  /** [batch * slots, width] -> the rows of true targets, without padding, [targets, width]. */
  readonly withoutPadding: (x: Value) => Value;
  /** Keys and values of earlier passes, which all rows see too; undefined where the rows are whole. */
  readonly past?: Pick<PastLayers, 'extend'>;
}

/** The rows that a layer computes. They ask; what they may see lies in all rows. */
export interface Asking {
  readonly spans: readonly Span[];
  /** [rows, width] -> the asking ones, [asking, width]. */
  readonly from: (x: Value) => Value;
}

/** Consecutive rows, [batch, length] of them. */
export interface Span {
  readonly batch: Dim;
  readonly length: Dim;
  readonly firstRow: Dim;
  /** A table by position [sequence or more, n] -> the part for these rows; broadcasts to [batch, heads, length, n]. */
  readonly atPositions: (table: Value) => Value;
  /** Which keys these rows may look at, added to the scores of their attention; broadcasts to [batch, heads, length, keys]. */
  readonly bias: Value;
  /** How many positions each of these rows stands behind each key, as floats that broadcast alike; below 0 where it stands before it. */
  readonly distances: Value;
}

/** @param prompt [P, D], or [batch, P, D], or undefined for the bare model. */
export function causalLayout(prompt: Value | undefined): CausalLayout {
  const promptLength = prompt?.shape.at(-2) ?? 0;
  const front = isShared(prompt) ? sumOf(promptLength, 'lead') : promptLength;
  const sequence = sumOf(front, 'text');
  const causalBias = input('causalBias', 'float', [sequence, sequence]);
  const distances = distancesBetween(range(sequence), range(sequence));
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
    const upToEnd = (table: Value): Value => slice(atPositions(table), 1, 0, end);
    const bias = withPromptMask(upToEnd(causalBias));
    return { batch, length, firstRow, atPositions, bias, distances: upToEnd(distances) };
  };
  const promptBatch = prompt?.shape.length === 3 ? 'batch' : 1;
  const text = span('batch', 'text', productOf([promptBatch, front]), front);
  const spans = prompt === undefined ? [text] : [span(promptBatch, front, 0, 0), text];
  const atSlots = (table: Value): Value => unsqueeze(gather(table, slotPositions), 1);
  const targets: Span = {
    ...{ batch: 'batch', length: 'slots', firstRow: 0, atPositions: atSlots },
    ...{ bias: withPromptMask(atSlots(causalBias)), distances: atSlots(distances) },
  };
  return {
    sequence,
    spans,
    everywhere: { spans, from: (x) => x },
    atTargets: { spans: [targets], from: (x) => reshape(gather(x, slotRows), [-1, x.shape[1]!]) },
    withoutPadding: (x) => gather(x, targetSlots),
  };
}

/** Whether all rows have this prompt: [P, D], and then a lead may stand behind it. */
function isShared(prompt: Value | undefined): boolean {
  return prompt?.shape.length === 2;
}

/** How far each token stands behind each key: positions [..., tokens] and keys [..., keys] -> [..., tokens, keys]. */
export function distancesBetween(positions: Value, keys: Value): Value {
  // As floats, which every provider subtracts.
  const [of, from] = [unsqueeze(positions, -1), unsqueeze(keys, -2)].map((each) => cast(each, 'float'));
  return sub(of!, from!);
}

/**
 * The input embeddings of prompt, lead and text, [rows, D]. The tokens' rows are scaled, the prompt stands after that scale: PEFT puts it
 * behind the embedding module, which does the scaling itself.
 */
export function embedRows(embeddings: Value, scale: number, prompt: Value | undefined): Value {
  const width = embeddings.shape[1]!;
  const embedded = (ids: Value): Value => mul(reshape(gather(embeddings, ids), [-1, width]), scale);
  const text = embedded(input('ids', 'int64', ['batch', 'text']));
  if (prompt === undefined) return text;
  const lead = isShared(prompt) ? [embedded(input('leadIds', 'int64', ['lead']))] : [];
  return concat([reshape(prompt, [-1, width]), ...lead, text], 0);
}

/** Learned positions: adds to each row of x [rows, D] that of its position in a table [sequence or more, D]. */
export function addPositions({ spans }: CausalLayout, x: Value, table: Value): Value {
  const width = x.shape[1]!;
  // As with one head, which tables by position broadcast over.
  const byPosition = (span: Span): Value => reshape(rowsOf(span, x), [span.batch, 1, span.length, width]);
  const placed = spans.map((span) => reshape(add(byPosition(span), span.atPositions(table)), [-1, width]));
  return concat(placed, 0);
}

/**
 * Runs x [rows, D] through the layers, each `block` from all rows to those that ask. Nothing reads the last layer but where a token is
 * predicted, so only those rows are computed there. Returns [targets, D].
 */
export function throughLayers<Layer>(
  layout: CausalLayout,
  x: Value,
  layers: readonly Layer[],
  block: (x: Value, layer: Layer, asking: Asking) => Value,
): Value {
  const last = layers.length - 1;
  const y = layers.reduce(
    (rows, layer, i) =>
      scope(`layers.${i}`, () => block(rows, layer, i === last ? layout.atTargets : layout.everywhere)),
    x,
  );
  return layout.withoutPadding(y);
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
