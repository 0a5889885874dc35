import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mkdtempSync, rmSync, statSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import type { FrozenModel, ScoringSession } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { verifyModel } from '../../../extension/engine/models/verifyModel';

const source = join(process.cwd(), 'media/model');

describe('the bundled model', function () {
  this.timeout(300_000);
  let cache: string;
  let model: FrozenModel;
  let bare: ScoringSession;
  before(async () => {
    cache = mkdtempSync(join(tmpdir(), 'bundled-'));
    model = await loadFrozenModel(source, { name: 'bundled', cache });
    bare = await model.openScoringSession({ executionProvider: 'cpu', promptLength: 0 });
  });
  after(async () => {
    await bare.release();
    rmSync(cache, { recursive: true });
  });

  it('takes at most 30 MiB', () => {
    const bytes = readdirSync(source).reduce((sum, file) => sum + statSync(join(source, file)).size, 0);
    assert.ok(bytes <= 30 * 2 ** 20, `${bytes} bytes`);
  });

  it('gives every English text back, without a begin or end token', () => {
    for (const text of ['review: The film was great! sentiment:', "It's 12.5 % — naïve, isn't it?\n\tYes."]) {
      assert.equal(model.decode(model.encodeInput(text)), text);
      assert.deepEqual(model.encodeInput(text), model.encodeWords(text));
    }
  });

  it('knows English: sentences are far likelier than the same words in reverse order', async () => {
    const sentences = [
      'The government of the country is a republic, and the president is the head of state.',
      'I was very happy with the food, and the service was good.',
      'She opened the door and went into the house.',
      'A small animal that lives in the water and eats plants.',
    ];
    const reversed = sentences.map((text) => text.split(' ').reverse().join(' '));
    const meanLoss = async (texts: readonly string[]): Promise<number> => {
      const requests = texts.map((text) => {
        const [first, ...rest] = model.encodeInput(text);
        return { inputIds: [first!], targets: [rest] };
      });
      const scores = (await bare.score(new Float32Array(0), requests)).flat();
      const tokens = scores.reduce((sum, score) => sum + score.tokens, 0);
      return -scores.reduce((sum, { logProbability }) => sum + logProbability, 0) / tokens;
    };
    const [right, wrong] = [await meanLoss(sentences), await meanLoss(reversed)];
    assert.ok(right < Math.log(model.vocabulary) - 3, `${right} nats a token`);
    assert.ok(right < wrong - 1, `${right} against ${wrong} nats a token`);
  });

  it('has the prompt gradient of central differences', async () => {
    const result = await verifyModel(source, { cache, entries: 4 });
    assert.equal(result.parameters, model.parameters);
    assert.ok(result.relativeError <= 1e-7, `relative error ${result.relativeError}`);
  });

  it('computes a training step with both sessions open, and its weights stay as they are', async () => {
    const hash = await model.weightsHash();
    const promptLength = 8;
    const session = await model.openTrainingSession({ executionProvider: 'cpu', promptLength });
    const prompt = await model.embeddings(
      model.encodeWords('good bad great awful nice poor fine wrong').slice(0, promptLength),
    );
    const example = {
      inputIds: model.encodeInput('review: I loved it. sentiment:'),
      targetIds: model.encodeTarget('positive'),
    };
    const first = await session.lossAndGradient(prompt, [example], example.targetIds.length);
    const again = await session.lossAndGradient(prompt, [example], example.targetIds.length);
    assert.deepEqual(again, first);
    // A small step down the gradient lowers the loss.
    const norm = Math.hypot(...first.gradient);
    const moved = prompt.map((number, i) => number - (0.05 * first.gradient[i]!) / norm);
    assert.ok((await session.lossAndGradient(moved, [example], example.targetIds.length)).loss < first.loss);
    await session.release();
    assert.equal(await model.weightsHash(), hash);
  });
});
