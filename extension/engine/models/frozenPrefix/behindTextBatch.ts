import type { Feed } from '../../graph/session';
import type { EncodedExample } from '../frozenModel';
import { masked } from '../languageModel';
import type { Padding } from '../padding';
import { headOf, tailOf } from './inputParts';

/** What a {@link behindTextLayout} is fed with, the past and the tables by position apart. */
export interface BehindTextFeeds {
  readonly feeds: Record<'ids' | 'positions' | 'causalBias' | 'slotRows' | 'targetSlots', Feed>;
  /** Positions of the longest row, padding included, within the model's. */
  readonly reached: number;
}

export interface BehindTextBatch {
  readonly promptLength: number;
  /** Slots of the past, the masked ones of shorter texts among them. */
  readonly slots: number;
  readonly maxPositions: number;
  readonly padding: Padding;
  /** For each row the virtual token that attention is not to see, if any. */
  readonly hidden?: readonly (number | undefined)[];
}

/**
 * Rows [prompt ; tail ; target without its last token], padded on the right, each behind its own text: the last token in front of the
 * target, which is the prompt's last where there is no tail, predicts its first.
 * @throws RangeError for a row longer than `maxPositions`.
 */
export function behindTextFeeds(
  examples: readonly EncodedExample[],
  { promptLength, slots, maxPositions, padding, hidden = [] }: BehindTextBatch,
): BehindTextFeeds {
  const batch = examples.length;
  const most = Math.max(...examples.map(({ targetIds }) => targetIds.length));
  const behind = examples.map((example) => [...tailOf(example), ...example.targetIds.slice(0, -1)]);
  // A target of one token keeps one token of padding: no dimension may be 0.
  const text = padding(Math.max(1, ...behind.map((tokens) => tokens.length)));
  const length = promptLength + text;
  const keys = slots + length;
  const ids = new BigInt64Array(batch * text);
  const positions = new BigInt64Array(batch * length);
  const bias = new Float32Array(batch * length * keys);
  const slotRows = new BigInt64Array(batch * most);
  const targetSlots: number[] = [];
  let reached = 0;
  for (const [row, example] of examples.entries()) {
    const { inputIds, targetIds } = example;
    const head = headOf(example).length;
    const whole = inputIds.length + promptLength + targetIds.length - 1;
    if (whole > maxPositions)
      throw new RangeError(
        `an example has ${whole} tokens with the prompt; the model was made for ${maxPositions} at most`,
      );
    reached = Math.max(reached, Math.min(head + length, maxPositions));
    for (const [i, id] of behind[row]!.entries()) ids[row * text + i] = BigInt(id);
    for (let i = 0; i < length; i++) {
      // Padding may reach further than the model does; what stands there does not count.
      positions[row * length + i] = BigInt(Math.min(head + i, maxPositions - 1));
      const first = (row * length + i) * keys;
      bias.fill(masked, first + head, first + slots);
      bias.fill(masked, first + slots + i + 1, first + keys);
      const concealed = hidden[row];
      if (concealed !== undefined) bias[first + slots + concealed] = masked;
    }
    for (let i = 0; i < targetIds.length; i++) {
      slotRows[row * most + i] = BigInt(row * length + whole - targetIds.length - head + i);
      targetSlots.push(row * most + i);
    }
  }
  return {
    reached,
    feeds: {
      ids: { data: ids, shape: [batch, text] },
      positions: { data: positions, shape: [batch, length] },
      causalBias: { data: bias, shape: [batch, length, keys] },
      slotRows: { data: slotRows, shape: [batch, most] },
      targetSlots: { data: targetSlots, shape: [targetSlots.length] },
    },
  };
}
