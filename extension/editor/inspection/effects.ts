import * as vscode from 'vscode';
import type { EffectsState } from '../../protocol/inspectPanel';
import type { JobResults } from '../../protocol/trainer';
import type { Trainer } from '../../trainer/client';
import { setting } from '../platform/settings';
import type { TrainerHost } from '../training/trainerHost';
import { baseFolder } from './inspection';

/** What is measured: a checkpoint or adapter, with the data to measure on where the prompt does not bring its own. */
export interface EffectsQuestion {
  /** Absolute. */
  readonly path: string;
  readonly model?: string;
  /** A `.tune.json`, absolute. */
  readonly dataset?: string;
}

/** The effects of the virtual tokens of the prompts that a panel shows: one measurement at a time, the answers kept. */
export class Effects implements vscode.Disposable {
  readonly #states = new Map<string, EffectsState>();
  readonly #changed = new vscode.EventEmitter<{ readonly path: string; readonly state: EffectsState }>();
  #running: { readonly path: string; readonly trainer: Trainer<JobResults['token-effects']> } | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(private readonly trainers: TrainerHost) {}

  dispose(): void {
    this.#running?.trainer.kill();
    this.#changed.dispose();
  }

  /** What is known so far, by the path of the prompt. */
  get states(): ReadonlyMap<string, EffectsState> {
    return this.#states;
  }

  /** Measures; a measurement still going on is given up for it. */
  async measure({ path, model, dataset }: EffectsQuestion): Promise<void> {
    this.cancel();
    const folder = baseFolder(path);
    const trainer = this.trainers.start(
      {
        kind: 'token-effects',
        prompt: path,
        baseFolder: folder,
        executionProvider: setting('executionProvider', vscode.Uri.file(folder)),
        ...(model ? { model } : {}),
        ...(dataset ? { dataset } : {}),
      },
      (event) => {
        if (event.type !== 'phase' || !this.#isRunning(trainer)) return;
        this.#set(path, {
          phase: 'measuring',
          text: event.text,
          ...(event.share === undefined ? {} : { share: event.share }),
        });
      },
    );
    this.#running = { path, trainer };
    this.#set(path, { phase: 'measuring', text: vscode.l10n.t('Starting') });
    const state = await trainer.result.then(
      (effects): EffectsState => ({ phase: 'measured', effects }),
      (error: unknown): EffectsState => ({
        phase: 'failed',
        message: error instanceof Error ? error.message : String(error),
      }),
    );
    if (!this.#isRunning(trainer)) return;
    this.#running = undefined;
    this.#set(path, state);
  }

  /** Gives up the measurement that is going on. Nothing is written, so nothing is lost: the process ends at once. */
  cancel(): void {
    const running = this.#running;
    if (!running) return;
    this.#running = undefined;
    running.trainer.kill();
    this.#set(running.path, { phase: 'stopped' });
  }

  /** Forgets what was measured: the prompt is another one. */
  clear(): void {
    this.cancel();
    this.#states.clear();
  }

  /** Whether it was not given up meanwhile. */
  #isRunning(trainer: Trainer<JobResults['token-effects']>): boolean {
    return this.#running?.trainer === trainer;
  }

  #set(path: string, state: EffectsState): void {
    this.#states.set(path, state);
    this.#changed.fire({ path, state });
  }
}
