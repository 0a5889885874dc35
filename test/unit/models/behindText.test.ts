import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  FrozenModel,
  LossAndGradient,
  PrefixCacheOptions,
  ScoringRequest,
  TargetScore,
} from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { type Expected, largestDifference, modelFixtures, readExpected } from './modelFixtures';

/** What torch and transformers computed: test/oracles/behind_text.py. */
interface BehindText {
  readonly loss: number;
  readonly logProbabilities: readonly number[];
  readonly gradient: readonly number[];
  readonly written: readonly (readonly number[])[];
}
const oracle = JSON.parse(readFileSync(join(modelFixtures, 'behind-text.json'), 'utf8')) as Record<string, BehindText>;
const cpu = { executionProvider: 'cpu', threads: 1 } as const;

/** Loss and gradient of the fixture's examples with the prompt behind the text, a few times. */
async function lossesBehind(
  model: FrozenModel,
  { prompt, promptLength, examples }: Expected,
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

describe('a prompt behind the text computes what torch and transformers compute', function () {
  this.timeout(120_000);
  for (const [name, right] of Object.entries(oracle))
    describe(name, () => {
      let model: FrozenModel;
      let expected: Expected;
      before(async () => {
        model = await loadFrozenModel(join(modelFixtures, name));
        expected = await readExpected(name);
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
        const requests = examples.map(({ inputIds, targetIds }) => ({ inputIds, targets: [targetIds] }));
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

  it('is refused for an encoder-decoder, which reads the text in both directions', async () => {
    const t5 = await loadFrozenModel(join(modelFixtures, 't5-v1.1'));
    await assert.rejects(() => t5.openPrefixCache(cpu), /only a decoder-only \(causal\) model/);
    const generation = { ...cpu, promptLength: 5, promptBehindText: true };
    await assert.rejects(() => t5.openGenerationSession(generation), /only a decoder-only \(causal\) model/);
  });
});
