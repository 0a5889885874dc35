import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../extension/protocol/run';
import { Workbench } from './workbench';

/** Losses of a run's steps, in order, as its journal has them. */
async function losses(workbench: Workbench, { folder }: { folder: string }): Promise<number[]> {
  return (await workbench.journal(folder)).flatMap((entry) => (entry.type === 'step' ? [entry.loss] : []));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const ended = ({ status }: RunRecord): boolean => status !== 'running';

describe('tuning a prompt', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open();
  });
  after(() => workbench.close());
  afterEach(async function () {
    // A question that a failed test left open.
    await workbench.page.keyboard.press('Escape');
    await workbench.picture(this.currentTest?.title ?? 'tuning');
  });

  it('from the palette leads to a finished run of the bundled model, whose loss the panel shows falling', async () => {
    await workbench.command('Soft Prompt: Tune Prompt...');
    await workbench.choice('reviews.jsonl').click();
    // The task as guessed is shown with an example, before anything is used.
    await workbench.choice('negative, positive').first().waitFor();
    await workbench
      .choice(/\{text\}/)
      .first()
      .click();
    await workbench.choice('Bundled model').waitFor();
    await workbench.page.locator('.quick-input-widget').getByRole('button', { name: 'Back' }).click();
    await workbench
      .choice(/\{text\}/)
      .first()
      .click();
    // What suits this machine and the data is offered beside what is there.
    await workbench.choice('google/flan-t5-small').waitFor();
    await workbench.picture('models to choose from');
    await workbench.choice('Bundled model').click();
    await workbench.choice('Custom').click();
    await workbench.choice(/^Suffix/).waitFor();
    await workbench.picture('position of the prompt');
    await workbench.choice('In front of the text').click();
    for (const [question, answer] of [
      ['Prompt length: number of virtual tokens', '8'],
      ['Most optimiser steps', '16'],
      ['Learning rate;', '0.3'],
    ] as const) {
      await workbench.answer(question, answer);
    }
    await workbench.choice('Class labels').click();

    await workbench.page.locator('.tab', { hasText: '.tune.json' }).waitFor();
    const record = await workbench.runThat(ended, { minutes: 8 });
    assert.equal(record.status, 'finished', record.reason);
    assert.equal(record.step, 16);
    assert.equal(record.model?.sha256After, record.model?.sha256, 'the frozen weights are as they were');
    const loss = await losses(workbench, record);
    assert.ok(mean(loss.slice(-4)) < mean(loss.slice(0, 4)), `the loss fell: ${loss.join(' ')}`);

    await workbench.panel.getByRole('img', { name: /^Training loss/ }).waitFor();
    await workbench.panel.getByRole('row', { name: /Finished/ }).waitFor();
    const summary =
      (await workbench.panel.getByRole('img', { name: /^Training loss/ }).getAttribute('aria-label')) ?? '';
    const [first = NaN, last = NaN] = [...summary.matchAll(/\d+\.\d+/g)].map(Number);
    assert.ok(last < first, `the panel says so: ${summary}`);
  });

  it('leaves a prompt that PEFT would load', async () => {
    const [folder] = await workbench.runFolders();
    assert.ok(folder);
    const checkpoints = await readdir(join(folder, 'checkpoints'));
    const adapter = join(folder, 'checkpoints', checkpoints.sort().at(-1) ?? '');
    const config = JSON.parse(await readFile(join(adapter, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(config['peft_type'], 'PROMPT_TUNING');
    assert.equal(config['num_virtual_tokens'], 8);
    const bytes = await readFile(join(adapter, 'adapter_model.safetensors'));
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString()) as Record<
      string,
      { shape: number[] }
    >;
    assert.deepEqual(header['prompt_embeddings']?.shape, [8, config['token_dim']]);
  });

  it('starts from a right-click on a data set, and is not offered on other files', async () => {
    const known = await workbench.runFolders();
    await workbench.file('notes.md').click({ button: 'right' });
    await workbench.page.locator('.monaco-menu .action-item', { hasText: 'Rename' }).waitFor();
    assert.equal(await workbench.page.locator('.monaco-menu .action-item', { hasText: 'Tune Prompt' }).count(), 0);
    await workbench.page.keyboard.press('Escape');

    await workbench.contextMenu(workbench.file('reviews.jsonl'), 'Tune Prompt...');
    await workbench
      .choice(/\{text\}/)
      .first()
      .click();
    await workbench.choice(/^model/).click();
    await workbench.choice('Custom').click();
    await workbench.choice(/^Infix/).click();
    for (const [question, answer] of [
      ['Prompt length: number of virtual tokens', '4'],
      ['Most optimiser steps', '30'],
      ['Learning rate;', '0.3'],
    ] as const) {
      await workbench.answer(question, answer);
    }
    await workbench.choice('Text...').click();
    await workbench.answer('Text that the prompt starts as', 'good bad');
    const record = await workbench.runThat(ended, { known });
    assert.equal(record.status, 'finished', record.reason);
    assert.match(record.data?.files[0]?.path ?? '', /reviews\.jsonl$/);
    const { position, initialiser, text } = record.experiment?.prompt ?? {};
    assert.deepEqual([position, initialiser, text], ['infix', 'text', 'good bad']);
  });

  it('starts from the prompt of another run, cut to the length', async () => {
    const known = await workbench.runFolders();
    await workbench.contextMenu(workbench.file('reviews.jsonl'), 'Tune Prompt...');
    await workbench
      .choice(/\{text\}/)
      .first()
      .click();
    await workbench.choice(/^model/).click();
    await workbench.choice('Custom').click();
    await workbench.choice(/^Infix/).click();
    for (const [question, answer] of [
      ['Prompt length: number of virtual tokens', '3'],
      ['Most optimiser steps', '5'],
      ['Learning rate;', '0.3'],
    ] as const) {
      await workbench.answer(question, answer);
    }
    await workbench.choice('Another prompt...').click();
    // The newest run, which is of the same model.
    await workbench
      .choice(/^reviews/)
      .first()
      .click();
    const record = await workbench.runThat(ended, { known });
    assert.equal(record.status, 'finished', record.reason);
    assert.deepEqual([record.startedFrom?.length, record.startedFrom?.fill], [4, 'cut']);
  });

  it('starts from the title bar of an experiment', async () => {
    const known = await workbench.runFolders();
    await workbench.tuneExperiment('short.tune.json');
    const record = await workbench.runThat(ended, { known });
    assert.equal(record.status, 'finished', record.reason);
    assert.equal(record.name, 'short');
  });

  it('shows every run in the tree and in the panel', async () => {
    await workbench.showRunsTree();
    await workbench.treeRun('short').waitFor();
    const runs = (await workbench.runFolders()).length;
    assert.equal(await workbench.treeRows('Runs').count(), runs);
    assert.equal(await workbench.panel.locator('tr[data-id]').count(), runs);
  });

  it('asks for nothing outside the machine', () => {
    assert.deepEqual(workbench.outside, []);
  });
});
