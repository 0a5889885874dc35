import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../../extension/engine/models/loadFrozenModel';
import { ggufFixtures } from './ggufFixtures';

describe('the tokenizer of a GGUF file', function () {
  this.timeout(60_000);
  let cache: string;
  before(() => {
    cache = mkdtempSync(join(tmpdir(), 'cache-'));
  });
  after(() => rmSync(cache, { recursive: true }));

  const kinds = ['gpt-2', 'olmo', 'smollm', 'llama-bpe', 'qwen2', 'tekken', 'llama', 'gemma', 't5'];
  for (const kind of kinds) {
    it(`gives the ids that ${kind}'s own library gives`, async () => {
      const model = await loadFrozenModel(join(ggufFixtures, `tokenizer-${kind}.gguf`), { cache });
      const cases = JSON.parse(readFileSync(join(ggufFixtures, `tokenizer-${kind}.json`), 'utf8')) as {
        text: string;
        ids: number[];
        decoded: string;
      }[];
      for (const { text, ids, decoded } of cases) {
        assert.deepEqual(model.encodeWords(text), ids, JSON.stringify(text));
        assert.equal(model.decode(ids), decoded, JSON.stringify(text));
      }
    });
  }

  it('puts the begin token in front where the file or the kind says so', async () => {
    const first = async (kind: string): Promise<boolean> => {
      const model = await loadFrozenModel(join(ggufFixtures, `tokenizer-${kind}.gguf`), { cache });
      return model.encodeInput('soup')[0] === 1;
    };
    assert.deepEqual(await Promise.all(['llama', 'gemma', 'llama-bpe'].map(first)), [true, true, false]);
  });
});
