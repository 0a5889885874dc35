import assert from 'node:assert/strict';
import type { RunRecord } from '../../../extension/protocol/run';
import { thisProcess } from '../../../extension/runs/processIdentity';
import { readTrueStatus } from '../../../extension/runs/trueStatus';
import { runRecord } from './records';

/** The status that is told when the file has one record after the other, and how often it was read. */
async function told(...records: readonly Partial<RunRecord>[]): Promise<{ status: string; looks: number }> {
  let looks = 0;
  const { status } = await readTrueStatus(() => {
    const record = records[Math.min(looks, records.length - 1)];
    looks += 1;
    return Promise.resolve({ ...runRecord(), ...record });
  });
  return { status, looks };
}

describe('a record that says that its process works', () => {
  let alive: RunRecord['process'];
  let gone: RunRecord['process'];
  before(async () => {
    alive = await thisProcess();
    gone = { ...alive, startedAt: 'at another time' };
  });

  it('is believed while that is there', async () => {
    assert.deepEqual(await told({ status: 'running', process: alive }), { status: 'running', looks: 1 });
  });

  it('is looked at once more when that is gone: it may have written its end and left in between', async () => {
    const running = { status: 'running', process: gone } as const;
    assert.deepEqual(await told(running, { status: 'finished' }), { status: 'finished', looks: 2 });
    assert.deepEqual(await told(running, { status: 'running', process: alive }), { status: 'running', looks: 2 });
    assert.deepEqual(await told(running), { status: 'interrupted', looks: 2 });
  });

  it('that says something else is read once', async () => {
    assert.deepEqual(await told({ status: 'failed' }), { status: 'failed', looks: 1 });
  });
});
