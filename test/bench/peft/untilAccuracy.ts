import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { scheduler } from 'node:timers/promises';

/** Seconds that each side has the machine for before the other one has it: PEFT's is the longer run. */
const turns = { ours: 20, theirs: 120 };

/**
 * A whole run of ours and a whole one of PEFT's on the same rows, alternated by stopping the one while the other one works:
 * `node untilAccuracy.mjs PYTHON RUN_FOLDER EXPERIMENT`. RUN_FOLDER is a finished run, of whose rows and recipe PEFT's script takes its own;
 * EXPERIMENT is what ours tunes. Prints what both say, each line with the seconds that its side has worked.
 */
async function main(): Promise<void> {
  const [python, runFolder, experiment] = process.argv.slice(2);
  if (python === undefined || runFolder === undefined || experiment === undefined)
    throw new Error('Name a Python that has torch, transformers and peft, the folder of a run, and an experiment.');
  const ours = new Work('ours', process.execPath, ['dist/cli.cjs', 'tune', experiment]);
  const theirs = new Work('PEFT', python, ['test/oracles/tune_with_peft.py', runFolder]);
  while (ours.running || theirs.running) {
    await ours.workFor(theirs.running ? turns.ours : Infinity);
    await theirs.workFor(ours.running ? turns.theirs : Infinity);
  }
}

/** A program that works when it is its turn; it is stopped from its start on. */
class Work {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  #worked = 0;
  #since: number | undefined;
  running = true;

  constructor(name: string, command: string, parameters: readonly string[]) {
    // A process group of its own, so that its workers stop with it.
    this.#child = spawn(command, parameters, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#exit = once(this.#child, 'exit').then(() => (this.running = false));
    this.#signal('SIGSTOP');
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      createInterface({ input: stream }).on('line', (line) =>
        process.stdout.write(`${name} ${this.seconds.toFixed(0)} s: ${line}\n`),
      );
  }

  get seconds(): number {
    return this.#worked + (this.#since === undefined ? 0 : performance.now() / 1000 - this.#since);
  }

  async workFor(seconds: number): Promise<void> {
    if (!this.running) return;
    const over = new AbortController();
    this.#since = performance.now() / 1000;
    this.#signal('SIGCONT');
    const turn = seconds === Infinity ? [] : [scheduler.wait(seconds * 1000, { signal: over.signal })];
    await Promise.race([this.#exit, ...turn]).finally(() => over.abort());
    this.#signal('SIGSTOP');
    this.#worked = this.seconds;
    this.#since = undefined;
  }

  #signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.running) process.kill(-this.#child.pid!, name);
  }
}

void main();
