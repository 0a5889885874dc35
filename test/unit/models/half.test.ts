import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { largestDifference, modelFixtures, modelNames, readExpected } from './modelFixtures';

describe('a frozen model computed in float16', function () {
  this.timeout(120_000);

  for (const name of modelNames)
    it(`${name}: has the loss and the prompt gradient of torch in float32, to what 11 bits hold`, async () => {
      const { examples, prompt, promptLength, loss, gradient } = await readExpected(name);
      const model = await loadFrozenModel(join(modelFixtures, name));
      const session = await model.openTrainingSession({
        ...{ executionProvider: 'cpu', precision: 'float16', threads: 1 },
        promptLength,
      });
      const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
      const actual = await session.lossAndGradient(prompt, examples, tokens);
      await session.release();
      const largest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      const difference = largestDifference(actual.gradient, gradient) / largest;
      assert.ok(Math.abs(actual.loss - loss) <= 5e-3 * loss, `${actual.loss} against ${loss}`);
      assert.ok(difference <= 0.02, `the gradients differ by ${difference} of the largest entry`);
      assert.notEqual(difference, 0);
    });

  it('gives the scores of float32 to within 0.05 nats', async () => {
    const { prompt, promptLength, scoring } = await readExpected('llama-untied');
    const { requests, scores } = scoring.find((each) => each.prompt)!;
    const model = await loadFrozenModel(join(modelFixtures, 'llama-untied'));
    const session = await model.openScoringSession({
      ...{ executionProvider: 'cpu', precision: 'float16', threads: 1 },
      promptLength,
    });
    const actual = await session.score(prompt, requests);
    await session.release();
    const sums = (lists: typeof scores): number[] => lists.flat().map(({ logProbability }) => logProbability);
    assert.ok(largestDifference(sums(actual), sums(scores)) < 0.05);
  });
});
