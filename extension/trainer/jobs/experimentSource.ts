import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { parseExperiment } from '../../protocol/parseExperiment';
import { resolveExperiment, type ResolvedExperiment } from '../../protocol/presets';

/** An experiment and the place that its relative paths start from. */
export interface ExperimentSource {
  readonly experiment: ResolvedExperiment;
  /** Absolute. */
  readonly file?: string;
  readonly baseFolder: string;
}

/**
 * Reads a `NAME.tune.json`.
 * @throws ExperimentError naming file, line and field; Error when the file cannot be read.
 */
export async function readExperiment(path: string): Promise<ExperimentSource> {
  const file = resolve(path);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new Error(missing ? `${file}: there is no such file` : `${file}: ${String(error)}`, { cause: error });
  });
  const name = basename(file).replace(/(\.tune)?\.json$/i, '');
  return { experiment: resolveExperiment(parseExperiment(text, file), name), file, baseFolder: dirname(file) };
}
