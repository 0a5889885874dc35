import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { FrozenModel } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { type Expected, largestDifference, modelFixtures, modelNames, readExpected } from './modelFixtures';

const cpu = { executionProvider: 'cpu', threads: 1 } as const;

describe('a frozen model computes what torch and transformers compute', function () {
  this.timeout(120_000);
  for (const name of modelNames) {
    describe(name, () => {
      let model: FrozenModel;
      let expected: Expected;
      before(async () => {
        model = await loadFrozenModel(join(modelFixtures, name));
        expected = await readExpected(name);
      });

      it('loss and prompt gradient of a ragged batch', async () => {
        const { examples, prompt, promptLength, loss, gradient } = expected;
        const session = await model.openTrainingSession({ ...cpu, promptLength });
        const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
        const actual = await session.lossAndGradient(prompt, examples, tokens);
        await session.release();
        assert.ok(Math.abs(actual.loss - loss) < 1e-5, `${actual.loss} against ${loss}`);
        const difference = largestDifference(actual.gradient, gradient);
        assert.ok(difference < 1e-5, `the gradients differ by ${difference}`);
      });

      it('scores of one-token and longer targets, with and without a prompt', async () => {
        for (const { prompt, requests, scores } of expected.scoring) {
          const numbers = prompt ? expected.prompt : new Float32Array(0);
          const session = await model.openScoringSession({ ...cpu, promptLength: prompt ? expected.promptLength : 0 });
          const actual = await session.score(numbers, requests);
          await session.release();
          const flags = (lists: typeof scores): unknown =>
            lists.map((list) => list.map(({ greedy, tokens }) => [greedy, tokens]));
          const sums = (lists: typeof scores): number[] => lists.flat().map(({ logProbability }) => logProbability);
          assert.deepEqual(flags(actual), flags(scores));
          assert.ok(largestDifference(sums(actual), sums(scores)) < 2e-5);
        }
      });
    });
  }
});
