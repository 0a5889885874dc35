import assert from 'node:assert/strict';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { openModelFolder } from '../../../extension/engine/models/loadFrozenModel';
import { ModelError } from '../../../extension/engine/models/modelError';
import { CachedRepository } from '../../../extension/library/hub/hubCache';
import { downloadModel } from '../../../extension/library/hub/snapshot';
import type { DownloadProgress } from '../../../extension/protocol/models';
import { modelFixtures } from '../models/modelFixtures';
import { eventually } from '../trainer/tinyExperiment';
import { HubFixture, hubError, tiny, tinyFiles, weights } from './hubFixture';
import {
  commit,
  cutAfter,
  filesOf,
  gitBlobId,
  HubServer,
  ignoreRange,
  instead,
  redirect,
  sha256,
  slowly,
  stallAfter,
  status,
} from './hubServer';

describe('a download from the hub', () => {
  let fixture: HubFixture;
  beforeEach(async () => (fixture = await HubFixture.start()));
  afterEach(() => fixture.close());

  const cached = (): CachedRepository => new CachedRepository(fixture.cache, tiny);
  const weightsBlob = (): string => cached().blob(sha256(weights));

  /** What lies at the incomplete file of the weights when the next download starts. */
  async function begun(content: Buffer): Promise<void> {
    await mkdir(dirname(weightsBlob()), { recursive: true });
    await writeFile(`${weightsBlob()}.incomplete`, content);
  }

  /** Waits until so much of the weights lies there. */
  const lying = (bytes: number): Promise<true> =>
    eventually(async () => {
      const found = await stat(`${weightsBlob()}.incomplete`).catch(() => undefined);
      return (found?.size ?? 0) >= bytes || undefined;
    });

  const weightRequests = (): typeof fixture.hub.asked =>
    fixture.hub.asked.filter(({ path }) => path.endsWith('/model.safetensors'));

  it('is a model folder in the layout of Python, named by hashes', async () => {
    const { folder, fetched } = await fixture.download();
    assert.equal(folder, join(fixture.cache, 'models--lab--tiny/snapshots', commit));
    assert.equal(
      fetched,
      Object.values(tinyFiles).reduce((sum, { length }) => sum + length, 0),
    );
    assert.equal(readlinkSync(join(folder, 'model.safetensors')), `../../blobs/${sha256(weights)}`);
    const config = gitBlobId(tinyFiles['config.json']!);
    assert.equal(readlinkSync(join(folder, 'config.json')), `../../blobs/${config}`);
    assert.equal(readFileSync(join(fixture.cache, 'models--lab--tiny/refs/main'), 'utf8'), commit);
    assert.equal((await openModelFolder(folder)).model.architecture, 'llama');
  });

  it('leaves the cache as huggingface_hub leaves it', async () => {
    await fixture.download();
    const python = JSON.parse(readFileSync('test/fixtures/hub-cache.json', 'utf8')) as Record<string, string | null>;
    const entries = await readdir(cached().folder, { recursive: true, withFileTypes: true });
    const ours = entries.flatMap((entry): [string, string | null][] => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(cached().folder, path).split(sep).join('/');
      if (entry.isSymbolicLink()) return [[name, readlinkSync(path)]];
      return entry.isFile() ? [[name, name.startsWith('refs/') ? readFileSync(path, 'utf8') : null]] : [];
    });
    assert.deepEqual(Object.fromEntries(ours), python);
  });

  it('fetches nothing that is there already', async () => {
    await fixture.download();
    const before = fixture.hub.count('/resolve/');
    assert.equal((await fixture.download()).fetched, 0);
    assert.equal(fixture.hub.count('/resolve/'), before);
  });

  it('fetches only what is new of a new commit', async () => {
    await fixture.download();
    const newer = 'c0ffee0000000000000000000000000000000002';
    const config = Buffer.from(tinyFiles['config.json']!.toString().replace('{', '{ '));
    fixture.hub.repositories.set(tiny, { commit: newer, files: { ...tinyFiles, 'config.json': config } });
    const { folder, fetched } = await fixture.download();
    assert.ok(folder.endsWith(newer));
    assert.equal(fetched, config.length);
    assert.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
  });

  it('fetches settings, tokenizer and weights, and nothing else of the repository', async () => {
    const other = Object.fromEntries(
      ['README.md', 'pytorch_model.bin', 'onnx/model.onnx', 'modeling.py'].map((name) => [name, Buffer.from(name)]),
    );
    fixture.hub.repositories.set(tiny, { files: { ...tinyFiles, ...other } });
    const { folder } = await fixture.download();
    assert.deepEqual((await readdir(folder)).sort(), Object.keys(tinyFiles).sort());
  });

  it('takes the shards that the index names', async () => {
    const files = filesOf(join(modelFixtures, 'llama-sharded'));
    fixture.hub.repositories.set('lab/sharded', { files });
    const { folder } = await fixture.download({}, {}, 'lab/sharded');
    assert.equal((await openModelFolder(folder)).model.name, commit);
    assert.equal(fixture.hub.count('-of-00003.safetensors'), 3);
  });

  it('refuses an index that leads out of the folder', async () => {
    const index = Buffer.from(JSON.stringify({ weight_map: { x: '../../escape.safetensors' } }));
    const files = { ...filesOf(join(modelFixtures, 'llama-sharded')), 'model.safetensors.index.json': index };
    fixture.hub.repositories.set('lab/hostile', { files: { ...files, '../../escape.safetensors': weights } });
    await assert.rejects(fixture.download({}, {}, 'lab/hostile'), hubError('hub-missing', /no weight file/));
  });

  it('tells how far it is, up to the last byte', async () => {
    fixture.hub.fail('model.safetensors', slowly);
    const told: DownloadProgress[] = [];
    await fixture.download({ progress: (progress) => told.push(progress) });
    const total = Object.values(tinyFiles).reduce((sum, { length }) => sum + length, 0);
    assert.ok(told.every(({ id, done }) => id === tiny && done <= total));
    assert.deepEqual(
      told.map(({ done }) => done),
      told.map(({ done }) => done).sort((a, b) => a - b),
    );
    assert.deepEqual([told.at(-1)?.done, told.at(-1)?.total], [total, total]);
  });

  it('that is cut goes on where it was cut', async () => {
    fixture.hub.fail(
      'model.safetensors',
      cutAfter(20_000, () => lying(20_000)),
    );
    fixture.hub.fail(
      'model.safetensors',
      cutAfter(20_000, () => lying(40_000)),
    );
    const { folder } = await fixture.download();
    assert.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
    assert.deepEqual(
      weightRequests().map(({ headers }) => headers.range),
      [undefined, 'bytes=20000-', 'bytes=40000-'],
    );
    assert.equal(
      weightRequests().reduce((sum, { sent }) => sum + sent, 0),
      weights.length,
    );
  });

  it('that stalls is asked for again', async () => {
    fixture.hub.fail('model.safetensors', stallAfter(30_000));
    const signal = new AbortController().signal;
    await downloadModel(await fixture.client({}, 100), tiny, 'main', { signal });
    assert.deepEqual(
      weightRequests().map(({ headers }) => headers.range),
      [undefined, 'bytes=30000-'],
    );
  });

  it('goes on from what an earlier one left', async () => {
    await begun(weights.subarray(0, 41_000));
    const { folder, fetched } = await fixture.download();
    assert.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
    assert.equal(weightRequests()[0]!.headers.range, 'bytes=41000-');
    assert.equal(weightRequests()[0]!.sent, weights.length - 41_000);
    assert.ok(fetched < weights.length);
  });

  it('begins anew where the server sends the whole file again', async () => {
    await begun(weights.subarray(0, 41_000));
    fixture.hub.fail('model.safetensors', ignoreRange);
    const { folder } = await fixture.download();
    assert.deepEqual(readFileSync(join(folder, 'model.safetensors')), weights);
  });

  it('notices that what an earlier one left is something else, and starts over the next time', async () => {
    await begun(Buffer.alloc(41_000, 7));
    await assert.rejects(
      fixture.download(),
      hubError('hub-unreachable', /model\.safetensors arrived damaged: its hash/),
    );
    assert.deepEqual(readFileSync(join((await fixture.download()).folder, 'model.safetensors')), weights);
  });

  it('throws away a file of the wrong hash', async () => {
    fixture.hub.fail('model.safetensors', instead(Buffer.alloc(weights.length, 1)));
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /arrived damaged: its hash is .*thrown away/));
    assert.ok(!existsSync(weightsBlob()) && !existsSync(`${weightsBlob()}.incomplete`));
    assert.ok(!existsSync(join(cached().snapshot(commit), 'model.safetensors')));
  });

  it('throws away a small file of the wrong hash', async () => {
    const changed = Buffer.from(tinyFiles['tokenizer.json']!);
    changed[100]! ^= 1;
    fixture.hub.fail('tokenizer.json', instead(changed));
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /tokenizer\.json arrived damaged/));
  });

  it('throws away a file that is longer than the hub says', async () => {
    fixture.hub.fail('model.safetensors', instead(Buffer.concat([weights, Buffer.alloc(1)])));
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /longer than the 49456 bytes/));
    assert.ok(!existsSync(`${weightsBlob()}.incomplete`));
  });

  it('gives up a file that stays too short, and keeps what came', async () => {
    fixture.hub.fail('model.safetensors', instead(weights.subarray(0, 5000)), 99);
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /5000 of 49456 bytes came/));
    assert.equal(readFileSync(`${weightsBlob()}.incomplete`).length, 5000);
  });

  it('that is stopped leaves its beginning for the next one', async () => {
    fixture.hub.fail('model.safetensors', stallAfter(25_000));
    const stopping = new AbortController();
    const running = fixture.download({ signal: stopping.signal });
    await lying(25_000);
    stopping.abort();
    await assert.rejects(running, hubError('stopped', /goes on from there/));
    await fixture.download();
    assert.equal(weightRequests().at(-1)!.headers.range, 'bytes=25000-');
  });

  it('of one model by two at once fetches each file once', async () => {
    fixture.hub.fail('model.safetensors', slowly);
    const [a, b] = await Promise.all([fixture.download(), fixture.download()]);
    assert.equal(a.folder, b.folder);
    assert.equal(fixture.hub.count('/resolve/'), Object.keys(tinyFiles).length);
  });

  it('never shows its token to the host that the files come from', async () => {
    const files = await HubServer.start({ [tiny]: { files: tinyFiles } });
    try {
      fixture.hub.repositories.set(tiny, { files: tinyFiles, token: 'hf_secret' });
      const place = `/${tiny}/resolve/${commit}/model.safetensors`;
      fixture.hub.fail('model.safetensors', redirect(`${files.endpoint}${place}`));
      await fixture.download({}, { HF_TOKEN: 'hf_secret' });
      assert.equal(files.count('model.safetensors'), 1);
      assert.ok(files.asked.every(({ headers }) => headers.authorization === undefined));
      assert.ok(fixture.hub.asked.every(({ headers }) => headers.authorization === 'Bearer hf_secret'));
    } finally {
      await files.close();
    }
  });

  it('keeps its token from a host that sends it back to the hub', async () => {
    const other = await HubServer.start({ [tiny]: { files: tinyFiles } });
    try {
      const place = `/${tiny}/resolve/${commit}/model.safetensors`;
      fixture.hub.fail('model.safetensors', redirect(`${other.endpoint}${place}`));
      other.fail('model.safetensors', redirect(`${fixture.hub.endpoint}${place}`));
      await fixture.download({}, { HF_TOKEN: 'hf_secret' });
      assert.deepEqual(
        weightRequests().map(({ headers }) => headers.authorization),
        ['Bearer hf_secret', undefined],
      );
    } finally {
      await other.close();
    }
  });

  it('waits as long as the hub asks, and longer with every failure where it does not', async () => {
    fixture.hub.fail('/revision/', status(429, { 'retry-after': '7' }));
    fixture.hub.fail('config.json', status(503), 3);
    await fixture.download();
    assert.deepEqual(fixture.waits, [7000, 1000, 2000, 4000]);
  });

  it('gives up after five failures and names the last', async () => {
    fixture.hub.fail('/revision/', status(502), 99);
    await assert.rejects(fixture.download(), hubError('hub-unreachable', /status 502/));
    assert.equal(fixture.hub.count('/revision/'), 5);
  });

  it('is refused before it begins where the disk has no room', async () => {
    const freeSpace = (): Promise<number> => Promise.resolve(10_000);
    await assert.rejects(fixture.download({ freeSpace }), hubError('disk-full', /needs 0\.0 MB more.*HF_HUB_CACHE/));
    assert.equal(fixture.hub.count('model.safetensors'), 0);
  });

  it('of a model that is not supported ends before its weights', async () => {
    const config = JSON.parse(tinyFiles['config.json']!.toString()) as Record<string, unknown>;
    const refused = Buffer.from(JSON.stringify({ ...config, model_type: 'mamba' }));
    fixture.hub.repositories.set(tiny, { files: { ...tinyFiles, 'config.json': refused } });
    await assert.rejects(
      fixture.download(),
      (error) => error instanceof ModelError && /"model_type" is "mamba".*supported: .*llama/.test(error.message),
    );
    assert.equal(fixture.hub.count('model.safetensors'), 0);
  });

  for (const [name, missing, added, message] of [
    ['GGUF only', 'model.safetensors', 'model-Q4_K_M.gguf', /as GGUF only \(model-Q4_K_M\.gguf\)/],
    ['pickled weights only', 'model.safetensors', 'pytorch_model.bin', /can run code/],
    ['no weights', 'model.safetensors', 'README.md', /no model\.safetensors/],
    ['no tokenizer.json', 'tokenizer.json', 'spiece.model', /no tokenizer\.json/],
    ['no config.json', 'config.json', 'README.md', /no config\.json/],
  ] as const) {
    it(`of a repository with ${name} is refused with the reason`, async () => {
      const files = Object.fromEntries(Object.entries(tinyFiles).filter(([file]) => file !== missing));
      fixture.hub.repositories.set(tiny, { files: { ...files, [added]: weights } });
      await assert.rejects(fixture.download(), hubError('hub-missing', message));
      assert.equal(fixture.hub.count('/resolve/'), 0);
    });
  }
});
