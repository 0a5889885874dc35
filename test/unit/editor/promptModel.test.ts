import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelOfName, namedModel } from '../../../extension/editor/prompts/promptModel';
import type { ModelEntry } from '../../../extension/protocol/models';

function model(name: string, changes: Partial<ModelEntry> = {}): ModelEntry {
  const path = `/models/${name}`;
  return {
    id: path,
    name,
    source: 'folder',
    model: path,
    path,
    bytes: 1,
    runs: { ok: true },
    removable: false,
    ...changes,
  };
}

describe('the model that a prompt names', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'prompt-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is read from the configuration of its adapter, whichever of the files was taken', async () => {
    await writeFile(join(folder, 'adapter_config.json'), '{"base_model_name_or_path": "some/model"}');
    await writeFile(join(folder, 'adapter_model.safetensors'), '');
    assert.equal(await namedModel(folder), 'some/model');
    assert.equal(await namedModel(join(folder, 'adapter_model.safetensors')), 'some/model');
  });

  it('is unknown where nothing says it', async () => {
    assert.equal(await namedModel(join(folder, 'prompt.npy')), undefined);
    await writeFile(join(folder, 'adapter_config.json'), '{"base_model_name_or_path": null}');
    assert.equal(await namedModel(folder), undefined);
    await writeFile(join(folder, 'adapter_config.json'), 'torn');
    assert.equal(await namedModel(folder), undefined);
  });

  it('is found by its name on the hub, or by its place', async () => {
    const hub = model('some/model', { source: 'hub', model: 'some/model', path: '/cache/models--some--model' });
    const bundled = model('bundled', { source: 'bundled', model: 'bundled', path: '/extension/media/model' });
    const models = [hub, bundled, model('other')];
    assert.equal(await modelOfName('some/model', '/prompts', models), 'some/model');
    assert.equal(await modelOfName('/extension/media/model', '/prompts', models), 'bundled');
    assert.equal(await modelOfName('../models/other', '/prompts', models), '/models/other');
  });

  it('may lie where nobody has looked for models', async () => {
    await mkdir(join(folder, 'model'));
    assert.equal(await modelOfName('model', folder, []), join(folder, 'model'));
    assert.equal(await modelOfName(join(folder, 'model'), '/prompts', []), join(folder, 'model'));
  });

  it('is found by the last part of its name when it was learned on another machine', async () => {
    const models = [model('tiny'), model('other')];
    assert.equal(await modelOfName('/home/somebody/tiny', '/prompts', models), '/models/tiny');
    assert.equal(await modelOfName('C:\\models\\tiny', '/prompts', models), '/models/tiny');
    assert.equal(await modelOfName('organisation/tiny', '/prompts', models), '/models/tiny');
  });

  it('is not guessed among several of that name', async () => {
    const models = [model('tiny'), model('tiny', { path: '/elsewhere/tiny', model: '/elsewhere/tiny' })];
    assert.equal(await modelOfName('organisation/tiny', '/prompts', models), undefined);
    assert.equal(await modelOfName('organisation/unknown', '/prompts', models), undefined);
  });
});
