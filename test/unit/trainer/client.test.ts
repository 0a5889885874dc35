import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JournalEntry } from '../../../extension/protocol/run';
import type { FromTrainer, JobEvent, TuneJob } from '../../../extension/protocol/trainer';
import { checkpointPath } from '../../../extension/runs/checkpoints';
import { readJournal } from '../../../extension/runs/journal';
import { readRun } from '../../../extension/runs/runFolder';
import { startTrainer, type Trainer } from '../../../extension/trainer/client';
import type { TrainerFailure } from '../../../extension/trainer/failure';
import { bundledModel, eventually, tinyExperiment, trainerEntry, type TinyExperiment } from './tinyExperiment';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function experiment(...args: Parameters<typeof tinyExperiment>): Promise<TinyExperiment> {
  const made = await tinyExperiment(...args);
  cleanups.push(() => made.remove());
  return made;
}

function tuneJob({ file, runsFolder }: TinyExperiment, resume?: string): TuneJob {
  return { kind: 'tune', runsFolder, executionProvider: 'cpu', ...(resume ? { resume } : { experimentFile: file }) };
}

interface Watched {
  readonly trainer: Trainer<{ folder: string }>;
  readonly events: JobEvent[];
  /** Resolves with the run's folder once this many steps are in its journal. */
  readonly afterStep: (step: number) => Promise<string>;
}

function watch(job: TuneJob, env: Record<string, string> = {}): Watched {
  const events: JobEvent[] = [];
  let wake: () => void = () => undefined;
  const trainer = startTrainer(job, {
    entry: trainerEntry,
    bundledModel,
    env,
    onEvent: (event) => {
      events.push(event);
      wake();
    },
  });
  const afterStep = async (step: number): Promise<string> => {
    for (;;) {
      const reached = events.find(
        (event) => event.type === 'journal' && event.entry.type === 'step' && event.entry.step >= step,
      );
      if (reached?.type === 'journal') return reached.folder;
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
        trainer.result,
      ]);
    }
  };
  return { trainer, events, afterStep };
}

async function adapterBytes(folder: string, step: number): Promise<string> {
  return (await readFile(join(checkpointPath(folder, step), 'adapter_model.safetensors'))).toString('hex');
}

const steps = (entries: readonly JournalEntry[]): number[] =>
  entries.filter(({ type }) => type === 'step').map(({ step }) => step);

/** Long enough to be interrupted, short enough to be finished by a resumed run. */
const interruptible = { steps: 400, evaluateEvery: 100, checkpointEvery: 20 };

describe('the trainer process', () => {
  it('tunes to the end: run, journal and adapter on disk, the same as events', async () => {
    const tiny = await experiment();
    const { trainer, events } = watch(tuneJob(tiny));
    const { folder } = await trainer.result;

    const run = await readRun(folder);
    assert.equal(run.record.status, 'finished');
    assert.equal(run.record.step, 12);
    assert.equal(run.record.provider?.used, 'cpu');
    assert.equal(run.record.model?.sha256, run.record.model?.sha256After);
    assert.equal(typeof run.record.test?.['accuracy'], 'number');
    const journal = await readJournal(folder);
    assert.deepEqual(
      steps(journal),
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      events.filter((event) => event.type === 'journal').map((event) => event.entry),
      journal,
    );
    assert.equal(events.filter(({ type }) => type === 'run').length, 1);
    const best = checkpointPath(folder, run.record.best!.step);
    assert.ok(existsSync(join(best, 'adapter_config.json')) && existsSync(join(best, 'adapter_model.safetensors')));
  });

  it('gives bit-equal prompts for the same experiment', async () => {
    const tiny = await experiment();
    const [first, second] = [await watch(tuneJob(tiny)).trainer.result, await watch(tuneJob(tiny)).trainer.result];
    assert.notEqual(first.folder, second.folder);
    assert.equal(await adapterBytes(first.folder, 12), await adapterBytes(second.folder, 12));
  });

  it('stops after the running step with a checkpoint, and resumes to the numbers of an uninterrupted run', async () => {
    const tiny = await experiment(interruptible);
    const whole = await watch(tuneJob(tiny)).trainer.result;

    const { trainer, afterStep } = watch(tuneJob(tiny));
    const folder = await afterStep(30);
    trainer.stop();
    await trainer.result;
    const stopped = (await readRun(folder)).record;
    assert.equal(stopped.status, 'stopped');
    assert.ok(stopped.step >= 30 && stopped.step < 400);
    assert.ok(existsSync(checkpointPath(folder, stopped.step)));

    await watch(tuneJob(tiny, folder)).trainer.result;
    assert.equal((await readRun(folder)).record.status, 'finished');
    assert.equal(await adapterBytes(folder, 400), await adapterBytes(whole.folder, 400));
    assert.deepEqual(
      (await readJournal(folder))
        .filter(({ type }) => type === 'step')
        .map((entry) => (entry as { loss: number }).loss),
      (await readJournal(whole.folder))
        .filter(({ type }) => type === 'step')
        .map((entry) => (entry as { loss: number }).loss),
    );
  });

  it('killed in the middle: its run reads interrupted, says so in words, and resumes to the same numbers', async () => {
    const tiny = await experiment(interruptible);
    const whole = await watch(tuneJob(tiny)).trainer.result;

    const { trainer, afterStep } = watch(tuneJob(tiny));
    const folder = await afterStep(50);
    trainer.kill();
    await assert.rejects(trainer.result, (error: TrainerFailure) => {
      assert.equal(error.code, 'killed');
      assert.match(error.message, /can be resumed/);
      return true;
    });
    assert.equal((await readRun(folder)).record.status, 'interrupted');

    await watch(tuneJob(tiny, folder)).trainer.result;
    assert.equal(await adapterBytes(folder, 400), await adapterBytes(whole.folder, 400));
  });

  it('whose window goes away writes a checkpoint and leaves its run to be resumed', async () => {
    const tiny = await experiment({
      ...interruptible,
      steps: 100_000,
      checkpointEvery: 100_000,
      evaluateEvery: 100_000,
    });
    const { trainer, afterStep } = watch(tuneJob(tiny));
    const folder = await afterStep(5);
    trainer.abandon();
    await trainer.result.catch(() => undefined);
    const run = await readRun(folder);
    assert.equal(run.record.status, 'interrupted');
    assert.ok(run.record.step >= 5);
    assert.ok(existsSync(join(checkpointPath(folder, run.record.step), 'optimizer.safetensors')));
  });

  it('refuses to write a run that another process is writing', async () => {
    const tiny = await experiment({ ...interruptible, steps: 100_000 });
    const { trainer, afterStep } = watch(tuneJob(tiny));
    const folder = await afterStep(1);
    const second = watch(tuneJob(tiny, folder));
    await eventually(() =>
      Promise.resolve(
        second.events.find((event) => event.type === 'phase' && /waiting for the process/.test(event.text)),
      ),
    );
    second.trainer.stop();
    await assert.rejects(second.trainer.result, /in use/);
    trainer.kill();
    await assert.rejects(trainer.result);
  });

  it('fails with file, line and field for a bad experiment, and makes no run', async () => {
    const tiny = await experiment();
    await writeFile(tiny.file, (await readFile(tiny.file, 'utf8')).replace('"batchSize"', '"batchsize"'));
    await assert.rejects(watch(tuneJob(tiny)).trainer.result, (error: TrainerFailure) => {
      assert.equal(error.code, 'bad-experiment');
      assert.match(error.message, /tiny\.tune\.json:\d+:\d+: .*batchsize/);
      return true;
    });
    assert.ok(!existsSync(tiny.runsFolder));
  });

  it('keeps a run that failed, with the reason, when the model is not one', async () => {
    const tiny = await experiment({}, { model: './no-model' });
    await assert.rejects(watch(tuneJob(tiny)).trainer.result, (error: TrainerFailure) => error.code === 'bad-model');
    const [name] = await readdir(tiny.runsFolder);
    const { record } = await readRun(join(tiny.runsFolder, name!));
    assert.equal(record.status, 'failed');
    assert.match(record.reason ?? '', /no-model/);
  });

  it('refuses to resume when the data changed', async () => {
    const tiny = await experiment(interruptible);
    const { trainer, afterStep } = watch(tuneJob(tiny));
    const folder = await afterStep(25);
    trainer.stop();
    await trainer.result;
    await writeFile(join(tiny.folder, 'rows.jsonl'), `{"text":"new","label":"no"}\n`, { flag: 'a' });
    await assert.rejects(watch(tuneJob(tiny, folder)).trainer.result, /rows\.jsonl changed since the run began/);
  });

  it('names a provider that is missing, with the reason and what to choose', async () => {
    const tiny = await experiment({}, { executionProvider: 'coreml' });
    await assert.rejects(watch(tuneJob(tiny)).trainer.result, (error: TrainerFailure) => {
      assert.equal(error.code, 'provider-missing');
      assert.match(error.message, /"coreml" cannot be used: .*softPrompt\.executionProvider/);
      return true;
    });
  });

  it('leaves at once when the other side speaks another version', async () => {
    const child = fork(trainerEntry, [], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    child.send({ type: 'hello', version: 999 });
    const [message] = (await once(child, 'message')) as [FromTrainer];
    assert.ok(message.type === 'failed');
    assert.match(message.message, /Reload the window/);
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
  });

  it('sends and keeps nothing about its user: no file in home or temporary folder, telemetry off', async () => {
    const tiny = await experiment();
    const place = await mkdtemp(join(tmpdir(), 'quiet-'));
    cleanups.push(() => rm(place, { recursive: true, force: true }));
    const [home, temporary] = [join(place, 'home'), join(place, 'tmp')];
    await Promise.all([mkdir(home), mkdir(temporary)]);
    // A set CI variable would hide the library's telemetry, and this test could not fail.
    const unset = { CI: process.env['CI'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] };
    delete process.env['CI'];
    delete process.env['XDG_CACHE_HOME'];
    try {
      await watch(tuneJob(tiny), { HOME: home, TMPDIR: temporary }).trainer.result;
    } finally {
      for (const [name, value] of Object.entries(unset)) if (value !== undefined) process.env[name] = value;
    }
    assert.deepEqual(await readdir(home, { recursive: true }), []);
    assert.deepEqual(await readdir(temporary, { recursive: true }), []);
  });
});
