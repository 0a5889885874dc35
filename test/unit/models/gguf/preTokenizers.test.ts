import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GgufMetadata } from '../../../../extension/engine/models/gguf/ggufMetadata';
import type { GgufValue } from '../../../../extension/engine/models/gguf/ggufHeader';
import { preTokenizerNames } from '../../../../extension/engine/models/gguf/tokenizers/preTokenizers';
import { readTokenizer } from '../../../../extension/engine/models/gguf/tokenizers/readTokenizer';
import { Tokenizer } from '../../../../extension/engine/models/tokenizer';
import { ggufFixtures } from './ggufFixtures';

interface Expected {
  readonly tokens: readonly string[];
  readonly merges: readonly string[];
  readonly texts: readonly string[];
  readonly rows: readonly { readonly names: readonly string[]; readonly ids: readonly (readonly number[])[] }[];
}

const expected = JSON.parse(readFileSync(join(ggufFixtures, 'pre-tokenizers.json'), 'utf8')) as Expected;

describe('the pre-tokenizer that a GGUF file names', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pre-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const metadata = (name: string): GgufMetadata =>
    new GgufMetadata(
      'model.gguf',
      new Map<string, GgufValue>([
        ['general.architecture', 'llama'],
        ['tokenizer.ggml.model', 'gpt2'],
        ['tokenizer.ggml.pre', name],
        ['tokenizer.ggml.tokens', expected.tokens],
        ['tokenizer.ggml.merges', expected.merges],
      ]),
    );
  const definitionOf = (name: string): unknown => readTokenizer(metadata(name), expected.tokens.length).definition;

  for (const { names, ids } of expected.rows) {
    it(`cuts texts as tokenizers does with the pattern of ${names.join(', ')}`, async () => {
      writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(definitionOf(names[0]!)));
      const tokenizer = await Tokenizer.read(folder);
      for (const [i, text] of expected.texts.entries())
        assert.deepEqual(tokenizer.encodeWords(text), ids[i], JSON.stringify(text));
      for (const other of names.slice(1)) assert.deepEqual(definitionOf(other), definitionOf(names[0]!), other);
    });
  }

  it('is compared with tokenizers under every name that is read', () => {
    assert.deepEqual([...expected.rows.flatMap(({ names }) => names)].sort(), preTokenizerNames);
  });

  const others: readonly (readonly [string, RegExp])[] = [
    ['kimi-k2', /is "kimi-k2": this way to cut a text has a pattern that cannot be written for this tokenizer/],
    ['gemma4', /is "gemma4": this way to cut a text merges characters instead of bytes/],
    ['roberta-bpe', /is "roberta-bpe": this way to cut a text is that of an encoder/],
    ['made-up', /is "made-up": this way to cut a text is not known.*names that are read: a\.x-4\.0, bailingmoe, /],
    ['constructor', /is "constructor": this way to cut a text is not known/],
  ];
  for (const [name, message] of others) {
    it(`is refused by name where it is ${name}`, () => assert.throws(() => definitionOf(name), message));
  }
});
