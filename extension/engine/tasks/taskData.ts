import { basename } from 'node:path';
import type { Dataset, Doubt, Rejection } from '../datasets/dataset';
import { readDataset } from '../datasets/readers';
import type { Parts, SplitOptions } from '../datasets/splits';
import { limited, splitGiven } from '../datasets/splits';
import { spellingNotes, taskExamples } from './examples';
import type { Example, Task } from './task';
import { TaskError } from './task';

export interface TaskDataRequest {
  /** Absolute paths. Without `dev` or `test` that part is cut from the training file. */
  readonly files: { readonly train: string; readonly dev?: string | undefined; readonly test?: string | undefined };
  readonly split: SplitOptions;
  /** Most training examples; all without it. */
  readonly limit?: number | undefined;
  readonly task: Task;
  /** Named in what is said about rows whose label is unknown. */
  readonly experimentFile?: string | undefined;
}

export interface TaskData {
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly rows: number }[];
  readonly parts: Parts<Example>;
  /** Rows that the reader or the task could not use, by file and row. */
  readonly rejected: readonly Rejection[];
  /** Examples that are in no part, because a later part has the same text. */
  readonly leftOut: Parts<Example>;
  /** What the readers decided about single rows. */
  readonly doubts: readonly Doubt[];
  /** What the readers assumed and a person should know, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Reads the files of an experiment, makes examples of their rows, and cuts them into parts.
 * @throws DatasetError for a file that cannot be read, TaskError for a task that does not fit or a training part without an example.
 */
export async function readTaskData(request: TaskDataRequest): Promise<TaskData> {
  const { files, split, limit, task, experimentFile } = request;
  const read = async (file: string): Promise<ReadFile> => {
    const dataset = await readDataset(file);
    return { dataset, ...taskExamples(dataset, task, experimentFile) };
  };
  const train = await read(files.train);
  const dev = files.dev === undefined ? undefined : await read(files.dev);
  const test = files.test === undefined ? undefined : await read(files.test);
  const label = task.label && ((example: Example): string => example.label ?? '');
  const keys = { text: (example: Example): string => example.input, label };
  const cut = splitGiven({ train: train.examples, dev: dev?.examples, test: test?.examples }, keys, split);
  const chosen = limit === undefined ? cut.parts.train : limited(cut.parts.train, limit, label, split.seed);
  if (chosen.length === 0)
    throw new TaskError('the split leaves no example to learn from; give "train" a larger share');
  const all = [train, ...(dev ? [dev] : []), ...(test ? [test] : [])];
  return {
    files: all.map(({ dataset }) => ({ path: dataset.file, sha256: dataset.sha256, rows: dataset.rows.length })),
    parts: { ...cut.parts, train: chosen },
    rejected: all.flatMap(({ dataset, rejected }) => [...dataset.rejected, ...rejected]),
    leftOut: cut.leftOut,
    doubts: all.flatMap(({ dataset }) => dataset.doubts),
    notes: [
      ...all.flatMap(({ dataset }) => dataset.notes.map((note) => `${basename(dataset.file)}: ${note}.`)),
      ...spellingNotes(all.flatMap(({ examples }) => examples)),
    ],
  };
}
interface ReadFile {
  readonly dataset: Dataset;
  readonly examples: readonly Example[];
  readonly rejected: readonly Rejection[];
}
