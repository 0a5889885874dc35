import type { Uri } from 'vscode';
import type { RunRecord } from '../../protocol/run';
import type { JobEvent, JobResults } from '../../protocol/trainer';
import type { Trainer } from '../../trainer/client';
import { secondsLeft, type Milestone } from './timeLeft';

/** A run that a trainer process of this window is working on. */
export class Training {
  /** Run folder, absolute; known as soon as the trainer has made it. */
  folder: string | undefined;
  record: RunRecord | undefined;
  /** What the trainer does before the first step, such as loading the model. */
  phase: { readonly text: string; readonly share?: number } | undefined;
  /** Loss of the last step, nats a target token. */
  loss: number | undefined;
  /** Asked to end; it is finishing its step and writing a checkpoint. */
  stopping = false;
  /** Resolves once the process is gone and everybody has been told. */
  readonly ended: Promise<void>;
  readonly #end: () => void;
  #pace: { readonly start: Milestone; readonly now: Milestone } | undefined;

  constructor(
    /** Shown until the record brings the run's own name. */
    private readonly provisionalName: string,
    /** Where it was started from, if not from a run. */
    readonly experiment: Uri | undefined,
    readonly trainer: Trainer<JobResults['tune']>,
  ) {
    let end = (): void => undefined;
    this.ended = new Promise((resolve) => (end = resolve));
    this.#end = end;
  }

  end(): void {
    this.#end();
  }

  get name(): string {
    return this.record?.name ?? this.provisionalName;
  }

  /** Seconds until the last step, where there is a pace to go by. */
  get secondsLeft(): number | undefined {
    return this.#pace && secondsLeft(this.#pace.start, this.#pace.now, this.record?.totalSteps ?? 0);
  }

  /** Takes in what the trainer tells. */
  receive(event: JobEvent): void {
    switch (event.type) {
      case 'run':
      case 'record':
        this.folder = event.folder;
        this.record = event.record;
        return;
      case 'journal': {
        const { entry } = event;
        if (entry.type !== 'step') return;
        const now = { step: entry.step, at: Date.now() };
        this.#pace = { start: this.#pace?.start ?? now, now };
        this.loss = entry.loss;
        this.phase = undefined;
        return;
      }
      case 'phase':
        this.phase = event.share === undefined ? { text: event.text } : { text: event.text, share: event.share };
        return;
    }
  }
}
