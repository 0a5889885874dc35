import assert from 'node:assert/strict';
import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationRecord, EvaluationRequest } from '../../../extension/protocol/evaluation';
import { readEvaluationRecord, readExamples, readPredictions } from '../../../extension/runs/evaluationFolder';
import { RunStore } from '../../../extension/runs/runStore';
import { TrainerFailure } from '../../../extension/trainer/failure';
import { runJob } from '../../../extension/trainer/jobs/table';
import { bundledModel, tinyExperiment, tinyModel } from './tinyExperiment';
import { quiet } from './quietJob';
import { TinyEvaluations } from './tinyEvaluations';

describe('an evaluation', function () {
  this.timeout(120_000);
  let tiny: TinyEvaluations;
  before(async () => {
    tiny = await TinyEvaluations.make();
  });
  after(() => tiny.remove());
  const scoreOf = (record: EvaluationRecord, predictor: string, metric: string, dataset = 0): number | undefined =>
    record.results.find((each) => each.predictor === predictor && each.dataset === dataset)?.scores[metric];

  const refused = async (changes: Partial<EvaluationRequest>, code: string, words: RegExp): Promise<void> => {
    await assert.rejects(tiny.evaluate(changes), (error: unknown) => {
      assert.ok(error instanceof TrainerFailure, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    });
  };

  it('of a prompt on the data of its own run takes the test part and finds what the run found', async () => {
    const { record } = await tiny.evaluate();
    const { runs: all } = await new RunStore(tiny.runsFolder).list();
    assert.equal(record.datasets[0]!.part, 'test');
    for (const [index, folder] of tiny.runs.entries()) {
      const { test } = all.find((run) => run.folder === folder)!.record;
      assert.equal(scoreOf(record, `prompt-${index + 1}`, 'accuracy'), test!['accuracy']);
      assert.ok(Math.abs(scoreOf(record, `prompt-${index + 1}`, 'loss')! - test!['loss']!) < 1e-5);
    }
  });

  it('tells every predictor that was asked for, with intervals, on every data set', async () => {
    const { record } = await tiny.evaluate({
      ...{ datasets: [{ file: tiny.rows }, { file: tiny.other }], ensemble: true },
      baselines: ['majority', 'zero-shot', 'few-shot'],
    });
    const ids = ['prompt-1', 'prompt-2', 'zero-shot', 'few-shot-1', 'few-shot-2', 'vote', 'mean', 'majority'];
    assert.deepEqual(
      record.predictors.map(({ id }) => id),
      ids,
    );
    for (const [dataset, { rows }] of record.datasets.entries()) {
      for (const id of ids) {
        const result = record.results.find((each) => each.dataset === dataset && each.predictor === id)!;
        assert.equal(result.rows, rows);
        const [low, high] = result.intervals['accuracy']!;
        assert.ok(low <= result.scores['accuracy']! && result.scores['accuracy']! <= high);
      }
    }
    assert.equal(scoreOf(record, 'majority', 'accuracy', 1), 0.5);
    assert.equal(record.comparisons.filter(({ metric, dataset }) => metric === 'accuracy' && dataset === 0).length, 28);
    assert.ok(record.remarks.some((text) => text.includes('"sentence" is taken for the column "text"')));
  });

  it('has the numbers of each prompt alone when several share a pass', async () => {
    const together = await tiny.evaluate();
    for (const [index, prompt] of tiny.runs.entries()) {
      const alone = await tiny.evaluate({ prompts: [prompt] });
      const [shared, own] = [together.folder, alone.folder].map(readPredictions);
      const ofShared = (await shared!).get(`prompt-${index + 1}`)!;
      for (const [example, line] of (await own!).get('prompt-1')!) {
        assert.equal(ofShared.get(example)!.predicted, line.predicted);
        assert.ok(Math.abs(ofShared.get(example)!.logProbability! - line.logProbability!) < 1e-4);
      }
    }
  });

  it('takes 4-bit weights for prompts that learned with them, and says where others are there too', async () => {
    const run = await tiny.tune('four-bits', { frozenWeights: 'int4' });
    const { runs } = await new RunStore(tiny.runsFolder).list();
    const ofRun = runs.find(({ folder }) => folder === run)!.record.test!['loss']!;
    const alone = await tiny.evaluate({ prompts: [run] });
    assert.ok(Math.abs(scoreOf(alone.record, 'prompt-1', 'loss')! - ofRun) < 1e-5);
    const together = await tiny.evaluate({ prompts: [run, tiny.runs[0]!] });
    assert.ok(Math.abs(scoreOf(together.record, 'prompt-1', 'loss')! - ofRun) > 1e-4, 'with stored weights');
    const said = (record: EvaluationRecord): string[] => record.remarks.filter((text) => text.includes('4-bit'));
    assert.deepEqual(said(alone.record), []);
    assert.equal(said(together.record).length, 1);
    assert.match(
      said(together.record)[0]!,
      /^four-bits, step \d+: was learned with 4-bit weights and is used here with the stored/,
    );
  });

  it('gives each prompt its own task in one batch, with the numbers of separate evaluations', async () => {
    const task = { template: '{sentence} ->', label: { column: 'class', words: { N: 'false', Y: 'true' } } };
    const another = await tiny.tune('another', { data: { train: 'other.csv' }, task });
    const files = [{ file: tiny.rows }, { file: tiny.other }];
    const prompts = [tiny.runs[0]!, another];
    const { record } = await tiny.evaluate({ datasets: files, prompts, assignment: 'own', ensemble: true });
    assert.deepEqual(
      record.results.map(({ dataset, predictor }) => [dataset, predictor]),
      [
        [0, 'prompt-1'],
        [1, 'prompt-2'],
      ],
    );
    assert.deepEqual(record.datasets[1]!.task.template, task.template);
    for (const [index, dataset] of files.entries()) {
      const alone = await tiny.evaluate({ datasets: [dataset], prompts: [prompts[index]!] });
      assert.deepEqual(record.results[index]!.confusion, alone.record.results[0]!.confusion);
      assert.ok(Math.abs(record.results[index]!.scores['loss']! - alone.record.results[0]!.scores['loss']!) < 1e-4);
    }
    // What one model for both tasks saves is told from these.
    const { size } = await stat(join(tinyModel, 'model.safetensors'));
    assert.deepEqual([record.model.bytes, record.model.width], [size, 16]);
  });

  it('refuses to give each data set its own prompt where there are not as many', async () => {
    const datasets = [{ file: tiny.other }];
    await refused({ datasets, assignment: 'own' }, 'bad-data', /there are 1 data sets and 2 prompts/);
  });

  it('refuses a sample that is larger than an evaluation can be', async () => {
    await refused({ sample: 200_001 }, 'bad-data', /A sample of 200001 rows is too large: 200000 at most/);
  });

  it('by generation counts the texts that are none of the label words', async () => {
    const { folder, record } = await tiny.evaluate({ method: 'generate', baselines: ['zero-shot'] });
    const predictions = await readPredictions(folder);
    for (const { id } of record.predictors) {
      const lines = [...predictions.get(id)!.values()];
      assert.ok(lines.every(({ text, predicted }) => text !== undefined && predicted !== undefined));
      const illegal = lines.filter(({ predicted }) => predicted === null).length / lines.length;
      assert.equal(scoreOf(record, id, 'illegal'), illegal);
      assert.ok(lines.every(({ text, predicted }) => predicted === null || text!.startsWith(predicted!)));
    }
  });

  it('of some rows only looks at those', async () => {
    const { folder } = await tiny.evaluate({
      rows: [[3, 8, 119]],
      datasets: [{ file: tiny.rows, part: 'all' }],
    });
    assert.deepEqual(
      (await readExamples(folder)).map(({ row }) => row),
      [3, 8, 119],
    );
  });

  it('asks the baselines with the text prompt that is given, and the learned prompts with their own', async () => {
    const asked = { prompts: [tiny.runs[0]!], baselines: ['zero-shot' as const] };
    const [own, given] = [
      await tiny.evaluate(asked),
      await tiny.evaluate({ ...asked, textPrompt: 'Is it so? {text}' }),
    ];
    assert.equal(given.record.predictors[1]!.template, 'Is it so? {text}');
    assert.equal(scoreOf(given.record, 'prompt-1', 'loss'), scoreOf(own.record, 'prompt-1', 'loss'));
    assert.notEqual(scoreOf(given.record, 'zero-shot', 'loss'), scoreOf(own.record, 'zero-shot', 'loss'));
  });

  it('compares label words as the task of the run does', async () => {
    const words = { no: 'n', yes: 'yes it is' };
    const task = { template: '{text}:', label: { column: 'label', words, scoring: 'mean' } };
    const run = await tiny.tune('mean', { task });
    const { record } = await tiny.evaluate({ prompts: [run] });
    assert.equal(record.datasets[0]!.task.label!.scoring, 'mean');
    const { runs } = await new RunStore(tiny.runsFolder).list();
    const { test } = runs.find(({ folder }) => folder === run)!.record;
    assert.equal(scoreOf(record, 'prompt-1', 'accuracy'), test!['accuracy']);
  });

  it('refuses a run whose model had other weights, though it has the same shape', async () => {
    const [run] = tiny.runs;
    const copy = tiny.file('other-weights');
    await cp(run!, copy, { recursive: true });
    const record = JSON.parse(await readFile(join(copy, 'run.json'), 'utf8')) as { model: object };
    await writeFile(
      join(copy, 'run.json'),
      JSON.stringify({ ...record, model: { ...record.model, sha256: 'another' } }),
    );
    await refused({ prompts: [copy] }, 'bad-prompt', /was learned with .*, whose weights are not those of/);
  });

  it('lists what it could not use with its row', async () => {
    const file = tiny.file('torn.jsonl');
    await writeFile(
      file,
      '{"text":"a","label":"no"}\nnot json\n{"text":"b","label":"perhaps"}\n{"text":"c","label":"yes"}\n',
    );
    const { record } = await tiny.evaluate({ datasets: [{ file }] });
    assert.deepEqual(
      record.datasets[0]!.rejected.map(({ row }) => row),
      [2, 3],
    );
    assert.match(record.datasets[0]!.rejected[1]!.reason, /"perhaps" is not one of the labels/);
  });

  it('says so when a prompt has learned from the rows', async () => {
    const { record } = await tiny.evaluate({ datasets: [{ file: tiny.rows, part: 'all' }] });
    assert.ok(record.remarks.some((text) => text.includes('has learned from rows of this file')));
  });

  it('refuses data without the columns of the task, and names the columns that there are', async () => {
    const file = tiny.file('numbers.jsonl');
    await writeFile(file, '{"a":1,"b":2}\n{"a":3,"b":4}\n');
    await refused({ datasets: [{ file }] }, 'bad-data', /numbers\.jsonl has no column "text".*"a", "b"/);
  });

  it('refuses an empty file', async () => {
    const file = tiny.file('empty.csv');
    await writeFile(file, '');
    await refused({ datasets: [{ file }] }, 'bad-data', /empty\.csv: the file is empty/);
  });

  it('refuses a prompt of another model', async () => {
    await refused({ model: bundledModel }, 'bad-prompt', /width 16/);
  });

  it('refuses a run that is not there', async () => {
    await refused({ prompts: [tiny.file('nowhere')] }, 'bad-prompt', /nowhere/);
  });

  it('does not read as a run in the list of runs', async () => {
    const store = new RunStore(tiny.runsFolder);
    const { runs: earlier } = await store.list();
    await tiny.evaluate();
    const { runs: all, unreadable } = await store.list();
    assert.ok(earlier.length > 0);
    assert.equal(all.length, earlier.length);
    assert.deepEqual(unreadable, []);
  });
});

describe('the evaluation that a run keeps', function () {
  this.timeout(60_000);

  it('has every look at the dev rows and the one at the test rows, by the metrics of its record', async () => {
    const tiny = await tinyExperiment();
    try {
      const job = {
        kind: 'tune',
        experimentFile: tiny.file,
        runsFolder: tiny.runsFolder,
        executionProvider: 'cpu',
      } as const;
      const { folder, record } = await runJob(job, quiet());
      const dev = await readEvaluationRecord(join(folder, 'evaluations/dev'));
      assert.deepEqual(
        dev.predictors.map(({ step }) => step),
        [0, 4, 8, 12],
      );
      const test = await readEvaluationRecord(join(folder, 'evaluations/test'));
      assert.equal(test.results[0]!.scores['accuracy'], record.test!['accuracy']);
      const best = dev.results.find(({ predictor }) => Number(predictor.slice(5)) === record.best!.step)!;
      assert.equal(best.scores['accuracy'], record.best!.value);
      const predictions = await readPredictions(join(folder, 'evaluations/dev'));
      assert.equal(predictions.get('step-000012')!.size, record.data!.rows.dev);
    } finally {
      await tiny.remove();
    }
  });
});
