import { resolve } from 'node:path';
import { checkData, type DataCheck } from '../../engine/dataCheck/checkData';
import { scorableClasses } from '../../engine/evaluation/evaluate';
import type { ScorableClass } from '../../engine/evaluation/predictions';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { encodeExamples, tokenReport, type EncodedTaskExample } from '../../engine/tasks/encoding';
import { TaskError } from '../../engine/tasks/task';
import { readTaskData } from '../../engine/tasks/taskData';
import type { ResolvedExperiment } from '../../protocol/presets';
import type { RunRecord } from '../../protocol/run';

/** The data of an experiment, ready for the model. */
export interface Material {
  readonly train: readonly EncodedTaskExample[];
  readonly dev: readonly EncodedTaskExample[];
  readonly test: readonly EncodedTaskExample[];
  /** The classes of a classification, in the task's order; undefined for free text. */
  readonly classes: readonly ScorableClass[] | undefined;
  readonly facts: NonNullable<RunRecord['data']>;
  /** What a person should know of all this. */
  readonly check: DataCheck;
}

/**
 * Reads, splits, tokenizes and checks the data of an experiment.
 * @param onProgress told how far the check is, 0 to 1.
 * @throws DatasetError, TaskError with words for the person.
 */
export async function prepareMaterial(
  { data, task, prompt }: ResolvedExperiment,
  baseFolder: string,
  model: FrozenModel,
  experimentFile?: string,
  onProgress?: (share: number) => void,
): Promise<Material> {
  const place = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(baseFolder, path);
  const found = await readTaskData({
    files: { train: resolve(baseFolder, data.train), dev: place(data.dev), test: place(data.test) },
    split: data.split,
    limit: data.limit,
    task,
    experimentFile,
  });
  const infix = prompt.position === 'infix';
  const room = { promptLength: prompt.length, maxPositions: model.maxPositions, infix };
  const [train, dev, test] = (['train', 'dev', 'test'] as const).map((part) =>
    encodeExamples(found.parts[part], task, model, room),
  ) as [ReturnType<typeof encodeExamples>, ReturnType<typeof encodeExamples>, ReturnType<typeof encodeExamples>];
  if (dev.examples.length === 0) {
    throw new TaskError(
      'the dev split has no rows, so no checkpoint could be chosen; raise "data.split.dev" or name a file in "data.dev"',
    );
  }
  const rejected = [...found.rejected, ...train.rejected, ...dev.rejected, ...test.rejected];
  const all = [...train.examples, ...dev.examples, ...test.examples];
  return {
    train: train.examples,
    dev: dev.examples,
    test: test.examples,
    classes: scorableClasses(task, model),
    facts: {
      files: [...found.files],
      rows: { train: train.examples.length, dev: dev.examples.length, test: test.examples.length },
      rejected: rejected.length,
      ...tokenReport(all),
    },
    check: checkData(
      {
        ...{ task, rejected, leftOut: found.leftOut, notes: found.notes, doubts: found.doubts },
        parts: { train: train.examples, dev: dev.examples, test: test.examples },
        ...{ encoder: model, specialTokens: model.specialTokens, room },
      },
      onProgress,
    ),
  };
}
