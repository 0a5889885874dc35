import { writeModel } from '../../graph/emission/writeModel';
import { openSession } from '../../graph/session';
import type { SessionOptions } from '../frozenModel';
import { headOf, tailOf } from '../frozenPrefix/inputParts';
import type { CausalContinuation, LanguageModel } from '../languageModel';
import { runtimeOptions } from '../runtimeOptions';
import { type Decoder, type Decoding, rowsOfLogits } from './decoder';
import { KeyValueCache } from './keyValueCache';
import { PastLayers } from './pastLayers';

export interface CausalDecoderOptions extends Omit<SessionOptions, 'precision' | 'weights'> {
  /** P; 0 is the bare model. */
  readonly promptLength: number;
  readonly promptPerRow: boolean;
  /** Whether the prompt is read behind the texts, before their tails. Default: before them. */
  readonly promptBehindText?: boolean;
  /** Rows of the input embedding matrix as they stand beside the prompt, [ids.length, D]. */
  readonly embed: (ids: readonly number[]) => Promise<Float32Array>;
}

/**
 * One session serves every pass: the prompt and the texts in their order, and then token after token. A prompt that all rows share is read
 * once, since nothing in front of it depends on the row. Tokens go in as embeddings, as PEFT's `inputs_embeds` do.
 */
export async function openCausalDecoder(
  network: LanguageModel,
  continuation: CausalContinuation,
  { promptLength, promptPerRow, promptBehindText = false, embed, executionProvider, threads }: CausalDecoderOptions,
): Promise<Decoder> {
  const past = new PastLayers();
  const logits = continuation.nextLogits(past);
  const model = writeModel({ logits, ...past.present }, { executionProvider, precision: 'float32', forwardOnly: true });
  const session = await openSession(model, runtimeOptions(network, 1, threads));

  /** One pass over the first `counts[row]` tokens of each row, which go into the cache; `longest` is the length that rows grow to. */
  const pass = async (
    cache: KeyValueCache,
    embedded: Float32Array,
    counts: readonly number[],
    longest: number,
  ): Promise<Float32Array[]> => {
    const tokens = Math.max(...counts);
    const outputs = await session.run({
      embedded: { data: embedded, shape: [counts.length, tokens, network.width] },
      positions: cache.positions(tokens, longest),
      causalBias: cache.bias(tokens),
      lastTokens: { data: counts.map((count, row) => row * tokens + Math.max(0, count - 1)), shape: [counts.length] },
      ...cache.feeds(),
      ...continuation.positionFeeds(longest),
    });
    cache.append(outputs, counts);
    return rowsOfLogits(outputs['logits']!);
  };

  /** The logits behind each row's words; undefined for a row without any. */
  const words = async (
    cache: KeyValueCache,
    ids: readonly (readonly number[])[],
    longest: number,
  ): Promise<(Float32Array | undefined)[]> => {
    const counts = ids.map(({ length }) => length);
    const most = Math.max(...counts);
    if (most === 0) return counts.map(() => undefined);
    const padded = ids.flatMap((row) => [...row, ...new Array<number>(most - row.length).fill(0)]);
    const logits = await pass(cache, await embed(padded), counts, longest);
    return logits.map((each, row) => (counts[row] === 0 ? undefined : each));
  };

  const decoding = (cache: KeyValueCache, logits: readonly Float32Array[]): Decoding => ({
    logits,
    async next(rows, tokens) {
      const all = rows.length === cache.lengths.length && rows.every((row, i) => row === i);
      const kept = all ? cache : cache.rows(rows);
      const ones = rows.map(() => 1);
      return decoding(kept, await pass(kept, await embed(tokens), ones, Math.max(...kept.lengths) + 1));
    },
  });

  return {
    async read(prompt, requests) {
      const counts = requests.map(({ inputIds }) => inputIds.length);
      if (promptLength === 0 && counts.includes(0))
        throw new RangeError('a request has neither a prompt nor an input token to go on from');
      const longest = promptLength + Math.max(...counts);
      const empty = (rows: number): KeyValueCache => KeyValueCache.empty(session, rows);
      const prompts = (cache: KeyValueCache, numbers: Float32Array): Promise<readonly Float32Array[]> =>
        pass(
          cache,
          numbers,
          cache.lengths.map(() => promptLength),
          longest,
        );
      if (promptLength === 0) {
        const cache = empty(requests.length);
        const atText = await words(
          cache,
          requests.map(({ inputIds }) => inputIds),
          longest,
        );
        return decoding(
          cache,
          atText.map((logits) => logits!),
        );
      }
      if (promptBehindText) {
        const cache = empty(requests.length);
        await words(cache, requests.map(headOf), longest);
        const atPrompt = await prompts(cache, promptPerRow ? prompt : repeated(prompt, requests.length));
        const atTail = await words(cache, requests.map(tailOf), longest);
        return decoding(
          cache,
          atTail.map((logits, row) => logits ?? atPrompt[row]!),
        );
      }
      const alone = empty(promptPerRow ? requests.length : 1);
      const atPrompt = await prompts(alone, prompt);
      const promptRow = requests.map((_, row) => (promptPerRow ? row : 0));
      const cache = alone.rows(promptRow);
      const atText = await words(
        cache,
        requests.map(({ inputIds }) => inputIds),
        longest,
      );
      return decoding(
        cache,
        atText.map((logits, row) => logits ?? atPrompt[promptRow[row]!]!),
      );
    },
    release: () => session.release(),
  };
}

/** The prompt for each of so many rows, [rows, P, D]. */
function repeated(prompt: Float32Array, rows: number): Float32Array {
  const all = new Float32Array(rows * prompt.length);
  for (let row = 0; row < rows; row++) all.set(prompt, row * prompt.length);
  return all;
}
