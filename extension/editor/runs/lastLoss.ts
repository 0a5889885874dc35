import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** More than a step and an evaluation take together, so that the last step lies within it. */
const tailBytes = 16 * 1024;

/**
 * Training loss of the last step in a run's journal, nats a target token. Only the file's end is read, since a list of runs
 * asks for every run's. Undefined before the first step.
 */
export async function lastLoss(folder: string): Promise<number | undefined> {
  const file = await open(join(folder, 'metrics.jsonl')).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.min(size, tailBytes));
    await file.read(buffer, 0, buffer.length, size - buffer.length);
    for (const line of buffer.toString('utf8').split('\n').reverse()) {
      const loss = lossOf(line);
      if (loss !== undefined) return loss;
    }
    return undefined;
  } finally {
    await file.close();
  }
}

/** Undefined for anything but a whole step: other entries, the cut first line, a torn last one. */
function lossOf(line: string): number | undefined {
  try {
    const { type, loss } = JSON.parse(line) as { readonly type?: unknown; readonly loss?: unknown };
    return type === 'step' && typeof loss === 'number' ? loss : undefined;
  } catch {
    return undefined;
  }
}
