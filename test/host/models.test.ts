import * as assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ModelCatalog } from '../../extension/editor/models/modelCatalog';
import { ModelPlaces } from '../../extension/editor/models/modelPlaces';
import { TrainerHost } from '../../extension/editor/training/trainerHost';
import type { ModelEntry } from '../../extension/protocol/models';
import { filesOf, HubServer } from '../unit/library/hubServer';
import { extension, tinyModel } from './tuningWorkspace';

/** What a person's editor remembers, for as long as a test. */
class Memory implements vscode.Memento {
  readonly #values = new Map<string, unknown>();
  keys(): readonly string[] {
    return [...this.#values.keys()];
  }
  get<T>(key: string, otherwise?: T): T {
    return (this.#values.get(key) ?? otherwise) as T;
  }
  async update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
  }
}

describe('the models of this machine', () => {
  let log: vscode.LogOutputChannel;
  let places: ModelPlaces;
  let catalog: ModelCatalog;
  before(() => extension().activate());
  beforeEach(() => {
    log = vscode.window.createOutputChannel('models of a test', { log: true });
    places = new ModelPlaces(new Memory());
    catalog = new ModelCatalog(new TrainerHost(extension().extensionPath, log), places);
  });
  afterEach(() => {
    catalog.dispose();
    log.dispose();
  });
  const listed = async (wanted: (model: ModelEntry) => boolean): Promise<ModelEntry | undefined> =>
    (await catalog.list()).models.find(wanted);

  it('hold the bundled one, with what it is and that it runs here', async () => {
    const bundled = await listed(({ source }) => source === 'bundled');
    assert.equal(bundled?.model, 'bundled');
    assert.equal(bundled.architecture, 'llama');
    assert.ok(bundled.parameters! > 3e7 && bundled.parameters! < 5e7, String(bundled.parameters));
    assert.ok(bundled.bytes > 1e7, String(bundled.bytes));
    assert.deepEqual(bundled.runs, { ok: true });
    assert.ok(bundled.memory!.total > bundled.memory!.weights);
    assert.equal(bundled.removable, false);
  });

  it('hold a folder that the person added, until it is taken out of the list', async () => {
    await places.add(tinyModel());
    const added = await listed(({ path }) => path === tinyModel());
    assert.equal(added?.source, 'folder');
    assert.equal(added.model, tinyModel());
    await places.forget(tinyModel());
    await catalog.refresh();
    assert.equal(await listed(({ path }) => path === tinyModel()), undefined);
  });

  it('are looked for anew only when somebody asks for that', async () => {
    const first = await catalog.list();
    assert.equal(await catalog.list(), first);
    let told = 0;
    const listening = catalog.onDidChange(() => told++);
    await catalog.refresh();
    assert.notEqual(await catalog.list(), first);
    assert.equal(told, 1);
    listening.dispose();
  });

  it('hold what was downloaded from the hub of the settings', async () => {
    const hub = await HubServer.start({ 'lab/tiny': { files: filesOf(tinyModel()) } });
    const settings = vscode.workspace.getConfiguration('softPrompt');
    try {
      await settings.update('hub.endpoint', hub.endpoint, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('softPrompt.downloadModel', 'lab/tiny');
      const model = await listed(({ source }) => source === 'hub');
      assert.equal(model?.model, 'lab/tiny');
      assert.equal(model.removable, true);
      const weights = 'model.safetensors';
      assert.deepEqual(await readFile(join(model.path, weights)), await readFile(join(tinyModel(), weights)));

      await vscode.commands.executeCommand('softPrompt.copyModelPath', { kind: 'model', model });
      assert.equal(await vscode.env.clipboard.readText(), model.path);
    } finally {
      await settings.update('hub.endpoint', undefined, vscode.ConfigurationTarget.Global);
      await hub.close();
    }
  });
});
