import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry, RunRecord } from '../../../extension/protocol/run';

/** A run's record that is whole and small. */
export function runRecord(change: Partial<RunRecord> = {}): Omit<RunRecord, 'id'> {
  return {
    format: 1,
    name: 'amazon reviews',
    status: 'finished',
    createdAt: '2026-11-23T07:15:00.000Z',
    seconds: 0,
    experiment: {
      model: 'bundled',
      data: { train: 'amazon.csv' },
      task: { template: '{text}', label: { column: 'label', words: { '0': 'bad', '1': 'good' } } },
    },
    baseFolder: '/data',
    step: 0,
    totalSteps: 100,
    ...change,
  };
}

export function stepEntry(step: number, loss = 1 / step): JournalEntry {
  return { type: 'step', step, loss, gradientNorm: 1, promptNorm: 2, learningRate: 0.3, seconds: 0.1, tokens: 100 };
}

/** Calls `use` with a new folder that is gone afterwards. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'prompt-runs-'));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
