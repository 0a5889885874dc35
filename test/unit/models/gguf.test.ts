import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GgufFile } from '../../../extension/engine/models/gguf';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { unpackGguf } from '../../../extension/engine/models/unpackGguf';
import { largestDifference, modelFixtures, readExpected, readTensors } from './modelFixtures';

describe('a GGUF model', function () {
  this.timeout(120_000);
  let source: string;
  let cache: string;
  beforeEach(() => {
    source = mkdtempSync(join(tmpdir(), 'gguf-'));
    cache = mkdtempSync(join(tmpdir(), 'cache-'));
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
      cpSync(join(modelFixtures, 'llama-tied', file), join(source, file));
    cpSync(join(modelFixtures, 'llama-tied.gguf'), join(source, 'model.gguf'));
  });
  afterEach(() => {
    for (const folder of [source, cache]) rmSync(folder, { recursive: true });
  });

  it('is dequantised to the very numbers of the gguf package, for every supported type', async () => {
    const expected = await readTensors(join(modelFixtures, 'blocks.safetensors'));
    const seen: string[] = [];
    const file = await GgufFile.read(join(modelFixtures, 'blocks.gguf'));
    await file.forEachTensor((tensor, numbers) => {
      assert.deepEqual(tensor.shape, expected.get(tensor.name)!.shape);
      assert.deepEqual(numbers, expected.get(tensor.name)!.numbers, tensor.name);
      seen.push(tensor.name);
      return Promise.resolve();
    });
    assert.deepEqual(seen.sort(), ['F16', 'F32', 'Q4_0', 'Q4_1', 'Q8_0']);
  });

  it('unpacks to the checkpoint it was made from: names, shapes, rotary rows, bytes', async () => {
    const unpacked = await readTensors(join(await unpackGguf(source, cache), 'model.safetensors'));
    const original = await readTensors(join(modelFixtures, 'llama-tied/model.safetensors'));
    const byName = (a: readonly [string, unknown], b: readonly [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
    assert.deepEqual([...unpacked].sort(byName), [...original].sort(byName));
  });

  it('computes the same loss as the checkpoint', async () => {
    const model = await loadFrozenModel(source, { cache, name: 'tiny' });
    const { examples, prompt, promptLength, loss, gradient } = await readExpected('llama-tied');
    const session = await model.openTrainingSession({ executionProvider: 'cpu', threads: 1, promptLength });
    const actual = await session.lossAndGradient(
      prompt,
      examples,
      examples.reduce((sum, { targetIds }) => sum + targetIds.length, 0),
    );
    await session.release();
    assert.equal(model.name, 'tiny');
    assert.ok(Math.abs(actual.loss - loss) < 1e-5);
    assert.ok(largestDifference(actual.gradient, gradient) < 1e-5);
  });

  it('is unpacked once, also by several at the same time, and leaves no draft', async () => {
    const folders = await Promise.all([1, 2, 3].map(() => unpackGguf(source, cache)));
    assert.equal(new Set(folders).size, 1);
    assert.equal(await unpackGguf(source, cache), folders[0]);
    assert.deepEqual(readdirSync(cache), [folders[0]!.slice(cache.length + 1)]);
  });

  it('is unpacked again where the cache was cut short', async () => {
    const file = join(await unpackGguf(source, cache), 'model.safetensors');
    const before = await readTensors(file);
    truncateSync(file, 1000);
    assert.equal(join(await unpackGguf(source, cache), 'model.safetensors'), file);
    assert.deepEqual(await readTensors(file), before);
  });

  it('is refused where the file ends early or is something else', async () => {
    truncateSync(join(source, 'model.gguf'), 20_000);
    await assert.rejects(unpackGguf(source, cache), /model\.gguf: tensor ".*" .* does not fit into the file/);
    writeFileSync(join(source, 'model.gguf'), 'no such thing');
    await assert.rejects(unpackGguf(source, cache), /model\.gguf: cannot be read as GGUF/);
    assert.deepEqual(readdirSync(cache), []);
  });
});
