import * as vscode from 'vscode';
import type { EvaluateJob, EvaluationRecord, EvaluationRequest } from '../../protocol/evaluation';
import type { JobEvent, JobResults } from '../../protocol/trainer';
import { TrainerFailure } from '../../trainer/failure';
import type { Trainer } from '../../trainer/client';
import { Disposables } from '../platform/disposables';
import { setting } from '../platform/settings';
import type { TrainerHost } from '../training/trainerHost';

/** How an evaluation ended: with its last record, or with a failure in words. */
export type EvaluationOutcome = { readonly record: EvaluationRecord } | { readonly failure: TrainerFailure };

/** An evaluation that a trainer process of this window is working on. */
export class LiveEvaluation {
  /** Absolute; known as soon as the trainer has made it. */
  folder: string | undefined;
  record: EvaluationRecord | undefined;
  phase: { readonly text: string; readonly share?: number } | undefined;
  /** The data has been read, and rows are asked about. */
  asking = false;
  stopping = false;
  /** Resolves once the process is gone, however it ended. */
  readonly ended: Promise<unknown>;

  constructor(
    readonly request: EvaluationRequest,
    /** As {@link EvaluateJob.runsFolder}. */
    readonly runsFolder: string,
    readonly trainer: Trainer<JobResults['evaluate']>,
  ) {
    this.ended = Promise.allSettled([trainer.result]);
  }

  get name(): string {
    const names = this.request.datasets.map(({ file }) => vscode.Uri.file(file).path.split('/').at(-1)!);
    return this.record?.name ?? this.request.name ?? names.join(', ');
  }

  /** Takes in what the trainer tells. */
  receive(event: JobEvent): void {
    if (event.type === 'evaluation') {
      this.asking = true;
      this.folder = event.folder;
      this.record = event.record;
    } else if (event.type === 'phase') {
      this.phase = event.share === undefined ? { text: event.text } : { text: event.text, share: event.share };
    }
  }
}

/** The evaluations that trainer processes of this window are working on: starts, resumes and stops them, and tells what happens. */
export class Evaluations implements vscode.Disposable {
  readonly #live = new Set<LiveEvaluation>();
  readonly #own = new Disposables();
  readonly #started = this.#own.add(new vscode.EventEmitter<LiveEvaluation>());
  readonly #changed = this.#own.add(new vscode.EventEmitter<LiveEvaluation>());
  readonly #ended = this.#own.add(
    new vscode.EventEmitter<{ readonly evaluation: LiveEvaluation; readonly outcome: EvaluationOutcome }>(),
  );
  #disposed = false;

  readonly onDidStart = this.#started.event;
  /** The record, the phase or the request to stop changed. */
  readonly onDidChange = this.#changed.event;
  /** The process is gone. Not told when the window closes. */
  readonly onDidEnd = this.#ended.event;

  constructor(private readonly host: TrainerHost) {}

  /** The window closes: the trainers notice that nobody listens and leave; what is answered is kept, and can be gone on with. */
  dispose(): void {
    this.#disposed = true;
    for (const { trainer } of this.#live) trainer.abandon();
    this.#own.dispose();
  }

  /** The evaluation in a folder, while it is live in this window. */
  ofFolder(folder: string): LiveEvaluation | undefined {
    return [...this.#live].find((each) => each.folder === folder);
  }

  /** @param runsFolder folder in whose `evaluations` it is kept, absolute. */
  start(request: EvaluationRequest, runsFolder: string): LiveEvaluation {
    return this.#begin({ kind: 'evaluate', request, runsFolder, executionProvider: providerFor(request) });
  }

  /**
   * Goes on with the rows that an evaluation lacks. The process that had it in this window may not have gone yet; that is waited for.
   *
   * @param request the one of its record, as just read from its folder.
   */
  async resume(folder: string, record: EvaluationRecord, request: EvaluationRequest): Promise<LiveEvaluation> {
    await this.ofFolder(folder)?.ended;
    const executionProvider = providerFor(request);
    const evaluation = this.#begin({
      kind: 'evaluate',
      request,
      runsFolder: folder,
      resume: folder,
      executionProvider,
    });
    evaluation.folder = folder;
    evaluation.record = { ...record, status: 'running' };
    this.#changed.fire(evaluation);
    return evaluation;
  }

  /** Asks an evaluation to end after the rows it is working on. */
  stop(evaluation: LiveEvaluation): void {
    if (evaluation.stopping || !this.#live.has(evaluation)) return;
    evaluation.stopping = true;
    evaluation.trainer.stop();
    this.#changed.fire(evaluation);
  }

  #begin(job: EvaluateJob): LiveEvaluation {
    const trainer = this.host.start<'evaluate'>(job, (event) => {
      evaluation.receive(event);
      this.#changed.fire(evaluation);
    });
    const evaluation = new LiveEvaluation(job.request, job.runsFolder, trainer);
    this.#live.add(evaluation);
    this.#started.fire(evaluation);
    void this.#untilEnd(evaluation);
    return evaluation;
  }

  async #untilEnd(evaluation: LiveEvaluation): Promise<void> {
    const outcome = await evaluation.trainer.result.then(
      ({ folder, record }): EvaluationOutcome => {
        evaluation.folder = folder;
        evaluation.record = record;
        return { record };
      },
      (error: unknown): EvaluationOutcome => ({
        failure:
          error instanceof TrainerFailure
            ? error
            : new TrainerFailure('internal', error instanceof Error ? error.message : String(error)),
      }),
    );
    this.#live.delete(evaluation);
    if (!this.#disposed) this.#ended.fire({ evaluation, outcome });
  }
}

function providerFor({ datasets }: EvaluationRequest): EvaluateJob['executionProvider'] {
  const [first] = datasets;
  return setting('executionProvider', first && vscode.Uri.file(first.file));
}
