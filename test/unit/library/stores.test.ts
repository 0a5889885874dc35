import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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

  it('lists a model whose blob is missing, cut short or a link out of it, with the problem', async () => {
    const manifest = (name: string, hex: string): unknown =>
      write(`.ollama/models/manifests/h/n/${name}/t`, { layers: [layer(hex, 4)] });
    manifest('missing', digest('a'));
    manifest('short', digest('b'));
    write(`.ollama/models/blobs/sha256-${digest('b')}`, 'GG');
    manifest('link', digest('c'));
    symlinkSync(write('secret', 'GGUF'), join(home, `.ollama/models/blobs/sha256-${digest('c')}`));
    const { models, problems } = await find();
    assert.deepEqual(problems, []);
    const problemOf = (name: string): string => models.find((each) => each.name === `h/n/${name}:t`)!.problem!;
    assert.match(problemOf('missing'), /is missing\. Pull the model again/);
    assert.match(problemOf('short'), /is not the file of 4 bytes/);
    assert.match(problemOf('link'), /is a link to .*secret, outside of/);
  });

  for (const [what, manifest, message] of [
    ['is not JSON', 'no JSON', /not valid JSON/],
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
    assert.deepEqual(names(models), ['one/repository/a-00001-of-00002']);
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
