import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { relativeBuckets } from '../../../extension/engine/models/relativePositions';
import { modelFixtures } from './modelFixtures';

interface Buckets {
  readonly bidirectional: boolean;
  readonly buckets: number;
  readonly maxDistance: number;
  /** Bucket of the distances -300 to 300. */
  readonly of: readonly number[];
}

describe("T5's relative buckets", () => {
  const cases = JSON.parse(readFileSync(join(modelFixtures, 't5-buckets.json'), 'utf8')) as Buckets[];
  for (const { bidirectional, buckets, maxDistance, of } of cases) {
    it(`are those of transformers: ${buckets} up to ${maxDistance}, ${bidirectional ? 'both directions' : 'backwards'}`, () => {
      const length = 301;
      const { data } = relativeBuckets(length, bidirectional, buckets, maxDistance);
      const row = (query: number): number[] => Array.from(data.slice(query * length, (query + 1) * length), Number);
      // The first query sees the distances 0 to 300, the last one -300 to 0.
      assert.deepEqual(row(0), of.slice(300));
      assert.deepEqual(row(300), of.slice(0, 301));
    });
  }
});
