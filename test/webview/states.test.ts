import assert from 'node:assert/strict';
import { browserSuite } from './browserSuite';
import { curveOf, runRow, typicalRows } from './runRows';

describe('the panel', () => {
  const open = browserSuite();

  it('says that it is reading, until the runs come', async () => {
    const panel = await open({ rows: typicalRows(), silent: true });
    await panel.page.getByText('Reading the runs of this workspace…').waitFor();
    assert.deepEqual(panel.sent, [{ type: 'ready' }]);
    await panel.postRows();
    await panel.page.getByRole('grid', { name: 'Runs' }).waitFor();
  });

  it('offers Tune Prompt where there are no runs', async () => {
    const panel = await open({ rows: [] });
    await panel.page.getByRole('heading', { name: 'No runs yet' }).waitFor();
    await panel.page.getByRole('button', { name: 'Tune Prompt' }).click();
    await panel.heard((message) => message.type === 'tune', 'the wish to tune');
  });

  it('lets one look but not train in a workspace that is not trusted', async () => {
    const panel = await open({ rows: typicalRows(), trusted: false });
    await panel.page.getByText('Restricted mode: runs can be looked at').waitFor();
    assert.ok(await panel.page.getByRole('button', { name: 'Tune Prompt' }).isDisabled());
    await panel.page.getByRole('gridcell', { name: 'topics-random-init', exact: true }).click();
    const details = panel.page.locator('run-details');
    await details.getByRole('button', { name: 'Open Log' }).waitFor();
    assert.equal(await details.getByRole('button', { name: 'Resume' }).count(), 0);
    await panel.page.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await panel.heard((message) => message.type === 'manageTrust', 'the wish to manage trust');
  });

  it('tells what went wrong and tries again', async () => {
    const panel = await open({ rows: typicalRows(), silent: true });
    await panel.post({ type: 'problem', message: 'The folder .prompt-runs cannot be read.' });
    await panel.page.getByRole('alert').getByText('The folder .prompt-runs cannot be read.').waitFor();
    await panel.page.getByRole('button', { name: 'Try Again' }).click();
    await panel.until(() => panel.of('ready').length === 2, 'the panel asks again');
    await panel.postRows();
    await panel.page.getByRole('grid', { name: 'Runs' }).waitFor();
  });

  it('names the runs that could not be read', async () => {
    const panel = await open({ rows: typicalRows(), problems: ['run-7/run.json:1: not JSON'] });
    await panel.page.getByText('One run could not be read').click();
    await panel.page.getByText('run-7/run.json:1: not JSON').waitFor();
  });

  it('is as it was after a reload: sort, filter, columns, selection, charts', async () => {
    const rows = typicalRows();
    const first = await open({ rows, curves: curveOf });
    await first.page.getByRole('button', { name: 'Best (step)' }).click();
    await first.page.getByRole('textbox', { name: 'Filter runs' }).fill('topics');
    await first.page.getByRole('gridcell', { name: 'topics-seed-2', exact: true }).click();
    await first.page.getByRole('checkbox', { name: 'Show topics-seed-2 in the charts' }).click();
    await first.page.getByRole('slider', { name: 'Smoothing' }).fill('0.5');
    const state = await first.saved();

    const second = await open({ rows, curves: curveOf, state });
    await second.page.locator('run-details').getByRole('heading', { name: 'topics-seed-2' }).waitFor();
    await second.page
      .getByRole('img', { name: /^Training loss, smoothed, 2 runs\. topics-quick: .+ topics-seed-2/ })
      .waitFor();
    assert.equal(await second.page.getByRole('textbox', { name: 'Filter runs' }).inputValue(), 'topics');
    assert.equal(await second.page.getByRole('slider', { name: 'Smoothing' }).inputValue(), '0.5');
    const best = second.page.locator('runs-table th', { hasText: 'Best (step)' });
    assert.equal(await best.getAttribute('aria-sort'), 'descending');
    assert.deepEqual(
      await second.page.locator('td.cell-name').allInnerTexts(),
      await first.page.locator('td.cell-name').allInnerTexts(),
    );
    // What was saved is the way of looking, never what was looked at.
    assert.ok(!JSON.stringify(state).includes('sha256') && JSON.stringify(state).length < 2000);
  });

  it('starts afresh from a saved state that it does not know', async () => {
    const panel = await open({
      rows: typicalRows(),
      state: { version: 1, sort: { column: 'gone', descending: true }, columns: 'all', smoothing: 7, shown: [3] },
    });
    await panel.page.getByRole('grid', { name: 'Runs' }).waitFor();
    assert.equal(
      await panel.page.locator('runs-table th', { hasText: 'Created' }).getAttribute('aria-sort'),
      'descending',
    );
  });

  it('takes a run that has just begun into the charts and says so', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf });
    await panel.page.getByRole('grid').waitFor();
    const row = runRow(50, {
      record: { name: 'fresh', status: 'running', step: 1, createdAt: '2026-11-23T12:00:00.000Z' },
    });
    await panel.postRow(row);
    await panel.heard((message) => message.type === 'show' && message.ids.includes(row.record.id), 'the new run');
    await panel.page.getByRole('status').getByText('fresh started.').waitFor();
  });

  it('selects the run that the host names', async () => {
    const rows = typicalRows();
    const panel = await open({ rows });
    await panel.page.getByRole('grid').waitFor();
    await panel.post({ type: 'select', id: rows[7]!.record.id });
    await panel.page.locator('run-details').getByRole('heading', { name: 'topics-seed-3' }).waitFor();
    assert.ok(await panel.page.getByRole('checkbox', { name: 'Show topics-seed-3 in the charts' }).isChecked());
  });

  it('says what became of a run, once, and not every step', async () => {
    const row = typicalRows()[0]!;
    const panel = await open({ rows: typicalRows() });
    const said = panel.page.getByRole('status');
    await panel.page.getByRole('grid').waitFor();
    for (const step of [121, 122, 123]) await panel.postRow({ ...row, record: { ...row.record, step } });
    await panel.page.getByRole('gridcell', { name: '123 / 300' }).waitFor();
    assert.equal(await said.innerText(), '');
    await panel.postRow({ ...row, stopping: true });
    await said.getByText('topics-quick: stopping.').waitFor();
    await panel.postRow({ ...row, record: { ...row.record, status: 'finished', test: { accuracy: 0.712 } } });
    await said.getByText('topics-quick: finished, test accuracy 71.2%.').waitFor();
    assert.equal(await said.getAttribute('aria-live'), 'polite');
  });

  it('forgets a run that is gone', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf });
    await panel.page.getByRole('gridcell', { name: 'topics-quick', exact: true }).waitFor();
    panel.rows = panel.rows.slice(1);
    await panel.postRows();
    await panel.page.getByRole('gridcell', { name: 'topics-quick', exact: true }).waitFor({ state: 'detached' });
    assert.equal(await panel.page.locator('run-details').count(), 0);
    await panel.until(() => panel.of('show').at(-1)?.ids.length === 0, 'its curve is no longer wanted');
  });
});
