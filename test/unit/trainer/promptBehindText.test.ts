import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import { positionOf } from '../../../extension/protocol/promptPosition';
import type { RunRecord } from '../../../extension/protocol/run';
import { bestCheckpoint } from '../../../extension/runs/checkpoints';
import { readEvaluationRecord, runEvaluationFolder } from '../../../extension/runs/evaluationFolder';
import { runJob } from '../../../extension/trainer/jobs/table';
import { quiet, tuned } from './quietJob';
import { root, type TinyExperiment, tinyExperiment, tinyModel } from './tinyExperiment';

const length = 4;
const tune = ({ file, runsFolder }: TinyExperiment): Promise<{ folder: string; record: RunRecord }> =>
  tuned(file, runsFolder);

for (const position of ['suffix', 'infix'] as const)
  describe(`a run with the prompt behind the text, ${position},`, function () {
    this.timeout(120_000);
    const behind = { prompt: { length, topTokens: 50, position } };
    let tiny: TinyExperiment;
    let inFront: TinyExperiment;
    let run: { folder: string; record: RunRecord };
    let other: { folder: string; record: RunRecord };
    before(async () => {
      tiny = await tinyExperiment({}, behind);
      inFront = await tinyExperiment();
      run = await tune(tiny);
      other = await tune(inFront);
    });
    after(async () => {
      await tiny.remove();
      await inFront.remove();
    });

    it('finishes, leaves no file of kept texts, and notes the place beside its checkpoints', async () => {
      assert.equal(run.record.status, 'finished', run.record.reason);
      assert.deepEqual(
        readdirSync(run.folder).filter((name) => name.endsWith('.tmp')),
        [],
      );
      const checkpoint = await bestCheckpoint(run.folder, run.record);
      assert.equal((await readStoredPrompt(checkpoint!.folder)).learnedOn?.position, position);
    });

    it('is evaluated where it was learned, also beside a prompt of its length in front of the text', async () => {
      const { record } = await runJob(
        {
          kind: 'evaluate',
          request: {
            ...{ datasets: [{ file: join(tiny.folder, 'rows.jsonl'), part: 'test' }], baseFolder: tiny.folder },
            ...{ prompts: [run.folder, other.folder], assignment: 'grid', ensemble: false, baselines: [] },
            ...{ shots: 2, fewShotSeeds: 1, seed: 0, method: 'rank' },
          },
          runsFolder: tiny.runsFolder,
          executionProvider: 'cpu',
        },
        quiet(),
      );
      for (const [index, { test }] of [run.record, other.record].entries()) {
        const found = record.results.find(({ predictor }) => predictor === `prompt-${index + 1}`)!.scores;
        assert.ok(Math.abs(found['loss']! - test!['loss']!) < 1e-5, `prompt ${index + 1}: ${found['loss']}`);
      }
    });

    it('writes where it was learned when it is evaluated by what it writes', async () => {
      const { record } = await runJob(
        {
          kind: 'evaluate',
          request: {
            ...{ datasets: [{ file: join(tiny.folder, 'rows.jsonl'), part: 'test' }], baseFolder: tiny.folder },
            ...{ prompts: [run.folder], assignment: 'grid', ensemble: false, baselines: [] },
            ...{ shots: 2, fewShotSeeds: 1, seed: 0, method: 'generate' },
          },
          runsFolder: tiny.runsFolder,
          executionProvider: 'cpu',
        },
        quiet(),
      );
      assert.equal(record.status, 'finished', record.reason);
    });

    it('is inspected where it was learned', async () => {
      const job = { prompt: run.folder, baseFolder: tiny.folder, executionProvider: 'cpu', sampleSize: 1000 } as const;
      const { scores, tokens } = await runJob({ kind: 'token-effects', ...job }, quiet());
      const dev = await readEvaluationRecord(runEvaluationFolder(run.folder, 'dev'));
      const best = dev.predictors.find(({ step }) => step === run.record.best!.step)!;
      const right = dev.results.find(({ predictor }) => predictor === best.id)!.scores['loss']!;
      assert.ok(Math.abs(scores['loss']! - right) < 1e-5, `${scores['loss']} against ${right}`);
      assert.equal(tokens.length, length);
      assert.ok(tokens.every(({ masked }) => Number.isFinite(masked.loss) && masked.loss !== 0));
    });

    it('is imported with its place', async () => {
      const checkpoint = await bestCheckpoint(run.folder, run.record);
      const { folder, record } = await runJob(
        {
          kind: 'import-prompt',
          ...{ file: checkpoint!.folder, model: tinyModel, baseFolder: tiny.folder, runsFolder: tiny.runsFolder },
        },
        quiet(),
      );
      const imported = await readStoredPrompt(join(folder, 'checkpoints', 'step-000000'));
      assert.equal(imported.learnedOn?.position, position);
      assert.equal(positionOf(record), position);
    });

    it('is compared with one in front of the text under a warning', async () => {
      const job = { kind: 'diff-prompts', a: run.folder, b: other.folder, baseFolder: tiny.folder } as const;
      const { a, b, warnings } = await runJob(job, quiet());
      assert.deepEqual([a.position, b.position], [position, undefined]);
      assert.match(warnings.join(), new RegExp(`different places \\(A: ${position}, B: prefix\\)`));
    });

    it('is not exported as an adapter, because PEFT would put it in front; as .npy it is', async () => {
      const job = { kind: 'export-prompt', prompt: run.folder, baseFolder: root } as const;
      const adapter = join(tiny.folder, 'adapter');
      await assert.rejects(
        () => runJob({ ...job, destination: adapter, format: 'peft' }, quiet()),
        new RegExp(`stands behind the text \\(position "${position}"\\).* Export it as \\.npy`),
      );
      const destination = join(tiny.folder, 'prompt.npy');
      const written = await runJob({ ...job, destination, format: 'npy' }, quiet());
      assert.deepEqual([written.length, written.lostPosition], [length, position]);
    });

    it('of an encoder-decoder is refused in words', async () => {
      const t5 = await tinyExperiment({}, { ...behind, model: join(root, 'test/fixtures/models/t5-v1.1') });
      await assert.rejects(() => tune(t5), /only a decoder-only \(causal\) model can have its prompt behind the text/);
      await t5.remove();
    });
  });

describe('a prompt in the middle of the text', function () {
  this.timeout(120_000);
  let folders: TinyExperiment[] = [];
  afterEach(async () => {
    await Promise.all(folders.map((each) => each.remove()));
    folders = [];
  });
  const lossesOf = async (template: string, position: string): Promise<unknown> => {
    const label = { column: 'label', words: { no: 'n', yes: 'y' } };
    const changes = { prompt: { length, topTokens: 50, position }, task: { template, label } };
    const tiny = await tinyExperiment({}, changes);
    folders.push(tiny);
    const { record } = await tune(tiny);
    assert.equal(record.status, 'finished', record.reason);
    return { dev: record.dev, test: record.test };
  };

  it('is one behind the text where the template has no end, and another one where it has', async () => {
    assert.deepEqual(await lossesOf('{text}', 'infix'), await lossesOf('{text}', 'suffix'));
    assert.notDeepEqual(await lossesOf('{text}:', 'infix'), await lossesOf('{text}:', 'suffix'));
  });
});
