import assert from 'node:assert/strict';
import { join } from 'node:path';
import type {
  FrozenModel,
  GenerationOptions,
  GenerationSession,
  Sampling,
} from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { modelFixtures, readExpected } from './modelFixtures';

describe('a generation session', () => {
  const requests = [{ inputIds: [40, 9, 77] }, { inputIds: [12] }, { inputIds: [] }];
  let model: FrozenModel;
  let prompt: Float32Array;
  let session: GenerationSession;
  before(async () => {
    model = await loadFrozenModel(join(modelFixtures, 'llama-untied'));
    const expected = await readExpected('llama-untied');
    prompt = expected.prompt;
    session = await model.openGenerationSession({
      executionProvider: 'cpu',
      threads: 1,
      promptLength: expected.promptLength,
    });
  });
  after(() => session.release());

  const generate = (options: GenerationOptions, chosen = requests): ReturnType<GenerationSession['generate']> =>
    session.generate(prompt, chosen, options);

  it('cuts a text where a stop word begins, also one that lies in several tokens', async () => {
    const [whole] = await generate({ maxNewTokens: 10 });
    const texts = whole!.ids.map((_, i) => model.decode(whole!.ids.slice(0, i)));
    // From within the third token to within the fifth, so that no token is the word or begins with it.
    const [start, end] = [texts[3]!.length - 1, texts[4]!.length + 1];
    const stopWord = whole!.text.slice(start, end);
    const [cut] = await generate({ maxNewTokens: 10, stopWords: ['nowhere', stopWord] });
    assert.equal(cut!.text, whole!.text.slice(0, whole!.text.indexOf(stopWord)));
    assert.equal(cut!.stopped, 'stop-word');
    assert.ok(cut!.text.startsWith(model.decode(cut!.ids)));
    assert.ok(cut!.ids.length < 4);
  });

  it('a stop word of one row leaves the others as they are', async () => {
    const whole = await generate({ maxNewTokens: 8 });
    const stopWord = model.decode(whole[0]!.ids.slice(0, 2));
    assert.ok(!whole[1]!.text.includes(stopWord));
    const cut = await generate({ maxNewTokens: 8, stopWords: [stopWord] });
    assert.deepEqual([cut[0]!.text, cut[0]!.ids], ['', []]);
    assert.deepEqual(cut[1]!.ids, whole[1]!.ids);
  });

  it('draws the same text from the same seed, whatever else is in the batch, and another from another seed', async () => {
    const sampling = (seed: number): Sampling => ({ temperature: 1.5, topP: 0.95, seed });
    const together = await generate({ maxNewTokens: 8, sampling: sampling(1) });
    const again = await generate({ maxNewTokens: 8, sampling: sampling(1) });
    const alone = await generate({ maxNewTokens: 8, sampling: sampling(1) }, [requests[0]!]);
    const other = await generate({ maxNewTokens: 8, sampling: sampling(2) });
    const ids = (texts: typeof together): unknown => texts.map((text) => text.ids);
    assert.deepEqual(ids(again), ids(together));
    assert.deepEqual(alone[0]!.ids, together[0]!.ids);
    assert.notDeepEqual(ids(other), ids(together));
  });

  it('tells each token as it is chosen', async () => {
    const told: number[][] = requests.map(() => []);
    const texts = await generate({ maxNewTokens: 4, onToken: (request, id) => told[request]!.push(id) });
    assert.deepEqual(
      told,
      texts.map(({ ids }) => ids),
    );
  });

  it('stops between two tokens when it is asked to', async () => {
    const stopping = new AbortController();
    let tokens = 0;
    const onToken = (): void => {
      if (++tokens === 6) stopping.abort(new Error('enough'));
    };
    await assert.rejects(generate({ maxNewTokens: 50, onToken, signal: stopping.signal }), /enough/);
    assert.equal(tokens, 6);
  });

  it('writes no further than the model was made for', async () => {
    const long = { inputIds: Array.from({ length: model.maxPositions - 8 }, (_, i) => 3 + i) };
    const [text, other] = await generate({ maxNewTokens: 9 }, [long, requests[0]!]);
    assert.deepEqual([text!.ids.length, text!.stopped], [3, 'length']);
    assert.equal(other!.ids.length, 9);
  });

  it('refuses what it cannot do', async () => {
    const refused = async (options: Partial<GenerationOptions>, message: RegExp, inputIds = [3]): Promise<void> =>
      assert.rejects(generate({ maxNewTokens: 5, ...options }, [{ inputIds }]), message);
    await refused({ maxNewTokens: 0 }, /0 new tokens/);
    await refused({ stopWords: [''] }, /empty stop word/);
    await refused({ sampling: { temperature: 0, seed: 1 } }, /temperature of 0/);
    await refused({ sampling: { temperature: 1, topK: 0, seed: 1 } }, /top-k of 0/);
    await refused({ sampling: { temperature: 1, topP: 1.5, seed: 1 } }, /top-p of 1.5/);
    await refused({}, /token id 5000 is not in the model's vocabulary/, [5000]);
    await refused({}, /made for 64/, new Array<number>(59).fill(3));
    await assert.rejects(session.generate(prompt.slice(1), requests, { maxNewTokens: 5 }), /79 numbers, 80 were/);
    assert.deepEqual(await generate({ maxNewTokens: 5 }, []), []);

    const bare = await model.openGenerationSession({ executionProvider: 'cpu', threads: 1, promptLength: 0 });
    await assert.rejects(bare.generate(new Float32Array(0), requests, { maxNewTokens: 5 }), /neither a prompt nor/);
    await bare.release();
  });
});
