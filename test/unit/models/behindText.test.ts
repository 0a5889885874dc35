import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gradient } from '../../../extension/engine/gradients/gradient';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { openSession } from '../../../extension/engine/graph/session';
import { exactShape } from '../../../extension/engine/models/batchShape';
import type {
  EncodedExample,
  FrozenModel,
  LossAndGradient,
  PrefixCacheOptions,
  ScoringRequest,
  TargetScore,
} from '../../../extension/engine/models/frozenModel';
import { promptPlace } from '../../../extension/engine/models/frozenPrefix/promptPlace';
import { KeyValueCache } from '../../../extension/engine/models/generation/keyValueCache';
import { PastLayers } from '../../../extension/engine/models/generation/pastLayers';
import { logProbability } from '../../../extension/engine/models/generation/sampling';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { lossGraph, promptAndTargets } from '../../../extension/engine/models/lossGraph';
import { unpadded } from '../../../extension/engine/models/padding';
import { type Expected, largestDifference, modelFixtures, readExpected } from './modelFixtures';

/** What torch and transformers computed: test/oracles/behind_text.py. */
interface BehindText {
  /** Of each input, how many of its last tokens stand behind the prompt. */
  readonly tails: readonly number[];
  readonly loss: number;
  readonly logProbabilities: readonly number[];
  readonly gradient: readonly number[];
  readonly written: readonly (readonly number[])[];
}
const oracle = JSON.parse(readFileSync(join(modelFixtures, 'behind-text.json'), 'utf8')) as Readonly<
  Record<'suffix' | 'infix', Readonly<Record<string, BehindText>>>
>;
const cpu = { executionProvider: 'cpu', threads: 1 } as const;

/** The fixture's examples with their tails. */
async function readPlaced(name: string, { tails }: BehindText): Promise<Expected> {
  const expected = await readExpected(name);
  return {
    ...expected,
    examples: expected.examples.map((example, row) => ({ ...example, tailTokens: tails[row] })),
  };
}

/** Loss and gradient of the fixture's examples with the prompt behind the text, a few times. */
async function lossesBehind(
  model: FrozenModel,
  { prompt, promptLength, examples }: Pick<Expected, 'prompt' | 'promptLength' | 'examples'>,
  options: Partial<PrefixCacheOptions> = {},
  times = 1,
): Promise<LossAndGradient[]> {
  const behindText = await model.openPrefixCache({ ...cpu, ...options });
  const session = await model.openTrainingSession({ ...cpu, promptLength, behindText });
  const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
  const found: LossAndGradient[] = [];
  for (let time = 0; time < times; time++) found.push(await session.lossAndGradient(prompt, examples, tokens));
  await session.release();
  await behindText.release();
  return found;
}

const largest = (numbers: ArrayLike<number>): number => Math.max(...Array.from(numbers, Math.abs));

const placed = Object.entries(oracle).flatMap(([position, models]) =>
  Object.entries(models).map(([name, right]) => ({ position, name, right })),
);

describe('a prompt behind the text computes what torch and transformers compute', function () {
  this.timeout(120_000);
  for (const { position, name, right } of placed)
    describe(`${name}, ${position}`, () => {
      let model: FrozenModel;
      let expected: Expected;
      before(async () => {
        model = await loadFrozenModel(join(modelFixtures, name));
        expected = await readPlaced(name, right);
      });

      it('loss and gradient, the texts read from a float32 cache', async () => {
        const [first, again] = await lossesBehind(model, expected, { stored: 'float' }, 2);
        assert.ok(Math.abs(first!.loss - right.loss) < 1e-5, `${first!.loss} against ${right.loss}`);
        const difference = largestDifference(first!.gradient, right.gradient) / largest(right.gradient);
        assert.ok(difference <= 1e-5, `the gradients differ by ${difference} of the largest entry`);
        assert.deepEqual(again, first);
      });

      it('loss and gradient to within the rounding of float16, as texts are kept on the CPU', async () => {
        const [rounded] = await lossesBehind(model, expected);
        assert.ok(Math.abs(rounded!.loss - right.loss) < 2e-3, `${rounded!.loss} against ${right.loss}`);
        const difference = largestDifference(rounded!.gradient, right.gradient) / largest(right.gradient);
        assert.ok(difference > 0 && difference < 5e-3, `the gradients differ by ${difference} of the largest entry`);
      });

      it('scores, also with a prompt for each request', async () => {
        const { prompt, promptLength, examples } = expected;
        const requests = examples.map(({ targetIds, ...input }) => ({ ...input, targets: [targetIds] }));
        const sums = (scores: TargetScore[][]): number[] => scores.flat().map(({ logProbability }) => logProbability);
        const behindText = await model.openPrefixCache({ ...cpu, stored: 'float' });
        for (const promptPerRequest of [false, true]) {
          const session = await model.openScoringSession({ ...cpu, promptLength, behindText, promptPerRequest });
          const prompts = promptPerRequest ? requests.flatMap(() => [...prompt]) : [...prompt];
          const scores = await session.score(Float32Array.from(prompts), requests);
          await session.release();
          assert.ok(largestDifference(sums(scores), right.logProbabilities) < 2e-5);
        }
        await behindText.release();
      });

      it('writes', async () => {
        const { prompt, promptLength, examples } = expected;
        const session = await model.openGenerationSession({ ...cpu, promptLength, promptBehindText: true });
        const texts = await session.generate(prompt, examples, { maxNewTokens: right.written[0]!.length });
        await session.release();
        for (const [row, { ids }] of texts.entries())
          assert.deepEqual(ids, right.written[row]!.slice(0, ids.length), `row ${row}`);
        assert.ok(texts.some(({ ids }) => ids.length > 0));
      });
    });
});

describe('a prompt in the middle of the text', function () {
  this.timeout(60_000);
  for (const name of Object.keys(oracle.infix))
    it(`${name}: scores as in one pass over everything, without a cache`, async () => {
      const { model, network } = await openModelFolder(join(modelFixtures, name));
      const { prompt, promptLength, examples } = await readPlaced(name, oracle.infix[name]!);
      const behindText = await model.openPrefixCache({ ...cpu, stored: 'float' });
      const session = await model.openScoringSession({ ...cpu, promptLength, behindText });
      const requests = examples.map(({ targetIds, ...input }) => ({ ...input, targets: [targetIds] }));
      const scores = await session.score(prompt, requests);
      await session.release();
      await behindText.release();
      for (const [row, example] of examples.entries()) {
        const right = await wholeRowScore(model, network, prompt, example);
        const { logProbability } = scores[row]![0]!;
        assert.ok(Math.abs(logProbability - right) < 2e-5, `row ${row}: ${logProbability} against ${right}`);
      }
    });

  for (const name of Object.keys(oracle.infix))
    it(`${name}: has the gradient that central differences in float64 have`, async () => {
      const { model, network } = await openModelFolder(join(modelFixtures, name));
      const { prompt, promptLength, examples } = await readPlaced(name, oracle.infix[name]!);
      const cache = await model.openPrefixCache({ ...cpu, stored: 'float' });
      const place = promptPlace(network, cache);
      const graph = lossGraph(network, promptLength, place);
      const [promptGradient] = gradient(graph.loss, [graph.prompt]);
      const written = { loss: graph.loss, promptGradient: promptGradient! };
      const session = await openSession(writeModel(written, { executionProvider: 'cpu', precision: 'float64' }));
      const texts = await place.feeds(examples, promptLength, false, unpadded);
      const at = async (numbers: Float64Array): Promise<{ loss: number; gradient: Float64Array }> => {
        const targets = promptAndTargets(network, numbers, exactShape.fit(examples), 10);
        const outputs = await session.run({ ...texts, ...targets });
        return {
          loss: Number(outputs['loss']!.data[0]),
          gradient: outputs['promptGradient']!.data as Float64Array,
        };
      };
      const numbers = Float64Array.from(prompt);
      const found = Float64Array.from((await at(numbers)).gradient);
      let worst = 0;
      for (let entry = 0; entry < numbers.length; entry += 7) {
        const [above, below] = [1e-5, -1e-5].map((step) => numbers.with(entry, numbers[entry]! + step));
        const difference = ((await at(above!)).loss - (await at(below!)).loss) / 2e-5;
        worst = Math.max(worst, Math.abs(difference - found[entry]!) / largest(found));
      }
      await session.release();
      await cache.release();
      assert.ok(worst < 1e-6, `off by ${worst} of the largest entry`);
    });

  it('fills the longest row that the model was made for, whatever is padded beside it', async () => {
    const { model, network } = await openModelFolder(join(modelFixtures, 'gpt2'));
    const { prompt, promptLength } = await readExpected('gpt2');
    const ids = (count: number): number[] => Array.from({ length: count }, (_, i) => 5 + (i % 60));
    const full = { inputIds: ids(network.maxPositions - promptLength), targetIds: [7], tailTokens: 1 };
    const padded = { inputIds: ids(12), targetIds: [7], tailTokens: 12 };
    const loss = async (examples: readonly EncodedExample[]): Promise<number> =>
      (await lossesBehind(model, { prompt, promptLength, examples }, { stored: 'float' }))[0]!.loss;
    const [both, one, other] = [await loss([full, padded]), await loss([full]), await loss([padded])];
    assert.ok(Math.abs(both - (one + other) / 2) < 1e-5, `${both} against ${(one + other) / 2}`);
    const session = await model.openGenerationSession({ ...cpu, promptLength, promptBehindText: true });
    const shorter = { ...full, inputIds: full.inputIds.slice(1) };
    const options = { maxNewTokens: 1 };
    const [together] = await session.generate(prompt, [shorter, padded], options);
    const [alone] = await session.generate(prompt, [shorter], options);
    await session.release();
    assert.deepEqual(together!.ids, alone!.ids);
  });
});

/** log p(target) of one example, from the embeddings of all its rows in a single pass: nats. */
async function wholeRowScore(
  model: FrozenModel,
  network: LanguageModel,
  prompt: Float32Array,
  { inputIds, tailTokens = 0, targetIds }: EncodedExample,
): Promise<number> {
  const { continuation, width } = network;
  assert.ok(continuation.kind === 'causal');
  const head = inputIds.length - tailTokens;
  const past = new PastLayers();
  const logits = continuation.nextLogits(past);
  const session = await openSession(writeModel({ logits, ...past.present }, { ...cpu, precision: 'float32' }));
  let sum = 0;
  for (const [i, target] of targetIds.entries()) {
    const behind = [...inputIds.slice(head), ...targetIds.slice(0, i)];
    const parts = [await model.embeddings(inputIds.slice(0, head)), prompt, await model.embeddings(behind)];
    const rows = Float32Array.from(parts.flatMap((part) => [...part]));
    const tokens = rows.length / width;
    const empty = KeyValueCache.empty(session, 1);
    const outputs = await session.run({
      embedded: { data: rows, shape: [1, tokens, width] },
      positions: empty.positions(tokens, tokens),
      causalBias: empty.bias(tokens),
      lastTokens: { data: [tokens - 1], shape: [1] },
      ...empty.feeds(),
      ...continuation.positionFeeds(tokens),
    });
    sum += logProbability(outputs['logits']!.data as Float32Array, target);
  }
  await session.release();
  return sum;
}

describe('a prompt behind the text', function () {
  this.timeout(60_000);
  let model: FrozenModel;
  let expected: Expected;
  before(async () => {
    model = await loadFrozenModel(join(modelFixtures, 'llama-untied'));
    expected = await readExpected('llama-untied');
  });

  it('gives the same digits whether a text was kept in memory, on disk, or computed anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prefixes-'));
    const kept = await lossesBehind(model, expected, {}, 2);
    const onDisk = await lossesBehind(model, expected, { memoryBytes: 0, folder }, 2);
    const anew = await lossesBehind(model, expected, { memoryBytes: 0 }, 2);
    assert.deepEqual(onDisk, kept);
    assert.deepEqual(anew, kept);
  });

  it('leaves no file that a killed process would leave behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'prefixes-'));
    const behindText = await model.openPrefixCache({ ...cpu, memoryBytes: 0, folder });
    const { prompt, promptLength, examples } = expected;
    const session = await model.openTrainingSession({ ...cpu, promptLength, behindText });
    await session.lossAndGradient(prompt, examples, 1);
    assert.ok(behindText.size().disk > 0);
    assert.deepEqual(readdirSync(folder), []);
    await session.release();
    await behindText.release();
  });

  it('gives a row the same digits whatever else is in the batch', async () => {
    const { prompt, promptLength, examples } = expected;
    const request = ({ inputIds }: (typeof examples)[number]): ScoringRequest => ({ inputIds, targets: [[5], [7]] });
    const alike = [examples[0]!, { ...examples[0]!, inputIds: examples[0]!.inputIds.map((id) => id + 1) }];
    const behindText = await model.openPrefixCache({ ...cpu, memoryBytes: 0 });
    const session = await model.openScoringSession({ ...cpu, promptLength, behindText });
    const together = await session.score(prompt, alike.map(request));
    const alone = await session.score(prompt, [request(alike[0]!)]);
    await session.release();
    await behindText.release();
    assert.deepEqual(alone[0], together[0]);
  });

  it('is seen without a virtual token that is hidden', async () => {
    const { prompt, promptLength, examples } = expected;
    const behindText = await model.openPrefixCache({ ...cpu, stored: 'float' });
    const session = await model.openScoringSession({ ...cpu, promptLength, behindText, promptPerRequest: true });
    const [{ inputIds }] = examples as [(typeof examples)[number]];
    const requests = [0, 1].map(() => ({ inputIds, targets: [[5]] }));
    const changed = prompt.slice();
    changed.fill(0.5, 0, prompt.length / promptLength);
    const both = Float32Array.from([...prompt, ...changed]);
    const [whole, hidden] = [await session.score(both, requests), await session.score(both, requests, [0, 0])];
    await session.release();
    await behindText.release();
    const [a, b] = hidden.map(([score]) => score!.logProbability);
    assert.notEqual(whole[0]![0]!.logProbability, whole[1]![0]!.logProbability);
    // What the first token holds cannot be seen in any later one.
    assert.ok(Math.abs(a! - b!) < 1e-6, `${a} against ${b}`);
  });

  for (const [name, upTo] of [
    ['llama-dynamic', 24],
    ['phi3', 24],
  ] as const)
    it(`is refused where the text is so long that ${name} turns all of its positions otherwise`, async () => {
      const turning = await loadFrozenModel(join(modelFixtures, name));
      const { prompt, promptLength } = await readExpected(name);
      const behindText = await turning.openPrefixCache(cpu);
      const session = await turning.openTrainingSession({ ...cpu, promptLength, behindText });
      const loss = (inputTokens: number): Promise<unknown> => {
        const inputIds = Array.from({ length: inputTokens }, (_, i) => 5 + i);
        return session.lossAndGradient(prompt, [{ inputIds, targetIds: [7] }], 1);
      };
      await loss(upTo - promptLength - 1);
      await assert.rejects(
        loss(upTo - promptLength),
        /25 with the prompt; beyond 24 the model's rope turns every position/,
      );
      await session.release();
      await behindText.release();
    });

  it('is refused for an encoder-decoder, which reads the text in both directions', async () => {
    const t5 = await loadFrozenModel(join(modelFixtures, 't5-v1.1'));
    await assert.rejects(() => t5.openPrefixCache(cpu), /only a decoder-only \(causal\) model/);
    const generation = { ...cpu, promptLength: 5, promptBehindText: true };
    await assert.rejects(() => t5.openGenerationSession(generation), /only a decoder-only \(causal\) model/);
  });
});
