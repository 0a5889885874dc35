import assert from 'node:assert/strict';
import { join } from 'node:path';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { openSession } from '../../../extension/engine/graph/session';
import type { FrozenModel, TargetScore } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
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

      it('logits at the target positions of a ragged batch', async () => {
        const { examples, prompt, promptLength, logits } = expected;
        const { network } = await openModelFolder(join(modelFixtures, name));
        const graph = network.targetLogits(input('prompt', 'float', [promptLength, network.width]));
        const target = { executionProvider: 'cpu', precision: 'float32' } as const;
        const session = await openSession(writeModel({ logits: graph }, target), { threads: 1 });
        const { logits: actual } = await session.run({
          ...network.feeds(examples, promptLength, false),
          prompt: { data: prompt, shape: [promptLength, network.width] },
        });
        await session.release();
        const difference = largestDifference(actual!.data as Float32Array, logits);
        assert.ok(difference <= 1e-4, `the logits differ by ${difference}`);
      });

      it('loss and prompt gradient of a ragged batch', async () => {
        const { examples, prompt, promptLength, loss, gradient } = expected;
        const session = await model.openTrainingSession({ ...cpu, promptLength });
        const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
        const actual = await session.lossAndGradient(prompt, examples, tokens);
        await session.release();
        assert.ok(Math.abs(actual.loss - loss) < 1e-5, `${actual.loss} against ${loss}`);
        const largest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
        const difference = largestDifference(actual.gradient, gradient) / largest;
        assert.ok(difference <= 1e-5, `the gradients differ by ${difference} of the largest entry`);
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

      it('scores with a prompt for each request, as with one after the other', async () => {
        const { promptLength, prompt, scoring } = expected;
        const { requests } = scoring[1]!;
        const prompts = requests.map((_, i) => prompt.map((number) => number * (1 + i)));
        const together = await model.openScoringSession({ ...cpu, promptLength, promptPerRequest: true });
        const all = Float32Array.from(prompts.flatMap((each) => [...each]));
        const actual = await together.score(all, requests);
        await together.release();

        const single = await model.openScoringSession({ ...cpu, promptLength });
        for (const [i, request] of requests.entries()) {
          const [alone] = await single.score(prompts[i]!, [request]);
          const sums = (list: readonly TargetScore[]): number[] => list.map(({ logProbability }) => logProbability);
          assert.ok(largestDifference(sums(actual[i]!), sums(alone!)) < 2e-5);
        }
        await single.release();
      });

      it('refuses what it cannot compute', async () => {
        const { promptLength, prompt } = expected;
        const session = await model.openTrainingSession({ ...cpu, promptLength });
        const refused = (inputIds: number[], targetIds: number[], message: RegExp): Promise<void> =>
          assert.rejects(session.lossAndGradient(prompt, [{ inputIds, targetIds }], 1), message);
        await refused([model.vocabulary], [1], /token id \d+ is not in the model's vocabulary/);
        await refused([3], [-1], /token id -1 is not in the model's vocabulary/);
        await refused([3], [], /no target token/);
        await assert.rejects(session.lossAndGradient(prompt, [], 1), /at least one example/);
        await assert.rejects(
          session.lossAndGradient(prompt.slice(1), [{ inputIds: [3], targetIds: [3] }], 1),
          RegExp(`${prompt.length - 1} numbers`),
        );
        await session.release();
        const bare = await model.openScoringSession({ ...cpu, promptLength: 0 });
        await assert.rejects(
          bare.score(new Float32Array(0), [{ inputIds: [], targets: [[3]] }]),
          /neither a prompt nor/,
        );
        assert.deepEqual(await bare.score(new Float32Array(0), [{ inputIds: [3], targets: [] }]), [[]]);
        await bare.release();
        await assert.rejects(model.openTrainingSession({ ...cpu, promptLength: 0 }), /prompt of 0 virtual tokens/);
      });
    });
  }
});
