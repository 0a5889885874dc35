import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installCuda, installedCuda, removeCuda } from '../../../../extension/library/cuda/cudaFiles';
import { PackageFeed } from '../../../../extension/library/cuda/packageFeed';
import type { HubError } from '../../../../extension/library/hub/hubError';
import { eventually } from '../../trainer/tinyExperiment';
import { FeedServer, zipOf } from './feedServer';

const name = 'Microsoft.ML.OnnxRuntime.Gpu.Linux';
const version = '1.30.0';
const [shared, cuda] = [randomBytes(1000), randomBytes(300_000)];
const inPackage = {
  'package.nuspec': Buffer.from('<package/>'),
  'runtimes/linux-x64/native/libonnxruntime_providers_shared.so': shared,
  'runtimes/linux-x64/native/libonnxruntime_providers_cuda.so': cuda,
  'runtimes/linux-x64/native/libonnxruntime_providers_tensorrt.so': randomBytes(100),
};
const noProxy = { httpProxy: '', httpsProxy: '', noProxy: '' };
const going = new AbortController().signal;

describe("onnxruntime's CUDA libraries", () => {
  let server: FeedServer;
  let feed: PackageFeed;
  let folder: string;
  const start = async (archive = zipOf(inPackage)): Promise<void> => {
    server = await FeedServer.start(name, version, archive);
    feed = new PackageFeed(server.index, noProxy, { wait: () => Promise.resolve() });
  };
  const install = (signal = going, progress: (done: number, total: number) => void = () => undefined) =>
    installCuda(folder, version, feed, signal, progress);
  /** Waits until so much of the package lies there. */
  const lying = (bytes: number): Promise<true> =>
    eventually(async () => {
      const work = join(folder, 'cuda-download');
      for (const name of await readdir(work)) if ((await stat(join(work, name))).size >= bytes) return true;
      return undefined;
    });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cuda-'));
    await writeFile(join(folder, 'libonnxruntime.so.1'), 'the library');
  });
  afterEach(async () => {
    await feed.close();
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('are fetched, checked, and put beside its own library, with nothing else of the package', async () => {
    await start();
    const seen: number[] = [];
    await install(going, (done, total) => seen.push(done / total));
    assert.deepEqual((await readdir(folder)).sort(), [
      'cuda-provider.json',
      'libonnxruntime.so.1',
      'libonnxruntime_providers_cuda.so',
      'libonnxruntime_providers_shared.so',
    ]);
    assert.ok((await readFile(join(folder, 'libonnxruntime_providers_cuda.so'))).equals(cuda));
    assert.ok((await readFile(join(folder, 'libonnxruntime_providers_shared.so'))).equals(shared));
    assert.equal((await installedCuda(folder))?.version, version);
    assert.equal(seen.at(-1), 1);
  });

  it('go on from where the connection broke', async () => {
    await start();
    server.breaking = { after: 100_000, taken: () => lying(100_000) };
    await install();
    const [first, ...others] = server.ranges;
    assert.equal(first, undefined);
    assert.deepEqual(others, ['bytes=100000-']);
    assert.ok((await readFile(join(folder, 'libonnxruntime_providers_cuda.so'))).equals(cuda));
  });

  it('are not there when the download was cancelled, and the next one goes on', async () => {
    await start();
    const cancelling = new AbortController();
    server.breaking = { after: 100_000, taken: () => lying(100_000) };
    await assert.rejects(
      install(cancelling.signal, (done) => {
        if (done > 0) cancelling.abort();
      }),
      (error: HubError) => error.code === 'stopped',
    );
    assert.equal(await installedCuda(folder), undefined);
    assert.ok(!(await readdir(folder)).some((file) => file.includes('providers')));
    await install();
    assert.match(server.ranges.at(-1) ?? '', /^bytes=/);
    assert.notEqual(await installedCuda(folder), undefined);
  });

  it('are refused when the package is not the one that the feed announced', async () => {
    await start();
    server.toldHash = randomBytes(64).toString('base64');
    await assert.rejects(install(), /arrived damaged: its hash is/);
    assert.equal(await installedCuda(folder), undefined);
  });

  it('are refused when the package does not hold them', async () => {
    await start(zipOf({ 'package.nuspec': Buffer.from('<package/>') }));
    await assert.rejects(install(), /does not hold the file runtimes\/linux-x64\/native\/libonnxruntime_providers/);
    assert.equal(await installedCuda(folder), undefined);
  });

  it('are refused when a file of the package is not what its checksum says', async () => {
    const archive = zipOf(inPackage);
    // The checksum of the last library but one, in the list of files at the end.
    const at = archive.lastIndexOf('runtimes/linux-x64/native/libonnxruntime_providers_cuda.so') - 30;
    archive[at] = archive[at]! ^ 1;
    await start(archive);
    await assert.rejects(install(), /libonnxruntime_providers_cuda\.so is damaged; its checksum/);
    assert.equal(await installedCuda(folder), undefined);
  });

  it('that the feed does not have are reported with the feed and the version', async () => {
    await start();
    await assert.rejects(
      installCuda(folder, '9.9.9', feed, going, () => undefined),
      new RegExp(`${server.index} does not have the package ${name} 9\\.9\\.9`),
    );
  });

  it('are refused from a feed that tells no hash of the package', async () => {
    await start();
    server.toldHash = null;
    await assert.rejects(install(), /does not tell size and SHA-512 of the package/);
  });

  it('are removed without a trace, and count as missing when one of them is', async () => {
    await start();
    await install();
    await rm(join(folder, 'libonnxruntime_providers_shared.so'));
    assert.equal(await installedCuda(folder), undefined);
    assert.equal(await removeCuda(folder), cuda.length);
    assert.deepEqual(await readdir(folder), ['libonnxruntime.so.1']);
  });
});
