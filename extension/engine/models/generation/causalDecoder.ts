import { writeModel } from '../../graph/emission/writeModel';
import { openSession } from '../../graph/session';
import type { SessionOptions } from '../frozenModel';
import type { CausalContinuation, LanguageModel } from '../languageModel';
import { runtimeOptions } from '../runtimeOptions';
import { type Decoder, type Decoding, rowsOfLogits } from './decoder';
import { KeyValueCache } from './keyValueCache';
import { PastLayers } from './pastLayers';

export interface CausalDecoderOptions extends Omit<SessionOptions, 'precision' | 'weights'> {
  /** P; 0 is the bare model. */
  readonly promptLength: number;
  readonly promptPerRow: boolean;
  /** Whether the prompt is read behind the texts. Default: before them. */
  readonly promptBehindText?: boolean;
  /** Rows of the input embedding matrix as they stand beside the prompt, [ids.length, D]. */
  readonly embed: (ids: readonly number[]) => Promise<Float32Array>;
}

/**
 * One session serves every pass: the prompt, the texts behind it, and then token after token. A prompt that all rows share is read
 * once, since nothing in front of it depends on the row. Tokens go in as embeddings, as PEFT's `inputs_embeds` do.
 */
export async function openCausalDecoder(
  network: LanguageModel,
  continuation: CausalContinuation,
  { promptLength, promptPerRow, promptBehindText = false, embed, executionProvider, threads }: CausalDecoderOptions,
): Promise<Decoder> {
  const past = new PastLayers();
  const logits = continuation.nextLogits(past);
  const model = writeModel({ logits, ...past.present }, { executionProvider, precision: 'float32' });
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
      positions: cache.positions(tokens),
      causalBias: cache.bias(tokens),
      lastTokens: { data: counts.map((count, row) => row * tokens + Math.max(0, count - 1)), shape: [counts.length] },
      ...cache.feeds(),
      ...continuation.positionFeeds(longest),
    });
    cache.append(outputs, counts);
    return rowsOfLogits(outputs['logits']!);
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
    async read(prompt, inputs) {
      const counts = inputs.map(({ length }) => length);
      const text = Math.max(...counts);
      if (promptLength === 0 && counts.includes(0))
        throw new RangeError('a request has neither a prompt nor an input token to go on from');
      const longest = promptLength + text;
      const padded = inputs.flatMap((ids) => [...ids, ...new Array<number>(text - ids.length).fill(0)]);
      if (promptBehindText && promptLength > 0) {
        const cache = KeyValueCache.empty(session, inputs.length);
        if (text > 0) await pass(cache, await embed(padded), counts, longest);
        const prompts = promptPerRow ? prompt : repeated(prompt, inputs.length);
        const whole = inputs.map(() => promptLength);
        return decoding(cache, await pass(cache, prompts, whole, longest));
      }
      const promptRow = inputs.map((_, row) => (promptPerRow ? row : 0));
      let cache = KeyValueCache.empty(session, inputs.length);
      let atPrompt: readonly Float32Array[] = [];
      if (promptLength > 0) {
        const prompts = KeyValueCache.empty(session, promptPerRow ? inputs.length : 1);
        const whole = prompts.lengths.map(() => promptLength);
        atPrompt = await pass(prompts, prompt, whole, longest);
        cache = prompts.rows(promptRow);
      }
      if (text === 0)
        return decoding(
          cache,
          promptRow.map((row) => atPrompt[row]!),
        );
      const atText = await pass(cache, await embed(padded), counts, longest);
      return decoding(
        cache,
        atText.map((logits, row) => (counts[row] === 0 ? atPrompt[promptRow[row]!]! : logits)),
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
