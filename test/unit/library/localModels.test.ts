import assert from 'node:assert/strict';
import { cp, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findModels } from '../../../extension/library/localModels';
import { usualWorkload } from '../../../extension/library/memoryEstimate';
import { modelEntry } from '../../../extension/library/modelEntry';
import { verifyFiles } from '../../../extension/library/verifyFiles';
import type { ModelEntry } from '../../../extension/protocol/models';
import { ggufFixtures } from '../models/gguf/ggufFixtures';
import { bundledModel, tinyModel } from '../trainer/tinyExperiment';
import { HubFixture, tiny, weights } from './hubFixture';
import { commit, sha256 } from './hubServer';

describe('the models of this machine', () => {
  let fixture: HubFixture;
  beforeEach(async () => (fixture = await HubFixture.start()));
  afterEach(() => fixture.close());

  async function listed(folders: readonly string[] = []): Promise<ModelEntry[]> {
    const { models } = await findModels({ bundled: bundledModel, folders, environment: fixture.environment });
    return Promise.all(models.map((model) => modelEntry(model, usualWorkload)));
  }

  it('begin with the bundled one, and tell what it is and takes', async () => {
    const [bundled] = await listed();
    assert.deepEqual(
      [bundled!.id, bundled!.model, bundled!.architecture, bundled!.parameters, bundled!.quantisation],
      ['bundled:bundled', 'bundled', 'llama', 38939328, 'Q4_1'],
    );
    assert.ok(bundled!.memory!.total > 4 * 38939328 && !bundled!.removable);
  });

  it('hold what was downloaded, under its name on the hub', async () => {
    const { folder } = await fixture.download();
    const entry = (await listed()).find(({ source }) => source === 'hub')!;
    assert.deepEqual([entry.id, entry.model, entry.path, entry.removable], [`hub:${tiny}`, tiny, folder, true]);
    assert.deepEqual([entry.architecture, entry.quantisation, entry.runs.ok], ['llama', 'F32', true]);
    assert.equal(entry.parameters, 11632);
  });

  it('hold what Python put into the cache, also by its commit alone', async () => {
    const repository = join(fixture.cache, 'models--lab--python');
    const snapshot = join(repository, 'snapshots', commit);
    await mkdir(join(repository, 'blobs'), { recursive: true });
    await mkdir(snapshot, { recursive: true });
    for (const name of ['config.json', 'tokenizer.json', 'model.safetensors']) {
      const content = await readFile(join(tinyModel, name));
      await writeFile(join(repository, 'blobs', sha256(content)), content);
      await symlink(join('../../blobs', sha256(content)), join(snapshot, name));
    }
    const entry = (await listed()).find(({ source }) => source === 'hub');
    assert.deepEqual([entry?.model, entry?.problem, entry?.runs], ['lab/python', undefined, { ok: true }]);
  });

  it('call a GGUF file by the type that it says of itself, and by its largest tensors where it says none', async () => {
    const source = join(ggufFixtures, 'llama-tied.q8_0.gguf');
    const mixed = join(fixture.home, 'mixed.gguf');
    await writeFile(mixed, withFileType(await readFile(source), 15));
    const named = (await listed([source, mixed])).filter(({ source: kind }) => kind === 'gguf');
    assert.deepEqual(
      named.map(({ quantisation }) => quantisation),
      ['F32', 'Q4_K_M'],
    );
  });

  it('hold folders and files that the person named, which nothing removes', async () => {
    const file = join(ggufFixtures, 'llama-tied.gguf');
    const entries = await listed([tinyModel, file, tinyModel]);
    assert.deepEqual(
      entries.map(({ source, path, removable }) => [source, path, removable]),
      [
        ['bundled', bundledModel, false],
        ['folder', tinyModel, false],
        ['gguf', file, false],
      ],
    );
  });

  it('hold each GGUF file of a folder that the person named, the parts of one as one', async () => {
    const folder = join(fixture.home, 'weights');
    await mkdir(folder);
    for (const part of [1, 2, 3, 4]) {
      const name = `llama-tied.parts-0000${part}-of-00004.gguf`;
      await cp(join(ggufFixtures, name), join(folder, name));
    }
    await cp(join(ggufFixtures, 'gpt2.gguf'), join(folder, 'gpt2.gguf'));
    const found = (await listed([folder])).filter(({ source }) => source === 'gguf');
    assert.deepEqual(
      found.map(({ name, problem, architecture }) => [name, problem, architecture]),
      [
        ['gpt2.gguf', undefined, 'gpt2'],
        ['llama-tied.parts', undefined, 'llama'],
      ],
    );
  });

  it('hold a file that a store has by itself and with an adapter as itself, and name the other', async () => {
    const store = join(fixture.home, 'ollama');
    const content = await readFile(join(ggufFixtures, 'llama-tied.gguf'));
    const digest = sha256(content);
    await mkdir(join(store, 'blobs'), { recursive: true });
    await writeFile(join(store, 'blobs', `sha256-${digest}`), content);
    const layer = (kind: string): object => ({
      mediaType: `application/vnd.ollama.image.${kind}`,
      digest: `sha256:${digest}`,
      size: content.length,
    });
    for (const [name, layers] of [
      ['a-tuned', [layer('model'), layer('adapter')]],
      ['plain', [layer('model')]],
      ['tuned', [layer('model'), layer('adapter')]],
    ] as const) {
      const folder = join(store, 'manifests/registry.ollama.ai/library', name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'latest'), JSON.stringify({ layers }));
    }
    const environment = { ...fixture.environment, OLLAMA_MODELS: store };
    const { models, problems } = await findModels({ bundled: bundledModel, folders: [], environment });
    assert.deepEqual(
      models.slice(1).map(({ name, problem }) => [name, problem]),
      [['plain:latest', undefined]],
    );
    assert.deepEqual(
      problems.map((problem) => /^(.*:latest): .* Ollama adds an adapter/.exec(problem)?.[1]),
      ['a-tuned:latest', 'tuned:latest'],
    );
  });

  it('hold broken ones too, with what is wrong', async () => {
    const { folder } = await fixture.download();
    await truncate(join(folder, 'model.safetensors'), 30_000);
    const missing = join(fixture.home, 'nowhere');
    const entries = await listed([missing]);
    const problems = entries.slice(1).map(({ problem, runs }) => [problem, runs.ok] as const);
    assert.match(problems[0]![0]!, /the file is damaged or incomplete|lies at bytes/i);
    assert.match(problems[1]![0]!, /nowhere: cannot be read: there is no such file or folder\. Correct the path\.$/);
    assert.ok(problems.every(([, ok]) => !ok));
  });

  it('that need more memory than there is are told so', async () => {
    const [bundled] = await findModels({ bundled: bundledModel, folders: [], environment: fixture.environment }).then(
      ({ models }) => Promise.all(models.map((model) => modelEntry(model, { ...usualWorkload, batchSize: 1e6 }))),
    );
    assert.ok(!bundled!.runs.ok && /^needs about \d+\.\d GB, this machine has/.test(bundled!.runs.reason));
  });

  it('are removed from the cache and nowhere else', async () => {
    await fixture.download();
    const place = { bundled: bundledModel, folders: [tinyModel], environment: fixture.environment };
    const { models } = await findModels(place);
    const removable = models.filter(({ remove }) => remove !== undefined);
    assert.deepEqual(
      removable.map(({ name }) => name),
      [tiny],
    );
    const bytes = (await listed()).find(({ source }) => source === 'hub')!.bytes;
    // The commit that the ref holds is a file too.
    assert.equal(await removable[0]!.remove!(), bytes);
    assert.ok(bytes > weights.length);
    assert.ok((await findModels(place)).models.every(({ source }) => source !== 'hub'));
  });
});

describe('checking the files of a model', () => {
  let fixture: HubFixture;
  let folder: string;
  beforeEach(async () => {
    fixture = await HubFixture.start();
    folder = (await fixture.download()).folder;
  });
  afterEach(() => fixture.close());
  const verify = (path: string): ReturnType<typeof verifyFiles> =>
    verifyFiles(path, new AbortController().signal, () => undefined);

  it('compares each of a cached one with what the hub said', async () => {
    const { files, problems } = await verify(folder);
    assert.deepEqual([...new Set(files.map(({ state }) => state))], ['checked']);
    assert.deepEqual(problems, []);
  });

  it('finds a single changed bit', async () => {
    const changed = Buffer.from(weights);
    changed[40_000]! ^= 1;
    await writeFile(join(folder, 'model.safetensors'), changed);
    const { files, problems } = await verify(folder);
    assert.deepEqual(
      files.filter(({ state }) => state === 'damaged').map(({ file }) => file),
      ['model.safetensors'],
    );
    assert.match(problems[0]!, /model\.safetensors: its content is not what was published.*fetch it again/);
  });

  it('finds a number that is none in a folder that nobody published', async () => {
    const own = join(fixture.home, 'own');
    await cp(tinyModel, own, { recursive: true });
    const nan = Buffer.from(weights);
    nan.writeFloatLE(NaN, 40_000);
    await writeFile(join(own, 'model.safetensors'), nan);
    const { files, problems } = await verify(own);
    assert.ok(files.every(({ state }) => state === 'unknown'));
    assert.match(problems.join(), /no finite number/);
  });

  it('tells a file that has gone', async () => {
    await rm(join(fixture.cache, 'models--lab--tiny/blobs', sha256(weights)));
    const { problems } = await verify(folder);
    assert.match(problems[0]!, /model\.safetensors: cannot be read/);
  });
});

/** A GGUF file with a general.file_type in front of its metadata, and one key more, which keeps the data aligned to 32 bytes. */
function withFileType(gguf: Buffer, type: number): Buffer {
  const head = Buffer.from(gguf.subarray(0, 24));
  head.writeBigUInt64LE(head.readBigUInt64LE(16) + 2n, 16);
  const pair = (key: string, value: number): Buffer => {
    const bytes = Buffer.alloc(8 + key.length + 8);
    bytes.writeBigUInt64LE(BigInt(key.length));
    bytes.write(key, 8);
    bytes.writeUInt32LE(4, 8 + key.length);
    bytes.writeUInt32LE(value, 12 + key.length);
    return bytes;
  };
  return Buffer.concat([head, pair('general.file_type', type), pair('general.padding', 0), gguf.subarray(24)]);
}
