import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { Sampling } from '../../../extension/engine/models/frozenModel';
import { drawToken, logProbability } from '../../../extension/engine/models/generation/sampling';

type Cut = Omit<Sampling, 'seed'>;
/** What test/oracles/generation.py writes: the distributions that transformers draws from. */
const fixture = JSON.parse(readFileSync(join(process.cwd(), 'test/fixtures/generation/sampling.json'), 'utf8')) as {
  readonly logits: readonly number[];
  readonly cases: readonly { readonly sampling: Cut; readonly probabilities: readonly number[] }[];
};
const logits = Float32Array.from(fixture.logits);

function drawnCounts(sampling: Cut, draws: number): number[] {
  const random = seededRandom(17, 'draws');
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < draws; i++) counts[drawToken(logits, { ...sampling, seed: 0 }, random)]!++;
  return counts;
}

/** Chi-square is above these once in a thousand, by degrees of freedom. */
const limits: Readonly<Record<number, number>> = { 2: 13.82, 3: 16.27, 7: 24.32 };

describe('drawing a token', () => {
  for (const { sampling, probabilities } of fixture.cases)
    it(`follows the distribution of transformers with ${JSON.stringify(sampling)}`, () => {
      const draws = 20_000;
      const counts = drawnCounts(sampling, draws);
      const isDrawn = (number: number): boolean => number > 0;
      assert.deepEqual(counts.map(isDrawn), probabilities.map(isDrawn));
      const deviations = probabilities.map((share, id) =>
        share === 0 ? 0 : (counts[id]! - draws * share) ** 2 / (draws * share),
      );
      const chiSquare = deviations.reduce((a, b) => a + b);
      assert.ok(chiSquare < limits[probabilities.filter(isDrawn).length - 1]!, `chi-square is ${chiSquare}`);
    });

  it('takes the likeliest where no other is left', () => {
    for (const cut of [{ topK: 1 }, { topP: 0.01 }]) {
      const counts = drawnCounts({ temperature: 3, ...cut }, 100);
      assert.equal(counts[7], 100);
    }
  });

  it('tells the log-probability of a token under the whole softmax', () => {
    const { probabilities } = fixture.cases[0]!;
    for (const [id, share] of probabilities.entries())
      assert.ok(Math.abs(logProbability(logits, id) - Math.log(share)) < 1e-6);
  });
});
