import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoringRequest, TargetScore } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { largestDifference, modelFixtures, readExpected } from './modelFixtures';

/** What transformers computed with a mask: test/oracles/interpretation.py. */
type Masked = Readonly<
  Record<
    string,
    {
      readonly requests: readonly ScoringRequest[];
      /** For each virtual token the log-probabilities of every request's targets without it. */
      readonly hidden: readonly (readonly (readonly number[])[])[];
    }
  >
>;
const expected = JSON.parse(readFileSync('test/fixtures/interpretation/hidden.json', 'utf8')) as Masked;
const cpu = { executionProvider: 'cpu', threads: 1 } as const;
const sums = (scores: readonly (readonly TargetScore[])[]): number[] =>
  scores.flat().map(({ logProbability }) => logProbability);

for (const [name, { requests, hidden }] of Object.entries(expected))
  describe(`a virtual token hidden from attention (${name})`, function () {
    this.timeout(60_000);

    it('leaves the scores that transformers computes with its mask', async () => {
      const model = await loadFrozenModel(join(modelFixtures, name));
      const { prompt, promptLength } = await readExpected(name);
      const session = await model.openScoringSession({ ...cpu, promptLength, promptPerRequest: true });
      // Every position in one pass, so that each row has another mask.
      const all = hidden.flatMap(() => requests);
      const prompts = new Float32Array(all.length * prompt.length);
      for (const i of all.keys()) prompts.set(prompt, i * prompt.length);
      const positions = hidden.flatMap((_, position) => requests.map(() => position));
      const scores = await session.score(prompts, all, positions);
      const whole = await session.score(prompts, all);
      await session.release();
      const difference = largestDifference(sums(scores), hidden.flat(2));
      assert.ok(difference < 2e-5, `they differ by ${difference}`);
      assert.ok(largestDifference(sums(whole), hidden.flat(2)) > 1e-3, 'the mask makes a difference');
    });

    it('is refused where all requests share one prompt', async () => {
      const model = await loadFrozenModel(join(modelFixtures, name));
      const { prompt, promptLength } = await readExpected(name);
      const session = await model.openScoringSession({ ...cpu, promptLength });
      await assert.rejects(session.score(prompt, requests, [0]), /prompt of their own/);
      await session.release();
    });
  });
