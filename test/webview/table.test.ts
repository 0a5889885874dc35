import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { browserSuite } from './browserSuite';
import { framesAfterLeap, rowsMadeWhole, rowsTakenOut } from './movedRows';
import type { PanelPage } from './panelPage';
import { curveOf, runRow, typicalRows } from './runRows';

const grid = (panel: PanelPage): Locator => panel.page.getByRole('grid', { name: 'Runs' });
const names = (panel: PanelPage): Promise<string[]> => grid(panel).locator('td.cell-name').allInnerTexts();
const header = (panel: PanelPage, name: string): Locator =>
  grid(panel).locator('th', { has: panel.page.getByRole('button', { name, exact: true }) });

describe('the table of runs', () => {
  const open = browserSuite();

  it('shows the newest run first, pinned ones on top', async () => {
    const panel = await open({ rows: typicalRows() });
    await grid(panel).waitFor();
    assert.deepEqual((await names(panel)).slice(0, 3), [
      'amazon-paper',
      'topics-quick',
      'amazon-adamw-long-name-that-does-not-fit',
    ]);
    assert.equal(await header(panel, 'Created').getAttribute('aria-sort'), 'descending');
  });

  it('is sorted by a column at its header, and the other way round at the next press', async () => {
    const panel = await open({ rows: typicalRows().map((row) => ({ ...row, marks: {} })) });
    const loss = header(panel, 'Loss');
    const losses = async (): Promise<number[]> =>
      (await grid(panel).locator('td.cell-loss').allInnerTexts()).filter((text) => text !== '').map(Number);
    await loss.getByRole('button').click();
    assert.equal(await loss.getAttribute('aria-sort'), 'ascending');
    const upwards = await losses();
    assert.equal(upwards.length, 7);
    assert.deepEqual(
      upwards,
      upwards.toSorted((a, b) => a - b),
    );
    // A run without a loss comes last either way.
    assert.equal((await names(panel)).at(-1), 'amazon-adamw-long-name-that-does-not-fit');
    await loss.getByRole('button').click();
    assert.equal(await loss.getAttribute('aria-sort'), 'descending');
    assert.deepEqual(await losses(), upwards.toReversed());
    assert.equal((await names(panel)).at(-1), 'amazon-adamw-long-name-that-does-not-fit');
    assert.equal(await header(panel, 'Created').getAttribute('aria-sort'), 'none');
  });

  it('shows a prompt that was imported with what is known of it, and nothing of a training that never was', async () => {
    const nothing = { experiment: undefined, experimentFile: undefined, data: undefined, provider: undefined };
    const unmeasured = { best: undefined, dev: undefined, test: undefined, baselines: undefined };
    const imported = runRow(0, {
      record: {
        name: 'from-peft',
        ...nothing,
        ...unmeasured,
        imported: { from: '/adapters/topics', format: 'peft', length: 12 },
        reason: 'imported from /adapters/topics',
        step: 0,
        totalSteps: 0,
        seconds: 0,
        last: { step: 0 },
      },
      loss: undefined,
    });
    const panel = await open({ rows: [imported, runRow(1)], curves: (row) => curveOf(row) });
    const line = grid(panel).locator('tr', {
      has: panel.page.getByRole('gridcell', { name: 'from-peft', exact: true }),
    });
    assert.equal(await line.locator('td.cell-status').innerText(), 'Imported');
    assert.equal(await line.locator('td.cell-length').innerText(), '12');
    for (const empty of ['step', 'loss', 'dev', 'best', 'test', 'duration', 'optimizer'])
      assert.equal((await line.locator(`td.cell-${empty}`).innerText()).trim(), '', empty);

    await line.getByRole('gridcell', { name: 'from-peft', exact: true }).click();
    const details = panel.page.locator('run-details');
    await details.getByText('/adapters/topics', { exact: true }).waitFor();
    await details.getByText('12 virtual tokens').waitFor();
    assert.doesNotMatch(await panel.page.locator('body').innerText(), /NaN|undefined|Infinity/);
  });

  it('says where a prompt stands that is not in front of the text', async () => {
    const { record, ...rest } = runRow(1);
    const { experiment } = record;
    const behind = { ...experiment!, prompt: { ...experiment!.prompt, position: 'infix' as const } };
    const panel = await open({ rows: [{ ...rest, record: { ...record, experiment: behind } }], curves: curveOf });
    const cell = grid(panel).locator('td.cell-length');
    assert.match(await cell.innerText(), /^infix, \d+$/);
    await cell.click();
    const words = /\d+ virtual tokens, behind the text, in front of the rest of the template \(infix\)/;
    await panel.page.locator('run-details').getByText(words).waitFor();
  });

  it('is filtered by words of name, note, status, model and label', async () => {
    const panel = await open({ rows: typicalRows() });
    const filter = panel.page.getByRole('textbox', { name: 'Filter runs' });
    for (const [words, expected] of [
      ['seed', ['topics-seed-2', 'topics-seed-3']],
      ['SLEEP laptop', ['topics-random-init']],
      ['failed', ['amazon-adamw-long-name-that-does-not-fit']],
      ['plant studio-30m interrupted', ['topics-random-init']],
    ] as const) {
      await filter.fill(words);
      await panel.until(async () => (await names(panel)).length === expected.length, `“${words}” is applied`);
      assert.deepEqual(await names(panel), expected);
    }
    assert.equal(await panel.page.locator('.count').innerText(), '1 of 8 runs');
    await filter.fill('no such run');
    await panel.page.getByText('No run has “no such run”.').waitFor();
    await panel.page.getByRole('button', { name: 'Clear Filter' }).click();
    await panel.until(async () => (await names(panel)).length === 8, 'all runs are back');
    assert.equal(await filter.inputValue(), '');
  });

  it('takes columns away and back, and keeps the choice', async () => {
    const panel = await open({ rows: typicalRows() });
    await panel.page.getByRole('button', { name: 'Columns' }).click();
    const item = panel.page.getByRole('menuitemcheckbox', { name: 'Optimiser' });
    assert.equal(await item.getAttribute('aria-checked'), 'true');
    await item.click();
    assert.equal(await item.getAttribute('aria-checked'), 'false');
    assert.equal(await header(panel, 'Optimiser').count(), 0);
    const { columns } = (await panel.saved()) as { columns: string[] };
    assert.ok(!columns.includes('optimizer') && columns.includes('model'));
    await panel.page.getByRole('menuitem', { name: 'Reset Columns' }).click();
    await header(panel, 'Optimiser').waitFor();
  });

  it('pins a run to the top', async () => {
    const panel = await open({ rows: typicalRows() });
    const pin = panel.page.getByRole('button', { name: 'Pin yelp-quick' });
    assert.equal(await pin.getAttribute('aria-pressed'), 'false');
    await pin.click();
    await panel.heard((message) => message.type === 'mark' && message.pinned === true, 'the pin');
    await panel.until(async () => (await names(panel))[1] === 'yelp-quick', 'the run is on top');
    assert.equal(await pin.getAttribute('aria-pressed'), 'true');
  });

  it('tells why a provider was not used', async () => {
    const panel = await open({ rows: [runRow(0)] });
    const title = await grid(panel).locator('td.cell-provider').getAttribute('title');
    assert.match(
      title ?? '',
      /CPU: 2 threads\nNot CUDA: the CUDA libraries are not installed\nNot WebGPU: no graphics/,
    );
  });

  it('renders only a window of a thousand runs, at the right place', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    const rendered = grid(panel).locator('tbody tr[data-id]');
    await rendered.first().waitFor();
    assert.ok((await rendered.count()) < 60, 'a window of rows');
    assert.equal(await grid(panel).getAttribute('aria-rowcount'), '1001');
    await grid(panel)
      .locator('xpath=..')
      .evaluate((scroller) => (scroller.scrollTop = scroller.scrollHeight));
    await panel.page.getByRole('gridcell', { name: 'topics-quick-999', exact: true }).waitFor();
    assert.ok((await rendered.count()) < 60, 'still a window of rows');
    assert.equal(await rendered.last().getAttribute('aria-rowindex'), '1001');
    assert.equal(await rendered.last().locator('td.cell-name').innerText(), 'topics-quick-999');
  });

  it('shows what comes into view in the elements of what has left it, and leaves the others alone', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    const rendered = grid(panel).locator('tbody tr[data-id]');
    const scrollTo = (top: number): Promise<number> =>
      grid(panel)
        .locator('xpath=..')
        .evaluate((scroller, top) => (scroller.scrollTop = top), top);
    const shown = (): Promise<{ index: number; id: string; name: string; element: string }[]> =>
      rendered.evaluateAll((rows) =>
        rows.map((row, at) => {
          const { dataset } = row as HTMLElement;
          return {
            index: Number(row.getAttribute('aria-rowindex')) - 2,
            id: dataset.id!,
            name: row.querySelector<HTMLElement>('td.cell-name')!.innerText,
            // Which element it is, as it was numbered when it was first looked at.
            element: (dataset.numbered ??= String(at)),
          };
        }),
      );
    await rendered.first().waitFor();
    await scrollTo(4000);
    const whole = async (): Promise<boolean> => (await rendered.and(panel.page.locator('[aria-busy]')).count()) === 0;
    const at = (index: number): Promise<number> =>
      grid(panel)
        .locator(`tr[aria-rowindex="${index + 2}"]`)
        .count();
    await panel.until(async () => (await at(160)) === 1 && (await whole()), 'the rows in the middle');
    const before = await shown();
    await scrollTo(4100);
    const last = before.at(-1)!.index;
    await panel.until(async () => (await at(last + 1)) === 1 && (await whole()), 'the rows below');
    const after = await shown();
    for (const { index, name, id } of after)
      assert.deepEqual([name, id], [`topics-quick-${index}`, runRow(index).record.id]);
    const indices = after.map(({ index }) => index);
    assert.deepEqual(
      indices,
      indices.toSorted((a, b) => a - b),
    );
    const elementOf = new Map(before.map(({ id, element }) => [id, element]));
    const stayed = after.filter(({ id }) => elementOf.has(id));
    assert.ok(stayed.length > 20 && stayed.length < after.length);
    for (const { id, element } of stayed) assert.equal(element, elementOf.get(id));
    // None is new, but where one more row is in view than before.
    const taken = after.filter(({ element }) => Number(element) < before.length);
    assert.equal(new Set(taken.map(({ element }) => element)).size, taken.length);
    assert.ok(taken.length >= after.length - 1, `${taken.length} of ${after.length} elements were there before`);
  });

  it('moves no more rows than come into view when scrolling begins, though the row of the keyboard stays', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    const top = grid(panel).locator('tr[aria-rowindex="2"]');
    await top.waitFor();
    const { height } = (await top.boundingBox())!;
    // The rows above and below what is seen are drawn too, eight each; then two new ones come.
    const taken = await rowsTakenOut(grid(panel), 11 * height);
    assert.ok(taken <= 3, `${taken} rows were taken out`);
    assert.ok(!(await top.isHidden()), 'the row of the keyboard is still there');
  });

  it('draws as many rows in a frame as it has time for after a leap, what is seen first, and at rest all of them', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    const rendered = grid(panel).locator('tbody tr[data-id]');
    await rendered.first().waitFor();
    const { height } = (await rendered.first().boundingBox())!;
    const columns = await grid(panel).locator('thead th').count();
    const frames = await framesAfterLeap(grid(panel), 500 * height);
    assert.ok(frames.length > 3, `all rows came in ${frames.length} frames`);
    for (const [at, { whole }] of frames.entries()) {
      // The keyboard's row is always whole.
      const more = whole - (frames[at - 1]?.whole ?? 1);
      assert.ok(more > 0 && more * columns <= 96, `${more} rows of ${columns} cells in frame ${at}`);
    }
    const shown = await rendered.evaluateAll((rows) =>
      rows.map((row) => ({
        index: Number(row.ariaRowIndex) - 2,
        busy: row.ariaBusy,
        id: (row as HTMLElement).dataset.id!,
        name: row.querySelector<HTMLElement>('td.cell-name')!.innerText,
        loss: row.querySelector<HTMLElement>('td.cell-loss')!.innerText,
        box: row.querySelector('input')!.getAttribute('aria-label'),
      })),
    );
    assert.ok(shown.length > 30);
    for (const { index, loss, ...row } of shown) {
      const run = runRow(index);
      assert.ok(Math.abs(Number(loss) - run.loss!) < 0.001, `loss ${loss} of row ${index}`);
      assert.deepEqual(row, {
        busy: null,
        id: run.record.id,
        name: `topics-quick-${index}`,
        box: `Show topics-quick-${index} in the charts`,
      });
    }
  });

  it('fills up from where one scrolls to: downwards from the end of what is seen, upwards from its beginning', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    const rendered = grid(panel).locator('tbody tr[data-id]');
    await rendered.first().waitFor();
    const { height } = (await rendered.first().boundingBox())!;
    const seen = await grid(panel).evaluate((table, height) => table.parentElement!.clientHeight / height, height);
    for (const [index, down] of [
      [500, true],
      [300, false],
    ] as const) {
      const frames = await framesAfterLeap(grid(panel), index * height);
      const beginning = frames.slice(0, 3).map(({ indices }) => indices);
      assert.ok(beginning.every((indices) => indices.length > 0));
      for (const indices of beginning) {
        const [from, to] = [Math.min(...indices), Math.max(...indices)];
        assert.equal(to - from + 1, indices.length, `one after the other: ${indices.join()}`);
        assert.equal(down ? to : from, down ? index + Math.ceil(seen) - 1 : index);
      }
    }
  });

  it('never leaves the row of the keyboard blank, wherever it goes', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    await grid(panel).locator('td.cell-name').first().click();
    const name = (): Promise<string> =>
      grid(panel).evaluate((table) => {
        const { activeElement } = table.getRootNode() as ShadowRoot;
        const row = activeElement?.closest('tr');
        return row?.ariaBusy === 'true' ? 'blank' : (row?.querySelector('td.cell-name')?.textContent.trim() ?? '');
      });
    const seen: string[] = [];
    for (let page = 0; page < 4; page++) {
      await panel.press('PageDown');
      seen.push(await name());
    }
    await panel.press('Control+End');
    seen.push(await name());
    await panel.press('Control+Home');
    seen.push(await name());
    const numbers = seen.map((text) => Number(/^topics-quick-(\d+)$/.exec(text)?.[1]));
    assert.ok(
      numbers.slice(0, 5).every((number, at) => number > (numbers[at - 1] ?? 0)),
      seen.join(),
    );
    assert.deepEqual(numbers.slice(-2), [999, 0]);
    // Nor when one scrolls away from it and back, to where it is not among the first to be drawn.
    await panel.press(...Array.from({ length: 10 }, () => 'ArrowDown'));
    const { height } = (await grid(panel).locator('tr[aria-rowindex="2"]').boundingBox())!;
    await framesAfterLeap(grid(panel), 500 * height);
    const [first] = await framesAfterLeap(grid(panel), 0);
    assert.ok(first!.blank > 0);
    assert.ok(!first!.lost);
  });

  it('makes no more rows whole in a frame while scrolling goes on, and fills up when it ends', async () => {
    const panel = await open({ rows: Array.from({ length: 1000 }, (_, index) => runRow(index)) });
    const rendered = grid(panel).locator('tbody tr[data-id]');
    await rendered.first().waitFor();
    const columns = await grid(panel).locator('thead th').count();
    const made = await rowsMadeWhole(grid(panel), 600, 20);
    assert.ok(Math.max(...made) * columns <= 96, made.join());
    assert.ok(made.filter((count) => count > 0).length > 10, made.join());
    await panel.until(
      async () => (await rendered.and(panel.page.locator('[aria-busy]')).count()) === 0,
      'all are whole',
    );
  });

  it('keeps the names at the left while it is scrolled to the side, in the header too', async () => {
    const panel = await open({ rows: typicalRows() });
    const scroller = grid(panel).locator('xpath=..');
    const atTheLeft = (row: string, x: number): Promise<string> =>
      scroller.evaluate(
        (element, { row, x }) => {
          const { left } = element.getBoundingClientRect();
          const { top, height } = element.querySelector(row)!.getBoundingClientRect();
          const root = element.getRootNode() as ShadowRoot;
          return (
            root
              .elementFromPoint(left + x, top + height / 2)
              ?.closest('td, th')
              ?.textContent.trim() ?? ''
          );
        },
        { row, x },
      );
    await grid(panel).waitFor();
    const before = [await atTheLeft('thead tr', 110), await atTheLeft('tbody tr', 110)];
    assert.deepEqual(before, ['Name', 'amazon-paper']);
    await scroller.evaluate((element) => (element.scrollLeft = 300));
    await panel.until(async () => (await atTheLeft('tbody tr', 110)) === 'amazon-paper', 'the names are back');
    assert.equal(await atTheLeft('thead tr', 110), 'Name');
    assert.notEqual(await atTheLeft('thead tr', 320), 'Status', 'the others have moved');
  });

  it('offers the actions that fit a run in its menu, and sends the one chosen', async () => {
    const panel = await open({ rows: typicalRows() });
    await panel.page.getByRole('gridcell', { name: 'imdb-quick', exact: true }).click({ button: 'right' });
    const menu = panel.page.getByRole('menu', { name: 'Actions of imdb-quick' });
    assert.equal(await menu.getByRole('menuitem', { name: 'Stop' }).getAttribute('aria-disabled'), 'true');
    await menu.getByRole('menuitem', { name: 'Resume' }).click();
    const id = typicalRows()[3]!.record.id;
    await panel.heard((message) => message.type === 'command' && message.id === id, 'the command');
    assert.deepEqual(panel.of('command'), [{ type: 'command', command: 'resume', id }]);
    assert.ok(await menu.isHidden());
  });

  it('opens the details of a run that is clicked, with the reason of a failure in words', async () => {
    const panel = await open({ rows: typicalRows() });
    await panel.page.getByRole('gridcell', { name: /^amazon-adamw/ }).click();
    const details = panel.page.locator('run-details');
    await details.getByText('label "postive" is not one of the labels').waitFor();
    await panel.page.getByRole('gridcell', { name: 'amazon-paper', exact: true }).click();
    await details.getByRole('heading', { name: 'amazon-paper' }).waitFor();
    const text = await details.locator('section').innerText();
    for (const fact of [
      '4-shot text prompt',
      '3,200 train, 400 dev, 400 test',
      '1.3%',
      'Not CUDA',
      'unchanged by the run',
    ]) {
      assert.ok(text.includes(fact), `${fact} in ${text}`);
    }
  });

  it('sends what the buttons of the details say', async () => {
    const panel = await open({ rows: typicalRows() });
    const [running] = typicalRows();
    await panel.page.getByRole('gridcell', { name: 'topics-quick', exact: true }).click();
    const details = panel.page.locator('run-details');
    const commands = {
      Stop: 'stop',
      'Inspect Prompt': 'inspect',
      'Diff Checkpoints…': 'diff',
      'Open Checkpoint': 'openCheckpoint',
      'Open Log': 'openLog',
      'Open Experiment': 'openExperiment',
      'Reveal in Explorer': 'reveal',
      'Copy Path': 'copyPath',
    };
    for (const name of Object.keys(commands)) await details.getByRole('button', { name }).click();
    await panel.until(() => panel.of('command').length === 8, 'all eight commands are sent');
    assert.deepEqual(
      panel.of('command').map(({ command }) => command),
      Object.values(commands),
    );
    assert.ok(panel.of('command').every(({ id }) => id === running!.record.id));
    assert.equal(await details.getByRole('button', { name: 'Delete' }).count(), 0);
  });
});
