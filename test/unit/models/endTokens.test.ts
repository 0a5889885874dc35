import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrozenModel } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { modelFixtures } from './modelFixtures';

/** Of these fixtures the end token is `</s>`; of llama's it is id 2, of T5's 1. */
describe('an end token that the text itself ends with', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'end-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A model whose tokenizer has another template: `$A` is the text. */
  const withTemplate = (name: string, end: number | undefined): Promise<FrozenModel> => {
    cpSync(join(modelFixtures, name), folder, { recursive: true });
    const file = join(folder, 'tokenizer.json');
    const definition = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const text = { Sequence: { id: 'A', type_id: 0 } };
    definition['post_processor'] =
      end === undefined
        ? null
        : {
            type: 'TemplateProcessing',
            single: [text, { SpecialToken: { id: '</s>', type_id: 0 } }],
            pair: [text],
            special_tokens: { '</s>': { id: '</s>', ids: [end], tokens: ['</s>'] } },
          };
    writeFileSync(file, JSON.stringify(definition));
    return loadFrozenModel(folder);
  };

  it('stays in the input of a causal model, whether or not its tokenizer ends texts', async () => {
    const words = (await loadFrozenModel(join(modelFixtures, 'llama-tied'))).encodeWords('good');
    for (const end of [undefined, 2]) {
      const model = await withTemplate('llama-tied', end);
      assert.deepEqual(model.encodeInput('good'), words);
      assert.deepEqual(model.encodeInput('good</s>'), [...words, 2]);
    }
  });

  it('has the end of the text behind it in an encoder-decoder, as in transformers', async () => {
    for (const end of [undefined, 1]) {
      const model = await withTemplate('t5-v1.0', end);
      const words = model.encodeWords('good');
      for (const encode of ['encodeInput', 'encodeTarget'] as const) {
        assert.deepEqual(model[encode]('good'), [...words, 1]);
        assert.deepEqual(model[encode]('good</s>'), [...words, 1, 1]);
      }
    }
  });

  it('is one of the special texts that the model tells', async () => {
    assert.deepEqual((await loadFrozenModel(join(modelFixtures, 't5-v1.0'))).specialTokens.all, [
      '<pad>',
      '</s>',
      '<unk>',
    ]);
  });
});
