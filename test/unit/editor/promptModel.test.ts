import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
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

  it('is found by its name on the hub, by its place, or by a place beside the prompt', () => {
    const hub = model('some/model', { source: 'hub', model: 'some/model', path: '/cache/models--some--model' });
    const models = [hub, model('tiny'), model('other')];
    assert.equal(modelOfName('some/model', '/prompts', models), hub);
    assert.equal(modelOfName('/models/tiny', '/prompts', models), models[1]);
    assert.equal(modelOfName('../models/other', '/prompts', models), models[2]);
  });

  it('is found by the last part of its name when it was learned on another machine', () => {
    const models = [model('tiny'), model('other')];
    assert.equal(modelOfName('/home/somebody/tiny', '/prompts', models), models[0]);
    assert.equal(modelOfName('C:\\models\\tiny', '/prompts', models), models[0]);
    assert.equal(modelOfName('organisation/tiny', '/prompts', models), models[0]);
  });

  it('is not guessed among several of that name', () => {
    const models = [model('tiny'), model('tiny', { path: '/elsewhere/tiny', model: '/elsewhere/tiny' })];
    assert.equal(modelOfName('organisation/tiny', '/prompts', models), undefined);
    assert.equal(modelOfName('organisation/unknown', '/prompts', models), undefined);
  });
});
