import type { Feed } from '../../graph/session';
import { sharedLead } from '../causalBatch';
import type { EncodedExample } from '../frozenModel';
import { masked } from '../languageModel';
import type { Padding } from '../padding';

/** What a behindBeginningLayout is fed with, the past and the tables by position apart, and which tokens' keys and values are wanted. */
export interface BehindBeginningFeeds {
  readonly feeds: Record<
    'ids' | 'rowTokens' | 'positions' | 'causalBias' | 'slotPlaces' | 'slotRows' | 'targetSlots' | 'wanted',
    Feed
  >;
  /** Positions of the longest row, padding included, within the model's. */
  readonly reached: number;
  /** Tokens of the longest row, the last of its target among them: the length of the text that is scored. */
  readonly whole: number;
}

export interface BehindBeginningBatch {
  readonly promptLength: number;
  readonly maxPositions: number;
  readonly sizes: RowSizes;
}

/** How large what rows consist of becomes. */
export interface RowSizes {
  /** Of the texts behind what all rows begin with. */
  readonly text: Padding;
  /** Of that beginning, and of the list of words. */
  readonly shared: Padding;
}

/** What all rows of a pass begin with. */
export interface Beginning {
  /** The tokens behind the prompt. */
  readonly lead: readonly number[];
  /** Its tokens, those of the prompt among them; without its last one where a row's target is predicted from there. */
  readonly length: number;
}

/**
 * What rows [prompt ; input ; target without its last token] begin with, as far as each says that it may share it: no further than to the token
 * in front of the one that predicts the first of a target. @throws RangeError for an example with nothing to predict from.
 */
export function beginningOf(examples: readonly EncodedExample[], promptLength: number): Beginning {
  // -1 where an input is empty: its target is predicted from the prompt's last token.
  const most = Math.min(...examples.map(({ inputIds }) => inputIds.length)) - 1;
  if (promptLength + most < 0)
    throw new RangeError('an example has neither a prompt nor an input token to predict its target from');
  const lead = sharedLead(examples).slice(0, Math.max(0, most));
  return { lead, length: promptLength + Math.min(lead.length, most) };
}

/**
 * Lays out what stands behind the beginning of each row, padded on the right, where the causal mask alone keeps the padding away from every
 * token that counts.
 * @throws RangeError for an example longer than `maxPositions`.
 */
export function behindBeginningFeeds(
  examples: readonly EncodedExample[],
  { length: begun }: Beginning,
  { promptLength, maxPositions, sizes }: BehindBeginningBatch,
): BehindBeginningFeeds {
  const batch = examples.length;
  const longest = promptLength + Math.max(...examples.map((each) => each.inputIds.length + each.targetIds.length)) - 1;
  if (longest > maxPositions)
    throw new RangeError(
      `an example has ${longest - promptLength} tokens, ${longest} with the prompt; the model was made for ${maxPositions} at most`,
    );
  const text = sizes.text(longest - begun);
  const slots = Math.max(...examples.map(({ targetIds }) => targetIds.length));
  const ids: number[] = [];
  const rowTokens = new BigInt64Array(batch * text);
  const slotPlaces = new BigInt64Array(batch * slots);
  const slotRows = new BigInt64Array(batch * slots);
  const targetSlots: number[] = [];
  for (const [row, { inputIds, targetIds }] of examples.entries()) {
    const words = [...inputIds, ...targetIds.slice(0, -1)];
    for (let position = begun; position < promptLength + words.length; position++) {
      const word = words[position - promptLength];
      rowTokens[row * text + position - begun] = BigInt(word === undefined ? position : promptLength + ids.length);
      if (word !== undefined) ids.push(word);
    }
    const first = promptLength + inputIds.length - 1 - begun;
    for (let i = 0; i < slots; i++) {
      const place = i < targetIds.length ? first + i : 0;
      slotPlaces[row * slots + i] = BigInt(place);
      slotRows[row * slots + i] = BigInt(row * text + place);
      if (i < targetIds.length) targetSlots.push(row * slots + i);
    }
  }
  return {
    reached: Math.min(begun + text, maxPositions),
    whole: longest + 1,
    feeds: {
      ids: idsFeed(ids, sizes),
      rowTokens: { data: rowTokens, shape: [batch, text] },
      // Padding may reach further than the model does; what stands there does not count.
      positions: {
        data: Array.from({ length: text }, (_, i) => Math.min(begun + i, maxPositions - 1)),
        shape: [text],
      },
      causalBias: biasBehind(text, begun, begun === 0 ? 1 : sizes.shared(begun)),
      slotPlaces: { data: slotPlaces, shape: [batch, slots] },
      slotRows: { data: slotRows, shape: [batch, slots] },
      targetSlots: { data: targetSlots, shape: [targetSlots.length] },
      wanted: nothing,
    },
  };
}

/** The beginning itself as the only row of a pass, padded with its last token; nothing is predicted from it. */
export function beginningFeeds({ lead, length: begun }: Beginning, sizes: RowSizes): BehindBeginningFeeds['feeds'] {
  const length = sizes.shared(begun);
  const positions = Array.from({ length }, (_, i) => Math.min(i, begun - 1));
  const one = { data: [0], shape: [1, 1] };
  return {
    ids: idsFeed(lead, sizes),
    rowTokens: { data: positions, shape: [1, length] },
    positions: { data: positions, shape: [length] },
    causalBias: biasBehind(length, 0, 1),
    slotPlaces: one,
    slotRows: one,
    targetSlots: nothing,
    wanted: { data: positions, shape: [length] },
  };
}

/** One where none is wanted, since no dimension may be 0. */
const nothing = { data: [0], shape: [1] } as const;

/** A token that no row has is never looked at. */
function idsFeed(ids: readonly number[], sizes: RowSizes): Feed {
  if (ids.length === 0) return nothing;
  const words = sizes.shared(ids.length);
  return { data: Array.from({ length: words }, (_, i) => ids[i] ?? 0), shape: [words] };
}

/** [tokens, slots + tokens]: 0 where a token may look, at the `past` tokens that the first of the slots hold and at tokens up to itself. */
function biasBehind(tokens: number, past: number, slots: number): Feed {
  const keys = slots + tokens;
  const data = new Float32Array(tokens * keys);
  for (let token = 0; token < tokens; token++) {
    const first = token * keys;
    data.fill(masked, first + past, first + slots);
    data.fill(masked, first + slots + token + 1, first + keys);
  }
  return { data, shape: [tokens, keys] };
}
