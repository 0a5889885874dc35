import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JobEvent } from '../../../extension/protocol/trainer';
import { readPredictions } from '../../../extension/runs/evaluationFolder';
import { runJob } from '../../../extension/trainer/jobs/table';
import { quiet } from './quietJob';
import { TinyEvaluations } from './tinyEvaluations';

describe('an evaluation that is stopped', function () {
  this.timeout(120_000);
  let tiny: TinyEvaluations;
  before(async () => {
    tiny = await TinyEvaluations.make();
  });
  after(() => tiny.remove());

  it('goes on with exactly the rows that are missing', async () => {
    const stopping = new AbortController();
    const event = (each: JobEvent): void => {
      if (each.type === 'phase' && (each.share ?? 0) > 0) stopping.abort();
    };
    const all = { datasets: [{ file: tiny.rows, part: 'all' as const }], prompts: [tiny.runs[0]!] };
    const many = { ...all, baselines: ['zero-shot' as const] };
    const whole = await tiny.evaluate(many);
    const stopped = await tiny.evaluate(many, { event, signal: stopping.signal });
    assert.equal(stopped.record.status, 'stopped');
    const before = await readPredictions(stopped.folder);
    const linesBefore = await readFile(join(stopped.folder, 'predictions.jsonl'), 'utf8');
    assert.ok(!before.has('zero-shot'));
    // A killed writer leaves half a line.
    await appendFile(join(stopped.folder, 'predictions.jsonl'), '{"predictor":"zero-');

    const resumed = await tiny.evaluate({}, {}, stopped.folder);
    assert.equal(resumed.record.status, 'finished');
    const lines = await readFile(join(resumed.folder, 'predictions.jsonl'), 'utf8');
    assert.ok(lines.startsWith(linesBefore));
    assert.equal(lines.split('\n').length, 1 + 240);
    assert.deepEqual(resumed.record.results, whole.record.results);
  });

  it('while it reads the data says so, and leaves no evaluation behind', async () => {
    const runsFolder = tiny.file('stopped-runs');
    const stopping = new AbortController();
    const event = (each: JobEvent): void => {
      if (each.type === 'phase' && each.text === 'reading the data') stopping.abort();
    };
    const job = { kind: 'evaluate', request: tiny.request(), runsFolder, executionProvider: 'cpu' } as const;
    await assert.rejects(runJob(job, quiet({ event, signal: stopping.signal })), {
      code: 'stopped',
      message: /while the data was being read/,
    });
    assert.equal(existsSync(runsFolder), false);
  });

  it('goes on likewise where the model writes its answers', async () => {
    const stopping = new AbortController();
    const event = (each: JobEvent): void => {
      if (each.type === 'phase' && (each.share ?? 0) > 0) stopping.abort();
    };
    const asked = { method: 'generate' as const, baselines: ['zero-shot' as const] };
    const whole = await tiny.evaluate(asked);
    const stopped = await tiny.evaluate(asked, { event, signal: stopping.signal });
    assert.equal(stopped.record.status, 'stopped');
    const { record } = await tiny.evaluate({}, {}, stopped.folder);
    assert.deepEqual(record.results, whole.record.results);
  });

  it('is not gone on with when its data has changed', async () => {
    const file = tiny.file('changing.csv');
    await copyFile(tiny.other, file);
    const stopping = new AbortController();
    const event = ({ type }: JobEvent): void => {
      if (type === 'evaluation') stopping.abort();
    };
    const stopped = await tiny.evaluate({ datasets: [{ file }] }, { event, signal: stopping.signal });
    assert.equal(stopped.record.status, 'stopped');
    await appendFile(file, 'one more,N\n');
    await assert.rejects(tiny.evaluate({}, {}, stopped.folder), {
      code: 'bad-data',
      message: /changing\.csv changed since/,
    });
  });
});
