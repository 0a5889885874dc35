import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The repository: unit tests run from its root. */
export const root = process.cwd();
export const bundledModel = resolve(root, 'media/model');
export const trainerEntry = resolve(root, 'dist/trainer.cjs');
export const cliEntry = resolve(root, 'dist/cli.cjs');
export const tinyModel = resolve(root, 'test/fixtures/models/llama-tied');

export interface TinyExperiment {
  readonly folder: string;
  readonly file: string;
  readonly runsFolder: string;
  remove(): Promise<void>;
}

/** A folder with 120 labelled rows and an experiment on a random-weight Llama of a few thousand parameters. */
export async function tinyExperiment(
  training: Readonly<Record<string, unknown>> = {},
  changes: Readonly<Record<string, unknown>> = {},
): Promise<TinyExperiment> {
  const folder = await mkdtemp(join(tmpdir(), 'tiny-'));
  const rows = Array.from({ length: 120 }, (_, index) => ({
    text: index % 2 === 0 ? `bad ${index}` : `good ${index} ok`,
    label: index % 2 === 0 ? 'no' : 'yes',
  }));
  await writeFile(join(folder, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const file = join(folder, 'tiny.tune.json');
  const experiment = {
    model: tinyModel,
    data: { train: 'rows.jsonl' },
    task: { template: '{text}:', label: { column: 'label', words: { no: 'n', yes: 'y' } } },
    prompt: { length: 4, topTokens: 50 },
    training: { preset: 'custom', steps: 12, batchSize: 8, evaluateEvery: 4, patience: 0, ...training },
    executionProvider: 'cpu',
    ...changes,
  };
  await writeFile(file, JSON.stringify(experiment, undefined, 2));
  return {
    folder,
    file,
    runsFolder: join(folder, '.prompt-runs'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Waits until `condition` gives something, looking again and again; the test's own time-out is the limit. */
export async function eventually<Value>(condition: () => Promise<Value | undefined>): Promise<Value> {
  for (;;) {
    const value = await condition();
    if (value !== undefined) return value;
    await new Promise((next) => setTimeout(next, 25));
  }
}
