import * as assert from 'node:assert/strict';
import type { TrainingSession } from '../../../extension/engine/models/frozenModel';
import {
  type TuningEvent,
  type TuningOptions,
  type TuningRequest,
  tunePrompt,
} from '../../../extension/engine/tuning/tunePrompt';
import { type TuningState, freshState } from '../../../extension/engine/tuning/tuningState';
import { AnalyticSession, learnableExamples } from './analyticSession';

const width = 8;
const examples = learnableExamples(100);
const session = new AnalyticSession(width);
const options: TuningOptions = {
  optimizer: { name: 'adafactor', learningRate: 0.1 },
  schedule: { name: 'linear', warmUpSteps: 5 },
  steps: 40,
  batchSize: 16,
  microBatchTokens: 60,
  evaluateEvery: 10,
  patience: 0,
  metric: 'loss',
  seed: 1,
};
const start = (): TuningState => freshState(Float32Array.from({ length: 2 * width }, (_, index) => Math.cos(index)));

async function evaluate(prompt: Float32Array): Promise<{ loss: number; accuracy: number }> {
  const { loss } = await session.lossAndGradient(prompt, examples, examples.length);
  return { loss, accuracy: 1 / (1 + loss) };
}
type Request = Partial<Omit<TuningRequest, 'options'>> & { readonly options?: Partial<TuningOptions> };
const request = ({ options: changed, ...rest }: Request = {}): TuningRequest => ({
  session,
  width,
  examples,
  options: { ...options, ...changed },
  state: start(),
  evaluate,
  ...rest,
});
async function run(from: TuningRequest, seen?: (event: TuningEvent) => void): Promise<TuningEvent[]> {
  const events: TuningEvent[] = [];
  for await (const event of tunePrompt(from)) {
    events.push(event);
    seen?.(event);
  }
  return events;
}
type EventOf<Type extends TuningEvent['type']> = Extract<TuningEvent, { readonly type: Type }>;
const only = <Type extends TuningEvent['type']>(events: readonly TuningEvent[], type: Type): EventOf<Type>[] =>
  events.filter((event): event is EventOf<Type> => event.type === type);
const end = (events: readonly TuningEvent[]): EventOf<'finished'> => events.at(-1) as EventOf<'finished'>;
const lastState = (events: readonly TuningEvent[]): TuningState => only(events, 'checkpoint').at(-1)!.state;
/** Seconds differ from run to run; everything else must not. */
const timeless = (state: TuningState): TuningState => ({ ...state, seconds: 0 });

describe('the tuning loop', () => {
  it('lowers the loss, evaluates the start, every N steps and the end, and says so', async () => {
    const events = await run(request({ options: { steps: 45 } }));
    assert.deepEqual(
      only(events, 'evaluation').map(({ step }) => step),
      [0, 10, 20, 30, 40, 45],
    );
    const losses = only(events, 'evaluation').map(({ scores }) => scores.loss!);
    assert.ok(losses.at(-1)! < 0.7 * losses[0]!, String(losses));
    assert.equal(only(events, 'step').length, 45);
    assert.equal(end(events).reason, 'all-steps');
    assert.equal(end(events).message, 'finished all 45 steps');
    assert.equal(lastState(events).step, 45);
  });

  it('tells of every step its loss, norms, learning rate, tokens and time', async () => {
    const [first] = only(await run(request({ options: { gradientClipping: 1e-3 } })), 'step');
    assert.equal(first!.step, 1);
    assert.ok(Math.abs(first!.learningRate - 0.1 / 5) < 1e-15);
    assert.ok(first!.loss > 0 && first!.gradientNorm > 1e-3 && first!.promptNorm > 0 && first!.seconds >= 0);
    assert.ok(first!.tokens >= 16 * (2 + 2));
  });

  it('gives bit-equal prompts for the same seed and other ones for another', async () => {
    const prompt = async (seed: number): Promise<Float32Array> =>
      lastState(await run(request({ options: { seed } }))).prompt;
    assert.deepEqual(await prompt(1), await prompt(1));
    assert.notDeepEqual(await prompt(1), await prompt(2));
  });

  it('resumed from any checkpoint ends bit for bit where the uninterrupted run ends', async () => {
    const whole = await run(request());
    for (const checkpoint of only(whole, 'checkpoint')) {
      const rest = await run(request({ state: checkpoint.state }));
      if (checkpoint.state.step < 40) assert.deepEqual(timeless(lastState(rest)), timeless(lastState(whole)));
      assert.deepEqual(
        only(rest, 'step').map((step) => ({ ...step, seconds: 0 })),
        only(whole, 'step')
          .filter(({ step }) => step > checkpoint.state.step)
          .map((step) => ({ ...step, seconds: 0 })),
      );
      assert.deepEqual(end(rest), end(whole));
    }
  });

  it('stopped by a person finishes the step, keeps it, and goes on later to the same end', async () => {
    const whole = await run(request());
    for (const at of [3, 10, 40]) {
      const stop = new AbortController();
      const stopped = await run(request({ stop: stop.signal }), (event) => {
        if (event.type === 'step' && event.step === at) stop.abort();
      });
      assert.equal(end(stopped).reason, 'stopped');
      assert.equal(lastState(stopped).step, at);
      const rest = await run(request({ state: lastState(stopped) }));
      assert.deepEqual(timeless(lastState(rest)), timeless(lastState(whole)));
      assert.equal(only([...stopped, ...rest], 'evaluation').length, only(whole, 'evaluation').length);
    }
  });

  it('stopped during an evaluation does not count that evaluation, and makes up for it when resumed', async () => {
    const whole = await run(request());
    const stop = new AbortController();
    const seen: TuningEvent[] = [];
    const stopped = await run(
      request({
        stop: stop.signal,
        evaluate: (prompt, signal) => {
          if (only(seen, 'step').length === 20) stop.abort();
          signal!.throwIfAborted();
          return evaluate(prompt);
        },
      }),
      (event) => seen.push(event),
    );
    assert.equal(lastState(stopped).step, 20);
    assert.equal(lastState(stopped).lastEvaluation?.step, 10);
    assert.deepEqual(
      timeless(lastState(await run(request({ state: lastState(stopped) })))),
      timeless(lastState(whole)),
    );
  });

  it('ends early after as many evaluations without a better one as there is patience, and knows the best', async () => {
    const scores = [0.5, 0.6, 0.7, 0.7, 0.65, 0.6, 0.9];
    let asked = 0;
    const events = await run(
      request({
        options: { patience: 3, metric: 'accuracy', steps: 100 },
        evaluate: () => Promise.resolve({ accuracy: scores[asked++]! }),
      }),
    );
    assert.equal(end(events).reason, 'early-stopping');
    assert.equal(end(events).step, 50);
    assert.deepEqual(end(events).best, { step: 20, scores: { accuracy: 0.7 } });
    assert.equal(
      end(events).message,
      'early stopping after step 50: 3 evaluations without a better accuracy (best 0.7000 at step 20)',
    );
    assert.deepEqual(
      only(events, 'evaluation').map(({ best }) => best),
      [true, true, true, false, false, false],
    );
    assert.equal(lastState(events).step, 50);
    const again = await run(
      request({ options: { patience: 3, metric: 'accuracy', steps: 100 }, state: lastState(events) }),
    );
    assert.deepEqual(again, [end(events)]);
  });

  it('takes the lower loss for the better one among equal accuracies', async () => {
    const losses = [1, 0.9, 0.95, 0.8];
    let asked = 0;
    const events = await run(
      request({
        options: { metric: 'accuracy', steps: 30 },
        evaluate: () => Promise.resolve({ accuracy: 0.5, loss: losses[asked++]! }),
      }),
    );
    assert.equal(end(events).best?.step, 30);
    assert.deepEqual(
      only(events, 'evaluation').map(({ best }) => best),
      [true, true, false, true],
    );
  });

  it('keeps the best and the last prompt however rarely checkpoints are asked for', async () => {
    let asked = 0;
    const events = await run(
      request({
        options: { metric: 'accuracy', checkpointEvery: 1000, steps: 45 },
        evaluate: () => Promise.resolve({ accuracy: asked++ === 2 ? 1 : 0 }),
      }),
    );
    assert.deepEqual(
      only(events, 'checkpoint').map(({ state, best }) => [state.step, best]),
      [
        [0, true],
        [20, true],
        [45, false],
      ],
    );
  });

  it('checkpoints between evaluations when asked to', async () => {
    const events = await run(request({ options: { checkpointEvery: 4, steps: 12, evaluateEvery: 100 } }));
    assert.deepEqual(
      only(events, 'checkpoint').map(({ state }) => state.step),
      [0, 4, 8, 12],
    );
  });

  it('works without a dev split: no evaluation, no best, the last prompt kept', async () => {
    const events = await run(request({ evaluate: undefined }));
    assert.equal(only(events, 'evaluation').length, 0);
    assert.equal(end(events).best, undefined);
    assert.equal(lastState(events).step, 40);
  });

  it('ends with the reason when the loss diverges, and leaves the last checkpoint as it was', async () => {
    let passes = 0;
    const failing: TrainingSession = {
      lossAndGradient: async (prompt, batch, normaliser) => {
        const result = await session.lossAndGradient(prompt, batch, normaliser);
        return ++passes > 30 ? { ...result, loss: NaN } : result;
      },
      release: () => Promise.resolve(),
    };
    const events = await run(request({ session: failing, options: { microBatchTokens: 1e6, evaluateEvery: 8 } }));
    assert.equal(end(events).reason, 'diverged');
    assert.match(end(events).message, /^diverged at step 31: the loss is NaN\. Try a lower learning rate than 0.0\d+/);
    assert.equal(lastState(events).step, 24);
    assert.ok(lastState(events).prompt.every(Number.isFinite));
    assert.equal(only(events, 'step').length, 30);
  });

  it('ends when the prompt itself overflows', async () => {
    const events = await run(
      request({ options: { optimizer: { name: 'sgd', learningRate: 1e39 }, schedule: { name: 'constant' } } }),
    );
    assert.equal(end(events).reason, 'diverged');
    assert.match(end(events).message, /the norm of the prompt is (Infinity|NaN)/);
  });

  it('gives the same loss and gradient from micro-batches as from the whole batch', async () => {
    const [small, large] = await Promise.all(
      [20, 1e6].map(async (microBatchTokens) => only(await run(request({ options: { microBatchTokens } })), 'step')),
    );
    for (const [index, step] of small!.entries()) {
      assert.ok(Math.abs(step.loss - large![index]!.loss) < 1e-5);
      assert.ok(Math.abs(step.gradientNorm - large![index]!.gradientNorm) < 1e-5);
    }
  });

  it('refuses to go on with other examples or another optimiser', async () => {
    const state = lastState(await run(request({ options: { steps: 3 } })));
    await assert.rejects(run(request({ state, examples: examples.slice(1) })), /not those of this run any more/);
    await assert.rejects(run(request({ state, options: { optimizer: { name: 'adamw', learningRate: 1 } } })), /state/);
  });

  it('lets an evaluation that fails fail the run', async () => {
    await assert.rejects(run(request({ evaluate: () => Promise.reject(new Error('no label')) })), /no label/);
    await assert.rejects(run(request({ options: { metric: 'macro-f1' } })), /gives no "macro-f1", only loss, accuracy/);
  });

  it('turns the event loop between steps, so that messages are seen', async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      immediate = setImmediate(count);
    };
    let immediate = setImmediate(count);
    await run(request());
    clearImmediate(immediate);
    assert.ok(turns >= 40, String(turns));
  });
});
