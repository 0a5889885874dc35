import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { huggingFaceCache } from '../../../extension/library/stores/huggingFaceCache';
import { llamaCpp } from '../../../extension/library/stores/llamaCpp';
import { lmStudio } from '../../../extension/library/stores/lmStudio';
import { ollama } from '../../../extension/library/stores/ollama';
import type { FoundModel } from '../../../extension/library/stores/store';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

/** Writes a file below the home folder. */
function write(way: string, content: string | object): string {
  const file = join(home, way);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}
const environment = (): NodeJS.ProcessEnv => ({ HOME: home, USERPROFILE: home });
const names = (models: readonly FoundModel[]): string[] => models.map(({ name }) => name);

describe("Ollama's store", () => {
  const digest = (letter: string): string => letter.repeat(64);
  const layer = (hex: string, size: number): object => ({
    mediaType: 'application/vnd.ollama.image.model',
    digest: `sha256:${hex}`,
    size,
  });
  /** Without the system's own service, which this machine may have. */
  const find = (): ReturnType<typeof ollama.find> =>
    ollama.find({ ...environment(), OLLAMA_MODELS: join(home, '.ollama/models') });
  /** The manifest of a model and its blob of so many bytes. */
  function addModel(way: string, hex: string, root = '.ollama/models'): void {
    write(`${root}/manifests/${way}`, { schemaVersion: 2, layers: [{ mediaType: 'other' }, layer(hex, 4)] });
    write(`${root}/blobs/sha256-${hex}`, 'GGUF');
  }

  it('gives each model with the name that Ollama shows and the blob of its weights', async () => {
    addModel('registry.ollama.ai/library/llama3.2/1b', digest('a'));
    addModel('registry.ollama.ai/someone/tiny/latest', digest('b'));
    addModel('hf.co/organisation/name-GGUF/Q4_K_M', digest('c'));
    const { models, problems } = await find();
    assert.deepEqual(problems, []);
    assert.deepEqual(names(models).sort(), [
      'hf.co/organisation/name-GGUF:Q4_K_M',
      'llama3.2:1b',
      'someone/tiny:latest',
    ]);
    const llama = models.find(({ name }) => name === 'llama3.2:1b')!;
    assert.deepEqual(llama, {
      name: 'llama3.2:1b',
      source: 'ollama',
      path: join(home, '.ollama/models/blobs', `sha256-${digest('a')}`),
      bytes: 4,
    });
  });

  it('is looked for in the home folder', async () => {
    addModel('registry.ollama.ai/library/mine/latest', digest('a'));
    const { models } = await ollama.find(environment());
    assert.ok(names(models).includes('mine:latest'));
  });

  it('is looked for where OLLAMA_MODELS says, and nowhere else', async () => {
    addModel('registry.ollama.ai/library/one/latest', digest('a'));
    addModel('registry.ollama.ai/library/two/latest', digest('a'), 'elsewhere');
    const { models } = await ollama.find({ ...environment(), OLLAMA_MODELS: join(home, 'elsewhere') });
    assert.deepEqual(names(models), ['two:latest']);
  });

  it('is empty where there is none', async () => {
    assert.deepEqual(await ollama.find({ ...environment(), OLLAMA_MODELS: join(home, 'none') }), {
      models: [],
      problems: [],
    });
  });

  it('lists a model whose blob cannot be used with what it is, and advises to fetch it only where nothing else helps', async () => {
    const manifest = (name: string, hex: string): unknown =>
      write(`.ollama/models/manifests/h/n/${name}/t`, { layers: [layer(hex, 4)] });
    const blob = (letter: string): string => join(home, `.ollama/models/blobs/sha256-${digest(letter)}`);
    manifest('missing', digest('a'));
    manifest('short', digest('b'));
    write(`.ollama/models/blobs/sha256-${digest('b')}`, 'GG');
    manifest('link', digest('c'));
    const secret = write('secret', 'GGUF');
    symlinkSync(secret, blob('c'));
    manifest('dangling', digest('d'));
    symlinkSync(join(home, 'disk/model'), blob('d'));
    manifest('folder', digest('e'));
    mkdirSync(blob('e'));
    const { models, problems } = await find();
    assert.deepEqual(problems, []);
    const problemOf = (name: string): string => models.find((each) => each.name === `h/n/${name}:t`)!.problem!;
    assert.equal(problemOf('missing'), `${blob('a')}: is missing. Fetch it with "ollama pull h/n/missing:t".`);
    assert.match(
      problemOf('short'),
      /has 2 bytes, where its manifest says 4: .* Copy it again .*, or remove it and run/,
    );
    assert.equal(
      problemOf('link'),
      `${blob('c')}: is a link to ${secret}, outside of ${join(home, '.ollama/models/blobs')}. Links out of the store are not ` +
        `followed. If you trust that file, use it as the model by its own path, ${secret}.`,
    );
    assert.equal(
      problemOf('dangling'),
      `${blob('d')}: is a link to ${join(home, 'disk/model')}, which does not exist. Connect the disk that it is on, or correct the link.`,
    );
    assert.match(problemOf('folder'), /is no file/);
  });

  it('understands the blob names of before 0.1.33, and a link from one name to the other', async function () {
    if (process.platform === 'win32') return;
    addModel('registry.ollama.ai/library/new/latest', digest('a'));
    write(`.ollama/models/manifests/registry.ollama.ai/library/old/latest`, { layers: [layer(digest('b'), 4)] });
    const old = write(`.ollama/models/blobs/sha256:${digest('b')}`, 'GGUF');
    write(`.ollama/models/manifests/registry.ollama.ai/library/both/latest`, { layers: [layer(digest('c'), 4)] });
    write(`.ollama/models/blobs/sha256:${digest('c')}`, 'GGUF');
    symlinkSync(`sha256:${digest('c')}`, join(home, `.ollama/models/blobs/sha256-${digest('c')}`));
    const { models } = await find();
    assert.deepEqual(
      models.map(({ name, problem }) => [name, problem]),
      [
        ['both:latest', undefined],
        ['new:latest', undefined],
        ['old:latest', undefined],
      ],
    );
    assert.equal(models.find(({ name }) => name === 'old:latest')!.path, old);
  });

  it('may have its blobs on another disk, behind a link', async () => {
    write('disk/blobs/README', '');
    mkdirSync(join(home, '.ollama/models'), { recursive: true });
    symlinkSync(join(home, 'disk/blobs'), join(home, '.ollama/models/blobs'));
    addModel('registry.ollama.ai/library/far/latest', digest('a'));
    const { models, problems } = await find();
    assert.deepEqual(problems, []);
    assert.deepEqual(
      models.map(({ name, problem, bytes }) => [name, problem, bytes]),
      [['far:latest', undefined, 4]],
    );
  });

  it('takes a model with an image part for its text part, and refuses adapters by name', async () => {
    const other = (kind: string): object => ({
      ...layer(digest('f'), 9),
      mediaType: `application/vnd.ollama.image.${kind}`,
    });
    const add = (name: string, ...kinds: string[]): void => {
      write(`.ollama/models/manifests/h/n/${name}/t`, { layers: [layer(digest('a'), 4), ...kinds.map(other)] });
    };
    write(`.ollama/models/blobs/sha256-${digest('a')}`, 'GGUF');
    add('sees', 'projector', 'template', 'license', 'params');
    add('tuned', 'adapter');
    write('.ollama/models/manifests/h/n/tensors/t', { layers: [other('tensor; name=a; dtype=F16; shape=1')] });
    const { models, problems } = await find();
    const [sees, tuned] = models;
    assert.equal(sees!.problem, undefined);
    assert.match(tuned!.problem!, /Ollama adds an adapter \(LoRA\) to these weights, which is not supported\. To tune/);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /tensors\/t: keeps its weights as single tensors and not as a GGUF file/);
  });

  it('reads a manifest with a byte order mark', async () => {
    addModel('registry.ollama.ai/library/good/latest', digest('a'));
    write(
      '.ollama/models/manifests/registry.ollama.ai/library/good/latest',
      `\uFEFF${JSON.stringify({ layers: [layer(digest('a'), 4)] })}`,
    );
    const { models, problems } = await find();
    assert.deepEqual([names(models), problems], [['good:latest'], []]);
  });

  for (const [what, manifest, message] of [
    ['is not JSON', 'no JSON', /latest: is not valid JSON \(.*\); it was cut off or changed/],
    ['was cut off', '{"layers":[{', /latest: is not valid JSON \(Expected property name/],
    ['is null', 'null', /lists 0 layers of weights/],
    ['has layers that are no list', { layers: { mediaType: 'x' } }, /lists 0 layers of weights/],
    ['has two models', { layers: [layer(digest('a'), 4), layer(digest('a'), 4)] }, /lists 2 layers of weights/],
    [
      'names a way out',
      { layers: [layer('../../../secret', 4)] },
      /names its weights "sha256:\.\.\/\.\.\/\.\.\/secret"/,
    ],
    ['names a number', { layers: [{ ...layer('', 4), digest: 7 }] }, /names its weights 7, which is no SHA-256/],
    ['is huge', 'x'.repeat(1_000_001), /has 1000001 bytes, far more than it needs/],
  ] as const) {
    it(`skips a manifest that ${what}, and says why`, async () => {
      addModel('registry.ollama.ai/library/good/latest', digest('a'));
      const file = write('.ollama/models/manifests/h/n/bad/latest', manifest);
      const { models, problems } = await find();
      assert.deepEqual(names(models), ['good:latest']);
      assert.equal(problems.length, 1);
      assert.ok(problems[0]!.startsWith(`${file}: `), problems[0]);
      assert.match(problems[0]!, message);
    });
  }

  it('skips manifests behind a link that leads out of it, and says so', async () => {
    addModel('registry.ollama.ai/library/good/latest', digest('a'));
    write('outside/n/evil/t', { layers: [layer(digest('a'), 4)] });
    symlinkSync(join(home, 'outside'), join(home, '.ollama/models/manifests/outside'));
    symlinkSync(join(home, '.ollama/models/manifests'), join(home, '.ollama/models/manifests/round'));
    const { models, problems } = await find();
    assert.deepEqual(names(models), ['good:latest']);
    assert.match(problems.join('\n'), /manifests\/outside: is a link to .*outside, outside of/);
  });
});

describe("LM Studio's store", () => {
  it('gives the models of both of its folders and of the one that its settings name', async () => {
    write('.lmstudio/models/one/repository/Model.Q4_0.gguf', 'GGUF');
    write('.cache/lm-studio/models/two/repository/Model.gguf', 'GGUF');
    write('disk/three/repository/Model.gguf', 'GGUF');
    write('.lmstudio/settings.json', { downloadsFolder: join(home, 'disk') });
    const { models, problems } = await lmStudio.find(environment());
    assert.deepEqual(problems, []);
    assert.deepEqual(names(models), ['one/repository/Model.Q4_0', 'two/repository/Model', 'three/repository/Model']);
    assert.equal(models[0]!.path, join(home, '.lmstudio/models/one/repository/Model.Q4_0.gguf'));
    assert.equal(models[0]!.source, 'lm-studio');
  });

  it('gives what a person put there by hand, and the models of a home that was moved', async () => {
    write('.lmstudio/models/mine/Model.gguf', 'GGUF');
    write('.lmstudio/models/one/repository/Q8_0/Model.gguf', 'GGUF');
    write('.lmstudio/hub/models/one/virtual/manifest.json', { type: 'model' });
    write('moved/lmstudio/models/four/repository/Model.GGUF', 'GGUF');
    write('.lmstudio-home-pointer', `${join(home, 'moved/lmstudio')}\n`);
    const { models, problems } = await lmStudio.find(environment());
    assert.deepEqual(problems, []);
    assert.deepEqual(names(models), ['mine/Model', 'one/repository/Q8_0/Model', 'four/repository/Model']);
  });

  it('takes neither image parts nor other files for models, and of several parts the first', async () => {
    for (const file of [
      'mmproj-model-f16.gguf',
      'README.md',
      '.hidden.gguf',
      'a-00001-of-00002.gguf',
      'a-00002-of-00002.gguf',
    ])
      write(`.lmstudio/models/one/repository/${file}`, '');
    const { models } = await lmStudio.find(environment());
    assert.deepEqual(names(models), ['one/repository/a']);
  });

  it('is empty where there is none', async () => {
    assert.deepEqual(await lmStudio.find(environment()), { models: [], problems: [] });
  });

  it('tells of settings that cannot be read and of links that lead out, and goes on', async () => {
    write('.lmstudio/models/one/repository/Model.gguf', 'GGUF');
    const settings = write('.lmstudio/settings.json', '{');
    symlinkSync(write('secret.gguf', 'GGUF'), join(home, '.lmstudio/models/one/repository/Link.gguf'));
    const { models, problems } = await lmStudio.find(environment());
    assert.deepEqual(names(models), ['one/repository/Model']);
    assert.ok(problems.some((each) => each.startsWith(`${settings}: cannot be read`)));
    assert.ok(problems.some((each) => /Link\.gguf: is a link to .*secret\.gguf, outside of/.test(each)));
  });
});

describe("llama.cpp's cache", () => {
  it('gives its GGUF files, from the place that LLAMA_CACHE names', async () => {
    write('caches/ggml-org_tiny-GGUF_tiny-Q4_0.gguf', 'GGUF');
    write('caches/ggml-org_tiny-GGUF_mmproj-tiny.gguf', 'GGUF');
    write('caches/manifest=ggml-org=tiny-GGUF=latest.json', {});
    write('caches/ggml-org_tiny-GGUF_tiny-Q4_0.gguf.json', {});
    const LLAMA_CACHE = join(home, 'caches');
    const { models, problems } = await llamaCpp.find({ ...environment(), LLAMA_CACHE });
    assert.deepEqual(problems, []);
    const name = 'ggml-org_tiny-GGUF_tiny-Q4_0';
    assert.deepEqual(models, [{ name, source: 'llama-cpp', path: join(LLAMA_CACHE, `${name}.gguf`) }]);
  });

  it('is looked for in the folder for caches, and is empty where there is none', async () => {
    const XDG_CACHE_HOME = join(home, 'xdg');
    assert.deepEqual(await llamaCpp.find({ ...environment(), XDG_CACHE_HOME }), { models: [], problems: [] });
    write('xdg/llama.cpp/a_b_c.gguf', 'GGUF');
    assert.deepEqual(names((await llamaCpp.find({ ...environment(), XDG_CACHE_HOME })).models), ['a_b_c']);
  });
});

describe('GGUF files in the Hugging Face cache', () => {
  it('are models of their own, by repository and file', async () => {
    const repository = 'hub/models--ggml-org--tiny-GGUF';
    const commit = 'c'.repeat(40);
    write(`${repository}/refs/main`, commit);
    write(`${repository}/blobs/abc`, 'GGUF');
    write(`${repository}/snapshots/${commit}/README.md`, '');
    symlinkSync('../../blobs/abc', join(home, repository, 'snapshots', commit, 'tiny-Q4_0.gguf'));
    symlinkSync(write('secret.gguf', 'GGUF'), join(home, repository, 'snapshots', commit, 'evil.gguf'));
    const { models, problems } = await huggingFaceCache.find({ ...environment(), HF_HUB_CACHE: join(home, 'hub') });
    const path = join(home, repository, 'snapshots', commit, 'tiny-Q4_0.gguf');
    assert.deepEqual(models, [{ name: 'ggml-org/tiny-GGUF/tiny-Q4_0', source: 'hub', path }]);
    assert.match(problems.join('\n'), /evil\.gguf: is a link to .*secret\.gguf, outside of/);
  });
});
