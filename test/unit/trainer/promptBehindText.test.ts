import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import type { RunRecord } from '../../../extension/protocol/run';
import { bestCheckpoint } from '../../../extension/runs/checkpoints';
import { runJob } from '../../../extension/trainer/jobs/table';
import { quiet, tuned } from './quietJob';
import { root, type TinyExperiment, tinyExperiment } from './tinyExperiment';

const behind = { prompt: { length: 4, topTokens: 50, position: 'suffix' } };
const tune = ({ file, runsFolder }: TinyExperiment): Promise<{ folder: string; record: RunRecord }> =>
  tuned(file, runsFolder);

describe('a run with the prompt behind the text', function () {
  this.timeout(120_000);
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
    assert.equal((await readStoredPrompt(checkpoint!.folder)).learnedOn?.behindText, true);
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

  it('is not exported as an adapter, because PEFT would put it in front; as .npy it is', async () => {
    const job = { kind: 'export-prompt', prompt: run.folder, baseFolder: root } as const;
    const adapter = join(tiny.folder, 'adapter');
    await assert.rejects(
      () => runJob({ ...job, destination: adapter, format: 'peft' }, quiet()),
      /stands behind the text .* Export it as \.npy/,
    );
    const destination = join(tiny.folder, 'prompt.npy');
    assert.equal((await runJob({ ...job, destination, format: 'npy' }, quiet())).length, 4);
  });

  it('of an encoder-decoder is refused in words', async () => {
    const t5 = await tinyExperiment({}, { ...behind, model: join(root, 'test/fixtures/models/t5-v1.1') });
    await assert.rejects(() => tune(t5), /only a decoder-only \(causal\) model can have its prompt behind the text/);
    await t5.remove();
  });
});
