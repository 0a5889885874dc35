import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { safetensorsPrefix } from '../../../extension/engine/models/safetensors';
import { npyFile } from '../../../extension/engine/prompts/npy';
import { readStoredPrompt } from '../../../extension/engine/prompts/storedPrompt';
import type { RunRecord } from '../../../extension/protocol/run';
import { checkpointPath, listCheckpoints } from '../../../extension/runs/checkpoints';
import { recordPath } from '../../../extension/runs/runFolder';
import { TrainerFailure } from '../../../extension/trainer/failure';
import { runJob } from '../../../extension/trainer/jobs/table';
import { quiet, tuned } from './quietJob';
import { root, tinyExperiment, type TinyExperiment } from './tinyExperiment';

const width = 16;
const source = Float32Array.from({ length: 3 * width }, (_, index) => (index % 7) / 8 - 0.25);
const sourceRows = (from: number, to: number): number[] => Array.from(source.subarray(from * width, to * width));

/** An experiment of a few steps that starts from `from`, in a folder with `source.npy`. */
async function startingFrom(from: string, length: number): Promise<TinyExperiment> {
  const tiny = await tinyExperiment(
    { steps: 3, evaluateEvery: 3 },
    { prompt: { length, initialiser: 'prompt', from, topTokens: 50 } },
  );
  writeFileSync(join(tiny.folder, 'source.npy'), npyFile({ rows: 3, width, data: source }));
  return tiny;
}

async function firstRows(folder: string): Promise<number[]> {
  return Array.from((await readStoredPrompt(checkpointPath(folder, 0))).prompt);
}

const failed = (work: Promise<unknown>, reason: RegExp): Promise<void> =>
  assert.rejects(work, (error: Error) => {
    assert.ok(error instanceof TrainerFailure, error.stack);
    assert.equal(error.code, 'bad-prompt');
    assert.match(error.message, reason);
    return true;
  });

describe('a run that starts from another prompt', () => {
  for (const [length, fill, expected] of [
    [3, 'whole', sourceRows(0, 3)],
    [2, 'cut', sourceRows(0, 2)],
    [5, 'repeated', [...sourceRows(0, 3), ...sourceRows(0, 2)]],
  ] as const) {
    it(`of 3 virtual tokens has its rows in the first checkpoint, ${fill} for ${length}`, async () => {
      const tiny = await startingFrom('source.npy', length);
      try {
        const { folder, record } = await tuned(tiny.file, tiny.runsFolder);
        assert.deepEqual(await firstRows(folder), expected);
        const { sha256, ...facts } = record.startedFrom!;
        assert.deepEqual(facts, { from: join(tiny.folder, 'source.npy'), name: 'source.npy', length: 3, fill });
        assert.match(sha256, /^[0-9a-f]{64}$/);
        assert.notDeepEqual((await readStoredPrompt(checkpointPath(folder, 3))).prompt, Float32Array.from(expected));
      } finally {
        await tiny.remove();
      }
    });
  }

  it('may start from an adapter in float16, and from a run, whose best checkpoint is meant', async () => {
    const tiny = await startingFrom('adapter', 3);
    try {
      const adapter = join(tiny.folder, 'adapter');
      cpSync(join(root, 'test/fixtures/adapters/causal'), adapter, { recursive: true });
      const config = { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 2, task_type: 'CAUSAL_LM' };
      writeFileSync(join(adapter, 'adapter_config.json'), JSON.stringify(config));
      const halves = Uint16Array.from({ length: 2 * width }, (_, index) => (index % 2 === 0 ? 0x3e00 : 0xb100));
      const prefix = safetensorsPrefix([{ name: 'prompt_embeddings', type: 'F16', shape: [2, width] }]);
      writeFileSync(join(adapter, 'adapter_model.safetensors'), Buffer.concat([prefix, Buffer.from(halves.buffer)]));
      const first = await tuned(tiny.file, tiny.runsFolder);
      assert.deepEqual(
        await firstRows(first.folder),
        Array.from({ length: 3 * width }, (_, index) => (index % 2 === 0 ? 1.5 : -0.15625)),
      );

      const again = JSON.parse(readFileSync(tiny.file, 'utf8')) as Record<string, unknown>;
      const from = `.prompt-runs/${first.record.id}`;
      writeFileSync(tiny.file, JSON.stringify({ ...again, prompt: { length: 3, initialiser: 'prompt', from } }));
      const { folder, record } = await tuned(tiny.file, tiny.runsFolder);
      const { step } = first.record.best!;
      const learned = (await readStoredPrompt(checkpointPath(first.folder, step))).prompt;
      assert.deepEqual(await firstRows(folder), Array.from(learned));
      assert.equal(record.startedFrom?.name, `tiny, step ${step}`);
    } finally {
      await tiny.remove();
    }
  });

  it('of another width, or that is not there, fails with the reason and leaves no checkpoint', async () => {
    const tiny = await startingFrom('source.npy', 3);
    try {
      writeFileSync(join(tiny.folder, 'source.npy'), npyFile({ rows: 2, width: 8, data: new Float32Array(16) }));
      await failed(
        tuned(tiny.file, tiny.runsFolder),
        /source\.npy: has width 8, but the embeddings of llama-tied have width 16/,
      );
      rmSync(join(tiny.folder, 'source.npy'));
      await failed(tuned(tiny.file, tiny.runsFolder), /source\.npy: there is no such file/);
    } finally {
      await tiny.remove();
    }
  });

  it('is resumed without its source once it has a checkpoint, and not from another source', async () => {
    const tiny = await startingFrom('source.npy', 3);
    const resume = (folder: string): Promise<{ record: RunRecord }> =>
      runJob({ kind: 'tune', resume: folder, runsFolder: tiny.runsFolder, executionProvider: 'cpu' }, quiet());
    try {
      const { folder, record } = await tuned(tiny.file, tiny.runsFolder);
      const path = checkpointPath(folder, record.step);
      const whole = (await readStoredPrompt(path)).prompt;
      const reopen = (): void => {
        rmSync(path, { recursive: true, force: true });
        writeFileSync(recordPath(folder), JSON.stringify({ ...record, status: 'stopped' }));
      };
      reopen();
      rmSync(join(tiny.folder, 'source.npy'));
      assert.deepEqual(
        (await listCheckpoints(folder)).map(({ step }) => step),
        [0],
      );
      assert.equal((await resume(folder)).record.status, 'finished');
      assert.deepEqual((await readStoredPrompt(path)).prompt, whole);

      reopen();
      rmSync(checkpointPath(folder, 0), { recursive: true });
      writeFileSync(join(tiny.folder, 'source.npy'), npyFile({ rows: 3, width, data: source.map((each) => -each) }));
      await failed(resume(folder), /source\.npy: is no longer the prompt that the run started from/);
    } finally {
      await tiny.remove();
    }
  });

  it('is inspected with its start, which is computed again from the source as long as that is there', async () => {
    const tiny = await startingFrom('source.npy', 5);
    try {
      const { folder } = await tuned(tiny.file, tiny.runsFolder);
      rmSync(checkpointPath(folder, 0), { recursive: true });
      const inspect = () => runJob({ kind: 'inspect', prompt: folder, baseFolder: root }, quiet());
      assert.equal((await inspect()).trajectory?.start, 'recomputed');
      rmSync(join(tiny.folder, 'source.npy'));
      const { trajectory, warnings } = await inspect();
      assert.equal(trajectory, undefined);
      assert.ok(
        warnings.some((each) => /its start cannot be had again: .*source\.npy: there is no such file/.test(each)),
        warnings.join('\n'),
      );
    } finally {
      await tiny.remove();
    }
  });
});
