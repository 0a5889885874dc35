import assert from 'node:assert/strict';
import { type ModelGroup, ModelRows } from '../../../extension/editor/views/modelRows';
import type { ModelEntry } from '../../../extension/protocol/models';

function model(id: string, changes: Partial<ModelEntry> = {}): ModelEntry {
  return {
    ...{ id, name: id, source: 'hub', model: id, path: `/cache/${id}`, bytes: 1, runs: { ok: true }, removable: true },
    ...changes,
  };
}
const hub = (...models: ModelEntry[]): ModelGroup => ({ source: 'hub', models });
const rows = (): ModelRows => new ModelRows(({ name, problem }) => `${name} ${problem ?? 'whole'}`);

describe('the rows of the Models view', () => {
  it('are all drawn at first, and again when a model comes, goes or moves', () => {
    const view = rows();
    assert.equal(view.groups, undefined);
    const [a, b] = [model('a'), model('b')];
    for (const groups of [
      [hub(a)],
      [hub(a, b)],
      [hub(b, a)],
      [hub(b)],
      [{ source: 'bundled', models: [b] } as const],
      [],
    ])
      assert.equal(view.take(groups), 'all', JSON.stringify(groups));
  });

  it('stay as they are when another look finds the same, and one that looks different is drawn alone', () => {
    const view = rows();
    view.take([hub(model('a'), model('b'))]);
    assert.deepEqual(view.take([hub(model('a'), model('b'))]), []);
    const torn = model('b', { problem: 'torn' });
    assert.deepEqual(view.take([hub(model('a'), torn)]), [{ kind: 'model', model: torn }]);
    assert.deepEqual(view.take([hub(model('a'), torn)]), []);
  });

  it('are the same objects at every listing, and know what is known now even where nothing of it shows', () => {
    const view = rows();
    view.take([hub(model('a'))]);
    const [before] = view.of({ kind: 'source', source: 'hub' });
    assert.deepEqual(view.take([hub(model('a', { bytes: 2 }))]), []);
    const [after] = view.of({ kind: 'source', source: 'hub' });
    assert.equal(after, before, 'VS Code knows a row by its object');
    assert.equal(after?.model.bytes, 2);
  });
});
