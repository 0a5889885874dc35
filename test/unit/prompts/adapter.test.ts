import * as assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AdapterModel, adapterFiles, readAdapter } from '../../../extension/engine/prompts/adapter';
import { unknownField } from '../../../extension/engine/prompts/adapterFields';
import { encodeTensors } from '../../../extension/engine/prompts/tensorFile';

// Written by test/oracles/adapters.py: what PEFT 0.21 itself saves.
const fixtures = 'test/fixtures/adapters';
const kinds = [
  { kind: 'causal', width: 16, layers: 3, heads: 4, nameOrPath: 'models/tiny' },
  { kind: 'encoder-decoder', width: 16, layers: 2, heads: 4, nameOrPath: 'models/tiny' },
] satisfies AdapterModel[];
const folderOf = (kind: string): string => join(fixtures, kind);
function filesOf(folder: string): Record<string, Uint8Array> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
const promptOf = (kind: string): { shape: [number, number]; values: number[] } =>
  JSON.parse(readFileSync(join(folderOf(kind), 'prompt.json'), 'utf8')) as {
    shape: [number, number];
    values: number[];
  };
const change = (files: Record<string, Uint8Array>, config: Record<string, unknown>): Record<string, Uint8Array> => {
  const before = JSON.parse(Buffer.from(files['adapter_config.json']!).toString()) as Record<string, unknown>;
  return { ...files, 'adapter_config.json': Buffer.from(JSON.stringify({ ...before, ...config })) };
};

describe('adapter files', () => {
  for (const model of kinds) {
    it(`are byte for byte those that PEFT writes: ${model.kind}`, () => {
      const files = adapterFiles(Float32Array.from(promptOf(model.kind).values), model);
      assert.deepEqual(Object.keys(files), ['adapter_config.json', 'adapter_model.safetensors']);
      for (const [name, bytes] of Object.entries(files)) {
        const expected = readFileSync(join(folderOf(model.kind), name));
        assert.equal(Buffer.from(bytes).toString('latin1'), expected.toString('latin1'), name);
      }
    });

    it(`that PEFT wrote are read to the last bit: ${model.kind}`, () => {
      const { shape, values } = promptOf(model.kind);
      const adapter = readAdapter(filesOf(folderOf(model.kind)), folderOf(model.kind));
      assert.deepEqual(adapter, {
        prompt: Float32Array.from(values),
        length: shape[0],
        width: shape[1],
        kind: model.kind,
        layers: model.layers,
        heads: model.heads,
        nameOrPath: 'models/tiny',
        remarks: [],
      });
    });
  }

  it('write a model path with other letters as Python does, in ASCII', () => {
    const { 'adapter_config.json': config } = adapterFiles(new Float32Array(16), { ...kinds[0]!, nameOrPath: 'é/"😀' });
    assert.match(Buffer.from(config!).toString('latin1'), /"base_model_name_or_path": "\\u00e9\/\\"\\ud83d\\ude00"/);
  });

  it("of PEFT's default for encoder-decoders, with two submodules, give the first half of the rows", () => {
    const rows = Float32Array.from({ length: 10 * 16 }, (_, index) => index);
    const files = change(filesOf(folderOf('encoder-decoder')), {
      num_transformer_submodules: null,
      revision: undefined,
    });
    files['adapter_model.safetensors'] = encodeTensors({ prompt_embeddings: { shape: [10, 16], data: rows } });
    const { prompt, length, remarks } = readAdapter(files, 'adapter');
    assert.match(remarks[0]!, /only the first 5 are used, as in PEFT since 0\.4; PEFT 0\.3 put the others in front/);
    assert.equal(length, 5);
    assert.deepEqual(prompt, rows.slice(0, 5 * 16));
  });

  it('without a task type are read as the rows say: P of either kind, 2P of an encoder-decoder', () => {
    const rows = (count: number): Uint8Array =>
      encodeTensors({ prompt_embeddings: { shape: [count, 16], data: new Float32Array(count * 16) } });
    const files = filesOf(folderOf('causal'));
    for (const task_type of [undefined, null, '']) {
      const read = (count: number, submodules: number | null): unknown => {
        const asked = change(files, { task_type, num_transformer_submodules: submodules });
        const { kind, length, remarks } = readAdapter({ ...asked, 'adapter_model.safetensors': rows(count) }, 'a/b');
        return [kind, length, ...remarks];
      };
      const half =
        'a/b/adapter_model.safetensors: holds 10 rows for 5 virtual tokens; only the first 5 are used, as in PEFT.';
      assert.deepEqual(read(5, null), [undefined, 5]);
      assert.deepEqual(read(5, 1), [undefined, 5]);
      assert.deepEqual(read(10, null), ['encoder-decoder', 5, half]);
      assert.deepEqual(read(10, 2), ['encoder-decoder', 5, half]);
      assert.throws(() => read(7, null), /7 rows, but the configuration says 5 virtual tokens in 1 submodule/);
      assert.throws(() => read(10, 1), /10 rows, but the configuration says 5 virtual tokens in 1 submodule/);
    }
  });

  it('with a byte order mark, an empty model name or the fields of another writer are read', () => {
    const files = filesOf(folderOf('causal'));
    const config = change(files, { base_model_name_or_path: '', target_modules: null, use_dora: false })[
      'adapter_config.json'
    ]!;
    const marked = { ...files, 'adapter_config.json': Buffer.concat([Buffer.from('\uFEFF'), config]) };
    assert.equal(readAdapter(marked, 'a/b').nameOrPath, null);
  });

  it('say from which revision of the model they come, and from which tensor they were read', () => {
    const data = Float32Array.from({ length: 80 }, (_, index) => index);
    const weights = encodeTensors({ 'prompt_encoder.default.embedding.weight': { shape: [1, 5, 16], data } });
    const files = { ...change(filesOf(folderOf('causal')), { revision: 'v2' }), 'adapter_model.safetensors': weights };
    const { prompt, remarks } = readAdapter(files, 'a/b');
    assert.deepEqual(prompt, data);
    assert.deepEqual(remarks, [
      'a/b/adapter_model.safetensors: the prompt is read from its tensor "prompt_encoder.default.embedding.weight".',
      'a/b/adapter_config.json: the prompt was learned with revision "v2" of its model.',
    ]);
  });

  it('of every PEFT from 0.3 to 0.21 have no field that is not understood', () => {
    // Written by test/oracles/adapter_fields.py from the sources of those versions.
    const versions = JSON.parse(readFileSync(`${fixtures}/fields.json`, 'utf8')) as Record<string, object>;
    assert.deepEqual([Object.keys(versions)[0], Object.keys(versions).at(-1)], ['0.3.0', '0.21.0']);
    for (const [version, methods] of Object.entries(versions)) {
      for (const fields of Object.values(methods) as string[][]) {
        assert.ok(fields.includes('num_virtual_tokens'), version);
        const config = Object.fromEntries(fields.map((field) => [field, 'set']));
        assert.equal(unknownField(config), undefined, version);
      }
    }
  });

  it('that hold more than the prompt are refused with what that is', () => {
    const files = filesOf(folderOf('causal'));
    const matrix = (...shape: number[]): { shape: number[]; data: Float32Array } => ({
      shape,
      data: new Float32Array(shape.reduce((product, size) => product * size)),
    });
    const holding = (others: Parameters<typeof encodeTensors>[0]): Record<string, Uint8Array> => ({
      ...files,
      'adapter_model.safetensors': encodeTensors({ prompt_embeddings: matrix(5, 16), ...others }),
    });
    for (const [others, reason] of [
      [
        { 'base_model.model.model.embed_tokens.weight': matrix(64, 16) },
        /"base_model\.model\.model\.embed_tokens\.weight" \[64, 16\]/,
      ],
      [{ 'base_model.model.model.layers.0.q_proj.lora_A.weight': matrix(2, 16) }, /q_proj\.lora_A\.weight" \[2, 16\]/],
      [
        { prefix_task_cols: matrix(2, 5, 1), prefix_task_rows: matrix(2, 1, 16) },
        /"prefix_task_cols" \[2, 5, 1\], "prefix_task_rows"/,
      ],
      [{ bias: matrix(16) }, /"bias" \[16\]/],
    ] as const) {
      assert.throws(
        () => readAdapter(holding(others), 'a/b'),
        (error: Error) =>
          /^a\/b\/adapter_model\.safetensors: holds more than the prompt: /.test(error.message) &&
          reason.test(error.message),
      );
    }
    const parts = encodeTensors({ a: matrix(5, 16), b: matrix(16, 16) });
    assert.throws(
      () => readAdapter({ ...files, 'adapter_model.safetensors': parts }, 'a/b'),
      /one matrix of virtual tokens by width; this file has "a" \[5, 16\], "b" \[16, 16\]\. Save that matrix alone/,
    );
  });

  it('in half precision are widened exactly', () => {
    const values = [1.5, -0.15625, 65504, 2 ** -24, 0, -0];
    const half = [0x3e00, 0xb100, 0x7bff, 0x0001, 0x0000, 0x8000];
    const brain = { values: [1.5, -0.15625, 2 ** 100, -0], bits: [0x3fc0, 0xbe20, 0x7180, 0x8000] };
    const file = (dtype: string, bits: readonly number[]): Uint8Array => {
      const header = JSON.stringify({
        prompt_embeddings: { dtype, shape: [1, bits.length], data_offsets: [0, 2 * bits.length] },
      });
      const bytes = Buffer.alloc(8 + header.length + 2 * bits.length);
      bytes.writeBigUInt64LE(BigInt(header.length));
      bytes.write(header, 8);
      bits.forEach((each, index) => bytes.writeUInt16LE(each, 8 + header.length + 2 * index));
      return bytes;
    };
    const read = (weights: Uint8Array): number[] => {
      const files = change(filesOf(folderOf('causal')), { num_virtual_tokens: 1 });
      files['adapter_config.json'] = change(files, { token_dim: null })['adapter_config.json']!;
      return Array.from(readAdapter({ ...files, 'adapter_model.safetensors': weights }, 'adapter').prompt);
    };
    assert.deepEqual(read(file('F16', half)), values);
    assert.deepEqual(read(file('BF16', brain.bits)), brain.values);
  });

  it('that are missing, cut off or of another method are refused with the file and the reason', () => {
    const files = filesOf(folderOf('causal'));
    const { 'adapter_config.json': _config, ...withoutConfig } = files;
    assert.ok(_config);
    const weights = files['adapter_model.safetensors']!;
    const refused: [Record<string, Uint8Array>, RegExp][] = [
      [withoutConfig, /^a\/b: there is no adapter_config\.json in it$/],
      [{ ...files, 'adapter_config.json': Buffer.from('{') }, /^a\/b\/adapter_config\.json: not JSON/],
      [{ ...files, 'adapter_config.json': Buffer.from('[]') }, /adapter_config\.json: no JSON object/],
      [change(files, { peft_type: 'LORA' }), /adapter_config\.json: peft_type is "LORA": that is no soft prompt/],
      [change(files, { peft_type: 'PREFIX_TUNING' }), /prefix tuning is not supported yet/],
      [change(files, { peft_type: 'MULTITASK_PROMPT_TUNING' }), /multitask prompt tuning is not supported yet/],
      [change(files, { peft_type: undefined }), /has no peft_type\. Add "peft_type": "PROMPT_TUNING"/],
      [change(files, { peft_type: 'CPT' }), /context-aware prompt tuning is not supported/],
      [change(files, { target_modules: ['q_proj'] }), /target_modules is \["q_proj"\]; no PEFT .* writes this field/],
      [change(files, { prompt_scale: 2 }), /prompt_scale is 2; .* may change what the prompt does\. Remove it if/],
      [change(files, { num_virtual_tokens: null }), /has no num_virtual_tokens\. Add the number/],
      [{ ...files, 'adapter_config.json': new Uint8Array() }, /adapter_config\.json: is empty/],
      [
        { ...files, 'adapter_config.json': Buffer.from('\uFEFF{}', 'utf16le') },
        /is written in UTF-16, .* Save it as UTF-8/,
      ],
      [
        { ...files, 'adapter_config.json': Buffer.from('{"token_dim": 1, "token_dim": 2}') },
        /adapter_config\.json: has "token_dim" twice/,
      ],
      [change(files, { modules_to_save: ['lm_head'] }), /modules_to_save is \["lm_head"\].*also changes the model/],
      [change(files, { num_transformer_submodules: 2 }), /num_transformer_submodules is 2, not 1/],
      [change(files, { num_transformer_submodules: 1.5 }), /num_transformer_submodules is 1\.5/],
      [change(files, { base_model_name_or_path: 7 }), /base_model_name_or_path is 7, not a text/],
      [change(files, { token_dim: 17 }), /width 16, but the configuration says token_dim 17/],
      [change(files, { task_type: 'SEQ_CLS' }), /task_type is "SEQ_CLS"/],
      [change(files, { num_virtual_tokens: 0 }), /num_virtual_tokens is 0/],
      [change(files, { num_virtual_tokens: 4 }), /5 rows, but the configuration says 4 virtual tokens/],
      [{ ...files, 'adapter_model.safetensors': weights.subarray(0, 5) }, /has 5 bytes, too few for a safetensors/],
      [
        { ...files, 'adapter_model.safetensors': weights.subarray(0, 300) },
        /tensor "prompt_embeddings" lies at bytes .* of a file of 300/,
      ],
      [{ ...files, 'adapter_model.safetensors': encodeTensors({}) }, /this file has none/],
    ];
    for (const [wrong, reason] of refused) {
      assert.throws(
        () => readAdapter(wrong, 'a/b'),
        (error: Error) => reason.test(error.message) || assert.fail(error.message),
      );
    }
  });
});
