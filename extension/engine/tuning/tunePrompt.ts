import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EncodedExample, TrainingSession } from '../models/frozenModel';
import { type Batch, BatchStream, fingerprint } from './batches';
import { type MetricName, type Scores, isBetter, scoreOf } from './bestScore';
import { clipGradient, norm } from './gradientClipping';
import { type OptimizerOptions, createOptimizer } from './optimizers/table';
import { type Schedule, learningRateFactor } from './schedule';
import type { TuningState } from './tuningState';

export interface TuningOptions {
  readonly optimizer: OptimizerOptions;
  readonly schedule: Schedule;
  /** Most optimiser steps, counted from the very beginning of the run. */
  readonly steps: number;
  readonly batchSize: number;
  /** Most tokens in one pass, virtual tokens and padding included. */
  readonly microBatchTokens: number;
  /** Whether a pass computes the prompt once for all its examples, as a causal model does. Default: no. */
  readonly sharedPrompt?: boolean | undefined;
  /** With the prompt behind the text: what a token of the text takes of a computed token's memory. */
  readonly pastShare?: number | undefined;
  /** Largest norm of the prompt gradient; undefined: not clipped. */
  readonly gradientClipping?: number | undefined;
  readonly evaluateEvery: number;
  /** Default: at every evaluation. A new best prompt and the last one are always asked to be kept. */
  readonly checkpointEvery?: number | undefined;
  /** Evaluations without a better one before tuning ends; 0: never. */
  readonly patience: number;
  readonly metric: MetricName;
  readonly seed: number;
  readonly bucketBatches?: number | undefined;
}

export interface TuningRequest {
  /** Open for the prompt's length; stays open. */
  readonly session: TrainingSession;
  /** D, width of the model's input embeddings. */
  readonly width: number;
  readonly examples: readonly EncodedExample[];
  readonly options: TuningOptions;
  /** `freshState(prompt)`, or what a checkpoint held. */
  readonly state: TuningState;
  /**
   * Scores of a prompt on the dev split, with `options.metric` among them. It may throw once `stop` is aborted. Without it the
   * last prompt is the only result.
   */
  readonly evaluate?: ((prompt: Float32Array, stop: AbortSignal | undefined) => Promise<Scores>) | undefined;
  /** Aborted: the running step is finished and kept, then tuning ends. */
  readonly stop?: AbortSignal | undefined;
}

export type TuningEvent =
  | {
      readonly type: 'step';
      readonly step: number;
      /** Mean negative log-likelihood of the batch before the update, nats a target token. */
      readonly loss: number;
      /** Euclidean norm of the batch's prompt gradient before clipping. */
      readonly gradientNorm: number;
      /** Euclidean (Frobenius) norm of the prompt after the update. */
      readonly promptNorm: number;
      readonly learningRate: number;
      readonly seconds: number;
      /** Tokens of the batch's inputs and targets, virtual ones included, padding not. */
      readonly tokens: number;
    }
  | {
      readonly type: 'evaluation';
      readonly step: number;
      readonly split: 'dev';
      readonly scores: Scores;
      readonly seconds: number;
      readonly best: boolean;
    }
  /** To be kept before the next event is asked for: the state is a copy that does not change any more. */
  | { readonly type: 'checkpoint'; readonly state: TuningState; readonly best: boolean }
  | {
      readonly type: 'finished';
      readonly reason: FinishReason;
      /** The reason in words. */
      readonly message: string;
      readonly step: number;
      readonly best: TuningState['best'];
    };

export type FinishReason = 'all-steps' | 'early-stopping' | 'stopped' | 'diverged';

/**
 * Learns a soft prompt by gradient descent on the frozen model's loss (Lester et al. 2021, section 2), starting with an evaluation of the
 * initial prompt. Does no input or output of its own: the caller writes what the events hold, and the loop waits meanwhile. The
 * event loop turns between two steps, so messages are seen.
 *
 * The last event is always `finished`; except after "diverged" a checkpoint of that same step came before it.
 * @throws RangeError when there is no example; Error when `state` belongs to other data or another optimiser.
 */
export async function* tunePrompt(request: TuningRequest): AsyncGenerator<TuningEvent, void, undefined> {
  const { session, width, examples, options, evaluate, stop } = request;
  const data = fingerprint(examples);
  if (request.state.data !== undefined && request.state.data !== data) {
    throw new Error(
      'the training examples are not those of this run any more (the data, the task or the tokenizer changed), so it cannot be resumed',
    );
  }
  const prompt = request.state.prompt.slice();
  const promptLength = prompt.length / width;
  const optimizer = createOptimizer(options.optimizer, { length: promptLength, width }, request.state.optimizer);
  const batches = new BatchStream(examples, { ...options, promptLength });
  let { step, best, lastEvaluation, evaluationsSinceBest, seconds } = request.state;
  let kept = request.state.optimizer ? step : -1;

  const snapshot = (): TuningState => ({
    step,
    prompt: prompt.slice(),
    optimizer: optimizer.state(),
    data,
    best,
    lastEvaluation,
    evaluationsSinceBest,
    seconds,
  });
  const finished = (reason: FinishReason, message: string): TuningEvent => ({
    type: 'finished',
    reason,
    message,
    step,
    best,
  });

  for (;;) {
    await nextTurn();
    let better = false;
    const evaluationDue = evaluate !== undefined && (step % options.evaluateEvery === 0 || step >= options.steps);
    if (evaluationDue && lastEvaluation?.step !== step && !stop?.aborted) {
      const started = performance.now();
      const scores = await unlessStopped(() => evaluate(prompt.slice(), stop), stop);
      const took = secondsSince(started);
      seconds += took;
      if (scores) {
        better = isBetter(options.metric, scores, best?.scores);
        if (better) best = { step, scores };
        evaluationsSinceBest = better ? 0 : evaluationsSinceBest + 1;
        lastEvaluation = { step, scores };
        yield { type: 'evaluation', step, split: 'dev', scores, seconds: took, best: better };
      }
    }

    const end = reasonToEnd(step, options, evaluationsSinceBest, evaluationDue && lastEvaluation?.step !== step, stop);
    const checkpointDue = options.checkpointEvery ? step % options.checkpointEvery === 0 : evaluationDue;
    if (better || ((checkpointDue || end !== undefined || kept < 0) && kept !== step)) {
      kept = step;
      yield { type: 'checkpoint', state: snapshot(), best: better };
    }
    if (end) {
      yield finished(end, inWords(end, step, options, best));
      return;
    }

    const started = performance.now();
    const batch = batches.batch(step);
    const { loss, gradient } = await batchGradient(session, prompt, batch);
    const gradientNorm = clipGradient(gradient, options.gradientClipping);
    const learningRate = options.optimizer.learningRate * learningRateFactor(options.schedule, step, options.steps);
    if (Number.isFinite(loss) && Number.isFinite(gradientNorm)) optimizer.step(prompt, gradient, learningRate);
    const promptNorm = norm(prompt);
    if (!Number.isFinite(loss + gradientNorm + promptNorm)) {
      yield finished('diverged', diverged(step, { loss, gradientNorm, promptNorm, learningRate }));
      return;
    }
    step++;
    const took = secondsSince(started);
    seconds += took;
    yield {
      type: 'step',
      step,
      loss,
      gradientNorm,
      promptNorm,
      learningRate,
      seconds: took,
      tokens: batch.tokens,
    };
  }
}

/** Mean loss of a batch and its prompt gradient: the sum over its micro-batches, in float64 and in their order. */
export async function batchGradient(
  session: TrainingSession,
  prompt: Float32Array,
  { microBatches, normaliser }: Pick<Batch, 'microBatches' | 'normaliser'>,
): Promise<{ loss: number; gradient: Float64Array }> {
  const gradient = new Float64Array(prompt.length);
  let loss = 0;
  for (const examples of microBatches) {
    const part = await session.lossAndGradient(prompt, examples, normaliser);
    loss += part.loss;
    for (let index = 0; index < gradient.length; index++) gradient[index]! += part.gradient[index]!;
  }
  return { loss, gradient };
}

/** What `work` gives, or undefined when it failed because tuning is to stop. */
async function unlessStopped<T>(work: () => Promise<T>, stop: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (stop?.aborted) return undefined;
    throw error;
  }
}

function reasonToEnd(
  step: number,
  options: TuningOptions,
  evaluationsSinceBest: number,
  evaluationMissing: boolean,
  stop: AbortSignal | undefined,
): FinishReason | undefined {
  if (step >= options.steps && !evaluationMissing) return 'all-steps';
  if (options.patience > 0 && evaluationsSinceBest >= options.patience) return 'early-stopping';
  return stop?.aborted ? 'stopped' : undefined;
}

function inWords(
  reason: FinishReason,
  step: number,
  { metric, patience }: TuningOptions,
  best: TuningState['best'],
): string {
  if (reason === 'all-steps') return `finished all ${step} steps`;
  if (reason === 'stopped') return `stopped after step ${step}`;
  const value = best ? `${scoreOf(metric, best.scores).toPrecision(4)} at step ${best.step}` : 'none';
  return `early stopping after step ${step}: ${patience} evaluations without a better ${metric} (best ${value})`;
}

function diverged(step: number, values: Readonly<Record<string, number>>): string {
  const { learningRate, ...looked } = values;
  const which = Object.entries(looked).filter(([, value]) => !Number.isFinite(value));
  const names: Readonly<Record<string, string>> = {
    loss: 'the loss',
    gradientNorm: 'the norm of the gradient',
    promptNorm: 'the norm of the prompt',
  };
  const found = which.map(([name, value]) => `${names[name]} is ${value}`).join(', ');
  return `diverged at step ${step + 1}: ${found}. Try a lower learning rate than ${learningRate} or gradient clipping; the last checkpoint is still good`;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}
