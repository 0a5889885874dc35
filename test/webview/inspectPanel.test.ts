import assert from 'node:assert/strict';
import { assertAccessible } from './axe';
import { pageSuite } from './browserSuite';
import { InspectPage } from './inspectPage';
import type { InspectOptions } from './inspectPage';
import { effectsOf } from './inspections';

/** Opens the menu of exports and chooses from it by the keyboard; what the host then gets. */
async function exported(panel: InspectPage, label: string): Promise<string> {
  await panel.page.getByRole('button', { name: 'Export' }).press('Enter');
  await panel.page.getByRole('menuitem', { name: label }).press('Enter');
  await panel.heard(({ type }) => type === 'save', 'what is to be saved');
  return panel.of('save')[0]!.content;
}

describe('the Inspect panel', () => {
  const open = pageSuite<InspectOptions, InspectPage>((browser, options) => InspectPage.open(browser, options));

  it('says what is being done until there is something to see', async () => {
    const panel = await open({ silent: true });
    await panel.post({ type: 'working', text: 'finding the nearest tokens', share: 0.25 });
    await panel.page.getByRole('status').getByText('Finding the nearest tokens').waitFor();
    assert.deepEqual(panel.sent, [{ type: 'ready' }]);
    await panel.postInspection();
    await panel.page.getByRole('heading', { name: 'topics-quick' }).waitFor();
  });

  it('tells what went wrong with what to do about it, and tries again', async () => {
    const panel = await open({ silent: true });
    const message = 'topics.npy: does not say which frozen model it belongs to. Name the model.';
    await panel.post({ type: 'problem', subject: panel.subject, message, remedy: 'model' });
    await panel.page.getByRole('alert').getByText(message).waitFor();
    await panel.page.getByRole('button', { name: 'Choose Model…' }).press('Enter');
    await panel.page.getByRole('button', { name: 'Try Again' }).press('Enter');
    assert.deepEqual(panel.sent, [{ type: 'ready' }, { type: 'chooseModel' }, { type: 'retry' }]);
  });

  it('says where a prompt stands that is not in front of the text', async () => {
    const panel = await open({ position: 'suffix' });
    await panel.page.getByText('20 virtual tokens of width 576, behind the text (suffix) · studio-39m').waitFor();
  });

  it('offers trust where the workspace has none, and does not run the model there', async () => {
    const panel = await open({ silent: true });
    await panel.post({ type: 'problem', subject: panel.subject, message: 'It needs trust.', remedy: 'trust' });
    await panel.page.getByRole('button', { name: 'Manage Workspace Trust' }).press('Enter');
    await panel.heard(({ type }) => type === 'manageTrust', 'that trust is wanted');
    const untrusted = await open({ trusted: false });
    await untrusted.page.getByRole('grid').waitFor();
    assert.equal(await untrusted.page.getByRole('button', { name: 'Measure Effects' }).isDisabled(), true);
  });

  it('shows warnings, and a prompt that is no run’s without a slider', async () => {
    const panel = await open({ steps: [], warnings: ['It was learned on another model.'] });
    await panel.page.getByText('It was learned on another model.').waitFor();
    assert.equal(await panel.page.getByRole('slider', { name: 'Checkpoint' }).count(), 0);
    await panel.page.getByRole('button', { name: 'Measure Effects' }).click();
    await panel.heard((message) => message.type === 'measureEffects' && message.step === undefined, 'no step');
  });

  it('goes to another checkpoint by its slider, asks for it once, and comes back without asking', async () => {
    const panel = await open();
    const slider = panel.page.getByRole('slider', { name: 'Checkpoint' });
    assert.equal(await slider.getAttribute('aria-valuetext'), 'step 300, best');
    const moved = panel.page.locator('token-table tr[data-id="0"] td').nth(4);
    const before = await moved.innerText();
    await slider.press('ArrowLeft');
    await panel.until(async () => (await moved.innerText()) !== before, 'the table shows the other checkpoint');
    assert.equal(await slider.getAttribute('aria-valuetext'), 'step 200');
    await slider.press('ArrowRight');
    await panel.until(async () => (await moved.innerText()) === before, 'the table is back');
    await slider.press('ArrowLeft');
    await panel.until(async () => (await moved.innerText()) !== before, 'and forth');
    assert.deepEqual(panel.of('snapshot'), [{ type: 'snapshot', step: 200 }]);
  });

  it('is as it was after a reload: checkpoint, sort, filter, selection, projection; and says what it is about', async () => {
    const state = {
      version: 1,
      sort: { column: 'norm', descending: true },
      filter: 'food',
      selected: [5],
      step: 100,
      method: 'umap',
    };
    const panel = await open({ state });
    await panel.page.getByText('5 of 20 virtual tokens').waitFor();
    await panel.page.getByText('step 100', { exact: true }).waitFor();
    await panel.page.locator('tr[data-id="5"][aria-selected="true"]').waitFor();
    assert.deepEqual(((await panel.saved()) as { subject: unknown }).subject, panel.subject);
  });

  it('tells of each label where it still is, and since when it is gone', async () => {
    const panel = await open();
    const labels = panel.page.locator('label-list').getByRole('listitem');
    assert.match(
      (await labels.nth(0).innerText()).replaceAll('\n', ' '),
      /·animal near virtual tokens 0, 8; began at 0/,
    );
    assert.match(
      (await labels.nth(2).innerText()).replaceAll('\n', ' '),
      /near no virtual token; began at 2, gone from there since step 200/,
    );
  });

  it('says the singular values one by one at the keyboard', async () => {
    const panel = await open();
    const chart = panel.page.getByRole('slider', { name: 'Singular values of the prompt' });
    await chart.focus();
    await panel.press('ArrowRight');
    assert.match((await chart.getAttribute('aria-valuetext'))!, /^Singular value 2: .* of the variance up to here$/);
    await panel.page.locator('spectrum-chart .readout', { hasText: 'Singular value 2' }).waitFor();
  });

  it('copies a finding with its numbers: of the prompt, or of what is selected', async () => {
    const panel = await open({ state: { version: 1, selected: [] } });
    const { path } = panel.inspection.snapshots[0]!;
    await panel.page.getByRole('button', { name: 'Copy as Finding' }).press('Enter');
    await panel.heard(({ type }) => type === 'copy', 'a finding');
    assert.match(
      panel.of('copy')[0]!.text,
      /^topics-quick, step 300 \(20 x 576, studio-39m\): 15 of 20 virtual tokens .*0\.312.*effective rank 14\.4 of 20; 1 near-duplicate pair\.$/,
    );
    await panel.post({ type: 'effects', path, state: { phase: 'measured', effects: effectsOf() } });
    await panel.page.locator('token-table tr[data-id="6"] td').first().click();
    await panel.page.getByRole('button', { name: 'Copy as Finding' }).press('Enter');
    await panel.until(() => panel.of('copy').length === 2, 'the second finding');
    assert.match(
      panel.of('copy')[1]!.text,
      /virtual token 6: nearest "·plant" \(cosine 0\.\d{3}\).*without it, on 64 rows: loss \+0\.412, accuracy -10\.3 points \(masked\)/,
    );
  });

  it('saves the map as a drawing that needs no style sheet', async () => {
    const panel = await open();
    const svg = await exported(panel, 'Map as SVG…');
    assert.match(svg, /^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assert.doesNotMatch(svg, /var\(--|class=|<!--/);
    assert.equal((svg.match(/<path/g) ?? []).length, 20);
  });

  it('saves the map as a picture', async () => {
    const panel = await open();
    const png = Buffer.from(await exported(panel, 'Map as PNG…'), 'base64');
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const box = await panel.page.locator('prompt-map svg.map').boundingBox();
    assert.equal(png.readUInt32BE(16), 2 * Math.floor(box!.width));
  });

  it('saves the table as CSV and JSON, and everything as a report', async () => {
    const csv = await exported(await open(), 'Table as CSV…');
    const lines = csv.split('\r\n');
    assert.equal(lines.length, 22);
    assert.match(lines[0]!, /^position,meaningful,norm,.*neighbour_1,cosine_1,distance_1/);
    assert.match(lines[1]!, /^0,true,.*, animal,0\.\d+/);
    const json = JSON.parse(await exported(await open(), 'Table as JSON…')) as {
      virtualTokens: { neighbours: unknown[] }[];
    };
    assert.equal(json.virtualTokens[19]!.neighbours.length, 7);
    const text = await exported(await open(), 'Report as Markdown…');
    assert.match(text, /^# Soft prompt: topics-quick, step 300/);
    assert.match(text, /\| 3 \| `·body` .* \| no \|/);
    assert.match(text, /- `·plant`: among no neighbours, initialised at 2, gone from there since step 200/);
  });

  const states: Readonly<Record<string, { options?: InspectOptions; act: (panel: InspectPage) => Promise<void> }>> = {
    'with effects, a cluster lit and rows selected': {
      act: async (panel) => {
        await panel.page.locator('cluster-list .cluster').first().click();
        await panel.post({
          type: 'effects',
          path: panel.inspection.snapshots[0]!.path,
          state: { phase: 'measured', effects: effectsOf() },
        });
        await panel.page.locator('token-table tr[data-id="5"] td').first().click();
        await panel.page.locator('token-table .chip').first().focus();
      },
    },
    'that measures, narrow, with warnings': {
      options: { viewport: { width: 480, height: 800 }, warnings: ['One thing.', 'Another thing.'] },
      act: async (panel) => {
        const { path } = panel.inspection.snapshots[0]!;
        await panel.post({ type: 'effects', path, state: { phase: 'measuring', text: 'scoring', share: 0.4 } });
        await panel.page.getByRole('button', { name: 'Cancel' }).waitFor();
      },
    },
    'at work': {
      options: { silent: true },
      act: async (panel) => {
        await panel.post({ type: 'working', text: 'reading the vocabulary', share: 0.5 });
        await panel.page.getByText('Reading the vocabulary').waitFor();
      },
    },
    'with a problem': {
      options: { silent: true },
      act: async (panel) => {
        await panel.post({ type: 'problem', subject: panel.subject, message: 'No such file.', remedy: 'model' });
        await panel.page.getByRole('alert').waitFor();
      },
    },
    'without virtual tokens that pass the filter': {
      options: { state: { version: 1, filter: 'zebra' } },
      act: (panel) => panel.page.getByText('No virtual token is near').waitFor(),
    },
  };
  for (const [what, { options, act }] of Object.entries(states)) {
    it(`${what} breaks no accessibility rule, and has enough contrast in every theme`, async () => {
      const panel = await open(options);
      await act(panel);
      await assertAccessible(panel);
    });
  }
});
