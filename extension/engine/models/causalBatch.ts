import type { Feed } from '../graph/session';
import type { EncodedExample } from './frozenModel';
import { masked } from './languageModel';
import type { Padding } from './padding';

/** What a causal model is fed with, whatever its architecture; {@link causalLayout} has the inputs and their meaning. */
export interface CausalFeeds {
  readonly feeds: Record<'ids' | 'causalBias' | 'slotPositions' | 'slotRows' | 'targetSlots', Feed> &
    Partial<Record<'promptMask' | 'leadIds', Feed>>;
  /** Tokens in the longest row, prompt included. */
  readonly sequence: number;
  /** The same with the last token of each target, from which nothing is predicted: the length of the text that is scored. */
  readonly whole: number;
}

/**
 * Lays examples out as rows [prompt ; input ; target without its last token], padded on the right, where the causal mask alone keeps the
 * padding away from every token that counts. The token at a position is predicted by the one before it. What all rows share at their beginning is
 * laid out once: a prompt that they all have and the lead behind it.
 *
 * @param promptPerRow whether each row has a prompt of its own rather than all of them one.
 * @param padding of the texts, within `maxPositions`.
 * @throws RangeError for an example with nothing to predict from, or longer than `maxPositions`.
 */
export function causalFeeds(
  examples: readonly EncodedExample[],
  promptLength: number,
  promptPerRow: boolean,
  maxPositions: number,
  padding: Padding,
): CausalFeeds {
  const batch = examples.length;
  const longest = Math.max(...examples.map(({ inputIds, targetIds }) => inputIds.length + targetIds.length));
  // An empty text keeps one token of padding: no dimension may be 0.
  const needed = Math.max(1, longest - 1);
  const shared = promptLength > 0 && !promptPerRow;
  const lead = shared ? sharedLead(examples) : [];
  const front = promptLength + lead.length;
  const room = maxPositions - promptLength;
  if (needed > room)
    throw new RangeError(
      `an example has ${needed} tokens, ${promptLength + needed} with the prompt; the model was made for ${maxPositions} at most`,
    );
  const text = Math.min(padding(needed - lead.length), room - lead.length);
  const sequence = front + text;
  const slots = Math.max(...examples.map(({ targetIds }) => targetIds.length));
  const rowOf = (example: number, position: number): number => {
    if (position < front) return promptPerRow ? example * front + position : position;
    return (promptPerRow ? batch : 1) * front + example * text + position - front;
  };

  const ids = new BigInt64Array(batch * text);
  const slotPositions = new BigInt64Array(batch * slots);
  const slotRows = new BigInt64Array(batch * slots);
  const targetSlots: number[] = [];
  for (const [example, { inputIds, targetIds }] of examples.entries()) {
    const tokens = [...inputIds, ...targetIds.slice(0, -1)].slice(lead.length);
    for (const [i, id] of tokens.entries()) ids[example * text + i] = BigInt(id);
    const first = promptLength + inputIds.length - 1;
    if (first < 0)
      throw new RangeError('an example has neither a prompt nor an input token to predict its target from');
    for (let i = 0; i < slots; i++) {
      const [slot, position] = [example * slots + i, i < targetIds.length ? first + i : 0];
      slotPositions[slot] = BigInt(position);
      slotRows[slot] = BigInt(rowOf(example, position));
      if (i < targetIds.length) targetSlots.push(slot);
    }
  }
  return {
    sequence,
    whole: promptLength + longest,
    feeds: {
      ids: { data: ids, shape: [batch, text] },
      causalBias: causalBias(sequence),
      ...(shared ? { leadIds: { data: lead, shape: [lead.length] } } : {}),
      ...(promptPerRow ? { promptMask: nothingMasked(batch, promptLength) } : {}),
      slotPositions: { data: slotPositions, shape: [batch, slots] },
      slotRows: { data: slotRows, shape: [batch, slots] },
      targetSlots: { data: targetSlots, shape: [targetSlots.length] },
    },
  };
}

/** The tokens that all examples begin with, as far as each says that it may share them. */
export function sharedLead(examples: readonly EncodedExample[]): readonly number[] {
  const [first, ...others] = examples;
  const most = Math.min(...examples.map(({ leadTokens = 0 }) => leadTokens));
  const other = first!.inputIds.findIndex((id, i) => i >= most || others.some(({ inputIds }) => inputIds[i] !== id));
  return first!.inputIds.slice(0, other < 0 ? most : other);
}

/** [batch, promptLength]: every row sees its whole prompt. */
function nothingMasked(batch: number, promptLength: number): Feed {
  return { data: new Float32Array(batch * promptLength), shape: [batch, promptLength] };
}

/** [length, length]: 0 where a position may look (itself and what is before it), far below any score elsewhere. */
export function causalBias(length: number): Feed {
  const bias = new Float32Array(length * length);
  for (let i = 0; i < length; i++) bias.fill(masked, i * length + i + 1, (i + 1) * length);
  return { data: bias, shape: [length, length] };
}
