import assert from 'node:assert/strict';
import { DrawnRows } from '../../../extension/editor/views/drawnRows';

describe('the row of a run whose figures keep changing', () => {
  it('stays as it was drawn for a while, so that a click on it is not lost', () => {
    const rows = new DrawnRows(3000);
    rows.drew('a', 'running', 10_000);
    assert.equal(rows.canWait('a', 'running', 10_500), true);
    assert.equal(rows.canWait('a', 'running', 12_999), true);
    assert.equal(rows.canWait('a', 'running', 13_000), false);
    rows.drew('a', 'running', 13_000);
    assert.equal(rows.canWait('a', 'running', 13_500), true);
  });

  it('is drawn at once when its name, its state or what can be done with it changes, or when it never was', () => {
    const rows = new DrawnRows(3000);
    rows.drew('a', 'running', 10_000);
    assert.equal(rows.canWait('a', 'finished', 10_001), false);
    assert.equal(rows.canWait('b', 'running', 10_001), false);
  });
});
