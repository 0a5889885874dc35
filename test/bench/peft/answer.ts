import { readFileSync } from 'node:fs';

/** Most resident memory of this process so far, bytes: files that are mapped and were touched are in it. Linux. */
export function peakMemory(): number {
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

/** One line of JSON for the process that compares. */
export function say(what: unknown): void {
  process.stdout.write(`${JSON.stringify(what)}\n`);
}
