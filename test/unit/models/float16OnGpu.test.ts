import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LossAndGradient, SessionOptions } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { answerOfChild, answersAsChild } from '../graphicsChild';
import { largestDifference, modelFixtures, readExpected } from './modelFixtures';
import { roundedLossAndGradient, roundedNetwork, targetTokens } from './roundedModel';
import { type Conversion, conversions, movedToHost, profiledStep, type RanNode } from './stepProfile';

const modelNames = ['llama-tied', 'gpt2', 't5-v1.1'];

interface Computed {
  /** Matrices held in float16, activations in float32. */
  readonly held: LossAndGradient;
  /** All of it in float16, the loss scaled. */
  readonly half: LossAndGradient;
  readonly moved: readonly RanNode[];
  readonly fetched: readonly RanNode[];
  readonly conversions: readonly Conversion[];
}

async function compute(name: string, cache: string): Promise<Computed> {
  const expected = await readExpected(name);
  const { examples, prompt, promptLength } = expected;
  const model = await loadFrozenModel(join(modelFixtures, name), { cache });
  const step = async (options: Omit<SessionOptions, 'executionProvider'>): Promise<LossAndGradient> => {
    const session = await model.openTrainingSession({ executionProvider: 'webgpu', promptLength, ...options });
    const { loss, gradient } = await session.lossAndGradient(prompt, examples, targetTokens(examples));
    await session.release();
    return { loss, gradient: [...gradient] as unknown as Float32Array };
  };
  const target = { executionProvider: 'webgpu', precision: 'float32', float16Weights: true } as const;
  const ran = await profiledStep(await roundedNetwork(name, cache), expected, target);
  return {
    held: await step({ weights: 'float16' }),
    half: await step({ precision: 'float16' }),
    moved: movedToHost(ran),
    fetched: ran.filter(({ operator }) => operator === 'MemcpyToHost'),
    conversions: conversions(ran),
  };
}

async function withCache<Result>(use: (cache: string) => Promise<Result>): Promise<Result> {
  const cache = await mkdtemp(join(tmpdir(), 'float16-'));
  try {
    return await use(cache);
  } finally {
    await rm(cache, { recursive: true });
  }
}

async function computeAll(): Promise<Record<string, Computed>> {
  const computed: Record<string, Computed> = {};
  for (const name of modelNames) computed[name] = await withCache((cache) => compute(name, cache));
  return computed;
}

if (!answersAsChild(computeAll))
  describe('float16 on WebGPU', function () {
    this.timeout(600_000);
    let computed: Record<string, Computed>;
    before(async () => {
      computed = await answerOfChild('lavapipe');
    });

    for (const name of modelNames) {
      it(`${name}: matrices in float16 give the loss and the gradient that the CPU has with the same rounded ones`, async () => {
        const { loss, gradient } = await withCache((cache) => roundedLossAndGradient(name, cache));
        const { held } = computed[name]!;
        assert.ok(Math.abs(held.loss - loss) <= 1e-4, `${held.loss} against ${loss}`);
        assert.ok(largestDifference(held.gradient, gradient) <= 1e-4);
      });

      it(`${name}: matrices in float16 are near torch with those in float32`, async () => {
        const { loss, gradient } = await readExpected(name);
        const { held } = computed[name]!;
        assert.ok(Math.abs(held.loss - loss) <= 1e-3 * loss, `${held.loss} against ${loss}`);
        assert.ok(largestDifference(held.gradient, gradient) <= 0.01 * largestOf(gradient));
      });

      it(`${name}: each use of a matrix converts it on the device, and is what comes next`, () => {
        const all = computed[name]!.conversions;
        assert.ok(all.length > 0);
        assert.deepEqual([...new Set(all.map(({ provider }) => provider))], ['WebGpuExecutionProvider']);
        const used = new Set(all.map(({ next }) => next));
        assert.deepEqual(
          [...used].filter((operator) => !['Gemm', 'MatMul', 'Transpose'].includes(operator)),
          [],
        );
      });

      it(`${name}: no activation and no gradient leaves the device with matrices in float16`, () => {
        const { moved, fetched } = computed[name]!;
        assert.deepEqual([moved, fetched], [[], []]);
      });

      it(`${name}: activations in float16 with a scaled loss give the gradient of torch, to what 11 bits hold`, async () => {
        const { loss, gradient } = await readExpected(name);
        const { half } = computed[name]!;
        assert.ok(Math.abs(half.loss - loss) <= 5e-3 * loss, `${half.loss} against ${loss}`);
        assert.ok(largestDifference(half.gradient, gradient) <= 0.02 * largestOf(gradient));
      });
    }
  });

function largestOf(gradient: Float32Array): number {
  return gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
}
