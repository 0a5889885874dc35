import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { quiet } from './quietJob';
import { runJob } from '../../../extension/trainer/jobs/table';
import { type TinyExperiment, tinyExperiment } from './tinyExperiment';

describe('what a run says of its data', () => {
  let tiny: TinyExperiment;
  beforeEach(async () => {
    const words = { no: 'not', yes: 'not good' };
    tiny = await tinyExperiment({ steps: 1 }, { task: { template: '{text}:', label: { column: 'label', words } } });
    const rows = Array.from({ length: 600 }, (_, index) => ({
      text: index % 2 ? `text ${index}` : '',
      label: ['no', 'yes', 'maybe'][index % 3],
    }));
    await writeFile(join(tiny.folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  });
  afterEach(() => tiny.remove());

  it('is in its log and its record: the task first, then every reason with its count, never cut', async () => {
    const { folder, record } = await runJob(
      { kind: 'tune', experimentFile: tiny.file, runsFolder: tiny.runsFolder, executionProvider: 'cpu' },
      quiet(),
    );
    const said = record.findings!.map(({ rule, severity, count, rows }) => [rule, severity, count, rows.length]);
    assert.deepEqual(said.slice(0, 3), [
      ['label-words', 'warning', 0, 0],
      ['rows-left-out', 'warning', 300, 5],
      ['rows-left-out', 'warning', 100, 5],
    ]);
    const lines = (await readFile(join(folder, 'run.log'), 'utf8')).split('\n');
    const warnings = lines.filter((line) => / warn /.test(line)).map((line) => line.replace(/^\S+ warn +/, ''));
    assert.match(warnings[0]!, /"not good" would never be predicted/);
    assert.match(
      warnings[1]!,
      /^300 rows of 600 \(50\.0 %\) are left out: column "text" is empty\. \(rows\.jsonl:1, .* and 295 more\)$/,
    );
    assert.match(warnings[2]!, /^100 rows of 600 .* label "maybe" is not one of the labels .* and 95 more\)$/);
    assert.ok(lines.length < 30, 'there is no line a row');
  });
});
