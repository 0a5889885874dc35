import { writeModel } from '../../graph/emission/writeModel';
import { input } from '../../graph/leaves';
import { type Feed, openSession } from '../../graph/session';
import type { Value } from '../../graph/value';
import { encoderFeeds } from '../encoderDecoderBatch';
import type { SessionOptions } from '../frozenModel';
import type { EncoderDecoderContinuation, LanguageModel } from '../languageModel';
import { runtimeOptions } from '../runtimeOptions';
import { type Decoder, type Decoding, rowsOfLogits } from './decoder';
import { KeyValueCache } from './keyValueCache';
import { type KeysAndValues, PastLayers } from './pastLayers';
import { unpadded } from '../padding';

export interface EncoderDecoderOptions extends Omit<SessionOptions, 'precision' | 'weights'> {
  /** P; 0 is the bare model. */
  readonly promptLength: number;
  readonly promptPerRow: boolean;
}

/**
 * Two sessions: the encoder with the keys and values that every layer of the decoder takes from it, run once; and one token of the
 * decoder, which keeps its own. All rows of the decoder are equally long.
 */
export async function openEncoderDecoder(
  network: LanguageModel,
  continuation: EncoderDecoderContinuation,
  { promptLength, promptPerRow, executionProvider, threads }: EncoderDecoderOptions,
): Promise<Decoder> {
  const target = { executionProvider, precision: 'float32', forwardOnly: true } as const;
  const options = runtimeOptions(network, 1, threads);
  const promptShape = [promptLength, network.width];
  const prompt =
    promptLength === 0 ? undefined : input('prompt', 'float', promptPerRow ? ['batch', ...promptShape] : promptShape);
  const cross = continuation.crossAttention(prompt);
  const encoder = await openSession(writeModel(named(cross), target), options);

  const past = new PastLayers();
  const logits = continuation.nextLogits(past, cross.map(crossInput));
  const decoder = await openSession(writeModel({ logits, ...past.present }, target), options);

  const step = async (memory: Memory, cache: KeyValueCache, tokens: readonly number[]): Promise<Decoding> => {
    const outputs = await decoder.run({
      decoderIds: { data: tokens, shape: [tokens.length, 1] },
      causalBias: cache.bias(1),
      ...continuation.decoderFeeds(cache.lengths[0]!, cache.slots),
      ...memory,
      ...cache.feeds(),
    });
    cache.append(
      outputs,
      tokens.map(() => 1),
    );
    return {
      logits: rowsOfLogits(outputs['logits']!),
      next(rows, chosen) {
        if (rows.length === tokens.length && rows.every((row, i) => row === i)) return step(memory, cache, chosen);
        return step(rowsOfMemory(memory, rows), cache.rows(rows), chosen);
      },
    };
  };

  return {
    async read(numbers, requests) {
      const inputs = requests.map(({ inputIds }) => inputIds);
      const { feeds, encoderLength } = encoderFeeds(inputs, {
        ...{ promptLength, padding: unpadded, limit: continuation.limit },
      });
      const promptFeed = { data: numbers, shape: promptPerRow ? [inputs.length, ...promptShape] : promptShape };
      const keysAndValues = await encoder.run({
        ...feeds,
        ...continuation.encoderFeeds(encoderLength),
        ...(prompt === undefined ? {} : { prompt: promptFeed }),
      });
      const memory = { ...keysAndValues, crossMask: feeds.encoderMask };
      const { startToken, forcedToken } = continuation;
      const everyRow = (token: number): number[] => inputs.map(() => token);
      const started = await step(memory, KeyValueCache.empty(decoder, inputs.length), everyRow(startToken));
      return forcedToken === undefined ? started : started.next([...inputs.keys()], everyRow(forcedToken));
    },
    async release() {
      await encoder.release();
      await decoder.release();
    },
  };
}

/** What the decoder sees of the encoder, as feeds; the first dimension is the rows'. */
type Memory = Readonly<Record<string, Feed>>;

function rowsOfMemory(memory: Memory, rows: readonly number[]): Memory {
  return Object.fromEntries(
    Object.entries(memory).map(([name, { data, shape }]) => {
      const numbers = data as Float32Array;
      const size = numbers.length / shape[0]!;
      const kept = new Float32Array(rows.length * size);
      for (const [to, row] of rows.entries()) kept.set(numbers.subarray(row * size, (row + 1) * size), to * size);
      return [name, { data: kept, shape: shape.with(0, rows.length) }];
    }),
  );
}

function named(cross: readonly KeysAndValues[]): Record<string, Value> {
  return Object.fromEntries(
    cross.flatMap(({ keys, values }, layer) => [
      [`cross.keys.${layer}`, keys],
      [`cross.values.${layer}`, values],
    ]),
  );
}

/** An encoder's output as an input of the decoder. */
function crossInput({ keys, values }: KeysAndValues, layer: number): KeysAndValues {
  const like = (name: string, { type, shape }: Value): Value =>
    input(`cross.${name}.${layer}`, type, ['rows', shape[1]!, 'encoder', shape[3]!]);
  return { keys: like('keys', keys), values: like('values', values) };
}
