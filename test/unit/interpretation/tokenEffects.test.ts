import assert from 'node:assert/strict';
import { tokenEffects, type TokenEffectsRequest } from '../../../extension/engine/interpretation/tokenEffects';
import { evaluate } from '../../../extension/engine/evaluation/evaluate';
import type { FrozenModel } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';

const cpu = { executionProvider: 'cpu', threads: 1 } as const;
const promptLength = 4;
const planted = 2;

for (const folder of ['llama-tied', 't5-v1.1'])
  describe(`effects of virtual tokens (${folder})`, function () {
    this.timeout(60_000);
    let model: FrozenModel;
    let request: Omit<TokenEffectsRequest, 'session'>;
    /** The mean of the vocabulary everywhere, but for one position, which was learned. */
    let prompt: Float32Array;
    let blank: Float32Array;
    before(async () => {
      model = await loadFrozenModel(`test/fixtures/models/${folder}`);
      const { mean } = await model.vocabularyStatistics();
      blank = Float32Array.from({ length: promptLength * model.width }, (_, i) => mean[i % model.width]!);
      const examples = ['good', 'was rude', 'the film', 'cold soup and'].map((text, i) => {
        const target = i % 2 === 0 ? 'yes' : 'no';
        return { inputIds: model.encodeInput(text), targetIds: model.encodeTarget(target), target };
      });
      const classes = ['yes', 'no'].map((words) => ({ words, targetIds: model.encodeTarget(words) }));
      prompt = blank.slice();
      const training = await model.openTrainingSession({ ...cpu, promptLength });
      const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
      for (let step = 0; step < 40; step++) {
        const { gradient } = await training.lossAndGradient(prompt, examples, tokens);
        for (let i = planted * model.width; i < (planted + 1) * model.width; i++) prompt[i]! -= 0.2 * gradient[i]!;
      }
      await training.release();
      request = { prompt, replacement: mean, examples, classes, metric: 'accuracy', options: { batchTokens: 400 } };
    });

    async function effects(change: Partial<TokenEffectsRequest> = {}): ReturnType<typeof tokenEffects> {
      const session = await model.openScoringSession({ ...cpu, promptLength, promptPerRequest: true });
      try {
        return await tokenEffects({ session, ...request, ...change });
      } finally {
        await session.release();
      }
    }
    /** Loss of a prompt, scored alone. */
    async function lossOf(numbers: Float32Array): Promise<number> {
      const session = await model.openScoringSession({ ...cpu, promptLength });
      const { scores } = await evaluate(session, numbers, request.examples, request.classes, {
        batchTokens: 400,
        promptLength,
      });
      await session.release();
      return scores['loss']!;
    }

    it('find the one token that was planted: replacing any other changes nothing', async () => {
      const { tokens, scores } = await effects();
      const [whole, without] = [await lossOf(prompt), await lossOf(blank)];
      assert.ok(Math.abs(scores['loss']! - whole) < 1e-4);
      assert.ok(without - whole > 0.1, `the planted token helps: ${without} without, ${whole} with it`);
      for (const { position, replaced } of tokens) {
        const expected = position === planted ? without - whole : 0;
        assert.ok(Math.abs(replaced.loss - expected) < 1e-4, `${position}: ${replaced.loss} instead of ${expected}`);
      }
    });

    it('by masking is largest at the planted token too', async () => {
      const { tokens } = await effects();
      const largest = tokens.toSorted((a, b) => b.masked.loss - a.masked.loss)[0]!;
      assert.equal(largest.position, planted);
    });

    it('do not depend on how many prompts go together, and tell how far they are', async () => {
      const shares: number[] = [];
      const one = await effects({ options: { batchTokens: 1, onProgress: (share) => shares.push(share) } });
      const many = await effects({ options: { batchTokens: 100_000 } });
      for (const [i, { masked, replaced }] of one.tokens.entries()) {
        assert.ok(Math.abs(masked.loss - many.tokens[i]!.masked.loss) < 1e-4);
        assert.ok(Math.abs(replaced.loss - many.tokens[i]!.replaced.loss) < 1e-4);
      }
      assert.equal(shares.length, request.examples.length * (2 * promptLength + 1));
      assert.equal(shares.at(-1), 1);
    });

    it('end at once when they are to stop', async () => {
      const stopping = new AbortController();
      let passes = 0;
      const onProgress = (): void => {
        passes++;
        stopping.abort();
      };
      await assert.rejects(effects({ options: { batchTokens: 1, stop: stopping.signal, onProgress } }), /abort/i);
      assert.equal(passes, 1);
    });
  });
