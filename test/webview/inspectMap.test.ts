import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { pageSuite } from './browserSuite';
import { InspectPage } from './inspectPage';
import type { InspectOptions } from './inspectPage';

const mark = ({ page }: InspectPage, key: string): Locator => page.locator(`prompt-map [data-key="${key}"]`);
const place = async (panel: InspectPage, key: string): Promise<string> =>
  (await mark(panel, key).getAttribute('transform')) ?? '';
const focused = ({ page }: InspectPage): Promise<string> =>
  page.locator('prompt-map .mark:focus').evaluate((each) => each.getAttribute('data-key')!);

describe('the map of a prompt', () => {
  const open = pageSuite<InspectOptions, InspectPage>((browser, options) => InspectPage.open(browser, options));

  it('has a named point for every virtual token and every token near one', async () => {
    const panel = await open();
    const map = panel.page.getByRole('listbox', { name: 'Map of 20 virtual tokens and 28 tokens near them' });
    await map.waitFor();
    await map.getByRole('option', { name: 'Virtual token 1, nearest space food', exact: true }).waitFor();
    assert.equal(await map.getByRole('option').count(), 48);
  });

  it('is gone through point by point with the arrow keys, and selects what the table shows', async () => {
    const panel = await open();
    await mark(panel, 'v0').focus();
    const at = async (): Promise<number[]> =>
      [...(await place(panel, await focused(panel))).matchAll(/-?[\d.]+/g)].map(([number]) => Number(number));
    const [x] = await at();
    await panel.press('ArrowLeft');
    assert.ok((await at())[0]! < x!, 'the left arrow goes left');
    await panel.press('ArrowRight');
    const [, before] = await at();
    await panel.press('ArrowUp');
    assert.ok((await at())[1]! < before!, 'the up arrow goes up');
    await panel.press('Home', 'Enter');
    await panel.page.locator('token-table tr[data-id="0"][aria-selected="true"]').waitFor();
    assert.equal(await panel.page.locator('prompt-map [tabindex="0"].mark').count(), 1);
  });

  it('is enlarged, moved and shown as a whole again', async () => {
    const panel = await open();
    await mark(panel, 'v0').focus();
    const before = await place(panel, 'v0');
    await panel.press('+');
    const enlarged = await place(panel, 'v0');
    assert.notEqual(enlarged, before);
    await panel.press('Shift+ArrowRight');
    assert.notEqual(await place(panel, 'v0'), enlarged);
    await panel.press('0');
    assert.equal(await place(panel, 'v0'), before);
    await panel.page.locator('prompt-map svg.map').hover();
    await panel.page.mouse.wheel(0, -300);
    await panel.until(async () => (await place(panel, 'v0')) !== before, 'the wheel enlarges');
    await panel.page.getByRole('button', { name: 'Show all' }).click();
    await panel.until(async () => (await place(panel, 'v0')) === before, 'all is shown again');
  });

  it('is dragged by the pointer', async () => {
    const panel = await open();
    const box = await panel.page.locator('prompt-map svg.map').boundingBox();
    assert.ok(box);
    const before = await place(panel, 'v0');
    await panel.page.mouse.move(box.x + 6, box.y + 6);
    await panel.page.mouse.down();
    await panel.page.mouse.move(box.x + 46, box.y + 26, { steps: 4 });
    await panel.page.mouse.up();
    await panel.until(async () => (await place(panel, 'v0')) !== before, 'the points have moved');
  });

  it('switches from PCA to UMAP and keeps the choice', async () => {
    const panel = await open();
    await panel.page.getByText('PCA: the axes show 31.0% and 22.0% of the variance.').waitFor();
    await panel.page.getByRole('combobox', { name: 'Projection' }).press('ArrowDown');
    await panel.page.getByText(/^UMAP: near points/).waitFor();
    assert.equal(((await panel.saved()) as { method: unknown }).method, 'umap');
  });

  it('keeps its axes from checkpoint to checkpoint, so that a token can be followed', async () => {
    const panel = await open();
    await mark(panel, 'v0').waitFor();
    const slider = panel.page.getByRole('slider', { name: 'Checkpoint' });
    await slider.press('Home');
    await panel.page.locator('inspect-header .step', { hasText: 'step 0' }).waitFor();
    await panel.until(async () => (await panel.page.locator('.main.waiting').count()) === 0, 'step 0 has come');
    const atStart = await place(panel, 'v0');
    await slider.press('End');
    await panel.until(async () => (await place(panel, 'v0')) !== atStart, 'it is the last checkpoint again');
    await slider.press('Home');
    await panel.until(async () => (await place(panel, 'v0')) === atStart, 'step 0 lies where it lay');
  });

  it('lights up the members of a cluster, and dims the others', async () => {
    const panel = await open();
    await panel.page
      .locator('cluster-list')
      .getByRole('button', { name: /^food 5 virtual tokens/ })
      .click();
    await panel.page.locator('prompt-map .virtual.lit').nth(4).waitFor();
    assert.equal(await panel.page.locator('prompt-map .virtual.lit').count(), 5);
    assert.equal(await panel.page.locator('prompt-map .virtual.dim').count(), 15);
    assert.equal(await panel.page.locator('token-table tr.lit').count(), 5);
    await panel.page.getByRole('status').getByText('food: 5 virtual tokens.').waitFor({ state: 'attached' });
  });
});
