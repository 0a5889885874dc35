import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import {
  trainerProtocolVersion,
  type FromTrainer,
  type Job,
  type JobEvent,
  type JobResults,
  type ToTrainer,
  type TrainerResources,
} from '../protocol/trainer';
import { exitReason, type EndedByUs } from './exitReason';
import { TrainerFailure } from './failure';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface TrainerOptions extends TrainerResources {
  /** The trainer bundle (dist/trainer.cjs), absolute. */
  readonly entry: string;
  /** Another Node to run it with; default: the one that runs this. */
  readonly nodePath?: string;
  readonly onEvent?: (event: JobEvent) => void;
  readonly onLog?: (level: LogLevel, text: string, pid: number | undefined) => void;
  /** Seconds after `stop()` until SIGTERM, and again as many until SIGKILL. Default 60: a step of a large model takes long. */
  readonly stopGraceSeconds?: number;
  /** Seconds without any message after which the process counts as hung. Default 1800. */
  readonly hungAfterSeconds?: number;
  /** More variables for its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Trainer<Result> {
  readonly pid: number | undefined;
  /** The job's answer; rejects with a {@link TrainerFailure}. Settles only once the process is gone. */
  readonly result: Promise<Result>;
  /** Asks for an orderly end: finish the step, write a checkpoint, leave. Then SIGTERM, then SIGKILL. */
  stop(): void;
  /** Ends the process now (SIGKILL). */
  kill(): void;
  /** Nobody listens any more: it finishes its step, writes a checkpoint and leaves; its run can be resumed. */
  abandon(): void;
}

/**
 * Runs one job in a forked child process of its own. A thread would not do: the native library aborts the whole process
 * when a thread is ended in the middle of a step, and its calls block the thread they run on.
 */
export function startTrainer<Kind extends Job['kind']>(
  job: Extract<Job, { kind: Kind }>,
  options: TrainerOptions,
): Trainer<JobResults[Kind]> {
  const child = fork(options.entry, [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...options.env, ELECTRON_RUN_AS_NODE: '1', ORT_DISABLE_TELEMETRY: '1', NODE_OPTIONS: '' },
    ...(options.nodePath ? { execPath: options.nodePath } : {}),
  });
  return new ForkedTrainer<Kind>(child, job, options);
}

class ForkedTrainer<Kind extends Job['kind']> implements Trainer<JobResults[Kind]> {
  readonly result: Promise<JobResults[Kind]>;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #lastOutput: string[] = [];
  #watchdog: NodeJS.Timeout | undefined;
  #endedByUs: EndedByUs | undefined;
  #outcome: { readonly done: JobResults[Kind] } | { readonly failure: TrainerFailure } | undefined;

  constructor(
    private readonly child: ChildProcess,
    job: Job,
    private readonly options: TrainerOptions,
  ) {
    this.#readLines(child.stdout, 'info');
    this.#readLines(child.stderr, 'warn');
    this.result = new Promise((resolve, reject) => {
      child.once('error', (error) => {
        // No `close` follows when the process could not be started at all.
        if (child.pid !== undefined) return;
        this.#clear();
        reject(
          new TrainerFailure(
            'crashed',
            `The trainer could not be started: ${error.message}. Check the setting "softPrompt.nodePath".`,
          ),
        );
      });
      const settle = (code: number | null, signal: NodeJS.Signals | null): void => {
        this.#clear();
        const outcome = this.#outcome;
        if (outcome && 'done' in outcome) {
          resolve(outcome.done);
        } else if (outcome) {
          reject(outcome.failure);
        } else {
          const reason = exitReason(code, signal, this.#lastOutput.join('\n'), this.#endedByUs);
          reject(new TrainerFailure(reason.code, reason.message, this.#lastOutput.join('\n')));
        }
      };
      // `close` comes after the last message; a channel that this side closed itself never brings it.
      child.once('close', settle);
      child.once('exit', (code, signal) => {
        if (this.#endedByUs === 'abandoned') settle(code, signal);
      });
    });
    // The caller may attach its handler later; a failure in between is not an unhandled one.
    this.result.catch(() => undefined);
    child.on('message', (message) => this.#receive(message as FromTrainer));
    this.#send({ type: 'hello', version: trainerProtocolVersion });
    this.#send({ type: 'start', job, resources: { bundledModel: options.bundledModel } });
    this.#watch();
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  stop(): void {
    this.#send({ type: 'stop' });
    const grace = (this.options.stopGraceSeconds ?? 60) * 1000;
    this.#after(grace, () => {
      this.#endedByUs = 'stop';
      this.child.kill('SIGTERM');
      this.#after(grace, () => this.child.kill('SIGKILL'));
    });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  abandon(): void {
    this.#endedByUs = 'abandoned';
    if (this.child.connected) this.child.disconnect();
  }

  #receive(message: FromTrainer): void {
    this.#watch();
    switch (message.type) {
      case 'event':
        return this.options.onEvent?.(message.event);
      case 'log':
        return this.options.onLog?.(message.level, message.text, this.child.pid);
      case 'done':
        this.#outcome = { done: message.result as JobResults[Kind] };
        return;
      case 'failed':
        this.#outcome = { failure: new TrainerFailure(message.code, message.message, message.detail) };
        return;
      case 'ready':
      case 'heartbeat':
        return;
    }
  }

  #send(message: ToTrainer): void {
    // A send to a process that just left fails; its exit is reported by `close`.
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  #readLines(stream: Readable | null, level: LogLevel): void {
    if (!stream) return;
    createInterface({ input: stream }).on('line', (line) => {
      this.#lastOutput.push(line);
      if (this.#lastOutput.length > 40) this.#lastOutput.shift();
      this.options.onLog?.(level, line, this.child.pid);
    });
  }

  #watch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(
      () => {
        this.#endedByUs = 'hung';
        this.child.kill('SIGKILL');
      },
      (this.options.hungAfterSeconds ?? 1800) * 1000,
    );
  }

  #after(milliseconds: number, action: () => void): void {
    this.#timers.add(setTimeout(action, milliseconds));
  }

  #clear(): void {
    clearTimeout(this.#watchdog);
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
