import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { PromptInspection, PromptSnapshot } from '../../protocol/inspection';
import type { InspectSubject, Remedy } from '../../protocol/inspectPanel';
import type { JobEvent, JobResults } from '../../protocol/trainer';
import type { Trainer } from '../../trainer/client';
import { TrainerFailure } from '../../trainer/failure';
import type { TrainerHost } from '../training/trainerHost';

/** What stands in the way, in words, and what a person can do about it. */
export interface Obstacle {
  readonly message: string;
  readonly remedy?: Remedy;
}

/** Why there is no answer, as a panel shows it. */
export function obstacleOf(error: unknown): Obstacle {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof TrainerFailure && error.code === 'bad-model' ? { message, remedy: 'model' } : { message };
}

/** What is said where models may not run. */
export function untrusted(): Obstacle {
  return {
    message: vscode.l10n.t('Looking into a prompt runs its frozen model, so it needs a trusted workspace.'),
    remedy: 'trust',
  };
}

/** Something about the whole is new, or one snapshot has come. */
export type InspectionChange = { readonly snapshot: PromptSnapshot } | { readonly snapshot?: undefined };

/** One prompt being looked at by a trainer process, from the first word until everything is known. */
export class Inspection implements vscode.Disposable {
  phase: { readonly text: string; readonly share?: number };
  /** Everything but the snapshots; known early. */
  whole: PromptInspection | undefined;
  complete = false;
  obstacle: Obstacle | undefined;
  readonly #snapshots: PromptSnapshot[] = [];
  readonly #changed = new vscode.EventEmitter<InspectionChange>();
  readonly #trainer: Trainer<JobResults['inspect']>;
  #ended = false;

  readonly onDidChange = this.#changed.event;

  constructor(trainers: TrainerHost, { prompt, model }: InspectSubject) {
    this.phase = { text: vscode.l10n.t('Opening the prompt and its frozen model') };
    const job = { kind: 'inspect', prompt, baseFolder: baseFolder(prompt), ...(model ? { model } : {}) } as const;
    this.#trainer = trainers.start(job, (event) => this.#receive(event));
    void this.#trainer.result.then(
      (whole) => this.#end(whole),
      (error: unknown) => this.#fail(obstacleOf(error)),
    );
  }

  /** Ends the process, where it still works. */
  dispose(): void {
    if (!this.#ended) this.#trainer.kill();
    this.#ended = true;
    this.#changed.dispose();
  }

  /** The snapshot to show first. */
  get first(): PromptSnapshot | undefined {
    return this.#snapshots[0];
  }

  /** The snapshot of a checkpoint (`step` undefined: of a prompt that is no run's), once it is there. */
  snapshot(step: number | undefined): PromptSnapshot | undefined {
    return this.#snapshots.find((each) => each.step === step);
  }

  #receive(event: JobEvent): void {
    if (event.type === 'phase') {
      this.phase = event.share === undefined ? { text: event.text } : { text: event.text, share: event.share };
      if (!this.whole) this.#changed.fire({});
    } else if (event.type === 'inspection') {
      this.#take(event.inspection);
      this.#changed.fire({});
    } else if (event.type === 'snapshot') {
      this.#keep(event.snapshot);
      this.#changed.fire({ snapshot: event.snapshot });
    }
  }

  #end(whole: PromptInspection): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#take(whole);
    this.complete = true;
    this.#changed.fire({});
  }

  #fail(obstacle: Obstacle): void {
    if (this.#ended) return;
    this.#ended = true;
    this.obstacle = obstacle;
    this.#changed.fire({});
  }

  #take(whole: PromptInspection): void {
    for (const snapshot of whole.snapshots) this.#keep(snapshot);
    this.whole = { ...whole, snapshots: [] };
  }

  /** The one of a step once more is the same with more in it. */
  #keep(snapshot: PromptSnapshot): void {
    const index = this.#snapshots.findIndex((each) => each.step === snapshot.step);
    if (index < 0) this.#snapshots.push(snapshot);
    else this.#snapshots[index] = snapshot;
  }
}

/** Where a frozen model is looked for that is named by a relative path. */
export function baseFolder(prompt: string): string {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(prompt))?.uri.fsPath ?? dirname(prompt);
}
