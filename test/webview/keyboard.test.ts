import assert from 'node:assert/strict';
import { browserSuite } from './browserSuite';
import type { PanelPage } from './panelPage';
import { runRow, typicalRows } from './runRows';

/** What has the focus, through all shadow roots: the run of its row, its column's index, and its own words. */
function focus(panel: PanelPage): Promise<{ row?: string; column?: string; label: string; tag: string }> {
  return panel.page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const own = element as HTMLElement;
    const name = own.closest('tr')?.querySelector('.cell-name')?.textContent.trim();
    const column = own.dataset.column;
    // The words of a control of the kit stand in the element around it.
    const words =
      own.textContent.trim() || ((own.getRootNode() as ShadowRoot).host as HTMLElement | undefined)?.textContent.trim();
    return {
      ...(name === undefined ? {} : { row: name }),
      ...(column === undefined ? {} : { column }),
      label: own.getAttribute('aria-label') ?? words ?? '',
      tag: own.localName,
    };
  });
}

async function press(panel: PanelPage, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await panel.page.keyboard.press(key);
  // The table follows at its next update.
  await panel.page.evaluate(() => new Promise(requestAnimationFrame));
}

/** Tabs from the filter to the table. */
async function enterTable(panel: PanelPage): Promise<void> {
  await panel.page.getByRole('textbox', { name: 'Filter runs' }).focus();
  await press(panel, 'Tab', 'Tab', 'Tab');
}

describe('the panel by keyboard alone', () => {
  const open = browserSuite();

  it('is one tab stop at the table, with the next one in the details', async () => {
    const panel = await open({ rows: typicalRows() });
    await enterTable(panel);
    assert.equal((await focus(panel)).row, 'topics-quick');
    await press(panel, 'Tab');
    assert.equal((await focus(panel)).label, 'Close details');
    await press(panel, 'Shift+Tab');
    assert.equal((await focus(panel)).row, 'topics-quick');
  });

  it('moves by arrows, Home, End and pages', async () => {
    const panel = await open({ rows: Array.from({ length: 200 }, (_, index) => runRow(index)) });
    await enterTable(panel);
    await press(panel, 'ArrowDown', 'ArrowDown', 'ArrowRight');
    assert.deepEqual(await focus(panel), { row: 'topics-quick-2', column: '3', label: 'Finished', tag: 'td' });
    await press(panel, 'Home');
    assert.equal((await focus(panel)).label, 'Show topics-quick-2 in the charts');
    await press(panel, 'End');
    assert.equal((await focus(panel)).column, '17');
    await press(panel, 'Control+End');
    assert.equal((await focus(panel)).row, 'topics-quick-199');
    await press(panel, 'PageUp');
    const paged = Number((await focus(panel)).row?.split('-').at(-1));
    assert.ok(paged < 199 && paged > 170, `a page up: ${paged}`);
    await press(panel, 'Control+Home');
    assert.deepEqual([(await focus(panel)).row, (await focus(panel)).column], ['topics-quick-0', '0']);
  });

  it('sorts at the header', async () => {
    const panel = await open({ rows: typicalRows() });
    await enterTable(panel);
    await press(panel, 'ArrowUp', 'ArrowUp');
    assert.deepEqual([(await focus(panel)).tag, (await focus(panel)).label], ['button', 'Name']);
    await press(panel, 'Enter');
    assert.equal(await panel.page.locator('runs-table th', { hasText: 'Name' }).getAttribute('aria-sort'), 'ascending');
    assert.equal((await focus(panel)).label, 'Name');
    await press(panel, 'Space');
    assert.deepEqual(((await panel.saved()) as { sort: unknown }).sort, { column: 'name', descending: true });
  });

  it('opens details by Enter, draws a run by Space, closes details by Escape', async () => {
    const rows = typicalRows();
    const panel = await open({ rows });
    await enterTable(panel);
    await press(panel, 'ArrowDown', 'ArrowDown', 'Enter');
    await panel.page.locator('run-details').getByRole('heading', { name: 'imdb-quick' }).waitFor();
    assert.equal((await focus(panel)).row, 'imdb-quick');
    await press(panel, 'Space');
    const { id } = rows[3]!.record;
    await panel.heard((message) => message.type === 'show' && message.ids.includes(id), 'the run to be shown');
    await press(panel, 'Space');
    await panel.until(() => panel.of('show').at(-1)?.ids.includes(id) === false, 'the run is taken out');
    await press(panel, 'Tab', 'Escape');
    assert.equal(await panel.page.locator('run-details').count(), 0);
    assert.equal((await focus(panel)).row, 'imdb-quick');
  });

  it('writes a note, and leaves it as it was after Escape', async () => {
    const rows = typicalRows();
    const panel = await open({ rows });
    await enterTable(panel);
    await press(panel, 'ArrowRight', 'F2');
    assert.equal((await focus(panel)).label, 'Note on topics-quick');
    await panel.page.keyboard.type('try more virtual tokens');
    await press(panel, 'Enter');
    await panel.until(() => panel.of('mark').length === 1, 'the note is sent');
    assert.deepEqual(panel.of('mark')[0], { type: 'mark', id: rows[0]!.record.id, note: 'try more virtual tokens' });
    await panel.page.getByRole('gridcell', { name: 'try more virtual tokens' }).waitFor();
    assert.equal((await focus(panel)).row, 'topics-quick');
    await press(panel, 'Enter');
    await panel.page.keyboard.type('no');
    await press(panel, 'Escape');
    assert.equal(panel.of('mark').length, 1);
    await panel.page.getByRole('gridcell', { name: 'try more virtual tokens' }).waitFor();
  });

  it('renames a run', async () => {
    const panel = await open({ rows: typicalRows() });
    await enterTable(panel);
    await press(panel, 'ArrowDown', 'ArrowDown', 'F2');
    assert.equal((await focus(panel)).label, 'Name of imdb-quick');
    await panel.page.keyboard.type('imdb, first try');
    await press(panel, 'Enter');
    await panel.page.getByRole('gridcell', { name: 'imdb, first try', exact: true }).waitFor();
  });

  it('pins at the pin, keeping the focus on the run that moves', async () => {
    const panel = await open({ rows: typicalRows() });
    await enterTable(panel);
    await press(panel, 'Control+End', 'Home', 'ArrowRight', 'Enter');
    await panel.until(async () => (await panel.page.locator('tr.pinned').count()) === 2, 'the run is pinned');
    await panel.until(async () => (await focus(panel)).label === 'Pin topics-seed-3', 'the focus is back');
  });

  it('asks to delete by Delete', async () => {
    const rows = typicalRows();
    const panel = await open({ rows });
    await enterTable(panel);
    await press(panel, 'Delete');
    assert.deepEqual(panel.of('command'), [], 'a running run is not deleted');
    await press(panel, 'ArrowDown', 'Delete');
    await panel.until(() => panel.of('command').length === 1, 'the command is sent');
    assert.deepEqual(panel.of('command')[0], { type: 'command', command: 'delete', id: rows[2]!.record.id });
  });

  it('reaches the actions of a run by Shift+F10 and comes back', async () => {
    const panel = await open({ rows: typicalRows() });
    await enterTable(panel);
    await press(panel, 'Shift+F10');
    const menu = panel.page.getByRole('menu', { name: 'Actions of topics-quick' });
    await menu.waitFor();
    assert.equal((await focus(panel)).label, 'Stop');
    await press(panel, 'ArrowUp');
    assert.equal((await focus(panel)).label, 'Delete…');
    await press(panel, 'c');
    assert.equal((await focus(panel)).label, 'Copy Path');
    await press(panel, 'Enter');
    await panel.until(() => panel.of('command')[0]?.command === 'copyPath', 'the command is sent');
    await panel.until(async () => (await focus(panel)).row === 'topics-quick', 'the focus is back in the table');
    await press(panel, 'Shift+F10', 'Escape');
    await panel.until(async () => (await focus(panel)).row === 'topics-quick', 'the focus is back again');
  });

  it('chooses columns', async () => {
    const panel = await open({ rows: typicalRows() });
    await panel.page.getByRole('textbox', { name: 'Filter runs' }).focus();
    await press(panel, 'Tab', 'Enter');
    await panel.page.getByRole('menu', { name: 'Columns' }).waitFor();
    await press(panel, 'End', 'ArrowUp', 'ArrowUp', 'Space');
    await panel.page.getByRole('columnheader', { name: 'Seed' }).waitFor();
    await press(panel, 'Escape');
    await panel.until(async () => (await focus(panel)).label === 'Columns', 'the focus is back on the button');
  });

  it('keeps the focus on the same run while live updates reorder the table', async () => {
    const rows = typicalRows().map((row) => ({ ...row, marks: {} }));
    const panel = await open({ rows, state: { version: 1, sort: { column: 'loss', descending: false } } });
    await enterTable(panel);
    await press(panel, 'ArrowDown');
    const { row } = await focus(panel);
    const moving = panel.rows.find(({ record }) => record.name === row)!;
    await panel.postRow({ ...moving, loss: 9 });
    await panel.page.getByRole('gridcell', { name: '9.000' }).waitFor();
    assert.equal((await focus(panel)).row, row);
    await press(panel, 'ArrowDown');
    assert.notEqual((await focus(panel)).row, row);
  });

  it('keeps the row under the pen in its place while others move', async () => {
    const rows = typicalRows().map((row) => ({ ...row, marks: {} }));
    const panel = await open({ rows, state: { version: 1, sort: { column: 'loss', descending: false } } });
    await enterTable(panel);
    await press(panel, 'End', 'F2');
    await panel.page.keyboard.type('half a ');
    const edited = panel.rows.find(({ record }) => record.name === 'topics-quick')!;
    await panel.postRow({ ...edited, loss: 0.001 });
    await panel.page.getByRole('gridcell', { name: '0.001' }).waitFor();
    await panel.page.keyboard.type('note');
    await press(panel, 'Enter');
    await panel.heard((message) => message.type === 'mark' && message.note === 'half a note', 'the whole note');
  });
});
