import type { Feed } from '../graph/session';
import type { EncodedExample } from './frozenModel';
import { masked } from './languageModel';
import type { Padding } from './padding';

/** How a batch of examples lies in an encoder-decoder's graph; padded on the right on both sides. */
export interface EncoderDecoderFeeds {
  readonly feeds: Record<'ids' | 'encoderMask' | 'encoderRows' | 'decoderIds' | 'targetRows', Feed>;
  /** Tokens in a row of the encoder (prompt and text) and of the decoder. */
  readonly encoderLength: number;
  readonly decoderLength: number;
}

export interface EncoderDecoderShape {
  readonly promptLength: number;
  readonly startToken: number;
  readonly padding: Padding;
  /** Tokens that encoder and decoder may each have, the prompt's among them; Infinity where there is no end. */
  readonly limit: number;
}

/**
 * - `ids` [batch, text]: the encoder's input without the prompt
 * - `encoderMask` [batch, encoder]: 0 for the prompt and real tokens, far below any score for padding
 * - `encoderRows` [rows]: which row of the encoder each row of the decoder looks at
 * - `decoderIds` [rows, decoder]: start token, then the target without its last token
 * - `targetRows` [targets]: which of [rows * decoder] predicts a target token
 *
 * Examples that share one `inputIds` (the very same list) are encoded once.
 * @throws RangeError for an example with nothing in its input, or longer than `limit`.
 */
export function encoderDecoderFeeds(
  examples: readonly EncodedExample[],
  { promptLength, startToken, padding, limit }: EncoderDecoderShape,
): EncoderDecoderFeeds {
  const inputs = [...new Set(examples.map(({ inputIds }) => inputIds))];
  const encoder = encoderFeeds(inputs, { promptLength, padding, limit });
  const longest = Math.max(...examples.map(({ targetIds }) => targetIds.length));
  if (longest > limit) throw new RangeError(`a target has ${longest} tokens; the model was made for ${limit} at most`);
  const decoderLength = Math.min(padding(longest), limit);
  const decoderIds = new BigInt64Array(examples.length * decoderLength);
  const targetRows: number[] = [];
  for (const [row, { targetIds }] of examples.entries()) {
    for (const i of targetIds.keys()) {
      decoderIds[row * decoderLength + i] = BigInt(i === 0 ? startToken : targetIds[i - 1]!);
      targetRows.push(row * decoderLength + i);
    }
  }
  return {
    encoderLength: encoder.encoderLength,
    decoderLength,
    feeds: {
      ...encoder.feeds,
      encoderRows: { data: examples.map(({ inputIds }) => inputs.indexOf(inputIds)), shape: [examples.length] },
      decoderIds: { data: decoderIds, shape: [examples.length, decoderLength] },
      targetRows: { data: targetRows, shape: [targetRows.length] },
    },
  };
}

/** The part of the encoder: `ids` and `encoderMask`, one row an input. @throws RangeError for a row with nothing in it or longer than `limit`. */
export function encoderFeeds(
  inputs: readonly (readonly number[])[],
  { promptLength, padding, limit }: Omit<EncoderDecoderShape, 'startToken'>,
): { readonly feeds: Record<'ids' | 'encoderMask', Feed>; readonly encoderLength: number } {
  const longest = Math.max(1, ...inputs.map((ids) => ids.length));
  if (promptLength + longest > limit)
    throw new RangeError(
      `an input has ${longest} tokens, ${promptLength + longest} with the prompt; the model was made for ${limit} at most`,
    );
  const text = Math.min(padding(longest), limit - promptLength);
  const encoderLength = promptLength + text;
  const ids = new BigInt64Array(inputs.length * text);
  const mask = new Float32Array(inputs.length * encoderLength);
  for (const [row, input] of inputs.entries()) {
    if (promptLength + input.length === 0) throw new RangeError('an example has neither a prompt nor an input token');
    for (const [i, id] of input.entries()) ids[row * text + i] = BigInt(id);
    mask.fill(masked, row * encoderLength + promptLength + input.length, (row + 1) * encoderLength);
  }
  return {
    encoderLength,
    feeds: {
      ids: { data: ids, shape: [inputs.length, text] },
      encoderMask: { data: mask, shape: [inputs.length, encoderLength] },
    },
  };
}
