import * as assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { openSession } from '../../../extension/engine/graph/session';
import type { EncodedExample } from '../../../extension/engine/models/frozenModel';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { adapterFiles } from '../../../extension/engine/prompts/adapter';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import { type Tensor, encodeTensors } from '../../../extension/engine/prompts/tensorFile';
import { largestDifference, readExpected, readTensors } from '../models/modelFixtures';
import { unpadded } from '../../../extension/engine/models/padding';

/** Adapters that PEFT saved, and the logits that PEFT gives with them; written by test/oracles/adapters.py. */
const fixtures = 'test/fixtures/adapters/logits';
/** Adapters of ours with our logits, for the oracle to load in PEFT. */
const left = 'out/adapters';
const tolerance = 1e-4;

const cases = [
  { name: 'causal', model: 'llama-tied', rows: 5 },
  { name: 'causal-p-tuning', model: 'llama-tied', rows: 5 },
  { name: 'encoder-decoder', model: 't5-v1.1', rows: 5 },
  { name: 'encoder-decoder-two', model: 't5-v1.1', rows: 10 },
  { name: 'encoder-decoder-p-tuning', model: 't5-v1.1', rows: 10 },
];

/** Our logits where a target token is predicted, [targets, V], for rows of different length in one batch. */
async function targetLogits(
  folder: string,
  prompt: Float32Array,
  examples: readonly EncodedExample[],
): Promise<Tensor> {
  const { network } = await openModelFolder(folder);
  const shape = [prompt.length / network.width, network.width];
  const logits = network.targetLogits(input('prompt', 'float', shape));
  const session = await openSession(writeModel({ logits }, { executionProvider: 'cpu', precision: 'float32' }));
  const result = await session.run({
    ...network.feeds(examples, shape[0]!, false, unpadded),
    prompt: { data: prompt, shape },
  });
  await session.release();
  const { shape: found, data } = result['logits']!;
  return { shape: found, data: Float32Array.from(data as Float32Array) };
}

describe('adapters between PEFT and us', () => {
  for (const { name, model, rows } of cases) {
    it(`PEFT's gives PEFT's logits: ${name}, ${rows} rows stored`, async () => {
      const folder = join(fixtures, name);
      const stored = await readTensors(join(folder, 'adapter_model.safetensors'));
      assert.equal(stored.get('prompt_embeddings')!.shape[0], rows);
      const { prompt, length, baseModel } = await readStoredPrompt(folder);
      assert.equal(length, 5);
      assert.equal(baseModel, `test/fixtures/models/${model}`);
      const { examples } = await readExpected(model);
      const theirs = (await readTensors(join(folder, 'logits.safetensors'))).get('logits')!.numbers;
      const ours = await targetLogits(baseModel, prompt, examples);
      const difference = largestDifference(ours.data, theirs);
      assert.ok(difference < tolerance, `the logits differ by ${difference}`);
    });
  }

  it('ours of a prompt is byte for byte the one that PEFT saves of it, so that PEFT gives the same logits with it', async () => {
    for (const name of ['causal', 'encoder-decoder']) {
      const folder = join(fixtures, name);
      for (const [file, bytes] of Object.entries(await ourAdapter(folder))) {
        assert.equal(
          Buffer.from(bytes).toString('latin1'),
          readFileSync(join(folder, file), 'latin1'),
          `${name}/${file}`,
        );
      }
    }
    // Of the two shapes that PEFT has for one prompt we write the one without unused rows.
    const [one, two] = await Promise.all(
      ['encoder-decoder', 'encoder-decoder-two'].map((name) => ourAdapter(join(fixtures, name))),
    );
    assert.deepEqual(two, one);
  });

  it('ours are read back to the last bit, and left with their logits for PEFT to load', async () => {
    for (const { name, model } of cases) {
      const before = await readStoredPrompt(join(fixtures, name));
      const prompt = before.prompt.map((number, index) => number * (1 + (index % 3)));
      const { examples } = await readExpected(model);
      const logits = await targetLogits(join('test/fixtures/models', model), prompt, examples);
      const folder = join(left, name);
      mkdirSync(folder, { recursive: true });
      const adapter = await ourAdapter(join(fixtures, name), prompt);
      for (const [file, bytes] of Object.entries({ ...adapter, 'logits.safetensors': encodeTensors({ logits }) }))
        writeFileSync(join(folder, file), bytes);
      // Ours holds no row that PEFT does not use, so only the logits beside it are told.
      const { remarks, ...facts } = before;
      assert.equal(remarks?.length, name.startsWith('encoder-decoder-') ? 2 : 1);
      const { remarks: ours, ...read } = await readStoredPrompt(folder);
      assert.deepEqual(read, { ...facts, path: folder, prompt });
      assert.deepEqual(ours, [
        `${folder}: logits.safetensors beside the adapter: no part of it and not used, as in PEFT.`,
      ]);
    }
  });
});

/** What we write of the prompt of an adapter folder, or of another one for the same model. */
async function ourAdapter(folder: string, prompt?: Float32Array): Promise<Record<string, Uint8Array>> {
  const stored = await readStoredPrompt(folder);
  const { kind, width, layers = null, heads = null, baseModel = null } = stored;
  return adapterFiles(prompt ?? stored.prompt, { kind: kind!, width, layers, heads, nameOrPath: baseModel });
}
