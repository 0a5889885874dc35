import assert from 'node:assert/strict';
import { commandAvailable, fromRunsPanel, runCommands, toRunsPanel } from '../../extension/protocol/runsPanel';
import { webviewPage } from '../../extension/protocol/webviewPage';
import { runRow } from './runRows';

describe('messages of the Runs panel', () => {
  it('are taken over with known fields only', () => {
    assert.deepEqual(fromRunsPanel({ type: 'ready', extra: 1 }), { type: 'ready' });
    assert.deepEqual(fromRunsPanel({ type: 'mark', id: 'a', note: 'n', pinned: true, folder: '/etc' }), {
      type: 'mark',
      id: 'a',
      note: 'n',
      pinned: true,
    });
    assert.deepEqual(fromRunsPanel({ type: 'show', ids: ['a', 'b'] }), { type: 'show', ids: ['a', 'b'] });
  });

  for (const [what, message] of Object.entries({
    nothing: undefined,
    'a list': [],
    'an unknown type': { type: 'run-anything' },
    'an unknown command': { type: 'command', command: 'rm', id: 'a' },
    'a command without a run': { type: 'command', command: 'delete' },
    'an empty id': { type: 'command', command: 'delete', id: '' },
    'an id that is no text': { type: 'show', ids: ['a', 7] },
    'a pin that is no truth value': { type: 'mark', id: 'a', pinned: 'yes' },
    'a note longer than any person writes': { type: 'mark', id: 'a', note: 'x'.repeat(2001) },
    'more runs than can be shown': { type: 'show', ids: Array.from({ length: 1001 }, (_, index) => String(index)) },
  })) {
    it(`with ${what} are refused`, () => assert.equal(fromRunsPanel(message), undefined));
  }

  it('that reach the page from elsewhere are passed over', () => {
    assert.equal(toRunsPanel({ source: 'react-devtools' }), undefined);
    assert.equal(toRunsPanel({ type: 'runs', rows: [{}], trusted: true, problems: [] }), undefined);
    assert.equal(toRunsPanel({ type: 'curves', curves: [{ id: 'a' }] }), undefined);
    const row = runRow(0);
    assert.deepEqual(toRunsPanel({ type: 'run', row }), { type: 'run', row });
  });
});

describe('commands of a run', () => {
  const available = (row: ReturnType<typeof runRow>, trusted = true): readonly string[] =>
    runCommands.filter((command) => commandAvailable(command, row, trusted));

  it('fit its status', () => {
    assert.ok(available(runRow(0, { record: { status: 'running' } })).includes('stop'));
    assert.ok(!available(runRow(0, { record: { status: 'running' } })).includes('delete'));
    assert.ok(!available(runRow(0, { record: { status: 'running' }, stopping: true })).includes('stop'));
    assert.ok(available(runRow(0, { record: { status: 'interrupted' } })).includes('resume'));
    assert.ok(!available(runRow(0, { record: { status: 'finished' } })).includes('resume'));
    const early = runRow(0, { record: { status: 'failed', best: undefined, last: undefined } });
    assert.ok(!available(early).includes('resume') && !available(early).includes('openCheckpoint'));
  });

  it('never train in a workspace that is not trusted', () => {
    assert.ok(!available(runRow(0, { record: { status: 'interrupted' } }), false).includes('resume'));
    assert.ok(available(runRow(0), false).includes('openLog'));
  });
});

describe('the page of a panel', () => {
  it('allows one script by its nonce and no inline style, font, frame or connection', () => {
    const html = webviewPage({
      entry: 'runs',
      title: 'Runs',
      script: 'https://x/runs.js',
      source: 'https://x',
      nonce: 'n0nce',
      language: 'en',
    });
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'nonce-n0nce'; style-src https:\/\/x 'nonce-n0nce'/);
    assert.ok(!policy.includes('unsafe'));
  });
});
