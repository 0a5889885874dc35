import * as assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { ModelCatalog } from '../../extension/editor/models/modelCatalog';
import { modelChoices } from '../../extension/editor/models/modelChoices';
import { bytesText, downloadText, hubFacts, parametersText } from '../../extension/editor/views/modelText';
import type { ModelsTreeNode } from '../../extension/editor/views/modelRows';
import { ModelsTree, modelItem } from '../../extension/editor/views/modelsTree';
import { recommendationItem } from '../../extension/editor/views/recommendedModels';
import { modelTooltip } from '../../extension/editor/views/modelTooltip';
import type { ModelEntry, RecommendedModel } from '../../extension/protocol/models';
import { workspaceFolder } from './tuningWorkspace';

const memory = {
  workload: { promptLength: 20, batchSize: 16, tokens: 128 },
  weights: 2 ** 30,
  activations: 2 ** 29,
  process: 2 ** 27,
  total: 2 ** 30 + 2 ** 29 + 2 ** 27,
  free: 2 ** 32,
  installed: 2 ** 34,
  verdict: 'fits',
} as const;

/** A model of the hub's cache that runs here, with what differs. */
function model(changes: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id: 'hub:some/model',
    name: 'some/model',
    source: 'hub',
    model: 'some/model',
    path: '/cache/models--some--model/snapshots/1',
    architecture: 'llama',
    parameters: 135_000_000,
    bytes: 270_000_000,
    quantisation: 'BF16',
    runs: { ok: true },
    memory,
    removable: true,
    ...changes,
  };
}

describe('a model in the Models view', () => {
  it('shows what it is, how large it is, and by an icon and by words whether it runs here', () => {
    const item = modelItem(model(), false);
    assert.equal(item.label, 'some/model');
    assert.equal(item.description, 'llama · 135.0 M · 257.5 MiB · BF16 · runs here');
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'pass');
    assert.equal(
      item.accessibilityInformation?.label,
      'some/model, runs here, llama, 135.0 M parameters, 257.5 MiB, BF16',
    );
    const large = modelItem(model({ runs: { ok: false, reason: 'It needs 300 GiB.' } }), false);
    assert.equal((large.iconPath as vscode.ThemeIcon).id, 'circle-slash');
    assert.match(String(large.description), /^does not run here/);
    assert.match(large.accessibilityInformation!.label, /It needs 300 GiB\.$/);
    const tight = modelItem(model({ memory: { ...memory, verdict: 'tight' } }), false);
    assert.equal((tight.iconPath as vscode.ThemeIcon).id, 'warning');
    assert.match(String(tight.description), /^runs here when memory is freed/);
  });

  it('says what can be done with it', () => {
    const can = (changes: Partial<ModelEntry>, added = false): string => modelItem(model(changes), added).contextValue!;
    assert.equal(can({}), 'model usable removable');
    assert.equal(can({ removable: false }, true), 'model usable added');
    assert.equal(can({ problem: 'config.json: not JSON' }), 'model removable');
  });

  it('tells everything that is known of it, and takes nothing of it for markup', () => {
    const { value } = modelTooltip(model({ problem: 'config.json: **torn**', runs: { ok: false, reason: 'broken' } }));
    assert.match(value, /cannot be used/);
    assert.match(value, /BF16/);
    assert.match(value, /Memory to tune it: 1\\.63 GiB for 20 virtual tokens and 16 examples of 128 tokens at once/);
    assert.match(value, /Weights in memory: 1\\.00 GiB/);
    assert.match(value, /16\\.00 GiB, of which 4\\.00 GiB are free/);
    assert.ok(value.includes('\\*\\*torn\\*\\*'), value);
  });

  it('is called bundled when it came with the extension, whatever its folder is called', () => {
    assert.equal(
      modelItem(model({ source: 'bundled', name: 'bundled', model: 'bundled' }), false).label,
      'Bundled model',
    );
  });
});

describe('a recommended model in the Models view', () => {
  const recommended: RecommendedModel = {
    id: 'some/model',
    architecture: 'llama',
    parameters: 135_000_000,
    bytes: 270_000_000,
    licence: 'Apache-2.0',
    gated: false,
    goodFor: 'English',
    memory,
    stepSeconds: 1.25,
    minutes: 10.4,
    downloaded: false,
  };

  it('says what it takes and is downloaded by a click', () => {
    const item = recommendationItem(recommended);
    assert.equal(item.description, '257.5 MiB to download · about 1.3 s a step');
    assert.deepEqual(item.command?.arguments, ['some/model']);
    assert.equal(item.command.command, 'softPrompt.downloadModel');
    assert.match(
      item.accessibilityInformation!.label,
      /Good for English\. Licence: Apache-2\.0\., Enter downloads it$/,
    );
    assert.match((item.tooltip as vscode.MarkdownString).value, /at most about 10 min/);
  });

  it('is not downloaded a second time, and says where other programs hold its memory', () => {
    const item = recommendationItem({ ...recommended, downloaded: true, memory: { ...memory, verdict: 'tight' } });
    assert.equal(item.command, undefined);
    assert.match(String(item.description), /^on this machine · .* · needs memory that other programs hold$/);
  });

  it('stands in a group of its own, whose models are looked for when it is opened', async () => {
    let asked = 0;
    const catalog = {
      onDidChange: new vscode.EventEmitter<void>().event,
      places: { added: [] },
      list: () => Promise.resolve({ models: [model()], problems: [] }),
      recommend: () => {
        asked++;
        return Promise.resolve({ models: [recommended] });
      },
    } as unknown as ModelCatalog;
    const tree = new ModelsTree(catalog, vscode.window.createOutputChannel('Models', { log: true }));
    try {
      const group = (await tree.getChildren()).find(({ kind }) => kind === 'recommended');
      assert.equal(tree.getTreeItem(group!).collapsibleState, vscode.TreeItemCollapsibleState.Collapsed);
      assert.equal(asked, 0);
      assert.deepEqual(await tree.getChildren(group), [{ kind: 'recommendation', model: recommended }]);
    } finally {
      tree.dispose();
    }
  });
});

describe('the Models view', () => {
  it('draws the row of a model alone that looks different, and everything only where there are other rows', async () => {
    let models = [model({ id: 'a' }), model({ id: 'b' })];
    const changed = new vscode.EventEmitter<void>();
    const catalog = {
      onDidChange: changed.event,
      places: { added: [] },
      list: () => Promise.resolve({ models, problems: [] }),
    } as unknown as ModelCatalog;
    const tree = new ModelsTree(catalog, vscode.window.createOutputChannel('Models', { log: true }));
    const drawn: (readonly ModelsTreeNode[] | undefined)[] = [];
    const next = (): Promise<void> =>
      new Promise((done) => {
        const listening = tree.onDidChangeTreeData((nodes) => {
          drawn.push(nodes);
          listening.dispose();
          done();
        });
      });
    try {
      await tree.getChildren();
      let event = next();
      // The same once more is no reason to draw anything.
      changed.fire();
      models = [models[0]!, model({ id: 'b', problem: 'torn' })];
      changed.fire();
      await event;
      assert.deepEqual(drawn, [[{ kind: 'model', model: models[1] }]]);
      event = next();
      models = [models[0]!];
      changed.fire();
      await event;
      assert.equal(drawn[1], undefined);
    } finally {
      tree.dispose();
    }
  });
});

describe('the models of this machine as choices', () => {
  it('come by the place they were found in, those of the workspace and those used before in front, each once', () => {
    const bundled = model({ id: 'bundled', source: 'bundled', model: 'bundled' });
    const used = model({ id: 'used', name: 'used/before', model: 'used/before' });
    const path = join(workspaceFolder(), 'own');
    const own = model({ id: 'own', name: 'own', source: 'folder', path, model: path });
    const blob = model({ id: 'blob', name: 'llama3.2:1b', source: 'ollama', path: '/ollama/1', model: '/ollama/1' });
    const choices = modelChoices([blob, model(), used, own, bundled], ['used/before', 'gone/away']);
    assert.deepEqual(
      choices.map(({ label, value }) => (value ? label : `-- ${label}`)),
      [
        'Bundled model',
        '-- In the workspace',
        'own',
        '-- Used before',
        'used/before',
        '-- Hugging Face Cache',
        'some/model',
        '-- Ollama',
        'llama3.2:1b',
      ],
    );
  });

  it('mark one that cannot be used, with the reason', () => {
    const [, choice] = modelChoices([model({ problem: 'model.safetensors is torn' })], []);
    assert.equal(choice?.label, '$(circle-slash) some/model');
    assert.equal(choice.detail, 'model.safetensors is torn');
  });
});

describe('sizes and numbers of a model', () => {
  it('are given in the unit that people use', () => {
    assert.deepEqual([8_512, 39_100_000, 1_240_000_000].map(parametersText), ['8,512', '39.1 M', '1.24 B']);
    assert.deepEqual([10, 47_000_000, 5e9].map(bytesText), ['1 KiB', '44.8 MiB', '4.66 GiB']);
  });

  it('tell how far a download is, and how fast', () => {
    const progress = { id: 'some/model', file: 'model.safetensors', done: 2 ** 27, total: 2 ** 28 };
    assert.equal(downloadText(progress), 'model.safetensors · 128.0 MiB of 256.0 MiB');
    assert.equal(
      downloadText({ ...progress, rate: 2 ** 22 }),
      'model.safetensors · 128.0 MiB of 256.0 MiB · 4.0 MiB/s',
    );
  });

  it('tell what the hub knows of a model', () => {
    assert.equal(
      hubFacts({
        id: 'some/model',
        downloads: 12_345,
        likes: 1,
        architecture: 'gemma2',
        tags: [],
        licence: 'gemma',
        gated: true,
        parameters: 2_600_000_000,
        downloaded: false,
        page: '',
      }),
      'gated · gemma2 · 2.60 B parameters · 12,345 downloads · gemma',
    );
  });
});
