import assert from 'node:assert/strict';
import { join } from 'node:path';
import { verifyModel } from '../../../extension/engine/models/verifyModel';
import { modelFixtures, modelNames } from './modelFixtures';

describe('the whole-graph prompt gradient in float64 is that of central differences', function () {
  this.timeout(300_000);
  for (const name of modelNames) {
    it(`${name}: every entry, relative error at most 1e-7`, async () => {
      const result = await verifyModel(join(modelFixtures, name), { entries: Infinity, threads: 1 });
      assert.equal(result.compared, result.entries);
      assert.equal(result.entries, 2 * result.width);
      assert.ok(result.largestGradient > 1e-3);
      assert.ok(result.relativeError <= 1e-7, `relative error ${result.relativeError}`);
      assert.ok(result.passed);
    });
  }
});
