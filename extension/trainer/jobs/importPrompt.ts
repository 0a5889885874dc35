import { basename } from 'node:path';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { checkFits } from '../../engine/prompts/checkFits';
import type { StoredPrompt } from '../../engine/prompts/storedPrompt';
import { modelNotes } from '../../engine/prompts/studioNotes';
import { checkpointFiles } from '../../engine/tuning/checkpoint';
import { freshState } from '../../engine/tuning/tuningState';
import type { RunRecord } from '../../protocol/run';
import type { ImportPromptJob, JobResults } from '../../protocol/trainer';
import { writeCheckpoint } from '../../runs/checkpoints';
import { thisProcess } from '../../runs/processIdentity';
import { acquireRunLock } from '../../runs/runLock';
import { RunStore } from '../../runs/runStore';
import { TrainerFailure } from '../failure';
import type { JobContext } from './context';
import { openNamedModel } from './namedModel';
import { readPrompt } from './promptSource';
import { RunWriter } from './runWriter';

/**
 * Makes a run of a prompt that was learned elsewhere: finished, without data, with one checkpoint at step 0.
 * @throws TrainerFailure "bad-prompt" where it cannot be read or does not fit the model, before anything is written.
 */
export async function importPrompt(job: ImportPromptJob, context: JobContext): Promise<JobResults['import-prompt']> {
  const phase = (text: string): void => context.event({ type: 'phase', text });
  phase('reading the prompt');
  const { stored } = await readPrompt(job.file);
  phase('opening the frozen model');
  const model = await openNamedModel(job.model, job.baseFolder, context.resources);
  const { problems } = checkFits(stored, model);
  if (problems.length > 0) throw new TrainerFailure('bad-prompt', `${job.file}: ${problems.join(' ')}`);
  phase('hashing the frozen weights');
  const sha256 = await model.weightsHash();
  const { warnings } = checkFits(stored, model, sha256);
  context.signal.throwIfAborted();

  const { name, folder: modelFolder, architecture, parameters, width, vocabulary } = model;
  const { folder, record } = await new RunStore(job.runsFolder).create({
    format: 1,
    name: job.name ?? basename(job.file).replace(/\.(npy|safetensors)$/i, ''),
    status: 'running',
    createdAt: new Date().toISOString(),
    seconds: 0,
    baseFolder: job.baseFolder,
    process: await thisProcess(),
    imported: {
      ...{ from: job.file, format: stored.format, length: stored.length },
      ...(stored.learnedOn?.position ? { position: stored.learnedOn.position } : {}),
    },
    model: { name, folder: modelFolder, architecture, parameters, width, vocabulary, sha256 },
    step: 0,
    totalSteps: 0,
  });
  const writer = await RunWriter.open(folder, record, await acquireRunLock(folder), context);
  try {
    await keep(stored, model, sha256, writer);
    for (const warning of warnings) await writer.log('warn', warning);
  } finally {
    await writer.close();
  }
  return { folder, record: writer.record, warnings };
}

async function keep(stored: StoredPrompt, model: FrozenModel, sha256: string, writer: RunWriter): Promise<void> {
  const { kind, width, layers, heads, folder: nameOrPath } = model;
  const { from, format } = writer.record.imported!;
  const notes = {
    importedFrom: from,
    format,
    ...modelNotes(model.name, model.vocabulary, sha256, stored.learnedOn?.position),
  };
  const files = checkpointFiles(freshState(stored.prompt), { kind, width, layers, heads, nameOrPath }, notes);
  const folder = await writeCheckpoint(writer.folder, 0, files);
  await writer.append({ type: 'checkpoint', step: 0, folder, best: false });
  const reason = `imported from ${from}`;
  await writer.log('info', reason);
  await writer.update({ ...ended(reason), last: { step: 0 } });
}

function ended(reason: string): Pick<RunRecord, 'status' | 'reason' | 'endedAt'> {
  return { status: 'finished', reason, endedAt: new Date().toISOString() };
}
