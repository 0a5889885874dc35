import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { assertAccessible } from './axe';
import { pageSuite } from './browserSuite';
import { EvaluationPage } from './evaluationPage';
import type { EvaluationPageOptions } from './evaluationPage';
import { evaluationOf } from './evaluations';
import type { EvaluationFiles } from './evaluations';
import { rowsTakenOut } from './movedRows';

const grid = (panel: EvaluationPage, name: string): Locator => panel.page.getByRole('grid', { name });
const rows = (panel: EvaluationPage): Locator => grid(panel, 'Rows').locator('tbody tr[data-id]');
const predictor = (panel: EvaluationPage, name: string): Locator =>
  grid(panel, 'Predictors').getByRole('row', { name });
const button = (panel: EvaluationPage, name: string): Locator => panel.page.getByRole('button', { name, exact: true });
const cells = (row: Locator): Promise<string[]> => row.getByRole('gridcell').allInnerTexts();
const shows = (panel: EvaluationPage, text: string): Promise<void> =>
  panel.page
    .locator('.count')
    .and(panel.page.getByText(text, { exact: true }))
    .waitFor();

/** Numbers of the examples that a predictor of the builder has wrong. */
function wrong({ examples, predictions }: EvaluationFiles, id: string): readonly number[] {
  const said = predictions.filter((line) => line.predictor === id);
  return said.filter(({ example, predicted }) => examples[example]!.target !== predicted).map(({ example }) => example);
}

describe('the Evaluation panel', () => {
  const launch = pageSuite((browser, options?: EvaluationPageOptions) => EvaluationPage.open(browser, options));
  const open = async (options?: EvaluationPageOptions): Promise<EvaluationPage> => {
    const panel = await launch(options);
    await panel.readToEnd();
    await rows(panel).first().locator('.answer').first().waitFor();
    return panel;
  };

  it('shows every predictor with its value, its interval, and how it differs from the one it is compared with', async () => {
    const panel = await open();
    const { results } = panel.files.record;
    const value = (id: string): string =>
      `${(100 * results.find((each) => each.predictor === id)!.scores['accuracy']!).toFixed(1)}%`;
    const zero = await cells(predictor(panel, 'zero-shot text prompt'));
    assert.equal(zero[1], value('zero-shot'));
    assert.match(zero[2]!, /^\d+\.\d% to \d+\.\d%$/);
    assert.match(zero[3]!, /^−\d+\.\d \(−.* to −.*\), p < 0\.001\s*worse$/);
    assert.match((await cells(predictor(panel, 'amazon')))[3]!, /compared with/);

    await panel.page.getByRole('combobox', { name: 'Compared with' }).click();
    await panel.page.getByRole('option', { name: 'zero-shot text prompt' }).click();
    assert.match((await cells(predictor(panel, 'amazon')))[3]!, /^\+\d+\.\d \(\+.*better$/);
  });

  it('shows another metric, with no test where there is none', async () => {
    const panel = await open();
    await panel.page.getByRole('combobox', { name: 'Metric' }).click();
    await panel.page.getByRole('option', { name: 'log-loss' }).click();
    await grid(panel, 'Predictors').getByRole('columnheader', { name: 'log-loss' }).waitFor();
    assert.equal((await cells(predictor(panel, 'imdb')))[3], '–');
  });

  it('shows the rows of a field of the confusion matrix, at Enter or a click, and all of them again', async () => {
    const panel = await open();
    const confusion = panel.files.record.results[0]!.confusion!;
    const matrix = grid(panel, 'Confusion of amazon, step 300');
    await matrix.getByRole('gridcell').first().focus();
    await panel.press('ArrowRight', 'Enter');
    await shows(panel, `${confusion[0]![1]!} of 200 rows`);
    for (const text of await rows(panel).allInnerTexts()) assert.match(text, /\bnegative\b[\s\S]*\bpositive\b/);
    assert.equal(await matrix.locator('[aria-selected=true]').count(), 1);

    await matrix.getByRole('gridcell').nth(3).click();
    await shows(panel, `${confusion[1]![1]!} of 200 rows`);
    await button(panel, 'Show All').click();
    await shows(panel, '200 rows');
  });

  it('filters to the rows that the chosen predictor has wrong, and asks for exactly those again', async () => {
    const panel = await open({ datasets: ['amazon', 'imdb'] });
    await predictor(panel, 'imdb').click();
    await panel.page.getByRole('checkbox', { name: 'Wrong' }).click();
    const expected = wrong(panel.files, 'prompt-2');
    const here = expected.filter((example) => example < 200);
    await shows(panel, `${here.length} of 200 rows`);

    await button(panel, 'Evaluate Wrong Ones Again…').click();
    await panel.heard(({ type }) => type === 'again', 'which rows to ask about again');
    const lines = (dataset: number): number[] =>
      expected
        .filter((example) => panel.files.examples[example]!.dataset === dataset)
        .map((example) => (example % 200) + 1);
    assert.deepEqual(panel.of('again')[0]!.rows, [lines(0), lines(1)]);
  });

  it('filters to rows on which prompts disagree, that are unsure, and that hold some words', async () => {
    const panel = await open();
    const { predictions } = panel.files;
    const said = (example: number): Set<unknown> =>
      new Set(predictions.filter((line) => line.example === example).map((line) => line.predicted));
    const disagreeing = panel.files.examples.filter(({ example }) => said(example).size > 1);
    const unsure = predictions.filter(
      (line) => line.predictor === 'prompt-1' && Math.max(...line.probabilities!) < 0.6,
    );
    const both = unsure.filter(({ example }) => said(example).size > 1);

    await panel.page.getByRole('checkbox', { name: 'Disagreeing' }).click();
    await shows(panel, `${disagreeing.length} of 200 rows`);
    await panel.page.getByRole('checkbox', { name: 'Below 60' }).click();
    await shows(panel, `${both.length} of 200 rows`);
    await button(panel, 'Show All').click();
    await panel.page.getByRole('textbox', { name: 'Search' }).fill('CAFE');
    await shows(panel, '40 of 200 rows');
    await panel.page.getByRole('textbox', { name: 'Search' }).fill('no such words');
    await panel.page.getByText('No row is as the filters want it.').waitFor();
  });

  it('sorts the rows by how sure a predictor is, the least certain first', async () => {
    const panel = await open();
    const header = grid(panel, 'Rows').getByRole('columnheader', { name: 'amazon, step 300' });
    await header.getByRole('button').click();
    assert.equal(await header.getAttribute('aria-sort'), 'ascending');
    const shares = await rows(panel).locator('td:nth-child(4) .muted').allInnerTexts();
    const numbers = shares.map(parseFloat);
    assert.ok(numbers.length > 10);
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
  });

  it('shows what the ensembles and the majority class say, which are in no file', async () => {
    const panel = await open();
    await panel.until(async () => (await rows(panel).first().locator('.answer').count()) === 6, 'all have answered');
    const answers = await rows(panel).first().locator('.answer').allInnerTexts();
    assert.equal(answers.length, 6);
    const line = (id: string): readonly number[] =>
      panel.files.predictions.find((each) => each.example === 0 && each.predictor === id)!.probabilities!;
    const sums = [0, 1].map((each) => line('prompt-1')[each]! + line('prompt-2')[each]!);
    const mean = sums[0]! > sums[1]! ? 'negative' : 'positive';
    assert.equal(answers[4], mean);
    assert.equal(answers[5], 'negative');
  });

  it('opens a row in its data file, by its number and by Enter', async () => {
    const panel = await open({ datasets: ['amazon', 'imdb'] });
    await panel.page.getByRole('combobox', { name: 'Data set' }).click();
    await panel.page.getByRole('option', { name: 'imdb' }).click();
    await rows(panel).first().getByRole('button', { name: '1', exact: true }).click();
    await panel.heard((message) => message.type === 'openRow' && message.row === 1, 'row 1');
    await rows(panel).nth(4).getByRole('gridcell').nth(1).focus();
    await panel.press('ArrowDown', 'Enter');
    await panel.heard((message) => message.type === 'openRow' && message.row === 6, 'row 6');
    assert.deepEqual(
      panel.of('openRow').map(({ dataset }) => dataset),
      [1, 1],
    );
  });

  it('lays the transfer grid out with differences to the prompt that learned there; a field goes to it', async () => {
    const panel = await open({ datasets: ['amazon', 'imdb', 'yelp'] });
    const { results } = panel.files.record;
    const score = (dataset: number, id: string): number =>
      results.find((each) => each.dataset === dataset && each.predictor === id)!.scores['accuracy']!;
    const transfer = grid(panel, 'accuracy of every predictor on every data set');
    const row = await cells(transfer.getByRole('row', { name: 'amazon, step 300' }));
    assert.match(row[0]!, /in domain/);
    const difference = 100 * (score(1, 'prompt-1') - score(1, 'prompt-2'));
    assert.ok(row[1]!.includes(`${difference < 0 ? '−' : '+'}${Math.abs(difference).toFixed(1)}`), row[1]);
    // Nobody learned from the third.
    assert.match(row[2]!, /^\d+\.\d%/);
    assert.doesNotMatch(row[2]!, /[+−]/);

    await transfer.getByRole('row', { name: 'imdb, step 200' }).getByRole('gridcell').nth(2).click();
    const shown = panel.page.getByRole('combobox', { name: 'Data set' }).locator('.selected-value');
    await shown.getByText('yelp').waitFor();
    await grid(panel, 'Confusion of imdb, step 200').waitFor();
  });

  it('has only the rows in view of 100,000 in the page, and comes to the last by a key', async () => {
    const panel = await launch({ rows: 100_000 });
    await shows(panel, '100,000 rows');
    await panel.until(
      () => panel.of('read').some(({ from }) => from > 1_000_000),
      'it has read more than one piece of the predictions',
    );
    assert.ok((await rows(panel).count()) < 60);
    await rows(panel).first().getByRole('gridcell').nth(1).focus();
    await panel.press('Control+End');
    const last = rows(panel).last();
    await panel.until(async () => (await last.innerText()).startsWith('100,000'), 'the last row is there');
    assert.ok((await rows(panel).count()) < 60);
  });

  it('moves no more rows than come into view when scrolling begins', async () => {
    const panel = await open({ rows: 1000 });
    const { height } = (await rows(panel).first().boundingBox())!;
    const taken = await rowsTakenOut(grid(panel, 'Rows'), 11 * height);
    assert.ok(taken <= 3, `${taken} rows were taken out`);
  });

  it('draws nothing more when its rows go while some are blank', async () => {
    const panel = await open({ rows: 1000 });
    const drawn = await grid(panel, 'Rows').evaluate(async (table) => {
      const { host } = table.getRootNode() as ShadowRoot;
      const next = requestAnimationFrame.bind(window);
      const frame = (): Promise<number> => new Promise(next);
      table.parentElement!.scrollTop = 10_000;
      while (table.querySelector('[aria-busy]') === null) await frame();
      Object.assign(host, { order: new Int32Array(0) });
      await frame();
      let asked = 0;
      window.requestAnimationFrame = (draw) => {
        asked++;
        return next(draw);
      };
      for (let count = 0; count < 10; count++) await frame();
      return { asked, rows: table.querySelectorAll('tr[data-id]').length };
    });
    assert.equal(drawn.rows, 0);
    assert.ok(drawn.asked <= 1, `${drawn.asked} frames were asked for`);
  });

  it('keeps the focus in its row when more rows come in', async () => {
    const files = evaluationOf({ rows: 2000 });
    const panel = await launch({ rows: 2000, silent: true });
    panel.files = files;
    await panel.grow({ ...files, examples: files.examples.slice(0, 300) });
    await panel.postRecord();
    await rows(panel).nth(2).waitFor();
    await rows(panel).nth(2).getByRole('gridcell').nth(1).focus();
    await panel.press('Control+End');
    await panel.grow(files);
    await shows(panel, '2,000 rows');
    assert.equal(await rows(panel).locator('td:focus').count(), 1);
    await panel.press('ArrowDown', 'Enter');
    await panel.heard((message) => message.type === 'openRow' && message.row === 301, 'row 301');
  });

  it('shows the rows that are answered while it is running, and more of them when there are more', async () => {
    const all = evaluationOf({ changes: { status: 'running', results: [], comparisons: [] } });
    const some = { ...all, predictions: all.predictions.slice(0, 300) };
    const panel = await launch({ live: true, changes: all.record, silent: true });
    panel.files = some;
    await panel.grow(some);
    await panel.postRecord();
    await panel.page.getByRole('progressbar', { name: 'Progress of the evaluation' }).waitFor();
    const answered = (): Promise<number> => rows(panel).last().locator('.answer').count();
    await rows(panel).first().locator('.answer').first().waitFor();
    await grid(panel, 'Rows').locator('tbody td').first().focus();
    await panel.press('Control+End');
    assert.equal(await answered(), 0);
    await panel.grow(all);
    await panel.until(async () => (await answered()) > 0, 'the last row is answered');

    await button(panel, 'Stop').click();
    await panel.heard(({ type }) => type === 'stop', 'to stop');
  });

  it('offers to go on with one that was stopped, and says that nothing is lost', async () => {
    const panel = await open({ share: 0.4, changes: { reason: 'stopped after 240 of 600 predictions' } });
    await panel.page.getByText('stopped after 240 of 600 predictions').waitFor();
    await button(panel, 'Resume').click();
    await panel.heard(({ type }) => type === 'resume', 'to go on');
  });

  it('runs nothing in a workspace that is not trusted, and still shows everything', async () => {
    const panel = await open({ trusted: false, share: 0.4 });
    assert.equal(await button(panel, 'Resume').isDisabled(), true);
  });

  it('says why one failed, and offers another try', async () => {
    const reason = 'reviews.jsonl:12: label "postive" is not one of the labels.';
    const panel = await open({ changes: { status: 'failed', reason, results: [] } });
    await panel.page.getByRole('alert').getByText(reason).waitFor();
    await button(panel, 'Try Again').click();
    await panel.heard(({ type }) => type === 'resume', 'to try again');
  });

  it('says that it is being opened, what stands in the way, and that there is nothing yet', async () => {
    const panel = await launch({ silent: true });
    await panel.page.getByText('Opening the evaluation…').waitFor();
    await panel.post({ type: 'problem', folder: panel.folder, message: 'evaluation.json: is not JSON' });
    await panel.page.getByRole('alert').getByText('evaluation.json: is not JSON').waitFor();
    await button(panel, 'Try Again').click();
    await panel.until(() => panel.of('ready').length === 2, 'it has asked again');
    await panel.postRecord({ predictors: [], results: [], comparisons: [] });
    await panel.page.getByText('Nothing has been evaluated yet').waitFor();
  });

  it('shows free texts: what was written, right where it is the target but for case and articles', async () => {
    const files = evaluationOf({ rows: 2 });
    const { record } = files;
    const [first] = record.datasets;
    const task = { template: '{question}', target: 'answer' };
    const free: EvaluationFiles = {
      record: {
        ...record,
        datasets: [{ ...first!, classes: undefined, task, rows: 2 }],
        predictors: record.predictors.slice(0, 1),
        ...{ results: [], comparisons: [] },
      },
      examples: files.examples.map((line) => ({ ...line, target: 'The Eiffel Tower' })),
      predictions: [
        { predictor: 'prompt-1', example: 0, text: 'eiffel tower.' },
        { predictor: 'prompt-1', example: 1, text: 'the Louvre' },
      ],
    };
    const panel = await launch({ silent: true });
    panel.files = free;
    await panel.grow(free);
    await panel.postRecord();
    await rows(panel).nth(1).locator('.answer').waitFor();
    await rows(panel).nth(0).getByRole('gridcell', { name: 'right eiffel tower.' }).waitFor();
    await rows(panel).nth(1).getByRole('gridcell', { name: 'wrong the Louvre' }).waitFor();
    assert.equal(await panel.page.getByRole('checkbox', { name: 'Illegal' }).count(), 0);
    // Without classes nothing stands beside the rows, and no room is kept for it.
    assert.equal(await panel.page.getByRole('region', { name: 'Details' }).count(), 0);
  });

  it('says what several prompts of one frozen model save against as many models', async () => {
    const { model } = evaluationOf().record;
    const panel = await open({ changes: { model: { ...model, width: 384, bytes: 156_000_000 } } });
    await panel.page.getByText('One frozen model of 156.0 MB serves 2 prompts of 30.7 kB;').waitFor();
  });

  it('exports the rows that are seen as CSV and JSON lines, and everything as a report', async () => {
    const panel = await open();
    await panel.page.getByRole('textbox', { name: 'Search' }).fill('cafe');
    await shows(panel, '40 of 200 rows');
    for (const item of ['Shown Rows as CSV…', 'Shown Rows as JSONL…', 'Report as Markdown…']) {
      await button(panel, 'Export').click();
      await panel.page.getByRole('menuitem', { name: item }).click();
    }
    await panel.until(() => panel.of('save').length === 3, 'it has sent three files');
    const [csv, jsonl, markdown] = panel.of('save').map(({ content }) => content) as [string, string, string];
    const lines = csv.trimEnd().split('\r\n');
    assert.equal(lines.length, 41);
    assert.match(lines[0]!, /^dataset,row,input,target,"amazon, step 300","amazon, step 300: probability"/);
    assert.match(lines[1]!, /^reviews,3,"This little cafe is the worst .*",negative,negative,0\.\d+,true/);
    const objects = jsonl
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.equal(objects.length, 40);
    assert.deepEqual(
      [objects[0]!['dataset'], objects[0]!['row'], objects[0]!['target']],
      ['/data/reviews.jsonl', 3, 'negative'],
    );
    assert.match(markdown, /^# Evaluation: reviews\n[\s\S]*\| zero-shot text prompt \| \d/);
  });

  it('copies the table of predictors as Markdown', async () => {
    const panel = await open();
    await button(panel, 'Copy Table').click();
    await panel.heard(({ type }) => type === 'copy', 'what to copy');
    const lines = panel.of('copy')[0]!.text.split('\n');
    assert.equal(lines.length, 2 + panel.files.record.predictors.length);
    assert.match(lines[0]!, /^\| Predictor \| accuracy \| 95 % interval \| Difference to amazon, step 300 \|/);
  });

  it('comes back as it was after a reload of the window', async () => {
    const before = await open({ datasets: ['amazon', 'imdb'] });
    await predictor(before, 'zero-shot').click();
    await before.page.getByRole('checkbox', { name: 'Wrong' }).click();
    const state = await before.saved();
    assert.equal((state as { folder: string }).folder, before.folder);
    const panel = await open({ datasets: ['amazon', 'imdb'], state });
    assert.equal(await predictor(panel, 'zero-shot').getAttribute('aria-selected'), 'true');
    assert.equal(await panel.page.getByRole('checkbox', { name: 'Wrong' }).isChecked(), true);
  });

  it('is reached and worked by the keyboard alone', async () => {
    const panel = await open({ datasets: ['amazon', 'imdb'] });
    const reached = new Set<string>();
    for (let index = 0; index < 40; index++) {
      await panel.press('Tab');
      reached.add(await panel.page.evaluate(focusedName));
    }
    const wanted = ['Export', 'Metric', 'Predictors', 'Search', 'Wrong', 'Rows', 'Confusion', 'accuracy of every'];
    const missing = wanted.filter((name) => ![...reached].some((each) => each.includes(name)));
    assert.deepEqual(missing, [], [...reached].join(' | '));
  });

  it('breaks no rule of accessibility, in any theme, with several data sets, stopped, and failed', async () => {
    for (const options of [
      { datasets: ['amazon', 'imdb'] },
      { share: 0.4 },
      { changes: { status: 'failed', reason: 'no more memory', remarks: ['One.', 'Two.'] } },
    ] satisfies EvaluationPageOptions[]) {
      await assertAccessible(await open(options));
    }
  });
});

/** Runs in the page: the name of what has the focus, and of the grid it is in. */
function focusedName(): string {
  let active = document.activeElement;
  const names: string[] = [];
  while (active) {
    names.push(active.closest('[role=grid]')?.getAttribute('aria-label') ?? '', active.textContent.trim().slice(0, 60));
    names.push(active.getAttribute('aria-label') ?? '');
    active = active.shadowRoot?.activeElement ?? null;
  }
  return names.join(' ');
}
