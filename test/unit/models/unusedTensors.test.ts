import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { ModelError } from '../../../extension/engine/models/modelError';
import { modelFacts } from '../../../extension/engine/models/modelFacts';
import { modelFixtures } from './modelFixtures';
import { readStoredTensors, writeStoredTensors } from './storedTensors';

type Shape = readonly number[];

describe('a tensor that the graph does not use', function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unused-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A fixture with more tensors, and other fields in its config.json. */
  function withTensors(model: string, more: Readonly<Record<string, Shape>>, config: object = {}): void {
    const original = join(modelFixtures, model);
    const fields = JSON.parse(readFileSync(join(original, 'config.json'), 'utf8')) as object;
    writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...fields, ...config }));
    cpSync(join(original, 'tokenizer.json'), join(folder, 'tokenizer.json'));
    const tensors = readStoredTensors(join(original, 'model.safetensors'));
    for (const [name, shape] of Object.entries(more)) {
      const bytes = Buffer.alloc(shape.reduce((product, length) => product * length, 4));
      tensors.set(name, { type: 'F32', shape, bytes });
    }
    writeStoredTensors(join(folder, 'model.safetensors'), tensors);
  }

  const layer = 'model.layers.1.';
  for (const [what, model, more, config, said] of [
    ['a bias beside a map', 'llama-tied', { [`${layer}self_attn.q_proj.bias`]: [16] }, {}, /1 tensor in layers/],
    ['a norm in a layer', 'mistral', { [`${layer}self_attn.q_norm.weight`]: [6] }, {}, /layers that are computed/],
    [
      'a layer too many',
      'llama-tied',
      {},
      { num_hidden_layers: 2 },
      /9 tensors of layers beyond those that config.json counts/,
    ],
    ['a bias of the head', 'llama-untied', { 'lm_head.bias': [288] }, {}, /1 tensor beside a weight that is used/],
    [
      'positions of their own',
      'llama-tied',
      { 'model.embed_positions.weight': [64, 16] },
      {},
      /1 tensor like embeddings/,
    ],
    ['embeddings of another width', 'gpt2', { 'transformer.wte2.weight': [288, 8] }, {}, /1 tensor like embeddings/],
    ['a second copy of a layer', 'llama-tied', { 'layers.0.mlp.up_proj.weight': [32, 16] }, {}, /a second time/],
    ['LoRA', 'llama-tied', { [`${layer}self_attn.q_proj.lora_A.weight`]: [4, 16] }, {}, /adapter .*merge_and_unload/],
    ['scales of GPTQ', 'llama-tied', { [`${layer}self_attn.q_proj.scales`]: [4, 16] }, {}, /quantised weights/],
    ['bitsandbytes', 'qwen2', { [`${layer}mlp.up_proj.weight.absmax`]: [16] }, {}, /quantised weights/],
    ['a bias of T5', 't5-v1.0', { 'encoder.block.1.layer.1.DenseReluDense.wi.bias': [32] }, {}, /layers that are/],
  ] as const) {
    it(`is refused by its name where the stored model computes with it: ${what}`, async () => {
      withTensors(model, more, config);
      const names = Object.keys(more);
      const expected = (error: Error): boolean => {
        assert.ok(error instanceof ModelError, error.stack);
        assert.match(error.message, said);
        for (const name of names) assert.ok(error.message.includes(`"${name}"`), error.message);
        return true;
      };
      await assert.rejects(loadFrozenModel(folder), expected);
      await assert.rejects(modelFacts(folder), expected);
    });
  }

  for (const [what, model, more, said] of [
    ['frequencies of a rope', 'llama-tied', { [`${layer}self_attn.rotary_emb.inv_freq`]: [2] }, /buffers/],
    ['the causal mask of GPT-2', 'gpt2', { 'transformer.h.0.attn.bias': [1, 1, 64, 64] }, /buffers/],
    ['what stands for "masked"', 'gpt_neox', { 'gpt_neox.layers.0.attention.masked_bias': [] }, /buffers/],
    ['a classifier', 'llama-tied', { 'score.weight': [2, 16] }, /other heads/],
    ['a value head', 'llama-tied', { 'v_head.summary.weight': [1, 16] }, /other heads/],
    ['a vision tower', 'llama-tied', { 'model.vision_tower.layers.0.mlp.weight': [2, 2] }, /towers/],
    ['a layer for several tokens', 'llama-tied', { 'model.layers.3.eh_proj.weight': [16, 32] }, /several tokens/],
    ['something unheard of', 'llama-tied', { 'whatever.weight': [3] }, /neither this program nor transformers/],
    [
      'old positions of T5',
      't5-v1.0',
      { 'decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight': [32, 4] },
      /buffers/,
    ],
  ] as const) {
    it(`is named in a note where it changes nothing: ${what}`, async () => {
      withTensors(model, more);
      const { notes, parameters } = await loadFrozenModel(folder);
      assert.equal(notes.length, 1);
      assert.match(notes[0]!, /^1 tensor is not used: /);
      assert.match(notes[0]!, said);
      assert.ok(notes[0]!.includes(`"${Object.keys(more)[0]}"`));
      assert.deepEqual((await modelFacts(folder)).notes, notes);
      assert.equal(parameters, (await loadFrozenModel(join(modelFixtures, model))).parameters);
    });
  }

  it('is one of many in a note that counts them and names the first', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `vision_tower.layers.${i}.weight`);
    withTensors('llama-tied', Object.fromEntries(names.map((name) => [name, [2]])));
    const { notes } = await loadFrozenModel(folder);
    assert.deepEqual(notes, [
      '40 tensors are not used: other heads, and towers for images and sound ("vision_tower.layers.0.weight", ' +
        '"vision_tower.layers.1.weight", "vision_tower.layers.2.weight", "vision_tower.layers.3.weight" and 36 more).',
    ]);
  });
});
