import assert from 'node:assert/strict';
import type { Memento } from 'vscode';
import { RunColours } from '../../../extension/editor/runs/runColours';

/** What the editor keeps for a workspace, without the editor. */
function memory(): Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: <T>(key: string, otherwise?: T) => (values.has(key) ? (values.get(key) as T) : otherwise),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, value)),
  };
}

describe('the colour of a run', () => {
  it('is different for different runs, and numbered in their order', () => {
    assert.deepEqual(new RunColours(memory()).assign(['a', 'b', 'c']), { a: 0, b: 1, c: 2 });
  });

  it('stays when other runs come and go', () => {
    const colours = new RunColours(memory());
    colours.assign(['a', 'b', 'c']);
    assert.deepEqual(colours.assign(['b', 'c']), { b: 1, c: 2 });
    assert.deepEqual(colours.assign(['b', 'c', 'd']), { b: 1, c: 2, d: 0 });
  });

  it('stays after a reload', () => {
    const kept = memory();
    new RunColours(kept).assign(['a', 'b']);
    assert.deepEqual(new RunColours(kept).assign(['b', 'z']), { b: 1, z: 0 });
  });
});
