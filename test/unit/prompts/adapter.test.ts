import * as assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type AdapterModel, adapterFiles, readAdapter } from '../../../extension/engine/prompts/adapter';
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
      });
    });
  }

  it('write a model path with other letters as Python does, in ASCII', () => {
    const { 'adapter_config.json': config } = adapterFiles(new Float32Array(16), { ...kinds[0]!, nameOrPath: 'é/"😀' });
    assert.match(Buffer.from(config!).toString('latin1'), /"base_model_name_or_path": "\\u00e9\/\\"\\ud83d\\ude00"/);
  });

  it("of PEFT's default for encoder-decoders, with two submodules, give the first half of the rows", () => {
    const rows = Float32Array.from({ length: 10 * 16 }, (_, index) => index);
    const files = change(filesOf(folderOf('encoder-decoder')), { num_transformer_submodules: null });
    files['adapter_model.safetensors'] = encodeTensors({ prompt_embeddings: { shape: [10, 16], data: rows } });
    const { prompt, length } = readAdapter(files, 'adapter');
    assert.equal(length, 5);
    assert.deepEqual(prompt, rows.slice(0, 5 * 16));
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
      [{ ...files, 'adapter_model.safetensors': encodeTensors({}) }, /no matrix "prompt_embeddings"/],
    ];
    for (const [wrong, reason] of refused) {
      assert.throws(
        () => readAdapter(wrong, 'a/b'),
        (error: Error) => reason.test(error.message) || assert.fail(error.message),
      );
    }
  });
});
