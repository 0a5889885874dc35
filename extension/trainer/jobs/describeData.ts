import { summarizeColumns } from '../../engine/datasets/columns';
import { RejectionTally } from '../../engine/dataCheck/rejectionTally';
import type { Dataset } from '../../engine/datasets/dataset';
import { trainingFile } from '../../engine/datasets/parts';
import { openDataset, readHead } from '../../engine/datasets/readers';
import { fitTask, type FittedTask } from '../../engine/tasks/fitTask';
import { guessTasks } from '../../engine/tasks/guess';
import { type Task, TaskError } from '../../engine/tasks/task';
import { findingText } from '../../protocol/dataCheck';
import type { DataDescription, DescribeDataJob } from '../../protocol/trainer';
import { attempt } from './context';
import { plainTask } from './plainTask';

/** Reads a data set, of a large one its beginning, and guesses how it can be a task. */
export async function describeData({ file, like }: DescribeDataJob): Promise<DataDescription> {
  const dataset = await attempt('bad-data', async () => readHead(await openDataset(await trainingFile(file))));
  const fitted = like && fittedOrWhyNot(like, dataset);
  const guesses = guessTasks(dataset);
  const tally = new RejectionTally();
  for (const each of dataset.rejected) tally.add(each);
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
    rejected: tally.findings(dataset.rows.length + dataset.rejected.length).map((each) => findingText(each)),
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
