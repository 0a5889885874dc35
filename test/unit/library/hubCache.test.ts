import assert from 'node:assert/strict';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CachedRepository, cachedRepositories } from '../../../extension/library/hub/hubCache';
import { commit } from './hubServer';

const etag = 'a'.repeat(40);

describe('the cache of the hub', () => {
  let cache: string;
  beforeEach(async () => (cache = await mkdtemp(join(tmpdir(), 'cache-'))));
  afterEach(() => rm(cache, { recursive: true, force: true }));

  it('holds the files themselves where the system makes no links', async () => {
    const refused = Object.assign(new Error('not permitted'), { code: 'EPERM' });
    const repository = new CachedRepository(cache, 'lab/tiny', () => Promise.reject(refused));
    await mkdir(dirname(repository.blob(etag)), { recursive: true });
    await writeFile(repository.blob(etag), 'content');
    await repository.link(commit, 'config.json', etag);
    const place = join(repository.snapshot(commit), 'config.json');
    assert.ok(lstatSync(place).isFile());
    assert.equal(readFileSync(place, 'utf8'), 'content');
    assert.ok(!existsSync(repository.blob(etag)), 'nothing lies there twice');
  });

  it('knows a revision by its ref, and only while its snapshot is there', async () => {
    const repository = new CachedRepository(cache, 'lab/tiny');
    await repository.writeRef('main', commit);
    assert.equal(await repository.commitOf('main'), undefined);
    await mkdir(repository.snapshot(commit), { recursive: true });
    assert.equal(await repository.commitOf('main'), commit);
    assert.equal(await repository.commitOf(commit), commit);
    assert.equal(await repository.newestCommit(), commit);
  });

  it('does not follow a ref that is no commit, nor a revision that leads elsewhere', async () => {
    const repository = new CachedRepository(cache, 'lab/tiny');
    await repository.writeRef('main', '../../..');
    assert.equal(await repository.commitOf('main'), undefined);
    await repository.writeRef('other', commit);
    await mkdir(repository.snapshot(commit), { recursive: true });
    assert.equal(await repository.commitOf('../refs/other'), undefined);
  });

  it('passes over what is no model', async () => {
    for (const name of [
      'models--lab--tiny',
      'models--gpt2',
      'datasets--lab--x',
      'models--..--x',
      '.locks',
      'version.txt',
    ])
      await mkdir(join(cache, name));
    assert.deepEqual(
      (await cachedRepositories(cache)).map(({ id }) => id),
      ['gpt2', 'lab/tiny'],
    );
    assert.deepEqual(await cachedRepositories(join(cache, 'nowhere')), []);
  });
});
