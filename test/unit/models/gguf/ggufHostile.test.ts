import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GgufFile } from '../../../../extension/engine/models/gguf/ggufFile';
import { loadFrozenModel } from '../../../../extension/engine/models/loadFrozenModel';
import { ModelError } from '../../../../extension/engine/models/modelError';
import {
  emptyList,
  emptyText,
  ggufBytes,
  ggufValue,
  type GgufSpec,
  type GgufTensorSpec,
  type GgufValue,
} from './ggufBuilder';

/** A text of the bytes 66 ff. */
const brokenText = Buffer.from([8, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x66, 0xff]);

describe('a hostile GGUF file', function () {
  this.timeout(30_000);
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hostile-'));
    file = join(folder, 'model.gguf');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function refused(work: Promise<unknown>, message: RegExp): Promise<void> {
    await assert.rejects(work, (error: Error) => {
      assert.ok(error instanceof ModelError, error.stack);
      assert.match(error.message, message);
      assert.ok(error.message.includes(file), 'the message names the file');
      return true;
    });
  }
  const numbers = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
  const one: GgufTensorSpec = { name: 'a', shape: [2] };
  const nested = (depth: number): Buffer =>
    depth === 0
      ? ggufValue([1])
      : Buffer.concat([Buffer.from([9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), nested(depth - 1).subarray(4)]);

  const headers: readonly (readonly [string, GgufSpec, RegExp])[] = [
    ['is not GGUF', { magic: 'GGML' }, /does not begin with the letters GGUF/],
    ['is of another version', { version: 1 }, /is of GGUF version 1; supported: 2, 3. Fetch a file .* converted later/],
    [
      'is big-endian',
      { version: 0x03000000 },
      /is big-endian; supported: little-endian. .*gguf-convert-endian FILE little/,
    ],
    ['claims 2^60 tensors', { tensorCount: 2n ** 60n }, /claims [\d.e+]+ bytes, the file has \d+/],
    ['claims 10 million tensors', { tensorCount: 10_000_000n }, /claims 240000024 bytes, the file has \d+/],
    ['claims 2^64 - 1 metadata pairs', { pairCount: 2n ** 64n - 1n }, /claims [\d.e+]+ bytes/],
    ['has a key of 2^40 bytes', { pairs: [['', emptyText(2n ** 40n)]] }, /claims 1099511\d+ bytes/],
    ['has a list of 2^40 numbers', { pairs: [['a', emptyList(4, 2n ** 40n)]] }, /claims 4398046\d+ bytes/],
    ['has a list of 2^62 texts', { pairs: [['a', emptyList(8, 2n ** 62n)]] }, /claims [\d.e+]+ bytes/],
    ['has a list of 2^40 lists', { pairs: [['a', emptyList(9, 2n ** 40n)]] }, /claims [\d.e+]+ bytes/],
    ['has lists in lists in lists', { pairs: [['a', nested(3)]] }, /has lists of lists of lists/],
    ['has a value of no known type', { pairs: [['a', Buffer.from([99, 0, 0, 0])]] }, /unknown type 99/],
    [
      'has a key twice',
      {
        pairs: [
          ['k', 1],
          ['k', 2],
        ],
      },
      /has the metadata key "k" twice/,
    ],
    [
      'has a key that is not UTF-8',
      { pairs: [[Buffer.from([0x66, 0xff]), 1]] },
      /has a metadata key 0 that is not valid UTF-8/,
    ],
    [
      'has a tensor of 5 dimensions',
      { tensors: [{ name: 'a', shape: [1, 1, 1, 1, 1] }] },
      /gives tensor "a" 5 dimensions/,
    ],
    ['has no tensor', {}, /has no tensor/],
    [
      'has a tensor of length 0',
      { tensors: [{ name: 'a', shape: [0, 4] }] },
      /tensor "a" has no usable shape: \[4, 0\]/,
    ],
    [
      'has a tensor without dimensions',
      { tensors: [{ name: 'a', shape: [] }], data: numbers(1) },
      /no usable shape: \[\]/,
    ],
    [
      'has a shape beyond 2^53',
      { tensors: [{ name: 'a', shape: [2 ** 31, 2 ** 31] }] },
      /no usable shape: \[2147483648, 2147483648\]/,
    ],
    [
      'has a negative length',
      { tensors: [{ name: 'a', shape: [2n ** 64n - 1n] }] },
      /tensor "a" has no usable shape: \[18446744073709552000\]/,
    ],
    [
      'has a tensor beyond its end',
      { tensors: [{ name: 'a', shape: [3] }], data: numbers(1, 2) },
      /shape \[3\] does not fit into the file/,
    ],
    [
      'has an offset beyond 2^53',
      { tensors: [{ ...one, offset: 2n ** 64n - 32n }], data: numbers(1, 2) },
      /does not fit into the file/,
    ],
    [
      'has rows that are no whole blocks',
      { tensors: [{ name: 'a', shape: [16], type: 2 }], data: new Uint8Array(18) },
      /does not fit into the file/,
    ],
    [
      'has a type that is not supported',
      { tensors: [{ name: 'a', shape: [256], type: 16 }] },
      /tensor "a" is IQ2_XXS, which is not read; read are F32, F16, .*Q6_K.*llama-quantize --allow-requantize/,
    ],
    [
      'has a type that does not exist',
      { tensors: [{ name: 'a', shape: [2], type: 4711 }] },
      /tensor "a" is of type 4711, which is not read/,
    ],
    [
      'has a tensor twice',
      { tensors: [one, { ...one, offset: 8 }], data: numbers(1, 2, 3, 4) },
      /has the tensor "a" twice/,
    ],
    [
      'has tensors that overlap',
      { tensors: [one, { name: 'b', shape: [2], offset: 4 }], data: numbers(1, 2, 3) },
      /tensor "b" overlaps another one/,
    ],
    [
      'has an alignment of nothing',
      { pairs: [['general.alignment', 0]], tensors: [one], data: numbers(1, 2) },
      /general\.alignment/,
    ],
    [
      'is a part of several',
      { pairs: [['split.count', 3]], tensors: [one], data: numbers(1, 2) },
      /is part 1 of 3, and its name does not say so/,
    ],
  ];
  for (const [what, spec, message] of headers) {
    it(`is refused before anything is allocated where it ${what}`, async () => {
      writeFileSync(file, ggufBytes(spec));
      await refused(GgufFile.read(file), message);
    });
  }

  it('is refused where it ends anywhere inside its header', async () => {
    const bytes = ggufBytes({
      pairs: [
        ['general.name', 'x'],
        ['list', [1, 2, 3]],
      ],
      tensors: [one],
    });
    for (let length = 0; length < bytes.length - 32; length++) {
      writeFileSync(file, bytes.subarray(0, length));
      await refused(GgufFile.read(file), /cannot be read as GGUF/);
    }
  });

  const model: readonly (readonly [string, GgufValue])[] = [
    ['general.architecture', 'llama'],
    ['llama.embedding_length', 8],
    ['llama.block_count', 1],
    ['llama.feed_forward_length', 8],
    ['llama.context_length', 32],
    ['llama.attention.head_count', 1],
    ['llama.attention.layer_norm_rms_epsilon', 1e-5],
    ['tokenizer.ggml.model', 'llama'],
    ['tokenizer.ggml.tokens', ['<unk>', '\u2581', 'a']],
    ['tokenizer.ggml.scores', [0.5, -1.5, -2.5]],
    ['tokenizer.ggml.token_type', [2, 1, 1]],
  ];
  const changed = (key: string, value: GgufValue | undefined): (readonly [string, GgufValue])[] => [
    ...model.filter(([each]) => each !== key),
    ...(value === undefined ? [] : [[key, value] as const]),
  ];
  const embeddings: GgufTensorSpec = { name: 'token_embd.weight', shape: [8, 3] };

  const models: readonly (readonly [string, string, GgufValue | undefined, RegExp])[] = [
    ['no architecture', 'general.architecture', undefined, /"general.architecture" is missing, it must be a text/],
    [
      'an unknown architecture',
      'general.architecture',
      'mamba',
      /is "mamba", which is not supported as GGUF; supported: llama, qwen2, /,
    ],
    [
      'an architecture called constructor',
      'general.architecture',
      'constructor',
      /is "constructor", which is not supported/,
    ],
    [
      'heads that are a list',
      'llama.attention.head_count',
      [1, 2],
      /"llama.attention.head_count" is a list of 2, it must be a number/,
    ],
    [
      'an unknown tokenizer',
      'tokenizer.ggml.model',
      'rwkv',
      /is "rwkv", which is not supported; supported: gpt2, llama, t5/,
    ],
    ['no pre-tokenizer', 'tokenizer.ggml.model', 'gpt2', /"tokenizer.ggml.pre" is missing: .* Fetch a file/],
    [
      'more tokens than embeddings',
      'tokenizer.ggml.tokens',
      ['a', 'b', 'c', 'd'],
      /is a list of 4, more than the model's 3 embeddings/,
    ],
    ['a token twice', 'tokenizer.ggml.tokens', ['a', 'b', 'a'], /has "a" twice, as number 0 and 2/],
    [
      'a token that is not UTF-8',
      'tokenizer.ggml.tokens',
      ['<unk>', 'a', brokenText],
      /whose number 2 is a text that is not valid UTF-8 \(bytes 66 ff\), it must be a list of texts/,
    ],
    [
      'an architecture that is not UTF-8',
      'general.architecture',
      brokenText,
      /"general.architecture" is a text that is not valid UTF-8 \(bytes 66 ff\), it must be a text/,
    ],
    ['fewer scores than tokens', 'tokenizer.ggml.scores', [0.5], /is a list of 1, but there are 3 tokens/],
    [
      'an end token that is none',
      'tokenizer.ggml.eos_token_id',
      99,
      /"tokenizer.ggml.eos_token_id" is 99, but there are only 3 tokens/,
    ],
    [
      'only an adapter',
      'general.type',
      'adapter',
      /"general.type" is "adapter": it holds an adapter \(LoRA\) for a model, and no model. Choose/,
    ],
    [
      'a rotary scaling that is not supported',
      'llama.rope.scaling.type',
      'longrope',
      /is "longrope", which is not supported; supported: none, linear, yarn/,
    ],
  ];
  for (const [what, key, value, message] of models) {
    it(`is refused where it has ${what}, and nothing is left`, async () => {
      const cache = join(folder, 'cache');
      writeFileSync(file, ggufBytes({ pairs: changed(key, value), tensors: [embeddings], data: new Uint8Array(96) }));
      await refused(loadFrozenModel(file, { cache }), message);
      assert.deepEqual(readdirSync(cache), []);
    });
  }

  it('is refused where a number is not finite, naming tensor and index', async () => {
    const values = new Float32Array(24);
    values[13] = NaN;
    writeFileSync(file, ggufBytes({ pairs: model, tensors: [embeddings], data: numbers(...values) }));
    await refused(
      loadFrozenModel(file, { cache: folder }),
      /tensor "token_embd.weight" has no finite number as F32 at index 13/,
    );
  });

  it('is refused where a tensor is none of its architecture', async () => {
    writeFileSync(
      file,
      ggufBytes({
        pairs: model,
        tensors: [
          { name: 'blk.0.ffn_gate_exps.weight', shape: [2] },
          { ...embeddings, offset: 32 },
        ],
        data: new Uint8Array(128),
      }),
    );
    await refused(
      loadFrozenModel(file, { cache: folder }),
      /tensor "blk.0.ffn_gate_exps.weight" is not one of the architecture "llama"/,
    );
  });
});
