import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { checkFits } from '../../../engine/prompts/checkFits';
import type { StoredPrompt } from '../../../engine/prompts/storedPrompt';
import type { InspectedModel, NamedPrompt } from '../../../protocol/inspection';
import type { RunRecord } from '../../../protocol/run';
import { bestCheckpoint, listCheckpoints, type CheckpointFolder } from '../../../runs/checkpoints';
import { readRecord, recordPath } from '../../../runs/runFolder';
import { TrainerFailure } from '../../failure';
import { attempt, type JobContext } from '../context';
import { openNamedModel } from '../namedModel';
import { readNamedPrompt } from '../promptPlace';

/** A prompt as somebody named it, and the run it is of. */
export interface PromptSource {
  readonly stored: StoredPrompt;
  readonly named: NamedPrompt;
  readonly run?: SourceRun;
}
export interface SourceRun {
  readonly folder: string;
  readonly record: RunRecord;
  /** By rising step. */
  readonly checkpoints: readonly CheckpointFolder[];
  /** The one that was named; of the run as a whole its best, else its last. */
  readonly step: number;
}

/**
 * Reads a prompt and finds out whether it is a run's.
 * @param path absolute; a run folder, or whatever `readStoredPrompt` reads.
 * @throws TrainerFailure "bad-prompt" saying what is wrong with which file.
 */
export async function promptSource(path: string): Promise<PromptSource> {
  const stored = await readNamedPrompt(path);
  const run = await attempt('bad-prompt', () => runOf(path));
  const named = {
    path: stored.path,
    name: run ? `${run.record.name}, step ${run.step}` : basename(path),
    length: stored.length,
    width: stored.width,
    ...(run ? { run: { id: run.record.id, name: run.record.name, folder: run.folder }, step: run.step } : {}),
  };
  return { stored, named, ...(run ? { run } : {}) };
}

/** The run that a path is the folder of, or a checkpoint of, or a file of a checkpoint of. */
async function runOf(path: string): Promise<SourceRun | undefined> {
  const inner = statSync(path).isDirectory() ? path : dirname(path);
  const folder = [inner, join(inner, '../..')].find((each) => existsSync(recordPath(each)));
  if (folder === undefined) return undefined;
  const record = await readRecord(folder);
  const checkpoints = await listCheckpoints(folder);
  const chosen =
    folder === inner ? await bestCheckpoint(folder, record) : checkpoints.find((each) => each.folder === inner);
  return chosen && { folder, record, checkpoints, step: chosen.step };
}

/**
 * Opens the frozen model of a prompt: the one that was asked for, else the one that the run or the adapter names.
 * @throws TrainerFailure "bad-model" where none is named or it cannot be opened.
 */
export async function openPromptModel(
  { stored, run }: PromptSource,
  wanted: { readonly model?: string | undefined; readonly baseFolder: string },
  { resources }: JobContext,
): Promise<FrozenModel> {
  const { name, from } = modelName(stored, run, wanted);
  return openNamedModel(name, from, resources);
}

/** What a person should know of a prompt with a model. @throws TrainerFailure "bad-prompt" where it does not fit. */
export function fitWarnings({ stored }: PromptSource, model: FrozenModel): readonly string[] {
  const { problems, warnings } = checkFits(stored, model);
  if (problems.length > 0) throw new TrainerFailure('bad-prompt', `${stored.path}: ${problems.join(' ')}`);
  return warnings;
}

function modelName(
  { path, baseModel, learnedOn }: StoredPrompt,
  run: SourceRun | undefined,
  wanted: { readonly model?: string | undefined; readonly baseFolder: string },
): { readonly name: string; readonly from: string } {
  if (wanted.model !== undefined) return { name: wanted.model, from: wanted.baseFolder };
  const { experiment, baseFolder, model } = run?.record ?? {};
  // An experiment names its model from its own folder; what an adapter names is where the unpacked model lay.
  if (experiment) return { name: experiment.model, from: baseFolder! };
  if ([model?.name, learnedOn?.model].includes('bundled')) return { name: 'bundled', from: wanted.baseFolder };
  const name = model?.folder ?? baseModel;
  if (name !== undefined) return { name, from: wanted.baseFolder };
  throw new TrainerFailure('bad-model', `${path}: does not say which frozen model it belongs to. Name the model.`);
}

/** What a person is told of the model. */
export function inspectedModel(model: FrozenModel): InspectedModel {
  const { name, folder, architecture, kind, parameters, width, layers, vocabulary } = model;
  return { name, folder, architecture, kind, parameters, width, layers, vocabulary };
}
