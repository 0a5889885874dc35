import assert from 'node:assert/strict';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrozenModel } from '../../../../extension/engine/models/frozenModel';
import { GgufFile } from '../../../../extension/engine/models/gguf/ggufFile';
import { readableTypes } from '../../../../extension/engine/models/gguf/ggufTypes';
import { listUnpackedModels, removeUnpackedModel } from '../../../../extension/engine/models/gguf/unpackedModels';
import { loadFrozenModel } from '../../../../extension/engine/models/loadFrozenModel';
import { readSafetensorsHeader } from '../../../../extension/engine/models/safetensors';
import { largestDifference, modelFixtures, readExpected, readTensors } from '../modelFixtures';
import { ggufFixtures, ggufModels, readGgufExpected } from './ggufFixtures';

describe('a GGUF model', function () {
  this.timeout(120_000);
  let folder: string;
  let cache: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gguf-'));
    cache = join(folder, 'cache');
    mkdirSync(cache);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function copyOf(fixture: string, name = 'model.gguf'): string {
    const file = join(folder, name);
    cpSync(join(ggufFixtures, fixture), file);
    return file;
  }
  const load = (source: string): Promise<FrozenModel> => loadFrozenModel(source, { cache });
  const weightsOf = ({ folder: unpacked }: FrozenModel): ReturnType<typeof readTensors> =>
    readTensors(join(unpacked, 'model.safetensors'));

  it('is dequantised to the very numbers of the gguf package, for every supported type', async () => {
    const expected = await readTensors(join(ggufFixtures, 'blocks.safetensors'));
    const file = await GgufFile.read(join(ggufFixtures, 'blocks.gguf'));
    const seen: string[] = [];
    const handle = await open(file.file, 'r');
    for (const tensor of file.tensors) {
      assert.deepEqual(tensor.shape, expected.get(tensor.name)!.shape);
      const pieces: number[] = [];
      for await (const piece of GgufFile.pieces(handle, tensor, 64)) pieces.push(...piece);
      assert.deepEqual(Float32Array.from(pieces), expected.get(tensor.name)!.numbers, tensor.name);
      seen.push(tensor.name);
    }
    await handle.close();
    assert.deepEqual(seen.sort(), [...readableTypes].sort());
  });

  for (const name of ggufModels) {
    it(`unpacks to the checkpoint it was made from: names, shapes, numbers (${name})`, async () => {
      const unpacked = await weightsOf(await load(join(ggufFixtures, `${name}.gguf`)));
      const original = await readTensors(join(modelFixtures, name, 'model.safetensors'));
      // Two fixtures have what GGUF has no place for: GPT-2's names without their first part, and Qwen3's biases.
      const kept = [...original]
        .filter(([tensor]) => !(name === 'qwen3' && tensor.endsWith('.bias')))
        .map(([tensor, value]) => [tensor.replace(/^(?=w[tp]e|h\.|ln_f)/, 'transformer.'), value] as const);
      assert.deepEqual([...unpacked.keys()].sort(), kept.map(([tensor]) => tensor).sort());
      for (const [tensor, { shape, numbers }] of kept) {
        assert.deepEqual(unpacked.get(tensor)!.shape, shape, tensor);
        assert.ok(largestDifference(unpacked.get(tensor)!.numbers, numbers) < 1e-6, tensor);
      }
    });

    it(`computes the loss and the prompt gradient that transformers computes with the checkpoint (${name})`, async () => {
      const model = await load(join(ggufFixtures, `${name}.gguf`));
      const { examples, promptLength } = await readExpected(name);
      const { prompt, loss, gradient } = await readGgufExpected(name);
      const session = await model.openTrainingSession({ executionProvider: 'cpu', threads: 1, promptLength });
      const tokens = examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0);
      const actual = await session.lossAndGradient(prompt, examples, tokens);
      await session.release();
      assert.ok(Math.abs(actual.loss - loss) < 1e-4, `${actual.loss} against ${loss}`);
      const largest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
      assert.ok(largestDifference(actual.gradient, gradient) < 1e-4 * largest);
    });

    it(`has the tokenizer of the checkpoint (${name})`, async () => {
      const model = await load(join(ggufFixtures, `${name}.gguf`));
      const original = await loadFrozenModel(join(modelFixtures, name));
      for (const { text, words, decoded } of (await readExpected(name)).texts) {
        assert.deepEqual(model.encodeWords(text), words, text);
        assert.deepEqual(model.encodeInput(text), original.encodeInput(text), text);
        assert.equal(model.decode(words), decoded);
      }
    });
  }

  it('keeps dequantised weights as float16, and what was not quantised as it was', async () => {
    const model = await load(copyOf('llama-tied.q8_0.gguf'));
    const { tensors } = await readSafetensorsHeader(join(model.folder, 'model.safetensors'));
    const expectedFile = join(ggufFixtures, 'llama-tied.q8_0.safetensors');
    const expected = await readSafetensorsHeader(expectedFile);
    for (const [name, { type }] of expected.tensors) assert.equal(tensors.get(name)!.type, type, name);
    assert.ok([...tensors.values()].some(({ type }) => type === 'F16'));
    const [numbers, theirs] = [await weightsOf(model), await readTensors(expectedFile)];
    for (const [name, tensor] of theirs) assert.deepEqual(numbers.get(name), tensor, name);
  });

  it('takes configuration and tokenizer from the files beside it where it is a folder, its weights exact', async () => {
    copyOf('llama-tied.q8_0.gguf');
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
      cpSync(join(modelFixtures, 'llama-tied', file), join(folder, file));
    const model = await load(folder);
    const { tensors } = await readSafetensorsHeader(join(model.folder, 'model.safetensors'));
    assert.ok([...tensors.values()].every(({ type }) => type === 'F32'));
  });

  it('is called by its file name, or as it is told', async () => {
    const file = copyOf('llama-tied.gguf', 'Tiny.Q8_0.gguf');
    assert.equal((await load(file)).name, 'Tiny.Q8_0');
    assert.equal((await loadFrozenModel(file, { cache, name: 'tiny' })).name, 'tiny');
  });

  it('is known by its first letters where its name says nothing, as in the store of Ollama', async () => {
    assert.equal((await load(copyOf('llama-tied.gguf', 'sha256-0123'))).architecture, 'llama');
  });

  it('is unpacked once, also by several at the same time, and leaves no draft', async () => {
    const file = copyOf('llama-tied.gguf');
    const models = await Promise.all([1, 2, 3].map(() => load(file)));
    assert.equal(new Set(models.map((model) => model.folder)).size, 1);
    assert.equal((await load(file)).folder, models[0]!.folder);
    assert.equal((await load(copyOf('llama-tied.gguf', 'same.gguf'))).folder, models[0]!.folder);
    assert.deepEqual(readdirSync(cache), [models[0]!.folder.slice(cache.length + 1)]);
  });

  it('is unpacked again where the file has changed', async () => {
    const file = copyOf('llama-tied.gguf');
    const before = await load(file);
    cpSync(join(ggufFixtures, 'llama-untied.gguf'), file);
    utimesSync(file, 1, 1);
    assert.notEqual((await load(file)).folder, before.folder);
  });

  it('is unpacked again where an earlier version of the program unpacked it by other rules', async () => {
    const file = copyOf('llama-tied.gguf');
    const { folder: now } = await load(file);
    const before = join(cache, 'a'.repeat(64));
    renameSync(now, before);
    const note = join(before, 'unpacked.json');
    writeFileSync(note, readFileSync(note, 'utf8').replace(/"layout": \d+/, '"layout": 1'));
    assert.equal((await load(file)).folder, now);
    assert.equal((await listUnpackedModels(cache)).length, 2);
  });

  it('is unpacked again where the cache was cut short', async () => {
    const source = copyOf('llama-tied.gguf');
    const file = join((await load(source)).folder, 'model.safetensors');
    const before = await readTensors(file);
    truncateSync(file, 1000);
    await load(source);
    assert.deepEqual(await readTensors(file), before);
  });

  it('can be listed with its source and size, and removed; the source stays', async () => {
    const file = copyOf('llama-tied.gguf');
    const model = await load(file);
    const [listed, ...others] = await listUnpackedModels(cache);
    assert.deepEqual(others, []);
    assert.equal(listed!.folder, model.folder);
    assert.deepEqual(
      listed!.sources.map(([first]) => first!.file),
      [file],
    );
    assert.ok(listed!.bytes > 40_000);
    await assert.rejects(removeUnpackedModel(modelFixtures, cache), /is no unpacked model/);
    await removeUnpackedModel(model.folder, cache);
    assert.deepEqual(await listUnpackedModels(cache), []);
    assert.equal((await load(file)).folder, model.folder);
  });

  it('tells how far it is, and stops when it is told to, leaving nothing', async () => {
    const file = copyOf('llama-tied.gguf');
    const stop = new AbortController();
    const seen: [number, number][] = [];
    const onProgress = (done: number, total: number): void => {
      seen.push([done, total]);
      if (seen.length === 3) stop.abort();
    };
    await assert.rejects(loadFrozenModel(file, { cache, signal: stop.signal, onProgress }), { name: 'AbortError' });
    assert.deepEqual(readdirSync(cache), []);

    await loadFrozenModel(file, { cache, onProgress });
    assert.ok(seen.every(([done, total]) => done <= total));
    assert.equal(seen.at(-1)![0], seen.at(-1)![1]);
  });

  it('is refused where the file is something else, and nothing is left', async () => {
    const file = join(folder, 'model.gguf');
    writeFileSync(file, 'no such thing');
    await assert.rejects(load(file), /model\.gguf: cannot be read as GGUF: it does not begin with the letters GGUF/);
    assert.deepEqual(readdirSync(cache), []);
  });
});
