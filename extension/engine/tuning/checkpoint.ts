import { createHash } from 'node:crypto';
import { type AdapterModel, adapterFiles, adapterWeightsFile, readAdapter, requiredFile } from '../prompts/adapter';
import { studioFile } from '../prompts/studioNotes';
import { decodeTensors, encodeTensors } from '../prompts/tensorFile';
import type { OptimizerState } from './optimizers/optimizer';
import type { TuningState } from './tuningState';

/**
 * A checkpoint folder: PEFT's two adapter files, which need nothing else, and beside them what resuming needs:
 * `optimizer.safetensors` (the moments, float64) and `studio.json` (this program's own metadata).
 */
export const optimizerFile = 'optimizer.safetensors';

/** What a person may want to know of the prompt; kept in `studio.json`, not needed to resume. */
export type CheckpointNotes = Readonly<Record<string, string | number | null>>;

interface StudioJson {
  readonly format: 1;
  readonly step: number;
  readonly optimizerSteps: number;
  readonly data: string | null;
  readonly best: TuningState['best'] | null;
  readonly lastEvaluation: TuningState['lastEvaluation'] | null;
  readonly evaluationsSinceBest: number;
  readonly seconds: number;
  /** SHA-256 of the files that hold numbers. */
  readonly files: Readonly<Record<string, string>>;
  readonly notes: CheckpointNotes;
}

/** File name -> bytes of a checkpoint folder. The same state gives the same bytes. */
export function checkpointFiles(
  state: TuningState,
  model: AdapterModel,
  notes: CheckpointNotes = {},
): Record<string, Uint8Array> {
  const files = adapterFiles(state.prompt, model);
  if (state.optimizer) {
    const arrays = Object.entries(state.optimizer.arrays);
    files[optimizerFile] = encodeTensors(
      Object.fromEntries(arrays.map(([name, data]) => [name, { shape: [data.length], data }])),
    );
  }
  const hashed = [adapterWeightsFile, optimizerFile].filter((name) => files[name]);
  const studio: StudioJson = {
    format: 1,
    step: state.step,
    optimizerSteps: state.optimizer?.steps ?? 0,
    data: state.data ?? null,
    best: state.best ?? null,
    lastEvaluation: state.lastEvaluation ?? null,
    evaluationsSinceBest: state.evaluationsSinceBest,
    seconds: state.seconds,
    files: Object.fromEntries(hashed.map((name) => [name, sha256(files[name]!)])),
    notes,
  };
  files[studioFile] = Buffer.from(`${JSON.stringify(studio, undefined, 2)}\n`, 'utf8');
  return files;
}

/**
 * The state that {@link checkpointFiles} was given, bit for bit.
 * @param folder for messages.
 * @throws Error when a file is missing, damaged or of a later version.
 */
export function readCheckpoint(files: Readonly<Record<string, Uint8Array>>, folder: string): TuningState {
  const studio = parseStudio(requiredFile(files, studioFile, folder), `${folder}/${studioFile}`);
  for (const [name, hash] of Object.entries(studio.files)) {
    if (sha256(requiredFile(files, name, folder)) !== hash) {
      throw new Error(`${folder}/${name}: damaged, or changed since the checkpoint was written`);
    }
  }
  return {
    step: studio.step,
    prompt: readAdapter(files, folder).prompt,
    optimizer: files[optimizerFile] ? readOptimizer(files[optimizerFile], studio.optimizerSteps, folder) : undefined,
    data: studio.data ?? undefined,
    best: studio.best ?? undefined,
    lastEvaluation: studio.lastEvaluation ?? undefined,
    evaluationsSinceBest: studio.evaluationsSinceBest,
    seconds: studio.seconds,
  };
}

function readOptimizer(bytes: Uint8Array, steps: number, folder: string): OptimizerState {
  const name = `${folder}/${optimizerFile}`;
  const arrays = Object.entries(decodeTensors(bytes, name)).map(([moment, { data }]) => {
    if (!(data instanceof Float64Array)) throw new Error(`${name}: tensor "${moment}" is not F64`);
    return [moment, data] as const;
  });
  return { steps, arrays: Object.fromEntries(arrays) };
}

function parseStudio(bytes: Uint8Array, file: string): StudioJson {
  let studio: StudioJson | null;
  try {
    studio = JSON.parse(Buffer.from(bytes).toString('utf8')) as StudioJson | null;
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message})`, { cause: error });
  }
  // A file of another version may have any number here, whatever the type says.
  const format: unknown = studio?.format;
  if (format !== 1) throw new Error(`${file}: format ${JSON.stringify(format)} is not one this version can read`);
  return studio!;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
