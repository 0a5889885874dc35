import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationRecord, EvaluationRequest } from '../../../extension/protocol/evaluation';
import type { JobContext } from '../../../extension/trainer/jobs/context';
import { runJob } from '../../../extension/trainer/jobs/table';
import { quiet, tuned } from './quietJob';
import { root, tinyExperiment, type TinyExperiment } from './tinyExperiment';

/** Runs of the tiny experiment, and evaluations of them. */
export class TinyEvaluations {
  private constructor(
    private readonly tiny: TinyExperiment,
    /** Folders of two runs that differ in their seed. */
    readonly runs: readonly string[],
    /** Another domain, `other.csv`: other texts, and other names for columns and labels. */
    readonly other: string,
  ) {}

  static async make(): Promise<TinyEvaluations> {
    const tiny = await tinyExperiment();
    const { training } = JSON.parse(await readFile(tiny.file, 'utf8')) as { training: object };
    const runs: string[] = [];
    for (const seed of [1, 2]) runs.push(await tune(tiny, `seed-${seed}`, { training: { ...training, seed } }));
    const other = join(tiny.folder, 'other.csv');
    const rows = Array.from({ length: 40 }, (_, index) => `so ${index} it is,${index % 2 === 0 ? 'N' : 'Y'}`);
    await writeFile(other, ['sentence,class', ...rows, ''].join('\n'));
    return new TinyEvaluations(tiny, runs, other);
  }

  get runsFolder(): string {
    return this.tiny.runsFolder;
  }

  /** Data set of the runs. */
  get rows(): string {
    return this.file('rows.jsonl');
  }

  /** A path in the folder of the experiment. */
  file(name: string): string {
    return join(this.tiny.folder, name);
  }

  remove(): Promise<void> {
    return this.tiny.remove();
  }

  /** The folder of a run of the tiny experiment with some fields changed. */
  tune(name: string, changes: object): Promise<string> {
    return tune(this.tiny, name, changes);
  }

  /** Both runs on their own data, without a baseline. */
  request(changes: Partial<EvaluationRequest> = {}): EvaluationRequest {
    return {
      ...{ datasets: [{ file: this.rows }], prompts: [...this.runs], baseFolder: root },
      ...{ ensemble: false, baselines: [], shots: 2, fewShotSeeds: 2, method: 'rank', assignment: 'grid', seed: 0 },
      ...changes,
    };
  }

  /** @param resume folder of an evaluation to go on with. */
  evaluate(
    changes: Partial<EvaluationRequest> = {},
    context: Partial<JobContext> = {},
    resume?: string,
  ): Promise<{ readonly folder: string; readonly record: EvaluationRecord }> {
    const { runsFolder } = this;
    const job = { kind: 'evaluate', request: this.request(changes), runsFolder, executionProvider: 'cpu' } as const;
    return runJob({ ...job, ...(resume === undefined ? {} : { resume }) }, quiet(context));
  }
}

async function tune({ file, folder, runsFolder }: TinyExperiment, name: string, changes: object): Promise<string> {
  const changed = join(folder, `${name}.tune.json`);
  const experiment = JSON.parse(await readFile(file, 'utf8')) as object;
  await writeFile(changed, JSON.stringify({ ...experiment, ...changes }));
  return (await tuned(changed, runsFolder)).folder;
}
