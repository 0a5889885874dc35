import { Journal } from '../../../extension/runs/journal';
import { writeCheckpoint } from '../../../extension/runs/checkpoints';
import { writeRecord } from '../../../extension/runs/runFolder';
import { acquireRunLock } from '../../../extension/runs/runLock';
import { runRecord, stepEntry } from './records';

/** Writes checkpoints of a run without end and tells of each finished one; killed by the test in the middle of it. */
async function writeForEver(runFolder: string): Promise<void> {
  await acquireRunLock(runFolder);
  const journal = await Journal.open(runFolder);
  for (let step = 1; ; step++) {
    await journal.append(stepEntry(step));
    const content = Buffer.alloc(200_000, step % 256);
    await writeCheckpoint(runFolder, step, { 'a.bin': content, 'b.bin': content, 'studio.json': `{"step":${step}}` });
    await writeRecord(runFolder, { ...runRecord({ status: 'running', step, last: { step } }), id: 'killed' });
    process.send!({ finished: step });
  }
}

void writeForEver(process.argv[2]!);
