import { readFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve } from 'node:path';
import { dataParts } from '../../engine/datasets/parts';
import { jsonText } from '../../engine/models/jsonText';
import { parseExperiment } from '../../protocol/parseExperiment';
import { resolveExperiment, type ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord } from '../../protocol/run';
import { TrainerFailure } from '../failure';

/** An experiment and the place that its relative paths start from. */
export interface ExperimentSource {
  readonly experiment: ResolvedExperiment;
  /** Absolute. */
  readonly file?: string;
  readonly baseFolder: string;
}

/**
 * Reads a `NAME.tune.json`.
 * @throws ExperimentError naming file, line and field; DatasetError for a folder of data without a training part; Error when the file
 * cannot be read.
 */
export async function readExperiment(path: string): Promise<ExperimentSource> {
  const file = resolve(path);
  const text = await readFile(file)
    .then(jsonText)
    .catch((error: unknown) => {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new Error(missing ? `${file}: there is no such file` : `${file}: ${(error as Error).message}`, {
        cause: error,
      });
    });
  const name = basename(file).replace(/(\.tune)?\.json$/i, '');
  const baseFolder = dirname(file);
  const experiment = resolveExperiment(parseExperiment(text, file), name);
  return { experiment: { ...experiment, data: await inParts(experiment.data, baseFolder) }, file, baseFolder };
}

/**
 * Names the parts of a data set that is a folder, or a file in parts; those that the experiment names itself stay.
 * @throws DatasetError for a folder without a training part.
 */
export async function inParts(
  data: ResolvedExperiment['data'],
  baseFolder: string,
): Promise<ResolvedExperiment['data']> {
  const found = await dataParts(resolve(baseFolder, data.train));
  if (!found) return data;
  const within = (path: string | undefined): string | undefined =>
    path === undefined || isAbsolute(data.train) ? path : relative(baseFolder, path).replaceAll('\\', '/');
  const { dev = within(found.dev), test = within(found.test) } = data;
  return {
    ...data,
    train: within(found.train)!,
    ...(dev !== undefined && { dev }),
    ...(test !== undefined && { test }),
  };
}

/**
 * The experiment that a run was started with, every default filled in.
 * @throws TrainerFailure for a run that was imported, which has none.
 */
export function recordedExperiment({ name, experiment }: RunRecord): ResolvedExperiment {
  if (experiment) return experiment as ResolvedExperiment;
  throw new TrainerFailure(
    'bad-experiment',
    `The prompt of "${name}" was imported, so its run says nothing of data or task. Name an experiment file.`,
  );
}
