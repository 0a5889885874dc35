import * as assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { packFile } from '../../../extension/engine/storage/packedFile';
import { unpackedFolder } from '../../../extension/engine/storage/unpackedFolder';
import { inWords, UnpackingError } from '../../../extension/engine/storage/unpackingError';
import { forkFixture, nextMessage } from '../runs/childProcess';
import { inTemporaryFolder } from '../runs/records';

const content = randomBytes(2_000_000);
const name = 'bin/library.so';

/** A folder as it comes out of a package: `bin/library.so` lies packed, other files do not. */
async function packagedFolder(parent: string): Promise<string> {
  const folder = join(parent, 'node_modules');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const { file, packed } = await packFile(name, content, { kind: 'x86-code' }, 1);
  writeFileSync(join(folder, `${name}.br`), packed);
  writeFileSync(join(folder, 'packed.json'), JSON.stringify(file));
  writeFileSync(join(folder, 'bin/binding.node'), 'binding');
  writeFileSync(join(folder, 'index.js'), 'index');
  return folder;
}

/** What several processes, told to at once, answer. */
async function unpackers(count: number, parent: string, args: readonly string[], uid?: number): Promise<unknown[]> {
  const user = uid === undefined ? {} : { uid };
  const forks = Array.from({ length: count }, () => forkFixture('storage/unpacker', parent, args, user));
  const children = await Promise.all(forks);
  await Promise.all(children.map(nextMessage));
  const answers = children.map(nextMessage);
  for (const child of children) child.send('go');
  return Promise.all(answers);
}

describe('a folder of the package', () => {
  it('where nothing is packed is used as it is', () =>
    inTemporaryFolder(async (folder) => {
      assert.equal(await unpackedFolder(folder, join(folder, 'cache')), folder);
      assert.deepEqual(readdirSync(folder), []);
    }));

  it('is unpacked in place, bit for bit, and the packed file goes', () =>
    inTemporaryFolder(async (parent) => {
      const folder = await packagedFolder(parent);
      for (let use = 0; use < 2; use++) assert.equal(await unpackedFolder(folder, join(parent, 'cache')), folder);
      assert.deepEqual(readFileSync(join(folder, name)), content);
      assert.deepEqual(readdirSync(join(folder, 'bin')).sort(), ['binding.node', 'library.so']);
      assert.equal(existsSync(join(parent, 'cache')), false);
    }));

  it('is unpacked again where a torn file has the name', () =>
    inTemporaryFolder(async (parent) => {
      const folder = await packagedFolder(parent);
      writeFileSync(join(folder, name), content.subarray(0, 1000));
      await unpackedFolder(folder, join(parent, 'cache'));
      assert.deepEqual(readFileSync(join(folder, name)), content);
    }));

  it('is refused where the packed file is damaged or missing, and nothing is left', () =>
    inTemporaryFolder(async (parent) => {
      const folder = await packagedFolder(parent);
      const told = {
        name: 'UnpackingError',
        message: /library\.so\.br: is damaged or missing.*Install the extension again/,
      };
      writeFileSync(join(folder, `${name}.br`), readFileSync(join(folder, `${name}.br`)).fill(0, 5000, 5100));
      await assert.rejects(unpackedFolder(folder, join(parent, 'cache')), told);
      assert.deepEqual(readdirSync(join(folder, 'bin')).sort(), ['binding.node', 'library.so.br']);
      writeFileSync(join(folder, 'packed.json'), readFileSync(join(folder, 'packed.json')).subarray(0, 20));
      await assert.rejects(unpackedFolder(folder, join(parent, 'cache')), /packed\.json: is damaged/);
    }));

  it('may be unpacked by several processes at once', () =>
    inTemporaryFolder(async (parent) => {
      const folder = await packagedFolder(parent);
      const answers = await unpackers(4, parent, [folder, join(parent, 'cache')]);
      assert.deepEqual(answers, Array(4).fill({ place: folder }));
      assert.deepEqual(readFileSync(join(folder, name)), content);
      assert.deepEqual(readdirSync(join(folder, 'bin')).sort(), ['binding.node', 'library.so']);
    }));

  it('that cannot be written is copied whole into the cache, once', () =>
    inTemporaryFolder(async (parent) => {
      const folder = await packagedFolder(parent);
      const [copy, ...others] = await asReader(parent, folder, 3);
      assert.deepEqual(others, [copy, copy]);
      assert.deepEqual(readdirSync(join(parent, 'cache')).length, 1);
      const { place } = copy as { readonly place: string };
      assert.equal(dirname(dirname(place)), join(parent, 'cache'));
      // Whose packages require each other.
      assert.equal(basename(place), 'node_modules');
      assert.deepEqual(readFileSync(join(place, name)), content);
      for (const file of ['bin/binding.node', 'index.js'])
        assert.deepEqual(readFileSync(join(place, file)), readFileSync(join(folder, file)));
      assert.deepEqual(await asReader(parent, folder, 1), [copy]);
    }));

  it('that cannot be written, as nothing can, is refused with what to do', () =>
    inTemporaryFolder(async (parent) => {
      const folder = await packagedFolder(parent);
      const [{ problem }] = (await asReader(parent, folder, 1, 0o555)) as [{ readonly problem: string }];
      assert.match(problem, /cache.*library\.so: cannot be written \(EACCES\).* \(2 MB\)\. Make one of them writable/);
    }));

  it('for which there is no room is refused with how much it takes', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    const told = inWords(full, '/ext/model.gguf', 27_907_584);
    assert.ok(told instanceof UnpackingError);
    assert.match(told.message, /^\/ext\/model\.gguf: there is no room for it \(28 MB\).*Free some/);
  });
});

/** Unpacks as somebody who may read the folder and not write it. The superuser may everything, so it is another user then. */
async function asReader(parent: string, folder: string, count: number, cacheMode = 0o777): Promise<unknown[]> {
  const cache = join(parent, 'cache');
  mkdirSync(cache, { recursive: true });
  const closed = [folder, join(folder, 'bin')];
  chmodSync(parent, 0o755);
  chmodSync(cache, cacheMode);
  for (const each of closed) chmodSync(each, 0o555);
  try {
    return await unpackers(count, parent, [folder, cache], process.getuid?.() === 0 ? 65534 : undefined);
  } finally {
    for (const each of [...closed, cache]) chmodSync(each, 0o755);
  }
}
