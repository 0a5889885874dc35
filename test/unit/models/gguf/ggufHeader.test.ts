import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GgufFile } from '../../../../extension/engine/models/gguf/ggufFile';
import { readTokenizer } from '../../../../extension/engine/models/gguf/tokenizers/readTokenizer';
import { Tokenizer } from '../../../../extension/engine/models/tokenizer';
import { readVocabulary } from '../../../../extension/engine/models/gguf/tokenizers/vocabulary';
import { ggufBytes, type GgufSpec } from './ggufBuilder';

describe('the header of a GGUF file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'header-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function read(pairs: GgufSpec['pairs']): Promise<GgufFile> {
    const file = join(folder, 'model.gguf');
    writeFileSync(
      file,
      ggufBytes({ pairs: pairs!, tensors: [{ name: 'a', shape: [1] }], data: Buffer.from([0, 0, 128, 63]) }),
    );
    return GgufFile.read(file);
  }

  it('keeps every character of a text: byte order marks at its beginning, the replacement character, NUL', async () => {
    const texts = ['//', '\ufeff//', '\ufeff', '\ufeff\ufeff', '\ufffd', 'a\0b', '\u{1f600}', ''];
    const { metadata } = await read([['tokens', texts], ...texts.map((text, i) => [`text ${i}`, text] as const)]);
    assert.deepEqual(metadata.texts('tokens'), texts);
    texts.forEach((text, i) => assert.equal(metadata.text(`text ${i}`), text));
  });

  it('reads every type of number to its last digit', async () => {
    const typed = (type: number, bytes: number[]): Buffer => Buffer.from([type, 0, 0, 0, ...bytes]);
    const { metadata } = await read([
      ['u8', typed(0, [255])],
      ['i8', typed(1, [255])],
      ['u16', typed(2, [255, 255])],
      ['i16', typed(3, [254, 255])],
      ['u32', typed(4, [255, 255, 255, 255])],
      ['i32', typed(5, [253, 255, 255, 255])],
      ['f32', typed(6, [0, 0, 0x80, 0xbf])],
      ['u64', typed(10, [0, 0, 0, 0, 1, 0, 0, 0])],
      ['i64', typed(11, [252, 255, 255, 255, 255, 255, 255, 255])],
      ['f64', typed(12, [0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f])],
      ['no', typed(7, [0])],
    ]);
    const numbers = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32', 'u64', 'i64', 'f64'].map((key) =>
      metadata.number(key),
    );
    assert.deepEqual(numbers, [255, -1, 65535, -2, 4294967295, -3, -1, 2 ** 32, -4, 0.1]);
    assert.equal(metadata.flag('no', true), false);
  });

  it('does not stop at a text that is not UTF-8 where nothing is made of it', async () => {
    const broken = Buffer.from([8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xe9]);
    const { metadata } = await read([
      ['general.description', broken],
      ['general.architecture', 'llama'],
    ]);
    assert.equal(metadata.text('general.architecture'), 'llama');
  });

  it('takes a token id of -1 for none', async () => {
    const { metadata } = await read([
      ['tokenizer.ggml.tokens', ['a', 'b']],
      ['tokenizer.ggml.padding_token_id', 0xffff_ffff],
      ['tokenizer.ggml.eos_token_id', 1],
    ]);
    const { special } = readVocabulary(metadata, 2);
    assert.deepEqual([special('padding'), special('eos')], [undefined, { id: 1, token: 'b' }]);
  });

  it('leaves out merges that make no token and counts them, as a file has them whose tokens were changed afterwards', async () => {
    const { metadata } = await read([
      ['general.architecture', 'gpt2'],
      ['tokenizer.ggml.model', 'gpt2'],
      ['tokenizer.ggml.tokens', ['a', 'b', 'c', 'ab', '\ufeffab']],
      ['tokenizer.ggml.merges', ['a b', 'ab c', 'x b', 'b c']],
    ]);
    const { definition, notes } = readTokenizer(metadata, 5);
    assert.deepEqual((definition['model'] as { merges: unknown }).merges, [['a', 'b']]);
    assert.match(
      notes.join(),
      /3 of 4 merges of its tokenizer make no token and are left out, the first of them "ab c"/,
    );
  });

  it('puts runs of spaces together as Gemma does, and finds them where they are written as pieces', async () => {
    const [one, two, three, four] = [1, 2, 3, 4].map((length) => '\u2581'.repeat(length));
    const { metadata } = await read([
      ['general.architecture', 'gemma3'],
      ['tokenizer.ggml.model', 'llama'],
      ['tokenizer.ggml.add_space_prefix', false],
      ['tokenizer.ggml.tokens', ['<unk>', '<s>', '  ', '   ', '    ', one!, 'a', `${one}a`]],
      ['tokenizer.ggml.token_type', [2, 3, 4, 4, 4, 1, 1, 1]],
      ['tokenizer.ggml.scores', [0, 0, 0, 0, 0, -1.5, -2.5, -0.5]],
      ['tokenizer.ggml.unknown_token_id', 0],
    ]);
    const { definition } = readTokenizer(metadata, 8);
    const { merges } = definition['model'] as { merges: unknown };
    assert.deepEqual(merges, [
      [three, one],
      [two, two],
      [two, one],
      [one, three],
      [one, two],
      [one, one],
      [one, 'a'],
    ]);
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(definition));
    const tokenizer = await Tokenizer.read(folder);
    // Ids of tokenizers for the same file; a literal piece is a token of its own, behind it a word begins anew.
    const texts = ['a a', 'a  a', 'a    a', 'a       a', `a${two}a`, `a${four} a`];
    assert.deepEqual(
      texts.map((text) => tokenizer.encodeWords(text)),
      [
        [6, 7],
        [6, 2, 6],
        [6, 4, 6],
        [6, 4, 3, 6],
        [6, 2, 6],
        [6, 4, 7],
      ],
    );
  });
});
