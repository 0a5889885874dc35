import assert from 'node:assert/strict';
import { join } from 'node:path';
import { gradient } from '../../../extension/engine/gradients/gradient';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { openSession } from '../../../extension/engine/graph/session';
import { type BatchShape, bucketedShape, exactShape } from '../../../extension/engine/models/batchShape';
import type { EncodedExample } from '../../../extension/engine/models/frozenModel';
import type { LanguageModel } from '../../../extension/engine/models/languageModel';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { lossFeeds, lossGraph } from '../../../extension/engine/models/lossGraph';
import { BatchStream } from '../../../extension/engine/tuning/batches';
import { seededRandom } from '../../../extension/engine/datasets/random';
import { largestDifference, modelFixtures, readExpected } from './modelFixtures';

async function networkOf(name: string): Promise<LanguageModel> {
  return (await openModelFolder(join(modelFixtures, name))).network;
}

/** Examples of 1 to `longest` input tokens and 1 to 3 target tokens. */
function raggedExamples(count: number, longest: number): EncodedExample[] {
  const random = seededRandom(7, 'ragged');
  const ids = (most: number): number[] => Array.from({ length: 1 + random.below(most) }, () => 3);
  return Array.from({ length: count }, () => ({ inputIds: ids(longest), targetIds: ids(3) }));
}

/** The different shapes of everything that is fed in so many steps of tuning. */
function shapesOfTuning(network: LanguageModel, shape: BatchShape, steps: number): Set<string> {
  const options = { batchSize: 13, microBatchTokens: 200, promptLength: 4, seed: 1 };
  const stream = new BatchStream(raggedExamples(300, 40), options);
  const prompt = new Float32Array(4 * network.width);
  const shapes = new Set<string>();
  for (let step = 0; step < steps; step++)
    for (const examples of stream.batch(step).microBatches) {
      const feeds = Object.entries(lossFeeds(network, prompt, examples, 1, shape));
      shapes.add(feeds.map(([name, feed]) => `${name} ${feed.shape.join('x')}`).join(', '));
    }
  return shapes;
}

describe('bucketed shapes', function () {
  this.timeout(60_000);

  for (const name of ['llama-untied', 't5-v1.1']) {
    it(`${name}: 500 steps of tuning run at most 64 shapes instead of hundreds`, async () => {
      const network = await networkOf(name);
      const few = shapesOfTuning(network, bucketedShape(100), 500);
      const exact = shapesOfTuning(network, exactShape, 500);
      assert.ok(few.size <= 64 && few.size < exact.size / 5, `${few.size} shapes, exact ${exact.size}`);
    });

    it(`${name}: change neither loss nor gradient`, async () => {
      const network = await networkOf(name);
      const { examples, prompt, promptLength } = await readExpected(name);
      const graph = lossGraph(network, promptLength);
      const outputs = { loss: graph.loss, gradient: gradient(graph.loss, [graph.prompt])[0]! };
      const session = await openSession(writeModel(outputs, { executionProvider: 'cpu', precision: 'float32' }));
      // Five rows become six.
      const five = [...examples, ...examples, ...examples].slice(0, 5);
      const [exact, filled] = [
        await session.run(lossFeeds(network, prompt, five, 9, exactShape)),
        await session.run(lossFeeds(network, prompt, five, 9, bucketedShape(100))),
      ];
      await session.release();
      for (const output of ['loss', 'gradient']) {
        const [a, b] = [exact[output]!.data as Float32Array, filled[output]!.data as Float32Array];
        assert.ok(largestDifference(a, b) < 1e-6, output);
      }
    });
  }

  it('leave the prompt where it stands, and what is shared', () => {
    const { examples } = bucketedShape(100).fit(
      [1, 2, 0, 0, 3].map((tailTokens) => ({
        inputIds: [3, 3, 3],
        targetIds: [3],
        tailTokens,
        leadTokens: tailTokens,
      })),
    );
    for (const part of ['tailTokens', 'leadTokens'] as const)
      assert.deepEqual(
        examples.map((example) => example[part]),
        [1, 2, 0, 0, 3, 1],
      );
  });

  it('never make an example longer than the model was made for', async () => {
    const long = [
      { inputIds: [3, 3, 3, 3, 3, 3], targetIds: [3, 3, 3, 3, 3] },
      { inputIds: [3], targetIds: [3] },
    ];
    const { examples } = bucketedShape(11).fit(long);
    assert.equal(Math.max(...examples.map(({ inputIds, targetIds }) => inputIds.length + targetIds.length)), 11);
  });
});
