import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Run } from '../../protocol/run';
import { Disposables } from '../platform/disposables';
import { tell } from '../platform/offer';
import type { Trainings } from './trainings';

const key = 'softPrompt.liveRuns';

/** A run that was live so recently was interrupted by a reload of the window, not by its being closed for the day. */
const reloadSeconds = 120;

/** Longest wait for a trainer that still finishes its step after the window it belonged to went away. */
const leavingSeconds = 120;

/**
 * Keeps in mind which runs are live in this window, so that they go on after it was reloaded: their trainers noticed that the
 * window went, wrote a checkpoint and left, and a resumed run comes to the same numbers as one that was never interrupted.
 */
export class LiveRunMemory implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #left: readonly string[];

  constructor(
    private readonly memory: vscode.Memento,
    private readonly trainings: Trainings,
  ) {
    this.#left = memory.get<readonly string[]>(key, []);
    this.#own.add(trainings.onDidChange(() => this.#remember()));
    this.#own.add(trainings.onDidEnd(() => this.#remember()));
  }

  dispose(): void {
    this.#own.dispose();
  }

  /** Resumes what was live when the window was reloaded; offers to, when that is long ago. */
  async resume(): Promise<void> {
    if (this.#left.length === 0 || !vscode.workspace.isTrusted) return;
    await Promise.all(this.#left.map((folder) => this.#resumeOne(folder)));
    this.#remember();
  }

  async #resumeOne(folder: string): Promise<void> {
    const run = await runOnceLeft(folder);
    if (run?.record.status !== 'interrupted') return;
    if ((await secondsSinceLife(run)) < reloadSeconds) await this.trainings.resume(run);
    else {
      tell(
        'info',
        vscode.l10n.t('{0} was interrupted when its window was closed.', run.marks.name ?? run.record.name),
        {
          title: vscode.l10n.t('Resume'),
          act: () => this.trainings.resume(run),
        },
      );
    }
  }

  #remember(): void {
    const folders = this.trainings.live.map(({ folder }) => folder).filter((folder) => folder !== undefined);
    const known = this.memory.get<readonly string[]>(key, []);
    if (folders.join('\n') !== known.join('\n')) void this.memory.update(key, folders);
  }
}

/** The run, once no process works on it any more. Undefined when it was deleted, cannot be read, or its process does not leave. */
async function runOnceLeft(folder: string): Promise<Run | undefined> {
  const { readRun } = await import('../../runs/runFolder');
  for (let waited = 0; waited < leavingSeconds; waited += 0.25) {
    const run = await readRun(folder).catch(() => undefined);
    if (run?.record.status !== 'running') return run;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return undefined;
}

/** Seconds since the run's files were last written. */
async function secondsSinceLife({ folder }: Run): Promise<number> {
  const times = await Promise.all(
    ['run.json', 'metrics.jsonl'].map((name) =>
      stat(join(folder, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return (Date.now() - Math.max(...times)) / 1000;
}
