import { basename } from 'node:path';
import type { ReadOptions } from '../../engine/datasets/readers';
import type { JobContext } from './context';

/** Milliseconds between two messages; a file that is read within one is not worth any. */
const interval = 250;

/** Tells how far a data set has been read while it is, and ends the reading when the job is to stop. */
export function followReading(file: string, { event, signal }: JobContext): ReadOptions {
  let last = performance.now();
  return {
    signal,
    onProgress: ({ bytes, total, rows }) => {
      if (performance.now() - last < interval) return;
      last = performance.now();
      const megabytes = `${Math.round(bytes / 1e6)} of ${Math.round(total / 1e6)} MB`;
      const text =
        rows === 0
          ? `checking ${basename(file)}: ${megabytes}`
          : `reading ${basename(file)}: ${megabytes}, ${rows.toLocaleString('en')} rows`;
      event({ type: 'phase', text, share: bytes / total });
    },
  };
}
