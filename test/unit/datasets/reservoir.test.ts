import * as assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import { Reservoir } from '../../../extension/engine/datasets/reservoir';

function drawn(count: number, limit: number, seed: number): number[] {
  const reservoir = new Reservoir<number>(limit, seededRandom(seed, 'test'));
  for (let item = 0; item < count; item++) reservoir.add(() => item);
  return reservoir.items();
}

describe('a sample of items that come one after the other', () => {
  it('is all of them where there are not more than asked for', () => {
    assert.deepEqual(drawn(3, 5, 0), [0, 1, 2]);
  });

  it('has different items in their order, the same for the same seed', () => {
    const items = drawn(1000, 50, 7);
    assert.equal(new Set(items).size, 50);
    assert.deepEqual(
      items,
      items.toSorted((a, b) => a - b),
    );
    assert.deepEqual(drawn(1000, 50, 7), items);
    assert.notDeepEqual(drawn(1000, 50, 8), items);
  });

  it('holds every item equally often over many seeds', () => {
    const counts = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 4000; seed++) for (const item of drawn(20, 5, seed)) counts[item]!++;
    // 1,000 are expected of each; five standard deviations of a binomial with 4,000 draws and p = 1/4.
    for (const count of counts) assert.ok(Math.abs(count - 1000) < 5 * Math.sqrt(750), String(counts));
  });

  it('does not make the items that it does not keep', () => {
    let made = 0;
    const reservoir = new Reservoir<number>(10, seededRandom(1));
    for (let item = 0; item < 10_000; item++) reservoir.add(() => ++made);
    assert.ok(made < 200, String(made));
  });
});
