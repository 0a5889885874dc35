import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { openSession } from '../../../extension/engine/graph/session';
import type { FrozenModel } from '../../../extension/engine/models/frozenModel';
import { openCausalDecoder } from '../../../extension/engine/models/generation/causalDecoder';
import type { Decoder } from '../../../extension/engine/models/generation/decoder';
import { openEncoderDecoder } from '../../../extension/engine/models/generation/encoderDecoder';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { largestDifference, modelFixtures, modelNames, readExpected, turnedByLength } from './modelFixtures';
import { unpadded } from '../../../extension/engine/models/padding';

const newTokens = 6;

function openDecoder(model: FrozenModel, network: LanguageModel, promptLength: number): Promise<Decoder> {
  const options = { executionProvider: 'cpu', threads: 1, promptLength, promptPerRow: false } as const;
  const { continuation } = network;
  return continuation.kind === 'causal'
    ? openCausalDecoder(network, continuation, { ...options, embed: (ids) => model.embeddings(ids) })
    : openEncoderDecoder(network, continuation, options);
}

/** The logits before each of some tokens, computed from the whole text at once: [tokens, V] of each row, behind each other. */
async function uncachedLogits(
  network: LanguageModel,
  prompt: Float32Array,
  promptLength: number,
  examples: readonly { readonly inputIds: readonly number[]; readonly targetIds: readonly number[] }[],
): Promise<Float32Array> {
  const shape = [promptLength, network.width];
  const logits = network.targetLogits(input('prompt', 'float', shape));
  const session = await openSession(writeModel({ logits }, { executionProvider: 'cpu', precision: 'float32' }));
  const feeds = network.feeds(examples, promptLength, false, unpadded);
  const outputs = await session.run({ ...feeds, prompt: { data: prompt, shape } });
  await session.release();
  return outputs['logits']!.data as Float32Array;
}

describe('logits behind a key/value cache are those of the whole text', function () {
  this.timeout(120_000);
  // Some ropes turn a text by its whole length, which a cache that grows cannot: transformers' neither.
  for (const name of modelNames.filter((each) => !turnedByLength.includes(each)))
    it(`${name}: rows of different length, one of which leaves on the way`, async () => {
      const { model, network } = await openModelFolder(join(modelFixtures, name));
      const { prompt, promptLength, examples } = await readExpected(name);
      const decoder = await openDecoder(model, network, promptLength);
      const inputs = examples.map(({ inputIds }) => inputIds);
      // Any tokens will do; row 1 leaves after two of them.
      const targets = inputs.map((_, row) =>
        Array.from({ length: row === 1 ? 3 : newTokens }, (_, i) => 3 + ((7 * row + 13 * i) % 80)),
      );
      const cached = targets.map(() => [] as Float32Array[]);
      let decoding = await decoder.read(prompt, examples);
      let open = [...inputs.keys()];
      for (let i = 0; open.length > 0; i++) {
        for (const [row, logits] of decoding.logits.entries()) cached[open[row]!]!.push(logits);
        const going = [...open.keys()].filter((row) => targets[open[row]!]!.length > i + 1);
        const tokens = going.map((row) => targets[open[row]!]![i]!);
        open = going.map((row) => open[row]!);
        if (open.length > 0) decoding = await decoding.next(going, tokens);
      }
      await decoder.release();

      // A token that every text begins with is read before the first logits.
      const { continuation } = network;
      const forced = continuation.kind === 'causal' ? undefined : continuation.forcedToken;
      const begin = forced === undefined ? [] : [forced];
      const whole = inputs.map((inputIds, row) => ({ inputIds, targetIds: [...begin, ...targets[row]!] }));
      const logits = await uncachedLogits(network, prompt, promptLength, whole);
      const counted = whole.flatMap(({ targetIds }) => targetIds.map((_, i) => i >= begin.length));
      const expected = logits.filter((_, i) => counted[Math.floor(i / network.vocabulary)]);
      const actual = Float32Array.from(cached.flat().flatMap((logits) => [...logits]));
      const difference = largestDifference(actual, expected);
      assert.ok(difference < 2e-5, `the logits differ by ${difference}`);
    });
});
