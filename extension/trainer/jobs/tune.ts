import { setTimeout as delay } from 'node:timers/promises';
import { readCheckpoint } from '../../engine/tuning/checkpoint';
import type { TuningState } from '../../engine/tuning/tuningState';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord } from '../../protocol/run';
import type { JobResults, TuneJob } from '../../protocol/trainer';
import { listCheckpoints, readCheckpointFiles, removeUnfinishedWrites } from '../../runs/checkpoints';
import { thisProcess } from '../../runs/processIdentity';
import { readRecord } from '../../runs/runFolder';
import { acquireRunLock, RunInUseError, type RunLock } from '../../runs/runLock';
import { RunStore } from '../../runs/runStore';
import { withTrueStatus } from '../../runs/trueStatus';
import { TrainerFailure } from '../failure';
import { attempt, type JobContext } from './context';
import { readExperiment, recordedExperiment } from './experimentSource';
import { learn } from './learn';
import { RunWriter } from './runWriter';

/** Learns a prompt, from an experiment file or from where a run was left. */
export function tune(job: TuneJob, context: JobContext): Promise<JobResults['tune']> {
  return job.resume === undefined ? startRun(job, context) : resumeRun(job, job.resume, context);
}

async function startRun(job: TuneJob, context: JobContext): Promise<JobResults['tune']> {
  const { experimentFile } = job;
  if (experimentFile === undefined)
    throw new TrainerFailure('bad-experiment', 'Name an experiment file, or a run to resume.');
  const source = await attempt('bad-experiment', () => readExperiment(experimentFile));
  const { experiment } = source;
  const { folder, record } = await new RunStore(job.runsFolder).create({
    format: 1,
    name: experiment.name,
    status: 'running',
    createdAt: new Date().toISOString(),
    seconds: 0,
    experiment,
    ...(source.file === undefined ? {} : { experimentFile: source.file }),
    baseFolder: source.baseFolder,
    process: await thisProcess(),
    step: 0,
    totalSteps: experiment.training.steps,
  });
  const writer = await RunWriter.open(folder, record, await acquireRunLock(folder), context);
  context.event({ type: 'run', folder, record });
  return finish(writer, job, experiment, undefined, context);
}

async function resumeRun(job: TuneJob, folder: string, context: JobContext): Promise<JobResults['tune']> {
  const lock = await attempt('bad-experiment', () => lockWhenFree(folder, context));
  const found = await attempt('bad-experiment', async () => withTrueStatus(await readRecord(folder)));
  if (found.status === 'finished') {
    await lock.release();
    throw new TrainerFailure(
      'bad-experiment',
      `The run "${found.name}" is finished (${found.reason ?? 'all steps done'}); there is nothing to resume.`,
    );
  }
  const experiment = recordedExperiment(found);
  await removeUnfinishedWrites(folder);
  const state = await lastReadableCheckpoint(folder, context);
  const record: RunRecord = {
    ...withoutEnding(found),
    status: 'running',
    process: await thisProcess(),
    step: state?.step ?? 0,
    seconds: state?.seconds ?? 0,
  };
  const writer = await RunWriter.open(folder, record, lock, context, state?.step ?? -1);
  context.event({ type: 'run', folder, record: writer.record });
  await writer.log('info', `resumed from step ${record.step}`);
  // The record's experiment was resolved when the run began; what a default means today does not change it.
  return finish(writer, job, experiment, state, context);
}

/** Runs it to its end and leaves a record that says how it ended, whatever happened. */
async function finish(
  writer: RunWriter,
  job: TuneJob,
  experiment: ResolvedExperiment,
  state: TuningState | undefined,
  context: JobContext,
): Promise<JobResults['tune']> {
  try {
    const { status, reason } = await learn({ writer, job, experiment, state, context });
    // Without its window the run stays open: it reads as interrupted once this process is gone, and is resumed by the next one.
    if (status === 'stopped' && context.orphaned()) {
      await writer.log('info', `${reason}; the window that watched it is gone`);
    } else {
      await writer.log('info', reason);
      await writer.update({ status, reason, endedAt: new Date().toISOString() });
    }
    return { folder: writer.folder, record: writer.record };
  } catch (error) {
    const thrown = error instanceof Error ? error : new Error(String(error));
    const reason = thrown.message;
    await writer.log('error', thrown instanceof TrainerFailure ? reason : (thrown.stack ?? reason));
    await writer.update({ status: 'failed', reason, endedAt: new Date().toISOString() });
    throw error;
  } finally {
    await writer.close();
  }
}

function withoutEnding(record: RunRecord): RunRecord {
  const open = { ...record };
  delete open.endedAt;
  delete open.reason;
  return open;
}

/** The process that had the run may still be writing its last checkpoint, after its window was reloaded for example. */
async function lockWhenFree(folder: string, { signal, event }: JobContext): Promise<RunLock> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    try {
      return await acquireRunLock(folder);
    } catch (error) {
      if (!(error instanceof RunInUseError) || performance.now() > deadline || signal.aborted) throw error;
      event({ type: 'phase', text: 'waiting for the process that has the run to leave' });
      await delay(200);
    }
  }
}

async function lastReadableCheckpoint(folder: string, { log }: JobContext): Promise<TuningState | undefined> {
  for (const checkpoint of (await listCheckpoints(folder)).toReversed()) {
    try {
      return readCheckpoint(await readCheckpointFiles(checkpoint.folder), checkpoint.folder);
    } catch (error) {
      log('warn', `${error instanceof Error ? error.message : String(error)}; the checkpoint before it is used`);
    }
  }
  return undefined;
}
