import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readDataset } from '../../../extension/engine/datasets/readers';
import { removeWritten, written } from './files';

afterEach(removeWritten);

interface Case {
  readonly name: string;
  readonly text: string;
  readonly rows: readonly Readonly<Record<string, string>>[];
}
const cases = JSON.parse(readFileSync(join('test', 'fixtures', 'datasets', 'pandas.json'), 'utf8')) as Case[];

describe('a file that pandas reads', () => {
  for (const { name, text, rows } of cases) {
    it(`has the rows and values that pandas finds: ${name}`, async () => {
      const dataset = await readDataset(written(name, text));
      assert.deepEqual(
        dataset.rows.map(({ values }) => ({ ...values })),
        rows,
      );
      assert.deepEqual(dataset.rejected, []);
    });
  }
});
