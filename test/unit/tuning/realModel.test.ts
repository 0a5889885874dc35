import * as assert from 'node:assert/strict';
import { join } from 'node:path';
import { seededRandom } from '../../../extension/engine/datasets/random';
import { evaluate } from '../../../extension/engine/evaluation/evaluate';
import type {
  EncodedExample,
  FrozenModel,
  PrefixCache,
  ScoringSession,
  TrainingSession,
} from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { BatchStream, cutByTokens } from '../../../extension/engine/tuning/batches';
import { checkpointFiles, readCheckpoint } from '../../../extension/engine/tuning/checkpoint';
import { initialPrompt } from '../../../extension/engine/tuning/initialisers/table';
import {
  type TuningEvent,
  type TuningOptions,
  batchGradient,
  tunePrompt,
} from '../../../extension/engine/tuning/tunePrompt';
import { type TuningState, freshState } from '../../../extension/engine/tuning/tuningState';
import {
  checkpointPath,
  listCheckpoints,
  readCheckpointFiles,
  writeCheckpoint,
} from '../../../extension/runs/checkpoints';
import { inTemporaryFolder } from '../runs/records';

const length = 6;
const cpu = { executionProvider: 'cpu', promptLength: length } as const;
const labels = ['good', 'bad'];
const options: TuningOptions = {
  optimizer: { name: 'adafactor', learningRate: 0.3 },
  schedule: { name: 'constant' },
  steps: 12,
  batchSize: 8,
  microBatchTokens: 120,
  evaluateEvery: 4,
  patience: 0,
  metric: 'accuracy',
  seed: 5,
};

for (const [name, place] of [
  ['llama-tied', 'in front of'],
  ['llama-tied', 'behind'],
  ['llama-tied', 'in the middle of'],
  ['t5-v1.1', 'in front of'],
] as const) {
  describe(`tuning a real frozen model on onnxruntime: ${name}, the prompt ${place} the text`, () => {
    let model: FrozenModel;
    let behindText: PrefixCache | undefined;
    let training: TrainingSession;
    let scoring: ScoringSession;
    let examples: readonly (EncodedExample & { readonly target: string })[];
    before(async () => {
      model = await loadFrozenModel(join('test/fixtures/models', name));
      if (place !== 'in front of')
        behindText = await model.openPrefixCache({ executionProvider: 'cpu', memoryBytes: 0 });
      training = await model.openTrainingSession({ ...cpu, behindText });
      scoring = await model.openScoringSession({ ...cpu, behindText });
      examples = reviews(model).map((review) => (place === 'in the middle of' ? { ...review, tailTokens: 1 } : review));
    });
    after(async () => {
      await training.release();
      await scoring.release();
      await behindText?.release();
    });

    const start = async (): Promise<TuningState> =>
      freshState(
        await initialPrompt('class-labels', {
          model,
          length,
          random: seededRandom(options.seed, 'initialiser'),
          labelWords: labels,
        }),
      );
    async function run(state: TuningState, keep?: (state: TuningState) => Promise<void>): Promise<TuningEvent[]> {
      const classes = labels.map((words) => ({ words, targetIds: model.encodeTarget(words) }));
      const events: TuningEvent[] = [];
      const tuning = tunePrompt({
        session: training,
        width: model.width,
        examples,
        options,
        state,
        evaluate: async (prompt) => {
          const { scores } = await evaluate(scoring, prompt, examples, classes, {
            batchTokens: 500,
            promptLength: length,
          });
          return { accuracy: scores.accuracy!, loss: scores.loss! };
        },
      });
      for await (const event of tuning) {
        if (event.type === 'checkpoint') await keep?.(event.state);
        events.push(event);
      }
      return events;
    }
    const lastState = (events: readonly TuningEvent[]): TuningState =>
      events.flatMap((event) => (event.type === 'checkpoint' ? [event.state] : [])).at(-1)!;

    it('lowers the loss on the dev split', async () => {
      const events = await run(await start());
      const losses = events.flatMap((event) => (event.type === 'evaluation' ? [event.scores.loss!] : []));
      assert.equal(losses.length, 4);
      assert.ok(losses.at(-1)! < losses[0]!, String(losses));
    });

    it('twice with the same seed gives bit-equal prompts', async () => {
      assert.deepEqual(lastState(await run(await start())).prompt, lastState(await run(await start())).prompt);
    });

    it('resumed from any checkpoint on disk ends bit for bit where the uninterrupted run ends', () =>
      inTemporaryFolder(async (folder) => {
        const adapterModel = { ...sizes(model), nameOrPath: model.folder };
        const whole = await run(await start(), async (state) => {
          await writeCheckpoint(folder, state.step, checkpointFiles(state, adapterModel));
        });
        const checkpoints = await listCheckpoints(folder);
        assert.deepEqual(
          checkpoints.map(({ step }) => step),
          [0, 4, 8, 12],
        );
        for (const { step } of checkpoints.slice(0, -1)) {
          const path = checkpointPath(folder, step);
          const resumed = await run(readCheckpoint(await readCheckpointFiles(path), path));
          assert.deepEqual({ ...lastState(resumed), seconds: 0 }, { ...lastState(whole), seconds: 0 });
        }
      }));

    it('adds micro-batches up to the gradient and the loss of the whole batch', async () => {
      const { prompt } = await start();
      const batch = examples.slice(0, 8);
      const whole = await batchGradient(
        training,
        prompt,
        cutByTokens(batch, { promptLength: length, microBatchTokens: 1e6 }),
      );
      for (const budget of [1, 60, 120]) {
        const cut = cutByTokens(batch, { promptLength: length, microBatchTokens: budget });
        assert.ok(cut.microBatches.length > 1);
        const parts = await batchGradient(training, prompt, cut);
        const scale = Math.max(...whole.gradient.map(Math.abs));
        const worst = Math.max(...whole.gradient.map((value, index) => Math.abs(value - parts.gradient[index]!)));
        assert.ok(worst < 1e-5 * scale, `${worst} of ${scale}`);
        assert.ok(Math.abs(parts.loss - whole.loss) < 1e-6 * whole.loss);
      }
    });

    it('divides by the target tokens of the batch, not of the pass', async () => {
      const { prompt } = await start();
      const stream = new BatchStream(examples, { ...options, promptLength: length });
      const { microBatches, normaliser } = stream.batch(0);
      const { loss } = await batchGradient(training, prompt, { microBatches, normaliser });
      let sum = 0;
      for (const example of microBatches.flat()) sum += (await training.lossAndGradient(prompt, [example], 1)).loss;
      const tokens = microBatches.flat().reduce((count, { targetIds }) => count + targetIds.length, 0);
      assert.ok(Math.abs(loss - sum / tokens) < 1e-5 * loss);
    });

    it("starts class labels at the mean of their words' embeddings as the model has them", async () => {
      const { prompt } = await start();
      for (const [position, words] of labels.entries()) {
        const ids = model.encodeWords(words);
        const rows = await model.embeddings(ids);
        for (let column = 0; column < model.width; column++) {
          let mean = 0;
          for (let row = 0; row < ids.length; row++) mean += rows[row * model.width + column]! / ids.length;
          assert.ok(Math.abs(prompt[position * model.width + column]! - mean) < 1e-6);
        }
      }
    });
  });
}

function sizes({ kind, width, layers, heads }: FrozenModel): Pick<FrozenModel, 'kind' | 'width' | 'layers' | 'heads'> {
  return { kind, width, layers, heads };
}

/** Short made-up reviews of different lengths, in turn good and bad. */
function reviews(model: FrozenModel): (EncodedExample & { readonly target: string })[] {
  const words = [
    ['fine', 'great', 'lovely'],
    ['poor', 'awful', 'broken'],
  ];
  return Array.from({ length: 30 }, (_, index) => {
    const label = labels[index % 2]!;
    const text = Array.from({ length: 1 + (index % 4) }, (__, word) => words[index % 2]![(index + word) % 3]!).join(
      ' ',
    );
    return { inputIds: model.encodeInput(`${text}:`), targetIds: model.encodeTarget(label), target: label };
  });
}
