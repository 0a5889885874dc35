import * as assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import { evaluate, scorableClasses } from '../../../extension/engine/evaluation/evaluate';
import { lengthBatches, predictAll, predictions } from '../../../extension/engine/evaluation/predictions';
import type {
  Prediction,
  PredictionRequest,
  ScorableExample,
  ScoringOptions,
} from '../../../extension/engine/evaluation/predictions';
import type { FrozenModel, ScoringSession } from '../../../extension/engine/models/frozenModel';
import { stepped } from '../../../extension/engine/models/padding';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import type { Task } from '../../../extension/engine/tasks/task';

const promptLength = 3;
const options: ScoringOptions = { batchTokens: 200, promptLength };
const task: Task = { template: '{text}', label: { column: 'label', words: { a: 'no', b: 'yes', c: 'maybe' } } };

/** Every number as 32 bits hold it. */
function prompt(width: number): Float32Array {
  const random = seededRandom(7, 'prompt');
  return Float32Array.from({ length: promptLength * width }, () => random.uniform() * 2 - 1);
}

for (const folder of ['llama-tied', 't5-v1.1']) {
  describe(`predictions of a frozen model (${folder})`, function () {
    this.timeout(120_000);
    let model: FrozenModel;
    let session: ScoringSession;
    let numbers: Float32Array;
    let examples: ScorableExample[];

    before(async () => {
      model = await loadFrozenModel(`test/fixtures/models/${folder}`);
      session = await model.openScoringSession({ executionProvider: 'cpu', promptLength });
      numbers = prompt(model.width);
      const words = Object.values(task.label!.words);
      examples = Array.from({ length: 23 }, (_, index) => {
        const target = words[index % 3]!;
        const text = 'some text of many lengths'.slice(0, 1 + ((index * 7) % 24));
        return { inputIds: model.encodeInput(text), targetIds: model.encodeTarget(target), target };
      });
    });
    after(async () => {
      await session.release();
    });

    for (const scoring of ['sum', 'mean'] as const)
      it(`are those of each example and class alone, by the ${scoring} over its tokens, in the order of the examples`, async () => {
        const classes = scorableClasses({ ...task, label: { ...task.label!, scoring } }, model)!;
        const predictions = await predictAll(session, numbers, examples, classes, options);
        for (const [index, { inputIds, targetIds, target }] of examples.entries()) {
          const sums: number[] = [];
          const ranked: number[] = [];
          for (const each of classes) {
            const [scores] = await session.score(numbers, [{ inputIds, targets: [each.targetIds] }]);
            sums.push(scores![0]!.logProbability);
            ranked.push(scores![0]!.logProbability / (scoring === 'mean' ? each.targetIds.length : 1));
          }
          const { predicted, probabilities, logProbability, tokens } = predictions[index]!;
          const total = ranked.reduce((sum, each) => sum + Math.exp(each), 0);
          assert.equal(predicted, classes[ranked.indexOf(Math.max(...ranked))]!.words);
          for (const [place, score] of ranked.entries()) {
            assert.ok(Math.abs(probabilities![place]! - Math.exp(score) / total) < 1e-4);
          }
          assert.ok(Math.abs(logProbability - sums[classes.findIndex(({ words }) => words === target)]!) < 1e-3);
          assert.equal(tokens, targetIds.length);
        }
        const first = new Set(predictions.map(({ logProbability }) => logProbability.toFixed(4)));
        assert.ok(first.size > 5, 'the model sees the texts');
      });

    it('share their beginning where the model is causal and they have no prompts of their own', async () => {
      const device = { executionProvider: 'cpu', promptLength } as const;
      const own = await model.openScoringSession({ ...device, promptPerRequest: true });
      await own.release();
      assert.equal(session.sharedBeginning, model.kind === 'causal');
      assert.equal(own.sharedBeginning, false);
      const bare = await model.openScoringSession({ ...device, promptLength: 0 });
      const lead = await model.openScoringSession({ ...device, promptLength: 0, sharedLead: true });
      await bare.release();
      await lead.release();
      assert.equal(bare.sharedBeginning, false);
      assert.equal(lead.sharedBeginning, model.kind === 'causal');
    });

    it('do not depend on how many fit into a pass', async () => {
      const [one, many] = await Promise.all(
        [1, 100_000].map((batchTokens) =>
          predictAll(session, numbers, examples, undefined, { ...options, batchTokens }),
        ),
      );
      for (const [index, prediction] of one!.entries()) {
        assert.ok(Math.abs(prediction.logProbability - many![index]!.logProbability) < 1e-4);
        assert.equal(prediction.exact, many![index]!.exact);
      }
    });

    it('have the loss that tuning makes smaller', async () => {
      const { scores } = await evaluate(session, numbers, examples, undefined, options);
      const training = await model.openTrainingSession({ executionProvider: 'cpu', promptLength });
      const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
      const { loss } = await training.lossAndGradient(numbers, examples, tokens);
      await training.release();
      assert.ok(Math.abs(scores['loss']! - loss) < 1e-5, `${scores['loss']} and ${loss}`);
    });

    it('match exactly where greedy decoding, token by token, produces the target', async () => {
      const everyToken = Array.from({ length: model.vocabulary }, (_, id) => id);
      const { inputIds } = examples[5]!;
      const greedy: number[] = [];
      for (let step = 0; step < 3; step++) {
        const targets = everyToken.map((id) => [...greedy, id]);
        const [scores] = await session.score(numbers, [{ inputIds, targets }]);
        const sums = scores!.map(({ logProbability }) => logProbability);
        greedy.push(sums.indexOf(Math.max(...sums)));
      }
      const other = [...greedy.slice(0, -1), (greedy.at(-1)! + 1) % model.vocabulary];
      const cases = [greedy, greedy.slice(0, 2), other].map((targetIds) => ({ inputIds, targetIds, target: '' }));
      const found = await predictAll(session, numbers, cases, undefined, options);
      assert.deepEqual(
        found.map(({ exact }) => exact),
        [true, true, false],
      );
    });

    describe('of several prompts in one pass', () => {
      let together: ScoringSession;
      let prompts: readonly Float32Array[];
      before(async () => {
        together = await model.openScoringSession({ executionProvider: 'cpu', promptLength, promptPerRequest: true });
        prompts = [numbers, numbers.map((value) => 0.5 - value)];
      });
      after(async () => {
        await together.release();
      });
      const all = async (requests: readonly PredictionRequest[], own = prompts): Promise<Prediction[]> => {
        const found: Prediction[] = [];
        const scorer = { session: together, prompts: own, promptPerRequest: true };
        for await (const pass of predictions(scorer, requests, { ...options, batchTokens: 100_000 })) {
          for (const { index, prediction } of pass) found[index] = prediction;
        }
        return found;
      };

      it('are bit for bit those of a pass of each prompt alone', async () => {
        const classes = scorableClasses(task, model)!;
        const requests = examples.flatMap((example) => [0, 1].map((prompt) => ({ example, classes, prompt })));
        const ensemble = await all(requests);
        for (const prompt of [0, 1]) {
          const own = examples.map((example) => ({ example, classes }));
          const alone = await all(own, [prompts[prompt]!]);
          assert.deepEqual(
            ensemble.filter((_, index) => index % 2 === prompt),
            alone,
          );
        }
        assert.notDeepEqual(ensemble[0], ensemble[1]);
      });

      it('are those of separate passes where each prompt has a task of its own', async () => {
        const classes = scorableClasses(task, model)!;
        const first = examples.map((example) => ({ example, classes, prompt: 0 }));
        const second = examples.map((example) => ({ example, classes: undefined, prompt: 1 }));
        const mixed = await all([...first, ...second]);
        const separate = [...(await all(first)), ...(await all(second))];
        // Rows of 105 logits are not aligned alike, so that their sums differ in the last bit; real vocabularies are padded.
        if (model.vocabulary % 16 === 0) assert.deepEqual(mixed, separate);
        for (const [index, { predicted, logProbability }] of separate.entries()) {
          assert.equal(mixed[index]!.predicted, predicted);
          assert.ok(Math.abs(mixed[index]!.logProbability - logProbability) < 1e-5);
        }
      });
    });

    it('of several prompts, each with passes of its own, are bit for bit those of each prompt alone', async () => {
      const classes = scorableClasses(task, model)!;
      const prompts = [numbers, numbers.map((value) => 0.5 - value)];
      const requests = examples.flatMap((example) => [0, 1].map((prompt) => ({ example, classes, prompt })));
      const scorer = { session, prompts, promptPerRequest: false };
      const found: Prediction[] = [];
      for await (const pass of predictions(scorer, requests, { ...options, batchTokens: 60 }))
        for (const { index, prediction } of pass) found[index] = prediction;
      for (const prompt of [0, 1])
        assert.deepEqual(
          found.filter((_, index) => index % 2 === prompt),
          await predictAll(session, prompts[prompt]!, examples, classes, { ...options, batchTokens: 60 }),
        );
      assert.notDeepEqual(found[0], found[1]);
    });

    it('stop between two passes when asked to, and tell how far they are', async () => {
      const shares: number[] = [];
      const stop = new AbortController();
      const onProgress = (share: number): void => {
        shares.push(share);
        if (share > 0.4) stop.abort();
      };
      const scoring = predictAll(session, numbers, examples, undefined, {
        ...options,
        batchTokens: 60,
        stop: stop.signal,
        onProgress,
      });
      await assert.rejects(scoring, { name: 'AbortError' });
      assert.deepEqual(
        shares,
        [...shares].sort((a, b) => a - b),
      );
      assert.ok(shares.at(-1)! < 1);
    });
  });
}

describe('passes of similar lengths', () => {
  it('do not count a prompt that all requests share', () => {
    const requests = Array.from({ length: 10 }, () => ({
      inputIds: new Array<number>(8).fill(0),
      targets: [[1], [2]],
    }));
    const sizes = (sharedBeginning: boolean): number[] =>
      lengthBatches(requests, { promptLength: 20, batchTokens: 90, sharedBeginning }).map(({ length }) => length);
    assert.deepEqual(sizes(true), [10]);
    assert.deepEqual(sizes(false), [3, 3, 3, 1]);
  });

  it('have fewer rows where attention sees a long beginning', () => {
    const requests = Array.from({ length: 10 }, () => ({ inputIds: [1, 2, 3], targets: [[1]], leadTokens: 2 }));
    const sizes = (promptLength: number): number[] =>
      lengthBatches(requests, { promptLength, batchTokens: 20, sharedBeginning: true }).map(({ length }) => length);
    // 10 rows of 2 tokens; behind 14 + 2 others 10 x 18 of them, more than 8 x 20.
    assert.deepEqual(sizes(12), [10]);
    assert.deepEqual(sizes(14), [8, 2]);
  });

  it('do not count what the requests begin with alike, and part those that begin otherwise, one after the other', () => {
    const requests = Array.from({ length: 12 }, (_, index) => ({
      inputIds: [1, index < 9 ? 2 : 3, ...new Array<number>(index === 8 ? 1 : 8).fill(0)],
      targets: [[1], [2]],
      leadTokens: 2,
    }));
    const passes = (sharedBeginning: boolean, batchTokens: number): number[][] =>
      lengthBatches(requests, { promptLength: 20, batchTokens, sharedBeginning });
    // 8 x (8 + 1); the short one of the same beginning comes before the other beginning.
    assert.deepEqual(passes(true, 72), [[0, 1, 2, 3, 4, 5, 6, 7], [8], [9, 10, 11]]);
    assert.deepEqual(passes(true, 71), [[0, 1, 2, 3, 4, 5, 6], [7], [8], [9, 10, 11]]);
    assert.deepEqual(
      passes(false, 11 * 31).map(({ length }) => length),
      [11, 1],
    );
  });

  it('have every request once and never more tokens than asked for, unless one alone has', () => {
    const random = seededRandom(2);
    for (let trial = 0; trial < 100; trial++) {
      const targets = random.below(2) === 0 ? [[1], [2], [3]] : [[1, 2], [3]];
      const requests = Array.from({ length: 1 + random.below(50) }, () => ({
        inputIds: Array.from({ length: 1 + random.below(40) }, () => 0),
        targets,
      }));
      const rows = targets.every(({ length }) => length === 1) ? 1 : 2;
      const budget = 1 + random.below(300);
      const sharedBeginning = random.below(2) === 0;
      const batches = lengthBatches(requests, { promptLength: 5, batchTokens: budget, sharedBeginning });
      assert.deepEqual(
        batches.flat().sort((a, b) => a - b),
        [...requests.keys()],
      );
      for (const batch of batches) {
        const lengths = batch.map((index) => requests[index]!.inputIds.length);
        const own = (sharedBeginning ? 0 : 5) + targets[0]!.length + Math.max(...lengths);
        assert.ok(batch.length === 1 || batch.length * rows * own <= budget);
        assert.deepEqual(
          lengths,
          [...lengths].sort((a, b) => b - a),
        );
        assert.equal(new Set(lengths.map((length) => stepped(length))).size, 1, 'padded to one length');
      }
    }
  });
});
