import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../../extension/engine/models/loadFrozenModel';
import { listUnpackedModels } from '../../../../extension/engine/models/gguf/unpackedModels';
import { findModels } from '../../../../extension/library/localModels';
import { modelEntry } from '../../../../extension/library/modelEntry';
import { verifyFiles } from '../../../../extension/library/verifyFiles';
import { readTensors } from '../modelFixtures';
import { ggufBytes } from './ggufBuilder';
import { ggufFixtures } from './ggufFixtures';

describe('a GGUF model in several parts', function () {
  this.timeout(60_000);
  let folder: string;
  let cache: string;
  let parts: string[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parts-'));
    cache = join(folder, 'cache');
    mkdirSync(cache);
    parts = [1, 2, 3, 4].map((number) => join(folder, `Tiny-0000${number}-of-00004.gguf`));
    parts.forEach((path, i) => cpSync(join(ggufFixtures, `llama-tied.parts-0000${i + 1}-of-00004.gguf`), path));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has the weights of the same model in one file, whichever part is opened, and is unpacked once', async () => {
    const whole = await loadFrozenModel(join(ggufFixtures, 'llama-tied.gguf'), { cache });
    const models = [];
    for (const part of parts) models.push(await loadFrozenModel(part, { cache }));
    const weights = await readTensors(join(models[0]!.folder, 'model.safetensors'));
    const expected = await readTensors(join(whole.folder, 'model.safetensors'));
    assert.deepEqual([...weights.keys()].sort(), [...expected.keys()].sort());
    for (const [name, tensor] of expected) assert.deepEqual(weights.get(name), tensor, name);
    assert.deepEqual(new Set(models.map((model) => model.folder)).size, 1);
    assert.deepEqual(new Set(models.map(({ name }) => name)), new Set(['Tiny']));
    assert.equal((await listUnpackedModels(cache)).length, 2);
  });

  it('is refused with the names of the parts that are missing', async () => {
    rmSync(parts[1]!);
    for (const part of [parts[0]!, parts[2]!])
      await assert.rejects(loadFrozenModel(part, { cache }), /Tiny-00002-of-00004\.gguf is missing\. Fetch all parts/);
    rmSync(parts[2]!);
    await assert.rejects(loadFrozenModel(parts[0]!, { cache }), /00002-of-00004\.gguf, Tiny-00003-\S+ are missing/);
  });

  it('is unpacked again where a part that is not the first has changed', async () => {
    const before = await loadFrozenModel(parts[0]!, { cache });
    writeFileSync(parts[2]!, Buffer.from('GGUF'));
    await assert.rejects(loadFrozenModel(parts[0]!, { cache }), /Tiny-00003-of-00004\.gguf: cannot be read as GGUF/);
    cpSync(join(ggufFixtures, 'llama-tied.parts-00003-of-00004.gguf'), parts[2]!);
    assert.equal((await loadFrozenModel(parts[1]!, { cache })).folder, before.folder);
  });

  it('is refused where the parts do not belong together', async () => {
    cpSync(parts[1]!, parts[2]!);
    await assert.rejects(
      loadFrozenModel(parts[0]!, { cache }),
      /Tiny-00003-of-00004\.gguf: is named as part 3 of 4, but says of itself that it is part 2 of 4/,
    );
    const alone = join(folder, 'renamed.gguf');
    renameSync(parts[0]!, alone);
    await assert.rejects(
      loadFrozenModel(alone, { cache }),
      /renamed\.gguf: is part 1 of 4, and its name does not say so.*NAME-00001-of-00004\.gguf/,
    );
  });

  it('is refused where tensors of it are in none of the parts', async () => {
    const pairs = [
      ['general.architecture', 'llama'],
      ['split.count', 1],
      ['split.tensors.count', 3],
    ] as const;
    const file = join(folder, 'A-00001-of-00001.gguf');
    writeFileSync(file, ggufBytes({ pairs, tensors: [{ name: 'a', shape: [2] }], data: new Uint8Array(8) }));
    await assert.rejects(
      loadFrozenModel(file, { cache }),
      /"split.tensors.count" is 3, but the parts have 1 tensors together/,
    );
  });

  it('is one model of this machine, with the size of all parts, and each part is verified', async () => {
    const { models } = await findModels({
      bundled: folder,
      folders: [parts[2]!, parts[0]!],
      environment: { HOME: folder, OLLAMA_MODELS: folder, HF_HOME: folder },
    });
    const found = models.filter(({ source }) => source === 'gguf');
    assert.deepEqual(
      found.map(({ path }) => path),
      [parts[0]!],
    );
    const entry = await modelEntry(found[0]!, { promptLength: 4, batchSize: 2, tokens: 16 });
    assert.deepEqual([entry.name, entry.runs.ok], ['Tiny', true]);
    const whole = await verifyFiles(parts[1]!, new AbortController().signal, () => undefined);
    assert.deepEqual(whole.problems, []);
    assert.equal(whole.files.length, 4);
    assert.equal(
      entry.bytes,
      whole.files.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  });
});
