import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModel } from '../../../extension/engine/graph/emission/writeModel';
import { input } from '../../../extension/engine/graph/leaves';
import { openSession } from '../../../extension/engine/graph/session';
import { loadFrozenModel, openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { unpadded } from '../../../extension/engine/models/padding';
import { largestDifference, modelFixtures, readExpected } from './modelFixtures';
import { type StoredTensor, readStoredTensors, writeStoredTensors } from './storedTensors';

/** One recipe of test/oracles/stored_tensors.py, and what transformers computes with a model that is changed so. */
interface Case {
  readonly model: string;
  readonly what: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** New tensor -> the one it copies, and by how many rows it is rotated. */
  readonly copies: Readonly<Record<string, readonly [string, number]>>;
  readonly without: readonly string[];
  /** Beginnings of names -> what stands there instead. */
  readonly renamed: Readonly<Record<string, string>>;
  readonly parameters: number;
  readonly loss: number;
  /** Every so many-th of the logits. */
  readonly logits: readonly number[];
}

const cases = JSON.parse(readFileSync(join(modelFixtures, 'stored-tensors.json'), 'utf8')) as Case[];

describe('a checkpoint is computed with what it stores, as in transformers', function () {
  this.timeout(120_000);
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'model-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const each of cases) {
    it(`${each.model}: ${each.what}`, async () => {
      writeChanged(folder, each);
      const { model, network } = await openModelFolder(folder);
      const { examples, prompt, promptLength } = await readExpected(each.model);
      const graph = network.targetLogits(input('prompt', 'float', [promptLength, network.width]));
      const target = { executionProvider: 'cpu', precision: 'float32' } as const;
      const session = await openSession(writeModel({ logits: graph }, target), { threads: 1 });
      const { logits: actual } = await session.run({
        ...network.feeds(examples, promptLength, false, unpadded),
        prompt: { data: prompt, shape: [promptLength, network.width] },
      });
      await session.release();
      const logits = actual!.data as Float32Array;
      const stride = Math.floor(logits.length / 60);
      const difference = largestDifference(
        logits.filter((_, i) => i % stride === 0),
        each.logits,
      );
      assert.ok(difference <= 1e-4, `the logits differ by ${difference}`);
      assert.equal(model.parameters, each.parameters);
    });
  }

  const [otherHead, sameHead] = ['another head beside a tie', 'the head as a copy of the embeddings'].map((what) =>
    cases.find((each) => each.model === 'llama-tied' && each.what === what),
  );

  it('says that it uses a head that differs from the embeddings which config.json ties it to', async () => {
    writeChanged(folder, otherHead!);
    const { notes } = await loadFrozenModel(folder);
    assert.equal(notes.length, 1);
    assert.match(
      notes[0]!,
      /^"lm_head.weight" is stored and differs from "model.embed_tokens.weight".* used as it is stored/,
    );
  });

  it('says nothing of a head that is a copy of the embeddings', async () => {
    writeChanged(folder, sameHead!);
    assert.deepEqual((await loadFrozenModel(folder)).notes, []);
  });

  it('refuses a checkpoint without a head where config.json does not tie it to the embeddings', async () => {
    writeChanged(folder, {
      ...sameHead!,
      ...{ config: { tie_word_embeddings: false }, copies: {}, renamed: { 'model.': '' } },
    });
    await assert.rejects(
      loadFrozenModel(folder),
      /no tensor "lm_head.weight". config.json says by "tie_word_embeddings"/,
    );
  });
});

function writeChanged(
  folder: string,
  { model, config, copies, without, renamed }: Pick<Case, 'model' | 'config' | 'copies' | 'without' | 'renamed'>,
): void {
  const original = join(modelFixtures, model);
  const stored = JSON.parse(readFileSync(join(original, 'config.json'), 'utf8')) as object;
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...stored, ...config }));
  cpSync(join(original, 'tokenizer.json'), join(folder, 'tokenizer.json'));
  const tensors = readStoredTensors(join(original, 'model.safetensors'));
  for (const [name, [of, rows]] of Object.entries(copies)) tensors.set(name, rotated(tensors.get(of)!, rows));
  for (const name of without) tensors.delete(name);
  const rename = (name: string): string => {
    const found = Object.entries(renamed).find(([now]) => name.startsWith(now));
    return found === undefined ? name : found[1] + name.slice(found[0].length);
  };
  writeStoredTensors(
    join(folder, 'model.safetensors'),
    [...tensors].map(([name, tensor]) => [rename(name), tensor]),
  );
}

function rotated(tensor: StoredTensor, rows: number): StoredTensor {
  const at = (tensor.bytes.length / tensor.shape[0]!) * rows;
  return { ...tensor, bytes: Buffer.concat([tensor.bytes.subarray(at), tensor.bytes.subarray(0, at)]) };
}
