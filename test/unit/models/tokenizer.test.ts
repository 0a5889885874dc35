import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { Tokenizer } from '../../../extension/engine/models/tokenizer';
import { modelFixtures, readExpected } from './modelFixtures';

const load = (name: string): ReturnType<typeof loadFrozenModel> => loadFrozenModel(join(modelFixtures, name));

describe("a model's tokenizer", () => {
  // llama-tied adds no begin token, llama-untied does, T5 adds an end token.
  for (const name of ['llama-tied', 'llama-untied', 't5-v1.1']) {
    it(`${name}: gives the ids and texts of the Rust tokenizers`, async () => {
      const tokenizer = await Tokenizer.read(join(modelFixtures, name));
      for (const { text, ids, words, decoded } of (await readExpected(name)).texts) {
        assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
        assert.deepEqual(tokenizer.encodeWords(text), words, JSON.stringify(text));
        assert.equal(tokenizer.decode(words), decoded);
      }
    });
  }

  it('adds a begin token to an input only where the tokenizer does', async () => {
    const [plain, begins] = [await load('llama-tied'), await load('llama-untied')];
    assert.deepEqual(begins.encodeInput('good'), [1, ...plain.encodeInput('good')]);
    assert.deepEqual(begins.encodeTarget('good'), plain.encodeTarget('good'));
    assert.deepEqual(begins.encodeWords('good'), plain.encodeWords('good'));
  });

  it('makes a causal target follow its input after exactly one space', async () => {
    const model = await load('llama-untied');
    for (const target of ['positive', ' positive']) {
      const ids = [...model.encodeInput('sentiment:'), ...model.encodeTarget(target)];
      assert.equal(model.decode(ids), '<s>sentiment: positive');
    }
  });

  it('ends the input and the target of an encoder-decoder, once', async () => {
    const model = await load('t5-v1.0');
    const ends = (ids: readonly number[]): number => ids.filter((id) => id === 1).length;
    for (const ids of [model.encodeInput('good food'), model.encodeTarget('positive')]) {
      assert.equal(ends(ids), 1);
      assert.equal(ids.at(-1), 1);
    }
    assert.equal(ends(model.encodeWords('positive')), 0);
  });

  it('keeps spaces before punctuation when decoding, whatever the tokenizer is configured to clean up', async () => {
    const model = await load('llama-tied');
    assert.equal(model.decode(model.encodeWords("it 's fine , I think .")), "it 's fine , I think .");
    assert.equal(model.decode([]), '');
  });

  it('is refused with a reason where it is missing or damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenizer-'));
    try {
      cpSync(join(modelFixtures, 'llama-tied'), folder, { recursive: true });
      writeFileSync(join(folder, 'tokenizer.json'), '{"model":{"type":"Unheard"}}');
      await assert.rejects(loadFrozenModel(folder), /tokenizer\.json: cannot be used as a tokenizer/);
      rmSync(join(folder, 'tokenizer.json'));
      writeFileSync(join(folder, 'tokenizer.model'), '');
      await assert.rejects(loadFrozenModel(folder), /tokenizer\.json: missing\. The folder has tokenizer\.model/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
