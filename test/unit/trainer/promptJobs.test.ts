import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { npyFile } from '../../../extension/engine/prompts/npy';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import type { ExportPromptJob, ImportPromptJob } from '../../../extension/protocol/trainer';
import { bestCheckpoint } from '../../../extension/runs/checkpoints';
import { RunStore } from '../../../extension/runs/runStore';
import { TrainerFailure } from '../../../extension/trainer/failure';
import { readPrompt } from '../../../extension/trainer/jobs/promptSource';
import { runJob } from '../../../extension/trainer/jobs/table';
import { inTemporaryFolder } from '../runs/records';
import { quiet } from './quietJob';
import { root, tinyModel } from './tinyExperiment';

/** Saved by PEFT for the model of these tests, and for a T5 (test/oracles/adapters.py). */
const adapter = resolve(root, 'test/fixtures/adapters/logits/causal');
const otherKind = resolve(root, 'test/fixtures/adapters/logits/encoder-decoder');

const importJob = (folder: string, change: Partial<ImportPromptJob> = {}): ImportPromptJob => ({
  ...{ kind: 'import-prompt', file: adapter, model: tinyModel, baseFolder: folder },
  runsFolder: join(folder, '.prompt-runs'),
  ...change,
});
const exportJob = (prompt: string, destination: string, change: Partial<ExportPromptJob> = {}): ExportPromptJob => ({
  ...{ kind: 'export-prompt', prompt, destination, format: 'peft', baseFolder: root },
  ...change,
});
const refused = (job: ImportPromptJob | ExportPromptJob, reason: RegExp): Promise<void> =>
  assert.rejects(runJob(job, quiet()), (error: Error) => {
    assert.ok(error instanceof TrainerFailure, error.stack);
    assert.equal(error.code, 'bad-prompt');
    assert.match(error.message, reason);
    return true;
  });

describe('importing a prompt', () => {
  it('makes a run that is found like any other: finished, with one checkpoint that holds the prompt', async () => {
    await inTemporaryFolder(async (folder) => {
      const made = await runJob(importJob(folder, { name: 'from PEFT' }), quiet());
      const { runs, unreadable } = await new RunStore(join(folder, '.prompt-runs')).list();
      assert.deepEqual(unreadable, []);
      assert.deepEqual(
        runs.map(({ record }) => record),
        [made.record],
      );
      const { name, status, reason, imported, model, experiment, step, last } = made.record;
      assert.deepEqual([name, status, step, last, experiment], ['from PEFT', 'finished', 0, { step: 0 }, undefined]);
      assert.equal(reason, `imported from ${adapter}`);
      assert.deepEqual(imported, { from: adapter, format: 'peft', length: 5 });
      assert.equal(model?.folder, tinyModel);
      assert.equal(existsSync(join(made.folder, 'run.lock')), false);

      const checkpoint = await bestCheckpoint(made.folder, made.record);
      const { stored: kept } = await readPrompt(made.folder);
      assert.equal(kept.path, checkpoint?.folder);
      assert.deepEqual(kept.prompt, (await readStoredPrompt(adapter)).prompt);
      assert.deepEqual(kept.learnedOn, { model: model.name, vocabulary: model.vocabulary, weights: model.sha256 });
    });
  });

  it('takes a matrix without a model of its own, and says nothing against it', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'sst2.npy');
      writeFileSync(file, npyFile({ rows: 3, width: 16, data: new Float32Array(48).fill(0.25) }));
      const { record, warnings } = await runJob(importJob(folder, { file }), quiet());
      assert.deepEqual(warnings, []);
      assert.equal(record.name, 'sst2');
      assert.deepEqual(record.imported, { from: file, format: 'npy', length: 3 });
    });
  });

  it('of another kind or width, or that cannot be read, is refused before anything is written', async () => {
    await inTemporaryFolder(async (folder) => {
      const wide = join(folder, 'wide.npy');
      writeFileSync(wide, npyFile({ rows: 1, width: 17, data: new Float32Array(17) }));
      await refused(importJob(folder, { file: otherKind }), /of kind encoder-decoder; llama-tied is decoder-only/);
      await refused(importJob(folder, { file: wide }), /wide\.npy: The prompt has width 17; llama-tied has embeddings/);
      await refused(importJob(folder, { file: join(folder, 'none') }), /none: there is no such file/);
      assert.deepEqual(readdirSync(folder), ['wide.npy']);
    });
  });

  it('learned with other weights is taken, with the difference in words and in the log of its run', async () => {
    await inTemporaryFolder(async (folder) => {
      const { folder: learned } = await runJob(importJob(folder), quiet());
      const other = resolve(root, 'test/fixtures/models/llama-untied');
      const made = await runJob(importJob(folder, { file: learned, model: other }), quiet());
      assert.equal(made.warnings.length, 2);
      assert.match(made.warnings[0]!, /learned with .*llama-tied; this model is called llama-untied/);
      assert.match(made.warnings[1]!, /weights of llama-untied are not the ones/);
      const log = readFileSync(join(made.folder, 'run.log'), 'utf8');
      for (const warning of made.warnings) assert.ok(log.includes(`warn  ${warning}`), log);
    });
  });
});

describe('exporting a prompt', () => {
  it('and importing it again changes no digit, as an adapter and as an array', async () => {
    await inTemporaryFolder(async (folder) => {
      const { folder: run } = await runJob(importJob(folder), quiet());
      const [out, array] = [join(folder, 'new', 'adapter'), join(folder, 'prompt.npy')];
      const written = await runJob(exportJob(run, out, { baseModel: 'test/fixtures/models/llama-tied' }), quiet());
      assert.deepEqual(written, { path: out, length: 5, width: 16 });
      // PEFT saved the adapter that was imported: what leaves is what came, byte for byte.
      for (const file of readdirSync(out))
        assert.equal(readFileSync(join(out, file), 'latin1'), readFileSync(join(adapter, file), 'latin1'), file);
      await runJob(exportJob(run, array, { format: 'npy' }), quiet());
      assert.deepEqual((await readStoredPrompt(array)).prompt, (await readStoredPrompt(adapter)).prompt);
    });
  });

  it('names the model by its hub id where it lies in a hub cache', async () => {
    await inTemporaryFolder(async (folder) => {
      const config = JSON.parse(readFileSync(join(adapter, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
      const source = join(folder, 'source');
      mkdirSync(source);
      config['base_model_name_or_path'] = '/home/a/hub/models--HuggingFaceTB--SmolLM2-135M/snapshots/93efa2f';
      writeFileSync(join(source, 'adapter_config.json'), JSON.stringify(config));
      const weights = 'adapter_model.safetensors';
      writeFileSync(join(source, weights), readFileSync(join(adapter, weights)));
      await runJob(exportJob(source, join(folder, 'out')), quiet());
      assert.equal((await readStoredPrompt(join(folder, 'out'))).baseModel, 'HuggingFaceTB/SmolLM2-135M');
    });
  });

  it('as an adapter needs the kind of model, which an adapter without a task type does not say', async () => {
    await inTemporaryFolder(async (folder) => {
      const source = join(folder, 'source');
      cpSync(adapter, source, { recursive: true });
      const config = { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 5, base_model_name_or_path: 'gone/elsewhere' };
      writeFileSync(join(source, 'adapter_config.json'), JSON.stringify(config));
      await refused(exportJob(source, join(folder, 'out')), /Add "task_type": "CAUSAL_LM" or "SEQ_2_SEQ_LM" to its/);
      await runJob(exportJob(source, join(folder, 'out'), { model: tinyModel }), quiet());
      assert.equal((await readStoredPrompt(join(folder, 'out'))).kind, 'causal');
    });
  });

  it('of an array as an adapter needs the model that the array does not name', async () => {
    await inTemporaryFolder(async (folder) => {
      const file = join(folder, 'prompt.npy');
      writeFileSync(file, npyFile({ rows: 2, width: 16, data: new Float32Array(32) }));
      const out = join(folder, 'out');
      await refused(exportJob(file, out), /does not say what kind of model it belongs to.*Name the frozen model/);
      await runJob(exportJob(file, out, { model: tinyModel }), quiet());
      const { kind, baseModel, length } = await readStoredPrompt(out);
      assert.deepEqual([kind, baseModel, length], ['causal', tinyModel, 2]);
    });
  });

  it('never writes over a folder that holds something', async () => {
    await inTemporaryFolder(async (folder) => {
      writeFileSync(join(folder, 'mine.txt'), 'mine');
      await refused(exportJob(adapter, folder), /is not empty; name a new folder/);
      await refused(exportJob(adapter, join(folder, 'prompt'), { format: 'npy' }), /name it with \.npy at its end/);
      assert.deepEqual(readdirSync(folder), ['mine.txt']);
    });
  });
});
