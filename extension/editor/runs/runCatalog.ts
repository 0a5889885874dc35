import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Marks, Run } from '../../protocol/run';
import type { Curve, RunRow } from '../../protocol/runsPanel';
import { Disposables } from '../platform/disposables';
import { ContextKey, setContextKey } from '../platform/contextKeys';
import { allRunsFolders } from '../platform/settings';
import type { Training } from '../training/training';
import type { Trainings } from '../training/trainings';
import { lastLoss } from './lastLoss';
import type { JournalReader } from '../../runs/journal';
import type { RunStore } from '../../runs/runStore';
import type { RunColours } from './runColours';

/** `id`: one run has a new record or new journal entries. Without it: look at all of them again. */
export interface CatalogChange {
  readonly id?: string;
  readonly journal?: boolean;
}

/** Points of a loss curve; more than a chart has pixels helps nobody. */
const mostPoints = 2000;

/** Milliseconds in which several changes on the disk are taken for one. */
const settleTime = 300;

/**
 * All runs of this window's folders, as their folders on the disk have them. What a trainer of this window tells is shown at
 * once, and read again from the disk when it ends; runs that others write (the command line, another window) are noticed by
 * their files.
 */
export class RunCatalog implements vscode.Disposable {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new vscode.EventEmitter<CatalogChange>());
  readonly #stores = new Map<string, RunStore>();
  readonly #journals = new Map<string, JournalReader>();
  readonly #losses = new Map<string, { readonly step: number; readonly loss: number | undefined }>();
  #watchers: vscode.Disposable | undefined;
  readonly #folders = new Set<string>();
  #runs = new Map<string, Run>();
  #colours: Readonly<Record<string, number>> = {};
  #marking: Promise<void> = Promise.resolve();
  #problems: readonly string[] = [];
  #reading: Promise<void> | undefined;
  #readAgain = false;
  #settling: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly trainings: Trainings,
    private readonly colours: RunColours,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.#own.add(trainings.onDidChange((training) => this.#follow(training)));
    this.#own.add(
      trainings.onDidJournal(({ training: { record } }) => {
        if (record) this.#changed.fire({ id: record.id, journal: true });
      }),
    );
    this.#own.add(trainings.onDidEnd(() => void this.#read()));
    this.#own.add(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watch()));
    this.#own.add(
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('softPrompt.runsFolder')) this.#watch();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#settling);
    this.#watchers?.dispose();
    this.#own.dispose();
  }

  /** All runs, the newest first. Reads them when that has not been done yet. */
  async all(): Promise<readonly Run[]> {
    if (!this.#watchers) this.#watch();
    await this.#reading;
    return [...this.#runs.values()];
  }

  /** Run folders that could not be read, a line each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** The run with that id; undefined when it is gone. */
  async find(id: string): Promise<Run | undefined> {
    await this.all();
    return this.#runs.get(id);
  }

  /** All runs as the Runs panel shows them. */
  async rows(): Promise<RunRow[]> {
    return Promise.all((await this.all()).map((run) => this.#row(run)));
  }

  async row(id: string): Promise<RunRow | undefined> {
    const run = await this.find(id);
    return run && this.#row(run);
  }

  /** Curves of those of the runs that there are. */
  async curves(ids: readonly string[]): Promise<Curve[]> {
    await this.all();
    const { curveOf } = await import('../../runs/curve');
    const known = ids.filter((id) => this.#runs.has(id));
    return Promise.all(
      known.map(async (id) => {
        const journal = await this.#journal(id);
        await journal.refresh();
        return { id, ...curveOf(journal.entries, mostPoints) };
      }),
    );
  }

  /** Looks at the disk again. */
  async refresh(): Promise<void> {
    this.#losses.clear();
    await this.#read();
  }

  /** Keeps what a person adds to a run. An empty note or name is taken away. */
  mark(id: string, change: Marks): Promise<void> {
    // One after the other, each on top of what the one before wrote.
    this.#marking = this.#marking.catch(() => undefined).then(() => this.#mark(id, change));
    return this.#marking;
  }

  async #mark(id: string, change: Marks): Promise<void> {
    const run = await this.find(id);
    if (!run) return;
    const { writeMarks } = await import('../../runs/runFolder');
    const merged = { ...run.marks, ...change };
    const marks: Marks = {
      ...(merged.note ? { note: merged.note } : {}),
      ...(merged.pinned ? { pinned: true } : {}),
      ...(merged.name ? { name: merged.name } : {}),
    };
    await writeMarks(run.folder, marks);
    this.#replace({ ...run, marks });
  }

  /** Deletes a run's folder. Refuses while a process writes it. */
  async delete(run: Run): Promise<void> {
    await (await this.#store(dirname(run.folder))).remove(run.folder);
    await this.#read();
  }

  async #row(run: Run): Promise<RunRow> {
    const { id } = run.record;
    const training = this.trainings.ofRun(id);
    const loss = training?.loss ?? (await this.#loss(run));
    return {
      ...run,
      colour: this.#colours[id] ?? 0,
      ...(loss === undefined ? {} : { loss }),
      ...(training?.stopping ? { stopping: true } : {}),
    };
  }

  async #loss({ folder, record: { id, step } }: Run): Promise<number | undefined> {
    const known = this.#losses.get(id);
    if (known?.step === step) return known.loss;
    const loss = await lastLoss(folder);
    this.#losses.set(id, { step, loss });
    return loss;
  }

  async #journal(id: string): Promise<JournalReader> {
    const { JournalReader } = await import('../../runs/journal');
    const journal = this.#journals.get(id) ?? new JournalReader(this.#runs.get(id)!.folder);
    this.#journals.set(id, journal);
    return journal;
  }

  async #store(folder: string): Promise<RunStore> {
    const { RunStore } = await import('../../runs/runStore');
    const store = this.#stores.get(folder) ?? new RunStore(folder);
    this.#stores.set(folder, store);
    return store;
  }

  #follow(training: Training): void {
    const { folder, record } = training;
    if (!folder || !record) return;
    // An experiment outside the workspace has its runs beside it.
    this.#folders.add(dirname(folder));
    const known = this.#runs.get(record.id);
    if (known) this.#replace({ ...known, record });
    else void this.#read();
  }

  #replace(run: Run): void {
    this.#runs.set(run.record.id, run);
    this.#changed.fire({ id: run.record.id });
  }

  /** Reads all runs; while that goes on, one more reading is kept for afterwards. */
  #read(): Promise<void> {
    this.#readAgain = true;
    this.#reading ??= this.#readUntilSettled().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readUntilSettled(): Promise<void> {
    while (this.#readAgain) {
      this.#readAgain = false;
      await this.#readOnce().catch((error: unknown) => {
        this.#problems = [error instanceof Error ? error.message : String(error)];
      });
      for (const problem of this.#problems) this.log.warn(vscode.l10n.t('A run cannot be read: {0}', problem));
    }
    setContextKey(ContextKey.RunsAny, this.#runs.size > 0);
    this.#changed.fire({});
  }

  async #readOnce(): Promise<void> {
    const folders = new Set([...allRunsFolders(), ...this.#folders]);
    const lists = await Promise.all([...folders].map(async (folder) => (await this.#store(folder)).list()));
    const runs = lists.flatMap((list) => list.runs).sort((a, b) => (a.record.createdAt < b.record.createdAt ? 1 : -1));
    this.#runs = new Map(runs.map((run) => [run.record.id, this.#withLiveRecord(run)]));
    // Numbered from the oldest, so that a new run takes a new number.
    this.#colours = this.colours.assign([...this.#runs.keys()].reverse());
    for (const id of this.#journals.keys()) if (!this.#runs.has(id)) this.#journals.delete(id);
    this.#problems = lists.flatMap(({ unreadable }) =>
      unreadable.map(({ folder, reason }) => `${basename(folder)}: ${reason}`),
    );
  }

  /** What a trainer of this window told last is at least as new as what was read. */
  #withLiveRecord(run: Run): Run {
    const record = this.trainings.ofRun(run.record.id)?.record;
    return record ? { ...run, record } : run;
  }

  #watch(): void {
    this.#watchers?.dispose();
    this.#watchers = vscode.Disposable.from(
      ...allRunsFolders().map((folder) => {
        const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), '*/{run.json,metrics.jsonl,marks.json}');
        const watcher = vscode.workspace.createFileSystemWatcher(pattern);
        const noticed = (file: vscode.Uri): void => this.#notice(file.fsPath);
        watcher.onDidChange(noticed);
        watcher.onDidCreate(noticed);
        watcher.onDidDelete(noticed);
        return watcher;
      }),
    );
    void this.#read();
  }

  #notice(file: string): void {
    if (this.trainings.live.some(({ folder }) => folder === dirname(file))) return;
    for (const [id, { folder }] of this.#runs) {
      if (folder === dirname(file) && file.endsWith('metrics.jsonl')) this.#changed.fire({ id, journal: true });
    }
    this.#settling ??= setTimeout(() => {
      this.#settling = undefined;
      void this.#read();
    }, settleTime);
  }
}
