import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cacheFolder } from '../../../extension/engine/storage/cacheFolder';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { ModelError } from '../../../extension/engine/models/modelError';
import { readSafetensorsHeader, safetensorsPrefix } from '../../../extension/engine/models/safetensors';
import { verifyModel } from '../../../extension/engine/models/verifyModel';
import { largestDifference, modelFixtures, readExpected, readTensors } from './modelFixtures';

describe('a model folder', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'model-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function copyOf(name: string, changes: Record<string, unknown> = {}): string {
    cpSync(join(modelFixtures, name), folder, { recursive: true });
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...changes }));
    return folder;
  }
  async function refused(message: RegExp): Promise<void> {
    await assert.rejects(loadFrozenModel(folder), (error: Error) => {
      assert.ok(error instanceof ModelError, error.stack);
      assert.match(error.message, message);
      assert.ok(error.message.includes(folder), 'the message names the file');
      return true;
    });
  }

  it('tells its sizes', async () => {
    const model = await loadFrozenModel(join(modelFixtures, 'llama-untied'));
    const { name, architecture, kind, width, layers, heads, vocabulary, maxPositions, parameters } = model;
    assert.deepEqual(
      { name, architecture, kind, width, layers, heads, vocabulary, maxPositions },
      {
        name: 'llama-untied',
        architecture: 'llama',
        kind: 'causal',
        width: 16,
        layers: 3,
        heads: 4,
        vocabulary: 288,
        maxPositions: 64,
      },
    );
    const stored = await readTensors(join(modelFixtures, 'llama-untied/model.safetensors'));
    assert.equal(
      parameters,
      [...stored.values()].reduce((sum, { numbers }) => sum + numbers.length, 0),
    );
  });

  for (const [name, field, value, message] of [
    [
      'llama-tied',
      'model_type',
      'gpt_bigcode',
      /"model_type" is "gpt_bigcode", which is not supported; supported: .*gemma2, .*gpt2, .*llama, .*t5/,
    ],
    [
      'llama-tied',
      'model_type',
      'qwen3_moe',
      /"model_type" is "qwen3_moe", a mixture of experts, .*A dense relative is supported: qwen3\./,
    ],
    [
      'smollm3',
      'no_rope_layers',
      [1, 0],
      /"no_rope_layers" is \[1,0\], it must have a number for each of the 4 layers/,
    ],
    ['phi3', 'partial_rotary_factor', 0.4, /"partial_rotary_factor" is 0.4; 0.4 of a head's 8 numbers is no even part/],
    [
      'phi3',
      'rope_scaling',
      { type: 'longrope', short_factor: [1, 1, 1], long_factor: [2, 2] },
      /"rope_scaling.long_factor" is \[2,2\], it must be a list of 3 numbers above 0/,
    ],
    ['phi3', 'rope_scaling', { type: 'linear', factor: 2 }, /"rope_scaling.type" is "linear", which is not supported/],
    ['phi3', 'lm_head_bias', true, /"lm_head_bias" is true: a bias in Phi-3 is not supported yet/],
    ['llama-tied', 'hidden_act', 'xielu', /"hidden_act" is "xielu", which is not supported; supported: relu, .*silu/],
    ['llama-tied', 'attention_bias', true, /no tensor "model.layers.0.self_attn.q_proj.bias"/],
    ['llama-tied', 'mlp_bias', true, /no tensor "model.layers.0.mlp.gate_proj.bias"/],
    [
      'llama-tied',
      'rope_parameters',
      { rope_type: 'mrope' },
      /"rope_parameters.rope_type" is "mrope", which is not supported; supported: default, linear, dynamic, llama3, yarn, longrope/,
    ],
    ['llama-untied', 'rope_scaling', { type: 'su' }, /"rope_scaling.type" is "su", which is not supported/],
    ['llama-untied', 'rope_scaling', { type: 'linear' }, /"rope_scaling.factor" is missing, it must be a number/],
    ['llama-tied', 'hidden_size', '16', /"hidden_size" is "16", it must be a whole number above 0/],
    [
      'llama-tied',
      'vocab_size',
      1e9,
      /"model.embed_tokens.weight" has shape \[288, 16\], config.json makes it \[1000000000, 16\]/,
    ],
    ['llama-tied', 'num_hidden_layers', 2 ** 53, /"num_hidden_layers" is 9007199254740992, it must be a whole number/],
    ['llama-tied', 'num_key_value_heads', 3, /"num_key_value_heads" is 3, it must divide the 4 attention heads/],
    ['llama-tied', 'head_dim', 5, /"head_dim" is 5, it must be even/],
    ['llama-tied', 'num_hidden_layers', 4, /no tensor "model.layers.3.input_layernorm.weight"/],
    [
      't5-v1.0',
      'feed_forward_proj',
      'gated-mish',
      /"feed_forward_proj" is "gated-mish", which is not supported; supported: relu, .*gated-gelu/,
    ],
    ['t5-v1.1', 'dense_act_fn', 'relu', /"dense_act_fn" is "relu", which is not supported; supported: gelu_new/],
    ['gemma2', 'use_bidirectional_attention', true, /"use_bidirectional_attention" is true: .* is not supported yet/],
    [
      'gemma3_text',
      'attn_logit_softcapping',
      50,
      /"attn_logit_softcapping" is 50: capped attention scores in Gemma 3 are/,
    ],
    ['gemma3_text', 'layer_types', ['full_attention'], /"layer_types" is \["full_attention"\], it must be a list of 3/],
    ['qwen2', 'layer_types', ['a', 'b', 'c'], /"layer_types" is "a", which is not supported; supported: sliding_/],
    ['gpt2', 'n_head', 3, /"n_head" is 3, it must divide "n_embd", 16/],
    [
      'bloom',
      'n_head',
      8,
      /"num_attention_heads" is 4, and "n_head", which is another name for it, says something else/,
    ],
    ['bloom-normed-residual', 'n_head', 5, /"n_head" is 5, it must divide the width, 18/],
    ['gpt_neo', 'attention_layers', ['global', 'global', 'local'], /, which is not what "attention_types" says/],
    ['gpt_neo', 'attention_types', [[['global', 'local'], 1]], /, which tells 2 layers of the 3 that the model has/],
    [
      'gpt_neo',
      'attention_types',
      ['global'],
      /"attention_types" is \["global"\], it must be a list of \[types, times\]/,
    ],
    ['gpt_neo-local', 'attention_types', [[['local', 'sparse'], 1]], /; supported: global, local/],
    ['bart', 'num_hidden_layers', 6, /"num_hidden_layers" is 6, and "encoder_layers", which is another name for it/],
    ['bart', 'decoder_attention_heads', 3, /"decoder_attention_heads" is 3, it must divide the width, 16/],
    ['bart', 'is_encoder_decoder', false, /"is_encoder_decoder" is false: half of an encoder-decoder is not supported/],
    ['gptj', 'rotary_dim', 10, /"rotary_dim" is 10, it must be even and no more than a head's 8 numbers/],
    ['gptj', 'rotary_dim', null, /"rotary_dim" is missing, it must be a number/],
    ['gpt_neox', 'rotary_pct', 0.2, /"rotary_pct" is 0.2; 0.2 of a head's 8 numbers is no even part/],
  ] as const) {
    it(`is refused where "${field}" is ${JSON.stringify(value)}`, async () => {
      copyOf(name, { [field]: value });
      await refused(message);
    });
  }

  it('is refused where a file is missing, saying which', async () => {
    copyOf('llama-sharded');
    rmSync(join(folder, 'model-00002-of-00003.safetensors'));
    await refused(/model-00002-of-00003.safetensors: listed in model.safetensors.index.json but missing/);
    rmSync(join(folder, 'model.safetensors.index.json'));
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    await refused(
      /neither model.safetensors nor .*pytorch_model.bin, which is not read because such files can run code/,
    );
    rmSync(join(folder, 'config.json'));
    await refused(/config.json: cannot be read: there is no such file\. A model folder needs it\.$/);
  });

  it('is refused where the shard index leads out of it, or a tensor stands in two shards', async () => {
    copyOf('llama-sharded');
    const index = join(folder, 'model.safetensors.index.json');
    writeFileSync(index, JSON.stringify({ weight_map: { a: '../other.safetensors' } }));
    await refused(/"a" is said to lie in "..\/other.safetensors", not a file of the folder/);
    const first = 'model-00001-of-00003.safetensors';
    cpSync(join(folder, first), join(folder, 'copy.safetensors'));
    writeFileSync(index, JSON.stringify({ weight_map: { a: first, b: 'copy.safetensors' } }));
    await refused(/tensor ".*" stands in both .* and/);
  });

  it('is refused where a weight is stored in a type that is not supported', async () => {
    copyOf('llama-tied');
    const tensors = await readTensors(join(folder, 'model.safetensors'));
    const list = [...tensors].map(([name, { shape }]) => ({ name, shape, type: 'F8_E4M3' as const }));
    const bytes = list.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    writeFileSync(join(folder, 'model.safetensors'), Buffer.concat([safetensorsPrefix(list), Buffer.alloc(bytes)]));
    await refused(/stored as F8_E4M3; supported are F32, F16 and BF16/);
  });

  /** Moves the files of a model into the blobs of a Hugging Face cache and puts links in their place. */
  function intoCache(blobs: string, snapshot: string): void {
    for (const path of [blobs, snapshot]) mkdirSync(path, { recursive: true });
    for (const [i, file] of readdirSync(folder)
      .filter((each) => each.includes('.'))
      .entries()) {
      renameSync(join(folder, file), join(blobs, String(i)));
      symlinkSync(relative(snapshot, join(blobs, String(i))), join(snapshot, file));
    }
  }

  it('may be made of links into the blobs of a Hugging Face cache', async () => {
    copyOf('llama-sharded');
    const snapshot = join(folder, 'models--tiny--llama/snapshots/0123');
    intoCache(join(folder, 'models--tiny--llama/blobs'), snapshot);
    await assertComputes(snapshot, 'llama-sharded');
  });

  it('is refused where a link leads out of it and of every cache, whichever file it is', async () => {
    copyOf('llama-sharded');
    const outside = mkdtempSync(join(tmpdir(), 'outside-'));
    // Nothing is read from tokenizer_config.json.
    const files = readdirSync(folder).filter((name) => !/^(expected|tokenizer_config)/.test(name));
    for (const name of files) {
      renameSync(join(folder, name), join(outside, name));
      symlinkSync(join(outside, name), join(folder, name));
      await refused(new RegExp(`${name.replaceAll('.', '\\.')}: is a link to .*outside-.*, which lies neither in`));
      rmSync(join(folder, name));
      renameSync(join(outside, name), join(folder, name));
    }
    assert.equal(files.length, 6);
    rmSync(outside, { recursive: true });
  });

  it('is refused where a file of it is a folder, or has a key twice', async () => {
    copyOf('llama-tied');
    const config = join(folder, 'config.json');
    writeFileSync(config, '{"model_type":"llama","rope_parameters":{"rope_theta":1,"rope_theta":2}}');
    await refused(/config\.json: has "rope_theta" twice/);
    rmSync(config);
    mkdirSync(config);
    await refused(/config\.json: is not a file/);
  });

  for (const [name, file, tensor, type, bits] of [
    ['llama-tied', 'model.safetensors', 'model.layers.1.mlp.up_proj.weight', 'F32', [0, 0, 0xc0, 0x7f]],
    ['llama-bf16', 'model.safetensors', 'model.norm.weight', 'BF16', [0x80, 0xff]],
    ['llama-sharded', 'model-00002-of-00003.safetensors', 'model.layers.1.mlp.up_proj.weight', 'F16', [0, 0x7c]],
  ] as const) {
    it(`is refused where a weight is not finite, when its weights are hashed and when it is verified (${type})`, async () => {
      copyOf(name);
      const path = join(folder, file);
      const { offset } = (await readSafetensorsHeader(path)).tensors.get(tensor)!;
      const bytes = readFileSync(path);
      bytes.set(bits, offset + 5 * bits.length);
      writeFileSync(path, bytes);
      const message = new RegExp(`${file}: tensor "${tensor}" has no finite number as ${type} at index 5\\.`);
      await assert.rejects((await loadFrozenModel(folder)).weightsHash(), message);
      await assert.rejects(verifyModel(folder, { entries: 1 }), message);
    });
  }

  it('may have a header of odd length before its weights', async () => {
    copyOf('llama-tied');
    const file = join(folder, 'model.safetensors');
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE());
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(length + 3));
    writeFileSync(
      file,
      Buffer.concat([prefix, bytes.subarray(8, 8 + length), Buffer.from('   '), bytes.subarray(8 + length)]),
    );
    await assertComputes(folder, 'llama-tied');
  });

  it('has one hash, however its weights are cut into files, and another when a bit is turned', async () => {
    copyOf('llama-sharded');
    const model = await loadFrozenModel(folder);
    const hash = await model.weightsHash();
    assert.match(hash, /^[0-9a-f]{64}$/);
    const index = join(folder, 'model.safetensors.index.json');
    const { weight_map: map } = JSON.parse(readFileSync(index, 'utf8')) as { weight_map: Record<string, string> };
    for (const shard of new Set(Object.values(map))) renameSync(join(folder, shard), join(folder, `other-${shard}`));
    const renamed = Object.fromEntries(Object.entries(map).map(([tensor, shard]) => [tensor, `other-${shard}`]));
    writeFileSync(index, JSON.stringify({ weight_map: renamed }));
    assert.equal(await (await loadFrozenModel(folder)).weightsHash(), hash);

    const shard = join(folder, Object.values(renamed)[0]!);
    const bytes = readFileSync(shard);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(shard, bytes);
    assert.notEqual(await (await loadFrozenModel(folder)).weightsHash(), hash);
  });

  it('leaves its weights untouched by training', async () => {
    copyOf('llama-tied');
    const model = await loadFrozenModel(folder);
    const hash = await model.weightsHash();
    await assertComputes(folder, 'llama-tied');
    assert.equal(await model.weightsHash(), hash);
  });

  it('of a Gemma gives rows of the embedding matrix scaled by sqrt(D), as they stand beside the prompt', async () => {
    const model = await loadFrozenModel(join(modelFixtures, 'gemma2'));
    const tensors = await readTensors(join(modelFixtures, 'gemma2/model.safetensors'));
    const table = tensors.get('model.embed_tokens.weight')!.numbers;
    const row = [...table.subarray(7 * model.width, 8 * model.width)];
    assert.deepEqual(
      [...(await model.embeddings([7]))],
      row.map((number) => number * Math.sqrt(model.width)),
    );
  });

  it('gives rows of the embedding matrix as the model uses them, from every storage type', async () => {
    for (const name of ['llama-tied', 'llama-bf16', 'llama-sharded', 't5-v1.0']) {
      const model = await loadFrozenModel(join(modelFixtures, name));
      const file = name === 'llama-sharded' ? 'model-00001-of-00003.safetensors' : 'model.safetensors';
      const table = (await readTensors(join(modelFixtures, name, file))).get(
        model.kind === 'causal' ? 'model.embed_tokens.weight' : 'shared.weight',
      )!.numbers;
      const rows = await model.embeddings([7, 3, 7]);
      const row = (id: number): number[] => [...table.subarray(id * model.width, (id + 1) * model.width)];
      assert.deepEqual([...rows], [...row(7), ...row(3), ...row(7)]);
      await assert.rejects(model.embeddings([model.vocabulary]), /not in the vocabulary/);
    }
  });

  async function assertComputes(path: string, name: string): Promise<void> {
    const model = await loadFrozenModel(path);
    const { examples, prompt, promptLength, gradient } = await readExpected(name);
    const session = await model.openTrainingSession({ executionProvider: 'cpu', threads: 1, promptLength });
    const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
    const actual = await session.lossAndGradient(prompt, examples, tokens);
    await session.release();
    assert.ok(largestDifference(actual.gradient, gradient) < 1e-5);
  }
});

describe('the cache folder', () => {
  it('is where the system keeps what can be made again', () => {
    assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'linux'), join('/c', 'soft-prompt-studio'));
    assert.match(cacheFolder({ XDG_CACHE_HOME: 'relative' }, 'linux'), /\.cache[/\\]soft-prompt-studio$/);
    assert.match(cacheFolder({}, 'darwin'), /Library[/\\]Caches[/\\]soft-prompt-studio$/);
    assert.equal(cacheFolder({ LOCALAPPDATA: 'C:/L' }, 'win32'), join('C:/L', 'soft-prompt-studio'));
  });
});
