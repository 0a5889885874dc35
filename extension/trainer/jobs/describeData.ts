import { summarizeColumns } from '../../engine/datasets/columns';
import { type Dataset, rejectionText } from '../../engine/datasets/dataset';
import { openDataset, readHead } from '../../engine/datasets/readers';
import { fitTask, type FittedTask } from '../../engine/tasks/fitTask';
import { guessTasks } from '../../engine/tasks/guess';
import { type Task, TaskError } from '../../engine/tasks/task';
import type { DataDescription, DescribeDataJob } from '../../protocol/trainer';
import { attempt } from './context';
import { plainTask } from './plainTask';

/** Reads a data set, of a large one its beginning, and guesses how it can be a task. */
export async function describeData({ file, like }: DescribeDataJob): Promise<DataDescription> {
  const dataset = await attempt('bad-data', async () => readHead(await openDataset(file)));
  const fitted = like && fittedOrWhyNot(like, dataset);
  const guesses = guessTasks(dataset);
  return {
    file,
    rows: dataset.rows.length,
    ...(dataset.whole ? {} : { more: true }),
    columns: summarizeColumns(dataset).map(({ name, examples, distinct, counts, medianCharacters }) => ({
      name,
      examples,
      distinct,
      ...(counts ? { values: [...counts.keys()] } : {}),
      medianCharacters,
    })),
    rejected: dataset.rejected.slice(0, 100).map(rejectionText),
    rejectedCount: dataset.rejected.length,
    guesses: [...(fitted?.task ? [fitted.task] : []), ...guesses].map(plainTask),
    ...(fitted ? { assumptions: fitted.assumptions } : {}),
  };
}

function fittedOrWhyNot(like: Task, dataset: Dataset): Partial<FittedTask> & Pick<FittedTask, 'assumptions'> {
  try {
    return fitTask(like, dataset);
  } catch (error) {
    if (error instanceof TaskError) return { assumptions: [error.message] };
    throw error;
  }
}
