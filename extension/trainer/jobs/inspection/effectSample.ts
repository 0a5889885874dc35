import { extname, resolve } from 'node:path';
import { sample, seededRandom } from '../../../engine/datasets/random';
import { trainingFile } from '../../../engine/datasets/parts';
import { readDataset } from '../../../engine/datasets/readers';
import { scorableClasses } from '../../../engine/evaluation/evaluate';
import type { ScorableClass } from '../../../engine/evaluation/predictions';
import type { FrozenModel } from '../../../engine/models/frozenModel';
import { encodeExamples, type EncodedTaskExample } from '../../../engine/tasks/encoding';
import { taskExamples } from '../../../engine/tasks/examples';
import type { ResolvedExperiment } from '../../../protocol/presets';
import type { TokenEffectsJob } from '../../../protocol/trainer';
import { TrainerFailure } from '../../failure';
import { readExperiment, recordedExperiment } from '../experimentSource';
import { prepareMaterial } from '../material';
import type { PromptSource } from '../promptSource';

/** Rows that effects are measured on. */
export interface EffectSample {
  readonly examples: readonly EncodedTaskExample[];
  readonly classes: readonly ScorableClass[] | undefined;
  /** Rows there were to choose from. */
  readonly rowsOf: number;
  readonly metric: ResolvedExperiment['training']['metric'];
  readonly microBatchTokens: number;
}

const defaultRows = 64;

/**
 * Draws rows at random: from the dev split of the prompt's run or of an experiment file, or from all rows of a data set file with the columns of
 * the run's task.
 * @throws TrainerFailure where it is not said what the task is; DatasetError, TaskError with words for the person.
 */
export async function effectSample(
  { stored, run }: PromptSource,
  job: TokenEffectsJob,
  model: FrozenModel,
): Promise<EffectSample> {
  const file = job.dataset === undefined ? undefined : resolve(job.baseFolder, job.dataset);
  const isExperiment = file !== undefined && extname(file).toLowerCase() === '.json';
  if (!run && !isExperiment)
    throw new TrainerFailure(
      'bad-experiment',
      `${stored.path} is not a run's, so nothing says what its task is. Name an experiment file (.tune.json) for the effects.`,
    );
  const { experiment, baseFolder } = isExperiment
    ? await readExperiment(file)
    : { experiment: recordedExperiment(run!.record), baseFolder: run!.record.baseFolder };
  const { length, learnedOn } = stored;
  const position = learnedOn?.position ?? 'prefix';
  const rows =
    file === undefined || isExperiment
      ? (
          await prepareMaterial(
            { ...experiment, prompt: { ...experiment.prompt, length, position } },
            baseFolder,
            model,
          )
        ).dev
      : encodeExamples(
          taskExamples(await readDataset(await trainingFile(file)), experiment.task).examples,
          experiment.task,
          model,
          {
            promptLength: length,
            maxPositions: model.maxPositions,
            infix: position === 'infix',
          },
        ).examples;
  if (rows.length === 0) throw new TrainerFailure('bad-data', `${file}: has no row that fits the run's task.`);
  const { seed = 0, sampleSize = defaultRows } = job;
  const drawn = sample(rows.length, Math.min(sampleSize, rows.length), seededRandom(seed, 'effect sample'));
  const { metric, microBatchTokens } = experiment.training;
  return {
    examples: drawn.map((index) => rows[index]!),
    classes: scorableClasses(experiment.task, model),
    rowsOf: rows.length,
    metric,
    microBatchTokens,
  };
}
