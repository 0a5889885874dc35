import type { Feed } from '../graph/session';
import { input } from '../graph/leaves';
import type { Dim } from '../graph/dimension';
import type { Value } from '../graph/value';
import type { EncodedExample } from './frozenModel';
import { masked } from './languageModel';

/**
 * How a batch of examples lies in a causal model's graph. A row is [prompt ; input ; target without its last token], padded on the
 * right, where the causal mask alone keeps the padding away from every token that counts. The token at a position is
 * predicted by the one before it. Targets lie in `slots` a row, so that the last layer computes queries for them alone.
 */
export interface CausalInputs {
  /** Token ids without the prompt, [batch, text]. */
  readonly ids: Value;
  /** Added to attention scores, [sequence, sequence]. */
  readonly causalBias: Value;
  /** Position in its row of each slot, [batch, slots]. */
  readonly slotPositions: Value;
  /** The same counted through the rows of [batch * sequence]. */
  readonly slotRows: Value;
  /** Which of [batch * slots] is a target rather than padding, [targets]. */
  readonly targetSlots: Value;
}

/** @param sequence prompt and text together. */
export function causalInputs(sequence: Dim): CausalInputs {
  return {
    ids: input('ids', 'int64', ['batch', 'text']),
    causalBias: input('causalBias', 'float', [sequence, sequence]),
    slotPositions: input('slotPositions', 'int64', ['batch', 'slots']),
    slotRows: input('slotRows', 'int64', ['batch', 'slots']),
    targetSlots: input('targetSlots', 'int64', ['targets']),
  };
}

/** What {@link causalInputs} are fed with, and the length of a row. */
export function causalFeeds(
  examples: readonly EncodedExample[],
  promptLength: number,
  maxPositions: number,
): { readonly feeds: Record<string, Feed>; readonly sequence: number } {
  const batch = examples.length;
  // An empty text keeps one token of padding: no dimension may be 0.
  const text = Math.max(1, ...examples.map(({ inputIds, targetIds }) => inputIds.length + targetIds.length - 1));
  const sequence = promptLength + text;
  const slots = Math.max(...examples.map(({ targetIds }) => targetIds.length));
  if (sequence > maxPositions)
    throw new RangeError(
      `an example has ${text} tokens, ${sequence} with the prompt; the model was made for ${maxPositions} at most`,
    );

  const ids = new BigInt64Array(batch * text);
  const slotPositions = new BigInt64Array(batch * slots);
  const slotRows = new BigInt64Array(batch * slots);
  const targetSlots: number[] = [];
  for (const [row, { inputIds, targetIds }] of examples.entries()) {
    const tokens = [...inputIds, ...targetIds.slice(0, -1)];
    for (const [i, id] of tokens.entries()) ids[row * text + i] = BigInt(id);
    const first = promptLength + inputIds.length - 1;
    if (first < 0)
      throw new RangeError('an example has neither a prompt nor an input token to predict its target from');
    for (let slot = 0; slot < slots; slot++) {
      const position = slot < targetIds.length ? first + slot : 0;
      slotPositions[row * slots + slot] = BigInt(position);
      slotRows[row * slots + slot] = BigInt(row * sequence + position);
      if (slot < targetIds.length) targetSlots.push(row * slots + slot);
    }
  }
  return {
    sequence,
    feeds: {
      ids: { data: ids, shape: [batch, text] },
      causalBias: causalBias(sequence),
      slotPositions: { data: slotPositions, shape: [batch, slots] },
      slotRows: { data: slotRows, shape: [batch, slots] },
      targetSlots: { data: targetSlots, shape: [targetSlots.length] },
    },
  };
}

/** [length, length]: 0 where a position may look (itself and what is before it), far below any score elsewhere. */
export function causalBias(length: number): Feed {
  const bias = new Float32Array(length * length);
  for (let i = 0; i < length; i++) bias.fill(masked, i * length + i + 1, (i + 1) * length);
  return { data: bias, shape: [length, length] };
}
