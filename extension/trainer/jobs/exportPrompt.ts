import { mkdir, readdir } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { adapterFiles, type AdapterModel } from '../../engine/prompts/adapter';
import { checkFits, hubId } from '../../engine/prompts/checkFits';
import { npyFile } from '../../engine/prompts/npy';
import type { StoredPrompt } from '../../engine/prompts/storedPrompt';
import type { ExportPromptJob, JobResults } from '../../protocol/trainer';
import { errorCode, writeFileAtomic, writeFolderAtomic } from '../../runs/atomicFile';
import { TrainerFailure } from '../failure';
import { attempt, type JobContext } from './context';
import { openNamedModel } from './namedModel';
import { readPrompt } from './promptSource';

/** Writes a prompt as a PEFT adapter folder or as numpy's `.npy`. */
export async function exportPrompt(job: ExportPromptJob, context: JobContext): Promise<JobResults['export-prompt']> {
  const { destination, format } = job;
  const { stored } = await readPrompt(job.prompt);
  const { prompt, length, width } = stored;
  const position = stored.learnedOn?.position;
  if (format === 'npy') {
    await attempt('bad-prompt', async () => {
      if (extname(destination).toLowerCase() !== '.npy')
        throw new Error(`${destination}: name it with .npy at its end`);
      await mkdir(dirname(destination), { recursive: true });
      await writeFileAtomic(destination, npyFile({ rows: length, width, data: prompt }));
    });
  } else {
    if (position)
      throw new TrainerFailure(
        'bad-prompt',
        `${stored.path}: this prompt stands behind the text (position "${position}"), and PEFT puts every prompt in front of it, where it means nothing. Export it as .npy, or tune one with the position "prefix".`,
      );
    const files = adapterFiles(prompt, await adapterModel(stored, job, context));
    await attempt('bad-prompt', async () => {
      await refuseUsedFolder(destination);
      await mkdir(dirname(destination), { recursive: true });
      await writeFolderAtomic(destination, files);
    });
  }
  return { path: destination, length, width, ...(position ? { lostPosition: position } : {}) };
}

/** What the adapter is to say of its model: as the job names it, else as the prompt's own file does. */
async function adapterModel(stored: StoredPrompt, job: ExportPromptJob, context: JobContext): Promise<AdapterModel> {
  const named = (known: string | undefined): string | null => {
    const nameOrPath = job.baseModel ?? known ?? null;
    // A snapshot in this machine's hub cache is found elsewhere by its hub id.
    return nameOrPath === null ? null : (hubId(nameOrPath) ?? nameOrPath);
  };
  if (job.model !== undefined) {
    const model = await openNamedModel(job.model, job.baseFolder, context.resources);
    const { problems, warnings } = checkFits(stored, model);
    if (problems.length > 0) throw new TrainerFailure('bad-prompt', `${stored.path}: ${problems.join(' ')}`);
    for (const warning of warnings) context.log('warn', warning);
    const { kind, width, layers, heads, folder } = model;
    return { kind, width, layers, heads, nameOrPath: named(folder) };
  }
  const { kind, width, layers = null, heads = null } = stored;
  if (kind === undefined) {
    const wayOut =
      stored.format === 'peft'
        ? 'Add "task_type": "CAUSAL_LM" or "SEQ_2_SEQ_LM" to its adapter_config.json, or name the frozen model.'
        : 'Name the frozen model.';
    throw new TrainerFailure(
      'bad-prompt',
      `${stored.path}: does not say what kind of model it belongs to, and a PEFT adapter has to. ${wayOut}`,
    );
  }
  return { kind, width, layers, heads, nameOrPath: named(stored.baseModel) };
}

/** A folder is written as a whole, so nothing of a person's may lie in it. */
async function refuseUsedFolder(folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  if (names.length > 0) throw new Error(`${folder}: is not empty; name a new folder for the adapter`);
}
