import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { pageSuite } from './browserSuite';
import { InspectPage } from './inspectPage';
import type { InspectOptions } from './inspectPage';
import { effectsOf } from './inspections';

const row = ({ page }: InspectPage, position: number): Locator => page.locator(`token-table tr[data-id="${position}"]`);
const positions = ({ page }: InspectPage): Promise<string[]> =>
  page
    .locator('token-table tbody tr[data-id]')
    .evaluateAll((rows) => rows.map((each) => each.getAttribute('data-id')!));
const header = ({ page }: InspectPage, name: string): Locator =>
  page.locator('token-table').getByRole('columnheader', { name });

describe('the table of virtual tokens', () => {
  const open = pageSuite<InspectOptions, InspectPage>((browser, options) => InspectPage.open(browser, options));

  it('shows a row a virtual token with its nearest tokens, their spaces made visible', async () => {
    const panel = await open({ length: 20 });
    await panel.page.getByRole('grid', { name: 'Virtual tokens' }).waitFor();
    assert.equal((await positions(panel)).length, 20);
    const chips = await row(panel, 0).locator('.chip').allInnerTexts();
    assert.deepEqual(chips.slice(0, 3), ['·animal', '·animals', 'animal']);
  });

  it('says the cosine of a nearest token under the pointer, and at the keyboard', async () => {
    const panel = await open();
    const { cosine } = panel.inspection.snapshots[0]!.tokens[1]!.neighbours[0]!;
    await row(panel, 1).locator('.chip').first().hover();
    await panel.page.getByText(`cosine ${cosine.toFixed(4)}`).waitFor();
    await panel.page.mouse.move(0, 0);
    await row(panel, 1).locator('.chip').first().focus();
    await panel.page.getByText(`cosine ${cosine.toFixed(4)}`).waitFor();
    await panel.page
      .getByRole('button', { name: `space food, cosine ${cosine.toFixed(3)}` })
      .first()
      .waitFor();
  });

  it('marks a list of nearest tokens that random vectors would have too', async () => {
    const panel = await open();
    await row(panel, 3).getByText('not meaningful').waitFor();
    assert.equal(await row(panel, 0).getByText('not meaningful').count(), 0);
    await panel.page.getByText('15 of 20').waitFor();
  });

  it('says what a virtual token started as, and whether that persists', async () => {
    const panel = await open();
    await row(panel, 0)
      .getByRole('gridcell', { name: /·animal\s*, still a neighbour/ })
      .waitFor();
    await row(panel, 2)
      .getByRole('gridcell', { name: /·plant\s*, no longer a neighbour/ })
      .waitFor();
  });

  it('is sorted at its headers and filtered by nearest token', async () => {
    const panel = await open();
    await header(panel, 'Norm').getByRole('button').click();
    const norms = panel.inspection.snapshots[0]!.tokens.toSorted((a, b) => b.norm - a.norm);
    await panel.until(
      async () => (await positions(panel))[0] === String(norms[0]!.position),
      'the longest vector is on top',
    );
    assert.equal(await header(panel, 'Norm').getAttribute('aria-sort'), 'descending');
    await panel.page.getByRole('textbox', { name: 'Filter by nearest token' }).fill('FOODS');
    await panel.page.getByText('5 of 20 virtual tokens').waitFor();
    assert.deepEqual(
      (await positions(panel)).map(Number).toSorted((a, b) => a - b),
      [1, 5, 9, 13, 17],
    );
    await panel.page.getByRole('textbox', { name: 'Filter by nearest token' }).fill('zebra');
    await panel.page.getByText('No virtual token is near “zebra”.').waitFor();
    await panel.page.getByRole('button', { name: 'Clear Filter' }).click();
    await row(panel, 0).waitFor();
  });

  it('is one tab stop, moved in by arrows from nearest token to nearest token', async () => {
    const panel = await open();
    await row(panel, 0).locator('td').first().focus();
    await panel.press('ArrowDown', 'ArrowRight', 'ArrowRight');
    const chip = row(panel, 1).locator('.chip').nth(1);
    await panel.until(() => chip.evaluate((each) => each.matches(':focus')), 'the second chip has the focus');
    await panel.press('End');
    await panel.until(
      () =>
        row(panel, 1)
          .locator('td')
          .last()
          .evaluate((each) => each.matches(':focus')),
      'the last cell has the focus',
    );
    await panel.press('Tab');
    assert.equal(await panel.page.locator('token-table').evaluate((table) => table.matches(':focus-within')), false);
    assert.equal(await panel.page.locator('token-table [tabindex="0"]').count(), 1);
  });

  it('selects several by the keyboard alone, and the map follows', async () => {
    const panel = await open();
    await row(panel, 4).locator('td').first().focus();
    await panel.press('Space', 'ArrowDown', 'Space');
    await panel.page.getByText('2 selected').waitFor();
    const chosen = panel.page.locator('prompt-map').getByRole('option', { selected: true });
    assert.deepEqual(
      (await chosen.evaluateAll((marks) => marks.map((mark) => mark.getAttribute('data-key')))).toSorted(),
      ['v4', 'v5'],
    );
    await panel.press('Control+a');
    await panel.page.getByText('20 selected').waitFor();
    await panel.press('Escape');
    assert.equal(await panel.page.getByText('selected').count(), 0);
  });

  it('lights up everywhere what a nearest token is near to', async () => {
    const panel = await open();
    await row(panel, 1).locator('.chip').first().focus();
    await panel.press('Enter');
    assert.equal(await panel.page.locator('token-table tr.lit').count(), 5);
    await panel.page.getByRole('button', { name: 'Select Highlighted' }).click();
    assert.deepEqual(((await panel.saved()) as { selected: unknown }).selected, [1, 5, 9, 13, 17]);
  });

  it('measures effects when asked, with progress, and can be cancelled', async () => {
    const panel = await open();
    const { path } = panel.inspection.snapshots[0]!;
    await panel.page.getByRole('button', { name: 'Measure Effects' }).click();
    await panel.heard(({ type }) => type === 'measureEffects', 'that effects are wanted');
    assert.deepEqual(panel.of('measureEffects'), [{ type: 'measureEffects', step: 300 }]);
    await panel.post({
      type: 'effects',
      path,
      state: { phase: 'measuring', text: 'Scoring variant 40 of 80', share: 0.5 },
    });
    await panel.page.getByText('Scoring variant 40 of 80').waitFor();
    assert.equal(await panel.page.getByRole('progressbar').evaluate((bar: HTMLProgressElement) => bar.value), 0.5);
    await panel.page.getByRole('button', { name: 'Cancel' }).click();
    await panel.heard(({ type }) => type === 'cancelEffects', 'that it is to be cancelled');
    await panel.post({ type: 'effects', path, state: { phase: 'measured', effects: effectsOf() } });
    await row(panel, 6).getByRole('gridcell', { name: '+0.412' }).waitFor();
    await header(panel, 'Effect').getByRole('button').click();
    await panel.until(async () => (await positions(panel))[0] === '6', 'the largest effect is on top');
    await panel.page.getByText('effects on 64 of 400 rows').waitFor();
  });
});
