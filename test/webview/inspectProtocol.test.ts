import assert from 'node:assert/strict';
import { fromDiffPanel, restoredDiffSubject, toDiffPanel } from '../../extension/protocol/diffPanel';
import { fromInspectPanel, restoredSubject, toInspectPanel } from '../../extension/protocol/inspectPanel';
import { diffOf } from './diffs';
import { inspectionOf, snapshotOf } from './inspections';

describe('messages of the Inspect and the Diff panel', () => {
  it('are taken over with known fields only', () => {
    assert.deepEqual(fromInspectPanel({ type: 'ready', prompt: '/etc/passwd' }), { type: 'ready' });
    assert.deepEqual(fromInspectPanel({ type: 'measureEffects' }), { type: 'measureEffects' });
    assert.deepEqual(fromInspectPanel({ type: 'save', format: 'csv', content: 'a', path: '/x' }), {
      type: 'save',
      format: 'csv',
      content: 'a',
    });
    assert.deepEqual(fromDiffPanel({ type: 'inspect', side: 'b', path: '/x' }), { type: 'inspect', side: 'b' });
  });

  for (const [what, message] of Object.entries({
    nothing: undefined,
    'an unknown type': { type: 'openFile' },
    'a step that is no whole number': { type: 'snapshot', step: 1.5 },
    'a negative step': { type: 'measureEffects', step: -1 },
    'a path in place of a step': { type: 'openText', step: '/etc/passwd' },
    'an unknown format': { type: 'save', format: 'sh', content: 'rm' },
    'content that is no text': { type: 'save', format: 'png', content: [1, 2] },
    'an empty copy': { type: 'copy', text: '' },
    'a copy longer than any finding': { type: 'copy', text: 'x'.repeat(100_001) },
  })) {
    it(`with ${what} are refused by the host`, () => {
      assert.equal(fromInspectPanel(message), undefined);
    });
  }

  it('of a side that there is not are refused', () => {
    assert.equal(fromDiffPanel({ type: 'inspect', side: 'c' }), undefined);
    assert.equal(fromDiffPanel({ type: 'snapshot', step: 1 }), undefined);
  });

  it('that reach the page from elsewhere are passed over', () => {
    assert.equal(toInspectPanel({ source: 'react-devtools' }), undefined);
    assert.equal(toInspectPanel({ type: 'snapshot', snapshot: {} }), undefined);
    const snapshot = snapshotOf(100);
    assert.deepEqual(toInspectPanel({ type: 'snapshot', snapshot }), { type: 'snapshot', snapshot });
    const inspection = inspectionOf();
    const message = { type: 'inspection', subject: { prompt: '/p' }, inspection, trusted: true, complete: true };
    assert.deepEqual(toInspectPanel(message), message);
    assert.equal(toDiffPanel({ type: 'diff', subject: { a: '/a' }, diff: diffOf() }), undefined);
  });

  it('bring back after a reload only what names a prompt', () => {
    assert.deepEqual(restoredSubject({ subject: { prompt: '/p', model: 'bundled', more: 1 } }), {
      prompt: '/p',
      model: 'bundled',
    });
    assert.equal(restoredSubject({ subject: { prompt: 7 } }), undefined);
    assert.equal(restoredSubject(null), undefined);
    assert.deepEqual(restoredDiffSubject({ subject: { a: '/a', b: '/b' } }), { a: '/a', b: '/b' });
    assert.equal(restoredDiffSubject({ subject: { a: '/a' } }), undefined);
  });
});
