import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { float16Weights } from '../../../extension/engine/models/quantisation/float16Weights';
import { fromFloat32, type WeightType } from '../../../extension/engine/models/tensorType';
import type { Weight } from '../../../extension/engine/models/weights';
import { linearWeights } from '../../../extension/engine/models/quantisation/linearWeights';
import { largestDifference, modelFixtures, readExpected, readTensors } from './modelFixtures';
import { roundedLossAndGradient, roundedNetwork, targetTokens } from './roundedModel';
import { conversions, profiledStep } from './stepProfile';

/** A product takes its operand as it is or transposed first. */
const uses = ['Gemm', 'MatMul', 'FusedMatMul', 'Transpose'];

describe('matrices held in float16', function () {
  this.timeout(120_000);
  let cache: string;
  before(async () => {
    cache = await mkdtemp(join(tmpdir(), 'float16-'));
  });
  after(() => rm(cache, { recursive: true }));

  /** A file with one matrix [2, 2], as a weight. */
  async function matrix(name: string, numbers: readonly number[], type: WeightType): Promise<Weight> {
    const bytes = fromFloat32(Float32Array.from(numbers), type);
    const file = join(cache, `${name}.bin`);
    await writeFile(file, bytes);
    return { name, type, shape: [2, 2], file, offset: 0, byteLength: bytes.byteLength };
  }

  for (const name of [
    'llama-tied',
    'llama-bf16',
    'gemma2',
    'phi3',
    'gpt2',
    'opt',
    'bloom',
    'gptj',
    't5-v1.0',
    't5-v1.1',
    'mt5',
    'bart',
  ])
    it(`${name}: loss and gradient are those of the rounded matrices in float32, and near those of torch`, async () => {
      const { examples, prompt, promptLength, loss, gradient } = await readExpected(name);
      const model = await loadFrozenModel(join(modelFixtures, name), { cache });
      const options = { executionProvider: 'cpu', weights: 'float16', promptLength, threads: 1 } as const;
      const session = await model.openTrainingSession(options);
      const actual = await session.lossAndGradient(prompt, examples, targetTokens(examples));
      await session.release();
      const rounded = await roundedLossAndGradient(name, cache);
      const largest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      assert.ok(Math.abs(actual.loss - rounded.loss) <= 1e-5, `${actual.loss} against ${rounded.loss}`);
      assert.ok(largestDifference(actual.gradient, rounded.gradient) <= 1e-5 * Math.max(1, largest));
      assert.ok(Math.abs(actual.loss - loss) <= 1e-3 * loss, `${actual.loss} against ${loss}`);
      assert.ok(largestDifference(actual.gradient, gradient) <= 0.01 * largest);
    });

  for (const name of ['llama-tied', 'gpt2', 't5-v1.1'])
    it(`${name}: each use of a matrix converts it anew, and is what comes next`, async () => {
      const network = await roundedNetwork(name, cache);
      const target = { executionProvider: 'cpu', precision: 'float32', float16Weights: true } as const;
      const converted = conversions(await profiledStep(network, await readExpected(name), target));
      // Forward and backward pass; the first layers of a T5 decoder have no backward pass.
      const matrices = linearWeights([network.targetLogits(undefined)]).size;
      assert.ok(converted.length > 1.5 * matrices, `${converted.length} conversions of ${matrices} matrices`);
      assert.deepEqual(
        converted.filter(({ next }) => !uses.includes(next)),
        [],
      );
    });

  it('scores as the rounded matrices do, within 0.01 nats of torch', async () => {
    const { prompt, promptLength, scoring } = await readExpected('llama-untied');
    const { requests, scores } = scoring.find((each) => each.prompt)!;
    const model = await loadFrozenModel(join(modelFixtures, 'llama-untied'), { cache });
    const options = { executionProvider: 'cpu', weights: 'float16', promptLength, threads: 1 } as const;
    const session = await model.openScoringSession(options);
    const actual = await session.score(prompt, requests);
    await session.release();
    const sums = (lists: typeof scores): number[] => lists.flat().map(({ logProbability }) => logProbability);
    assert.ok(largestDifference(sums(actual), sums(scores)) < 0.01);
  });

  it('are used where they lie when they are stored so', async () => {
    const stored = await matrix('half', [1, 2, 3, 4], 'F16');
    const sourceHash = (): never => assert.fail('nothing is to be rounded');
    const { storage, tooLarge } = await float16Weights([stored], { sourceHash, cache });
    const { file, offset } = (storage(stored).inputs[0] as
      { attributes: { file: string; offset: number } } | undefined)!.attributes;
    assert.deepEqual([file, offset, tooLarge], [stored.file, 0, []]);
  });

  it('are rounded to the nearest once, and found again', async () => {
    const folder = join(cache, 'rounded');
    const options = { sourceHash: () => Promise.resolve('rounded'), cache: folder };
    const places = [
      await matrix('float', [0.1, -65504, 2 ** -24, 1 + 2 ** -11], 'F32'),
      await matrix('brain', [3.140625, -2, 0, 1e-5], 'BF16'),
    ];
    await float16Weights(places, options);
    await float16Weights(places, { ...options });
    const [file, ...others] = await readdir(folder);
    assert.deepEqual(others, []);
    const tensors = await readTensors(join(folder, file!));
    assert.deepEqual([...tensors.get('float')!.numbers], [0.0999755859375, -65504, 2 ** -24, 1]);
    assert.deepEqual([...tensors.get('brain')!.numbers].slice(0, 3), [3.140625, -2, 0]);
  });

  it('stay as they are, and are named, where a number is beyond float16', async () => {
    const options = { sourceHash: () => Promise.resolve('large'), cache: join(cache, 'large') };
    const [large, small] = [
      await matrix('large', [1, 70_000, 3, 4], 'F32'),
      await matrix('small', [1, 2, 3, 4], 'F32'),
    ];
    const { storage, tooLarge } = await float16Weights([large, small], options);
    assert.deepEqual(tooLarge, ['large']);
    assert.equal(storage(large).inputs[0]!.type, 'float32');
    assert.equal(storage(small).inputs[0]!.type, 'float16');
  });
});
