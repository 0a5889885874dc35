import assert from 'node:assert/strict';
import { join } from 'node:path';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import type { EncodedTaskExample } from '../../../extension/engine/tasks/encoding';
import { readExamples, readPredictions } from '../../../extension/runs/evaluationFolder';
import { RunStore } from '../../../extension/runs/runStore';
import { readDemonstrations } from '../../../extension/trainer/jobs/evaluation/demonstrations';
import { readEvaluationData } from '../../../extension/trainer/jobs/evaluation/evaluationData';
import { readPrompt } from '../../../extension/trainer/jobs/promptSource';
import { tinyModel } from './tinyExperiment';
import { quiet } from './quietJob';
import { TinyEvaluations } from './tinyEvaluations';

describe('the demonstrations of an evaluation', function () {
  this.timeout(120_000);
  let tiny: TinyEvaluations;
  before(async () => {
    tiny = await TinyEvaluations.make();
  });
  after(() => tiny.remove());

  it('are drawn by the seed, and by another one for every few-shot prompt; so are the intervals', async () => {
    const few = { prompts: [tiny.runs[0]!], baselines: ['few-shot' as const] };
    const [one, two] = [await tiny.evaluate({ ...few, seed: 1 }), await tiny.evaluate({ ...few, seed: 2 })];
    const interval = ({ record }: typeof one): unknown => record.results[0]!.intervals['loss'];
    assert.notDeepEqual(interval(one), interval(two));
    const predictions = await readPredictions(one.folder);
    const [first, second] = ['few-shot-1', 'few-shot-2'].map((id) => [...predictions.get(id)!.values()]);
    const same = first!.filter((line, row) => line.logProbability === second![row]!.logProbability);
    assert.ok(same.length < first!.length / 2, `${same.length} of ${first!.length} rows have the same demonstrations`);
  });

  /** The solved examples for the prompts' text baselines on rows.jsonl, and the rows that are evaluated. */
  async function demonstrations(prompts: readonly string[]): Promise<Record<'shown' | 'asked', EncodedTaskExample[]>> {
    const model = await loadFrozenModel(tinyModel);
    const sources = await Promise.all(prompts.map(readPrompt));
    const few = tiny.request({ prompts: [...prompts], baselines: ['few-shot'] });
    const data = await readEvaluationData(few, 0, sources, model, 4, quiet());
    const [shown] = await readDemonstrations(few, sources, [data], model, quiet());
    return { shown: [...shown!], asked: [...data.examples] };
  }
  const rowsOf = (examples: readonly EncodedTaskExample[]): number[] => examples.map(({ example }) => example.row);

  it('are of the training part of the run alone', async () => {
    const { shown, asked } = await demonstrations([tiny.runs[0]!]);
    const { record } = (await new RunStore(tiny.runsFolder).list()).runs.find((run) => run.folder === tiny.runs[0])!;
    assert.equal(shown.length, record.data!.rows.train);
    const dev = (await readExamples(join(tiny.runs[0]!, 'evaluations/dev'))).map(({ row }) => row);
    assert.ok(dev.length > 0 && asked.length > 0);
    assert.deepEqual(
      rowsOf(shown).filter((row) => dev.includes(row) || rowsOf(asked).includes(row)),
      [],
    );
  });

  it('are those of the run that learned from the file, though another one has the same label words', async () => {
    const task = { template: '{sentence}', label: { column: 'class', words: { N: 'n', Y: 'y' } } };
    const elsewhere = await tiny.tune('elsewhere', { data: { train: 'other.csv' }, task });
    const { shown } = await demonstrations([elsewhere, tiny.runs[0]!]);
    assert.ok(shown.every(({ example }) => example.file.endsWith('rows.jsonl')));
  });
});
