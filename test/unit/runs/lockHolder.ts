import { acquireRunLock } from '../../../extension/runs/runLock';

/** Takes the lock of a run, tells so, and holds it until killed. */
async function hold(runFolder: string): Promise<void> {
  await acquireRunLock(runFolder);
  process.send!({ locked: 1 });
  setInterval(() => undefined, 1e6);
}

void hold(process.argv[2]!);
