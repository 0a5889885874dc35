import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import type { EvaluationRecord } from '../../extension/protocol/evaluation';
import type { RunRecord } from '../../extension/protocol/run';
import { evaluationsFolder, listEvaluations, readEvaluationRecord } from '../../extension/runs/evaluationFolder';
import { Workbench, until } from './workbench';

/** What the questions of Evaluate Dataset can be answered with, beyond what is offered first. */
describe('choosing what to evaluate', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({
      folders: { adapter: 'test/fixtures/adapters/logits/causal', 'other-model': 'test/fixtures/models/gpt2' },
    });
    await workbench.tuneExperiment('short.tune.json');
    await workbench.runThat(({ status }) => status === 'finished');
    // Another domain: the same opinions under other names.
    const rows = (await readFile(join(workbench.workspace, 'reviews.jsonl'), 'utf8')).trimEnd().split('\n');
    const renamed = rows.map((line) => {
      const { text, label } = JSON.parse(line) as { text: string; label: string };
      return { sentence: text, verdict: label === 'positive' ? 'Good' : 'Bad' };
    });
    await writeRows('kitchen.jsonl', renamed);
    const capitals = ['Paris', 'Rome', 'Oslo', 'Lima', 'Cairo', 'Quito', 'Tokyo', 'Delhi', 'Athens', 'Vienna'];
    const asked = capitals.map((answer, row) => ({ question: `What is the capital of country ${row}?`, answer }));
    // Twice: a data set that was evaluated before is offered the same evaluation first.
    await writeRows('capitals.jsonl', asked);
    await writeRows('cities.jsonl', asked);
    await workbench.command('View: Close All Editors');
  });
  after(() => workbench.close());
  afterEach(async function () {
    await workbench.page.keyboard.press('Escape');
    await workbench.picture(this.currentTest?.title ?? 'choices');
    await workbench.command('View: Close All Editors');
  });

  async function writeRows(name: string, rows: readonly object[]): Promise<void> {
    await workbench.addFile(name, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  }
  const folders = (): Promise<string[]> =>
    listEvaluations(evaluationsFolder(join(workbench.workspace, '.prompt-runs')));
  /** What an evaluation that was not there before has come to. */
  async function evaluated(known: readonly string[]): Promise<EvaluationRecord> {
    const record = await until(async () => {
      const folder = (await folders()).find((each) => !known.includes(each));
      const found = folder === undefined ? undefined : await readEvaluationRecord(folder);
      return found && found.status !== 'running' ? found : undefined;
    });
    assert.equal(record.status, 'finished', record.reason);
    return record;
  }
  const question = (text: string | RegExp): Locator =>
    workbench.page.locator('.quick-input-widget:visible', { hasText: text });
  const check = (choice: string | RegExp): Promise<void> =>
    workbench.choice(choice).first().locator('input[type=checkbox], .monaco-checkbox').click();
  const accept = (): Promise<void> => question('').getByRole('button', { name: 'OK' }).click();
  /** The task of a data set as it is guessed. */
  async function takeTask(template: string): Promise<void> {
    await workbench.choice(template).first().click();
  }

  it('several data sets and a checkpoint of choice give a grid of what each prompt scores on each of them', async () => {
    const known = await folders();
    await workbench.chooseFiles('kitchen.jsonl', 'reviews.jsonl');
    await workbench.contextMenu(workbench.file('reviews.jsonl'), 'Evaluate Dataset...');
    await check(/^short/);
    await workbench
      .choice(/^short/)
      .first()
      .hover();
    await workbench
      .choice(/^short/)
      .first()
      .getByRole('button', { name: 'Another checkpoint of this run...' })
      .click();
    await workbench.choice('Step 30').click();
    await workbench.choice('short, step 30').waitFor();
    await accept();
    const seen: string[] = [];
    while (seen.length < 2) {
      const title = await until(async () => {
        const text = await question('.jsonl').locator('.quick-input-title').innerText();
        return seen.includes(text) ? undefined : text;
      });
      seen.push(title);
      await takeTask(title.includes('kitchen') ? '{sentence}:' : '{text}:');
    }
    await workbench.acceptProposal('Ensemble of the prompts');
    await workbench.acceptProposal('Text prompt of the baselines');
    await workbench.choice('All rows').click();

    const { datasets, predictors } = await evaluated(known);
    assert.deepEqual(datasets.map(({ name }) => name).toSorted(), ['kitchen', 'reviews']);
    const kitchen = datasets.find(({ name }) => name === 'kitchen');
    assert.equal(kitchen?.task.label?.column, 'verdict');
    assert.deepEqual(kitchen.task.label.words, { Bad: 'bad', Good: 'good' });
    assert.equal(predictors[1]!.step, 30);
    const grid = workbench.panel.getByRole('grid', { name: 'accuracy of every predictor on every data set' });
    for (const name of ['kitchen', 'reviews']) await grid.getByRole('columnheader', { name }).waitFor();
    await grid
      .getByRole('row', { name: /short, step 30 \(reviews\)/ })
      .getByText('%')
      .first()
      .waitFor();
  });

  it('what was evaluated on a data set the last time is done again as it was', async () => {
    const known = await folders();
    const last = await readEvaluationRecord(known[0]!);
    await workbench.chooseFiles('kitchen.jsonl', 'reviews.jsonl');
    await workbench.contextMenu(workbench.file('reviews.jsonl'), 'Evaluate Dataset...');
    await workbench.choice('Same as last time').click();
    const { request, results } = await evaluated(known);
    assert.deepEqual(request, last.request);
    assert.deepEqual(results, last.results);
  });

  it('two prompts of one frozen model are chosen beside a prompt of another model, which is refused with the reason', async () => {
    const earlier = await workbench.runFolders();
    const finished = ({ status }: RunRecord): boolean => status === 'finished';
    await workbench.tuneExperiment('short.tune.json');
    await workbench.runThat(finished, { known: earlier });
    const short = JSON.parse(await readFile(join(workbench.workspace, 'short.tune.json'), 'utf8')) as object;
    const foreign = { ...short, name: 'foreign', model: 'other-model' };
    await workbench.addFile('foreign.tune.json', JSON.stringify(foreign));
    await workbench.tuneExperiment('foreign.tune.json');
    await workbench.runThat((run) => run.name === 'foreign' && finished(run), { known: earlier });
    await workbench.command('View: Close All Editors');

    const known = await folders();
    await workbench.contextMenu(workbench.file('cities.jsonl'), 'Evaluate Dataset...');
    const boxes = workbench.choice(/^short/).getByRole('checkbox');
    await boxes.nth(0).click();
    await boxes.nth(1).click();
    await until(async () => ((await question('2 Selected').isVisible()) ? true : undefined));
    await check(/^foreign/);
    // Whatever VS Code reports late has arrived with the refusal.
    await workbench.page
      .locator('.quick-input-widget:visible input[placeholder*="of another frozen model than"]')
      .waitFor();
    await until(async () => ((await question('2 Selected').isVisible()) ? true : undefined));
    await accept();
    await takeTask('question: {question} answer:');
    await workbench.acceptProposal('Ensemble of the prompts');
    await workbench.acceptProposal('Text prompt of the baselines');
    await workbench.choice('All rows').click();
    const { predictors } = await evaluated(known);
    assert.equal(predictors.filter(({ kind }) => kind === 'prompt').length, 2);
  });

  it('a model that writes its answers is judged by their text', async () => {
    const known = await folders();
    await workbench.contextMenu(workbench.file('capitals.jsonl'), 'Evaluate Dataset...');
    await check(/^short/);
    await accept();
    // The task of the run does not fit; the columns are guessed.
    await takeTask('question: {question} answer:');
    await workbench.choice('Let the model write its answers').waitFor();
    await check('Let the model write its answers');
    await accept();
    await workbench.answer('Text prompt of the baselines', 'question: {question} answer:');
    await workbench.choice('All rows').click();

    const { request, datasets, results } = await evaluated(known);
    assert.equal(request?.method, 'generate');
    assert.equal(datasets[0]!.task.target, 'answer');
    assert.ok(results.every(({ scores }) => 'token-f1' in scores && 'exact-match' in scores));
    const { panel } = workbench;
    await panel.getByRole('columnheader', { name: 'exact match' }).waitFor();
    const rows = panel.getByRole('grid', { name: 'Rows' }).locator('tbody tr[data-id]');
    await rows.filter({ hasText: 'Vienna' }).waitFor();
  });

  it('an adapter from elsewhere is found on the disk, and its model is asked for where it is not there', async () => {
    const known = await folders();
    await workbench.contextMenu(workbench.file('reviews.jsonl'), 'Evaluate Dataset...');
    await workbench
      .choice(/^short/)
      .first()
      .waitFor();
    await question('').getByRole('button', { name: 'Browse for an adapter or a prompt file...' }).click();
    const dialog = question('').filter({ has: workbench.page.getByRole('button', { name: 'Evaluate', exact: true }) });
    const prompts = workbench.page.locator('input[placeholder^="Prompts to evaluate"]');
    // The dialog takes a path only once it has read the folder it opens with.
    await until(async () => {
      await dialog.locator('input[type=text]').fill(join(workbench.workspace, 'adapter', 'adapter_model.safetensors'));
      await workbench.page.keyboard.press('Enter');
      return prompts.waitFor({ timeout: 5000 }).then(
        () => true,
        () => undefined,
      );
    });
    await workbench.choice('adapter').waitFor();
    await accept();
    await takeTask('{text}');
    await workbench.acceptProposal('Majority class');
    await workbench.acceptProposal('Text prompt of the baselines');
    await workbench.choice('All rows').click();

    const failure = workbench.notification(/was not evaluated/);
    await failure.getByRole('button', { name: 'Choose the Model...' }).click();
    await workbench
      .choice(/^model/)
      .first()
      .click();
    const { predictors, model } = await evaluated(known);
    assert.deepEqual([predictors[0]!.name, model.name], ['adapter', 'model']);
  });
});
