import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { JournalEntry, Run, RunRecord } from '../../protocol/run';
import type { TuneJob } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import { Disposables } from '../platform/disposables';
import { ContextKey, setContextKey } from '../platform/contextKeys';
import { runsFolder, setting } from '../platform/settings';
import { stem } from '../experiments/experimentFile';
import type { TrainerHost } from './trainerHost';
import { Training } from './training';

/** How a training ended: with its run's last record, or with a failure in words. */
export type Outcome = { readonly record: RunRecord } | { readonly failure: TrainerFailure };

/** The runs that trainer processes of this window are working on: starts, resumes and stops them, and tells what happens. */
export class Trainings implements vscode.Disposable {
  readonly #live = new Set<Training>();
  readonly #own = new Disposables();
  readonly #started = this.#own.add(new vscode.EventEmitter<Training>());
  readonly #changed = this.#own.add(new vscode.EventEmitter<Training>());
  readonly #journalled = this.#own.add(new vscode.EventEmitter<{ training: Training; entry: JournalEntry }>());
  readonly #ended = this.#own.add(new vscode.EventEmitter<{ training: Training; outcome: Outcome }>());
  #disposed = false;

  readonly onDidStart = this.#started.event;
  /** The record, the phase or the request to stop changed. */
  readonly onDidChange = this.#changed.event;
  readonly onDidJournal = this.#journalled.event;
  /** The process is gone. Not told when the window closes. */
  readonly onDidEnd = this.#ended.event;

  constructor(private readonly host: TrainerHost) {}

  /** The window closes: the trainers notice that nobody listens, write a checkpoint and leave. */
  dispose(): void {
    this.#disposed = true;
    for (const training of this.#live) training.trainer.abandon();
    this.#own.dispose();
  }

  get live(): readonly Training[] {
    return [...this.#live];
  }

  /** The training of a run, by its id, while it is live in this window. */
  ofRun(id: string): Training | undefined {
    return this.live.find(({ record }) => record?.id === id);
  }

  /** Tunes a new run as an experiment file says. */
  start(experiment: vscode.Uri): Training {
    const base = vscode.workspace.getWorkspaceFolder(experiment)?.uri ?? vscode.Uri.file(dirname(experiment.fsPath));
    return this.#begin(stem(experiment.fsPath), experiment, {
      kind: 'tune',
      experimentFile: experiment.fsPath,
      runsFolder: runsFolder(base),
      executionProvider: setting('executionProvider', experiment),
      baselines: setting('compareWithTextPrompts', experiment),
    });
  }

  /**
   * Goes on with a run from its last checkpoint. The process that had it in this window may not have gone yet; that is waited for.
   *
   * @param run as just read from its folder: no process may be working on it.
   */
  async resume(run: Run): Promise<Training> {
    await this.ofRun(run.record.id)?.ended;
    const folder = vscode.Uri.file(run.folder);
    const experiment = run.record.experimentFile;
    return this.#begin(
      run.marks.name ?? run.record.name,
      experiment === undefined ? undefined : vscode.Uri.file(experiment),
      {
        kind: 'tune',
        resume: run.folder,
        runsFolder: dirname(run.folder),
        executionProvider: setting('executionProvider', folder),
        baselines: setting('compareWithTextPrompts', folder),
      },
      run,
    );
  }

  /** Asks a training to finish its step, write a checkpoint and end. */
  stop(training: Training): void {
    if (training.stopping || !this.#live.has(training)) return;
    training.stopping = true;
    training.trainer.stop();
    this.#changed.fire(training);
  }

  #begin(name: string, experiment: vscode.Uri | undefined, job: TuneJob, resumed?: Run): Training {
    const trainer = this.host.start<'tune'>(job, (event) => {
      training.receive(event);
      if (event.type === 'journal') this.#journalled.fire({ training, entry: event.entry });
      else this.#changed.fire(training);
    });
    const training = new Training(name, experiment, trainer);
    if (resumed) {
      training.folder = resumed.folder;
      training.record = { ...resumed.record, status: 'running' };
    }
    this.#live.add(training);
    setContextKey(ContextKey.RunLive, true);
    this.#started.fire(training);
    if (resumed) this.#changed.fire(training);
    void this.#untilEnd(training);
    return training;
  }

  async #untilEnd(training: Training): Promise<void> {
    const outcome = await training.trainer.result.then(
      ({ folder, record }): Outcome => {
        training.folder = folder;
        training.record = record;
        return { record };
      },
      (error: unknown): Outcome => ({ failure: failureOf(error) }),
    );
    this.#live.delete(training);
    if (this.#disposed) return;
    setContextKey(ContextKey.RunLive, this.#live.size > 0);
    this.#ended.fire({ training, outcome });
    training.end();
  }
}

function failureOf(error: unknown): TrainerFailure {
  if (error instanceof TrainerFailure) return error;
  return new TrainerFailure('internal', error instanceof Error ? error.message : String(error));
}
