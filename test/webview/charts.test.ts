import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { browserSuite } from './browserSuite';
import type { PanelPage } from './panelPage';
import { themes } from './editorPage';
import { curveOf, typicalRows } from './runRows';
import { smooth } from '../../webview/state/series';

const chart = (panel: PanelPage, name: RegExp): Locator => panel.page.getByRole('img', { name });
const shown = (...indices: readonly number[]): object => ({
  version: 1,
  shown: indices.map((index) => typicalRows()[index]!.record.id),
  smoothing: 0,
});

/** How many pixels of a canvas have about this colour. */
function pixels(canvas: Locator, colour: string): Promise<number> {
  return canvas.evaluate((element, hex) => {
    const drawn = element as HTMLCanvasElement;
    const copy = new OffscreenCanvas(drawn.width, drawn.height).getContext('2d', { willReadFrequently: true })!;
    copy.drawImage(drawn, 0, 0);
    const { data } = copy.getImageData(0, 0, drawn.width, drawn.height);
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const near = Math.abs(data[at]! - r!) + Math.abs(data[at + 1]! - g!) + Math.abs(data[at + 2]! - b!);
      if (near < 24 && data[at + 3]! > 200) count++;
    }
    return count;
  }, colour);
}

describe('the charts', () => {
  const open = browserSuite();

  it('ask for the curves of the newest run and draw them', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf });
    await chart(
      panel,
      /^Training loss, smoothed, one run\. topics-quick: from 2\.\d+ at step 1 to 0\.\d+ at step 120/,
    ).waitFor();
    await chart(
      panel,
      /^Dev accuracy, one run\. topics-quick: from .+% at step 30 to .+% at step 120, highest/,
    ).waitFor();
    assert.deepEqual(panel.of('show'), [{ type: 'show', ids: [typicalRows()[0]!.record.id] }]);
  });

  it('follow a live run, in words and in the drawing', async () => {
    const panel = await open({ rows: typicalRows(), curves: (row) => curveOf(row, 10), state: shown(0) });
    const row = typicalRows()[0]!;
    await chart(panel, /to 2\.\d+ at step 10, lowest/).waitFor();
    const canvas = panel.page.locator('curve-chart').first().locator('canvas');
    const before = await canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    await panel.post({ type: 'curves', curves: [curveOf(row, 120)] });
    await chart(panel, /to 0\.\d+ at step 120, lowest/).waitFor();
    await panel.until(
      async () => (await canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL())) !== before,
      'the drawing has changed',
    );
    await panel.postRow({ ...row, loss: 0.321, record: { ...row.record, step: 121 } });
    await panel.page.getByRole('gridcell', { name: '121 / 300' }).waitFor();
  });

  it('overlay several runs, each in its own colour and dash pattern, named in a legend', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(0, 1, 5) });
    await chart(panel, /^Training loss, 3 runs\. topics-quick: .+ amazon-paper: .+ yelp-quick:/).waitFor();
    const legend = panel.page.getByRole('list', { name: 'Runs in the charts' });
    assert.deepEqual(
      (await legend.getByRole('listitem').allInnerTexts()).map((text) => text.trim()),
      ['topics-quick', 'amazon-paper', 'yelp-quick'],
    );
    const looks = await legend
      .locator('line')
      .evaluateAll((lines) => lines.map((line) => [line.getAttribute('class'), line.getAttribute('stroke-dasharray')]));
    assert.deepEqual(looks, [
      ['hue-blue', ''],
      ['hue-yellow', '7 4'],
      ['hue-foreground', ''],
    ]);
    const canvas = panel.page.locator('curve-chart').first().locator('canvas');
    for (const hue of ['blue', 'yellow', 'foreground'] as const) {
      assert.ok((await pixels(canvas, themes.dark.variables[`--vscode-charts-${hue}`])) > 50, hue);
    }
    await legend.getByRole('button', { name: 'Take amazon-paper out of the charts' }).click();
    await chart(panel, /^Training loss, 2 runs\./).waitFor();
    assert.equal(await pixels(canvas, themes.dark.variables['--vscode-charts-yellow']), 0);
  });

  it('are drawn anew in the colours of another theme', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(0) });
    const canvas = panel.page.locator('curve-chart').first().locator('canvas');
    const hue = '--vscode-charts-blue';
    await panel.until(async () => (await pixels(canvas, themes.dark.variables[hue])) > 50, 'drawn in the dark theme');
    await panel.setTheme('light');
    await panel.until(async () => (await pixels(canvas, themes.light.variables[hue])) > 50, 'drawn in the light theme');
    assert.equal(await pixels(canvas, themes.dark.variables[hue]), 0);
  });

  it('smooth the loss as much as wanted, and keep that', async () => {
    const row = typicalRows()[0]!;
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(0) });
    await chart(panel, /^Training loss, one run/).waitFor();
    await panel.page.getByRole('slider', { name: 'Smoothing' }).fill('0.9');
    const last = smooth(curveOf(row).loss, 0.9).at(-1)!.toFixed(3);
    await chart(panel, new RegExp(`^Training loss, smoothed, one run.+ to ${last} at step 120`)).waitFor();
    assert.equal(((await panel.saved()) as { smoothing: number }).smoothing, 0.9);
  });

  it('smooth without a pull towards zero at the start', () => {
    assert.deepEqual(
      smooth([2, 2, 2], 0.9).map((value) => Number(value.toFixed(12))),
      [2, 2, 2],
    );
    // (0.5 * 1 + 3) / (0.5 + 1)
    assert.deepEqual(smooth([1, 3], 0.5), [1, 3.5 / 1.5]);
    assert.deepEqual(smooth([1, Number.NaN, 1], 0.5), [1, 1, 1]);
  });

  it('change to a logarithmic scale and back', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(0) });
    const canvas = panel.page.locator('curve-chart').first().locator('canvas');
    await canvas.waitFor();
    const drawing = (): Promise<string> => canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
    const linear = await drawing();
    await panel.page.getByRole('checkbox', { name: 'Log scale' }).click();
    await panel.until(async () => (await drawing()) !== linear, 'the scale is logarithmic');
    assert.equal(((await panel.saved()) as { logScale: boolean }).logScale, true);
    await panel.page.getByRole('checkbox', { name: 'Log scale' }).click();
    await panel.until(async () => (await drawing()) === linear, 'the scale is linear');
  });

  it('show as tables of numbers', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(0, 1) });
    await panel.page.getByRole('checkbox', { name: 'Show as table' }).click();
    const table = panel.page.getByRole('region', { name: 'Dev accuracy as a table' });
    const expected = curveOf(typicalRows()[1]!).evaluations.at(-1)!;
    const row = await table.getByRole('row').last().allInnerTexts();
    assert.equal(row[0]?.replace(/\s+/g, ' '), `300 ${(expected.scores.accuracy! * 100).toFixed(1)}%`);
    assert.equal(await panel.page.locator('curve-chart').getByRole('img').count(), 0);
  });

  it('draw another metric when it is chosen', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(1) });
    await panel.page.getByRole('combobox', { name: 'Metric of the second chart' }).click();
    await panel.page.getByRole('option', { name: 'Dev macro F1' }).click();
    await chart(panel, /^Dev macro F1, one run\. amazon-paper/).waitFor();
    assert.equal(((await panel.saved()) as { metric: string }).metric, 'macro-f1');
  });

  it('fit the width of the panel', async () => {
    const panel = await open({ rows: typicalRows(), curves: curveOf, state: shown(0) });
    const canvas = panel.page.locator('curve-chart').first().locator('canvas');
    const width = async (): Promise<number> => (await canvas.boundingBox())!.width;
    await canvas.waitFor();
    const wide = await width();
    await panel.page.setViewportSize({ width: 900, height: 860 });
    await panel.until(async () => (await width()) < wide - 100, 'the chart is narrower');
  });

  it('survive values that are no numbers', async () => {
    const row = typicalRows()[0]!;
    const panel = await open({
      rows: typicalRows(),
      curves: () => ({ id: row.record.id, steps: [1, 2, 3], loss: [1, Number.NaN, 0], evaluations: [] }),
      state: { ...shown(0), logScale: true },
    });
    await chart(panel, /^Training loss, one run\. topics-quick: from 1\.000 at step 1 to 0\.000 at step 3/).waitFor();
    await panel.page.getByText('Waiting for the first accuracy on the dev split.').waitFor();
  });
});
