import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationMethod, PredictionLine } from '../../../extension/protocol/evaluation';
import { readPredictions } from '../../../extension/runs/evaluationFolder';
import { runJob } from '../../../extension/trainer/jobs/table';
import { quiet } from './quietJob';
import { root } from './tinyExperiment';

interface Said {
  readonly logProbability: number;
  readonly probabilities: readonly number[];
  readonly text: string;
}
/** What test/oracles/evaluated_rows.py writes. */
interface Expected {
  readonly template: string;
  readonly words: Readonly<Record<string, string>>;
  readonly rows: readonly { readonly text: string; readonly label: string }[];
  readonly models: Readonly<
    Record<string, { readonly adapter: string; readonly prompted: readonly Said[]; readonly bare: readonly Said[] }>
  >;
}

describe('an evaluation says of every row what transformers says of it alone', function () {
  this.timeout(60_000);
  let expected: Expected;
  let folder: string;
  before(async () => {
    expected = JSON.parse(await readFile(join(root, 'test/fixtures/evaluation/rows.json'), 'utf8')) as Expected;
    folder = await mkdtemp(join(tmpdir(), 'rows-'));
    const lines = expected.rows.map((row) => `${JSON.stringify(row)}\n`);
    await writeFile(join(folder, 'rows.jsonl'), lines.join(''));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** What a prompt and the bare model say of the rows. */
  async function said(model: string, method: EvaluationMethod): Promise<Record<'prompted' | 'bare', PredictionLine[]>> {
    const { template, words, models } = expected;
    const task = { template, label: { column: 'label', words: { ...words } } };
    const request = {
      ...{ datasets: [{ file: join(folder, 'rows.jsonl'), task }], baseFolder: root },
      prompts: [join(root, 'test/fixtures/adapters/logits', models[model]!.adapter)],
      ...{ model: join('test/fixtures/models', model), baselines: ['zero-shot' as const], ensemble: false },
      ...{ shots: 0, fewShotSeeds: 1, method, assignment: 'grid' as const, seed: 0 },
    };
    const job = { kind: 'evaluate', request, runsFolder: folder, executionProvider: 'cpu' } as const;
    const found = await readPredictions((await runJob(job, quiet())).folder);
    const inOrder = (id: string): PredictionLine[] => expected.rows.map((_, row) => found.get(id)!.get(row)!);
    return { prompted: inOrder('prompt-1'), bare: inOrder('zero-shot') };
  }

  for (const model of ['llama-tied', 't5-v1.1'])
    for (const asked of ['prompted', 'bare'] as const) {
      const how = asked === 'prompted' ? 'with a prompt' : 'without one';
      it(`${model} ${how}, by rank: the log-probability of the label words and the probability of each class`, async () => {
        const rows = (await said(model, 'rank'))[asked];
        const words = Object.values(expected.words);
        for (const [index, { logProbability, probabilities }] of expected.models[model]![asked].entries()) {
          const line = rows[index]!;
          assert.ok(Math.abs(line.logProbability! - logProbability) < 1e-4, `row ${index}: ${line.logProbability!}`);
          for (const [each, probability] of probabilities.entries())
            assert.ok(Math.abs(line.probabilities![each]! - probability) < 1e-4, `row ${index}`);
          assert.equal(line.predicted, words[probabilities.indexOf(Math.max(...probabilities))]);
        }
      });

      it(`${model} ${how}, by generation: the same greedy text`, async () => {
        const rows = (await said(model, 'generate'))[asked];
        assert.deepEqual(
          rows.map(({ text }) => text),
          expected.models[model]![asked].map(({ text }) => text),
        );
      });
    }
});
