import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { assertAccessible } from './axe';
import { pageSuite } from './browserSuite';
import { DiffPage } from './diffPage';
import type { DiffPageOptions } from './diffPage';

const row = ({ page }: DiffPage, id: string): Locator => page.locator(`diff-table tr[data-id="${id}"]`);
const map = ({ page }: DiffPage): Locator => page.getByRole('application', { name: /^Cosine of each/ });

describe('the Diff panel', () => {
  const launch = pageSuite<DiffPageOptions, DiffPage>((browser, options) => DiffPage.open(browser, options));
  const open = async (options?: DiffPageOptions): Promise<DiffPage> => {
    const panel = await launch(options);
    if (!options?.silent) await panel.page.locator('diff-table tr[data-id]').first().waitFor();
    return panel;
  };

  it('says what is being done, then what differs in one line', async () => {
    const panel = await open({ silent: true });
    await panel.post({ type: 'working', text: 'opening the frozen model' });
    await panel.page.getByRole('status').getByText('Opening the frozen model').waitFor();
    await panel.postDiff();
    await panel.page
      .getByRole('heading', { name: 'Compared: topics-quick, step 100 and topics-quick, step 300' })
      .waitFor();
    await panel.page.getByText('12 rows: 9 unchanged, 1 changed, 2 moved').waitFor();
  });

  it('says where a prompt stands that is not in front of the text', async () => {
    const panel = await open({
      position: 'infix',
      warnings: ['The prompts stand in different places (A: prefix, B: infix).'],
    });
    const place = '12 virtual tokens of width 576, behind the text, in front of the rest of the template (infix)';
    await panel.page.getByText(place).waitFor();
    assert.equal(await panel.page.getByText('(infix)').count(), 1);
    await panel.page.getByText('The prompts stand in different places').waitFor();
  });

  it('calls a virtual token that was found at another position moved, not changed', async () => {
    const panel = await open();
    assert.deepEqual(
      await row(panel, '1-2')
        .locator('td')
        .allInnerTexts()
        .then((cells) => cells.slice(0, 4)),
      ['1 → 2', 'moved', '0.990', '0.141'],
    );
  });

  it('shows which nearest tokens left, stayed and came', async () => {
    const panel = await open();
    const changed = row(panel, '3-3');
    assert.equal(await changed.locator('.chip.left').count(), 2);
    assert.equal(await changed.locator('.chip.stayed').count(), 1);
    assert.equal(await changed.locator('.chip.came').count(), 2);
    assert.match(
      (await changed.getByRole('gridcell').nth(4).textContent()) ?? '',
      /left: space body.*came: space animal/s,
    );
  });

  it('shows only rows with one kind of change, and keeps the choice', async () => {
    const panel = await open();
    await panel.page.getByRole('combobox', { name: 'Changes shown' }).press('End');
    await panel.page.getByText('No position has this change.').waitFor();
    assert.equal(((await panel.saved()) as { change: unknown }).change, 'added');
    await panel.page.getByRole('button', { name: 'Show All' }).press('Enter');
    await row(panel, '0-0').waitFor();
  });

  it('handles prompts of different lengths: what is over has no counterpart', async () => {
    const panel = await open({ lengthA: 14, lengthB: 12, warnings: ['A is longer than B.'] });
    await panel.page.getByText('A is longer than B.').waitFor();
    assert.match(await row(panel, '13-').innerText(), /13 → –\s+only in A/);
  });

  it('goes through table and heat map by the keyboard alone, each marking the pair in the other', async () => {
    const panel = await open();
    await row(panel, '0-0').locator('td').first().focus();
    await panel.press('ArrowDown', 'Enter');
    await panel.page.locator('heat-map rect.marked').waitFor();
    assert.deepEqual(
      await panel.page
        .locator('heat-map rect.marked')
        .evaluate((cell) => [cell.getAttribute('y'), cell.getAttribute('x')]),
      ['1', '2'],
    );
    await map(panel).focus();
    await panel.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight');
    await panel.page.getByText('A 3, B 3: cosine 0.310, assigned to each other').waitFor();
    await panel.press('Enter');
    await panel.page.locator('diff-table tr[data-id="3-3"][aria-selected="true"]').waitFor();
  });

  it('tells how scores, configuration and predictions differ', async () => {
    const changed = [{ row: 7, input: 'an apple a day', target: 'food', a: 'plant', b: 'food' }];
    const panel = await open({ changes: { predictions: { compared: 400, changed } } });
    await panel.page.getByRole('row', { name: 'dev accuracy 61.0% 72.0% +11.0%' }).waitFor();
    await panel.page.getByRole('row', { name: 'dev loss 1.200 0.800 -0.400' }).waitFor();
    await panel.page.getByRole('row', { name: 'training.seed 0 1' }).waitFor();
    await panel.page.getByText('1 of 400 rows are predicted otherwise.').waitFor();
    await panel.page.getByRole('row', { name: '7 an apple a day food plant food' }).waitFor();
  });

  it('gives the host what it asks for: the other way round, as text, either side, a finding', async () => {
    const panel = await open();
    for (const name of ['Swap', 'As Text', 'Inspect A', 'Inspect B', 'Copy as Finding'])
      await panel.page.getByRole('button', { name }).press('Enter');
    await panel.heard(({ type }) => type === 'copy', 'a finding');
    assert.deepEqual(panel.sent.slice(1, 5), [
      { type: 'swap' },
      { type: 'openText' },
      { type: 'inspect', side: 'a' },
      { type: 'inspect', side: 'b' },
    ]);
    assert.match(
      panel.of('copy')[0]!.text,
      /^topics-quick, step 100 \(12 virtual tokens\) and topics-quick, step 300 \(12\), studio-39m: 9 unchanged, 1 changed, 2 moved; mean cosine between assigned virtual tokens 0\.933; dev accuracy 0\.6100 and 0\.7200/,
    );
  });

  it('says why two prompts cannot be compared', async () => {
    const panel = await open({ silent: true });
    const message = 'A was learned for t5-small, B for gpt2: their spaces have nothing to do with each other.';
    await panel.post({ type: 'problem', subject: panel.subject, message });
    await panel.page.getByRole('alert').getByText(message).waitFor();
    await panel.page.getByRole('button', { name: 'Try Again' }).press('Enter');
    await panel.heard(({ type }) => type === 'retry', 'that it is tried again');
    assert.deepEqual(((await panel.saved()) as { subject: unknown }).subject, panel.subject);
  });

  const states: Readonly<Record<string, { options?: DiffPageOptions; act: (panel: DiffPage) => Promise<void> }>> = {
    'with a row marked': {
      act: async (panel) => {
        await row(panel, '3-3').locator('td').first().click();
        await map(panel).focus();
        await panel.press('ArrowDown');
      },
    },
    'of two lengths, narrow': {
      options: { lengthA: 14, warnings: ['A is longer.'], viewport: { width: 480, height: 800 } },
      act: (panel) => row(panel, '0-0').waitFor(),
    },
    'with a problem': {
      options: { silent: true },
      act: async (panel) => {
        await panel.post({ type: 'problem', subject: panel.subject, message: 'No such file.', remedy: 'model' });
        await panel.page.getByRole('alert').waitFor();
      },
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
