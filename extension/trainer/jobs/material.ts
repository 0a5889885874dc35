import { resolve } from 'node:path';
import { rejectionText, type Dataset } from '../../engine/datasets/dataset';
import { readDataset } from '../../engine/datasets/readers';
import { limited, splitGiven } from '../../engine/datasets/splits';
import { scorableClasses } from '../../engine/evaluation/evaluate';
import type { ScorableClass } from '../../engine/evaluation/predictions';
import type { FrozenModel } from '../../engine/models/frozenModel';
import { encodeExamples, tokenReport, type EncodedTaskExample } from '../../engine/tasks/encoding';
import { taskExamples } from '../../engine/tasks/examples';
import { labelClasses, labelProblems } from '../../engine/tasks/labels';
import { type Example, TaskError } from '../../engine/tasks/task';
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
  /** What a person should know: rejected rows, how a file was read, label words that are hard to tell apart. */
  readonly remarks: readonly string[];
}

/**
 * Reads, splits and tokenizes the data of an experiment.
 * @throws DatasetError, TaskError with words for the person.
 */
export async function prepareMaterial(
  { data, task, prompt }: ResolvedExperiment,
  baseFolder: string,
  model: FrozenModel,
  experimentFile?: string,
): Promise<Material> {
  const remarks: string[] = [];
  const datasets: { readonly dataset: Dataset; readonly rows: number }[] = [];
  let rejectedCount = 0;
  const load = async (path: string): Promise<readonly Example[]> => {
    const dataset = await readDataset(resolve(baseFolder, path));
    const { examples, rejected } = taskExamples(dataset, task, experimentFile);
    const all = [...dataset.rejected, ...rejected];
    rejectedCount += all.length;
    remarks.push(...dataset.notes.map((note) => `${path}: ${note}`), ...all.map(rejectionText));
    datasets.push({ dataset, rows: examples.length });
    return examples;
  };
  const given = {
    train: await load(data.train),
    dev: data.dev === undefined ? undefined : await load(data.dev),
    test: data.test === undefined ? undefined : await load(data.test),
  };
  const label = task.label ? (example: Example): string => example.label ?? '' : undefined;
  const { parts, leftOut } = splitGiven(given, { text: (example) => example.input, label }, data.split);
  const seenLater = leftOut.train.length + leftOut.dev.length;
  if (seenLater > 0) remarks.push(`${seenLater} rows are left out because a later split has the same text`);
  const trainRows = data.limit === undefined ? parts.train : limited(parts.train, data.limit, label, data.split.seed);

  const room = { promptLength: prompt.length, maxPositions: model.maxPositions };
  const encode = (examples: readonly Example[]): readonly EncodedTaskExample[] => {
    const encoded = encodeExamples(examples, task, model, room);
    rejectedCount += encoded.rejected.length;
    remarks.push(...encoded.rejected.map(rejectionText));
    return encoded.examples;
  };
  const [train, dev, test] = [encode(trainRows), encode(parts.dev), encode(parts.test)];
  if (train.length === 0)
    throw new TaskError(`${data.train}: the training split has no rows; raise "data.split.train"`);
  if (dev.length === 0) {
    throw new TaskError(
      'the dev split has no rows, so no checkpoint could be chosen; raise "data.split.dev" or name a file in "data.dev"',
    );
  }

  if (task.label) remarks.push(...labelProblems(labelClasses(task.label), model));
  return {
    train,
    dev,
    test,
    classes: scorableClasses(task, model),
    facts: {
      files: datasets.map(({ dataset, rows }) => ({ path: dataset.file, sha256: dataset.sha256, rows })),
      rows: { train: train.length, dev: dev.length, test: test.length },
      rejected: rejectedCount,
      ...tokenReport([...train, ...dev, ...test]),
    },
    remarks,
  };
}
