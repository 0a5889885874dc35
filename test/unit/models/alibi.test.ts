import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alibiSlopes } from '../../../extension/engine/models/alibi';
import { modelFixtures } from './modelFixtures';

/** What transformers computes, by number of heads; written by test/oracles/models.py. */
const slopes = JSON.parse(readFileSync(join(modelFixtures, 'alibi-slopes.json'), 'utf8')) as Readonly<
  Record<string, readonly number[]>
>;

describe('ALiBi', () => {
  for (const [heads, expected] of Object.entries(slopes))
    it(`has the slopes of transformers for ${heads} heads`, () => {
      const actual = alibiSlopes(Number(heads));
      assert.equal(actual.length, expected.length);
      // transformers computes powers of a rounded base in float32.
      const errors = actual.map((slope, head) => Math.abs(slope / expected[head]! - 1));
      assert.ok(Math.max(...errors) < 1e-5, `relative error ${Math.max(...errors)}`);
    });
});
