import { summarizeColumns } from '../../engine/datasets/columns';
import { type Dataset, rejectionText } from '../../engine/datasets/dataset';
import { readDataset } from '../../engine/datasets/readers';
import { fitTask, type FittedTask } from '../../engine/tasks/fitTask';
import { guessTasks } from '../../engine/tasks/guess';
import { type Task, TaskError } from '../../engine/tasks/task';
import type { DataDescription, DescribeDataJob } from '../../protocol/trainer';
import { attempt } from './context';

/** Reads a data set and guesses how it can be a task. */
export async function describeData({ file, like }: DescribeDataJob): Promise<DataDescription> {
  const dataset = await attempt('bad-data', () => readDataset(file));
  const fitted = like && fittedOrWhyNot(like, dataset);
  const guesses = guessTasks(dataset);
  return {
    file,
    rows: dataset.rows.length,
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

/** Without undefined fields, which JSON and the protocol do not have. */
function plainTask(task: ReturnType<typeof guessTasks>[number]): DataDescription['guesses'][number] {
  return {
    template: task.template,
    ...(task.label ? { label: { column: task.label.column, words: { ...task.label.words } } } : {}),
    ...(task.target === undefined ? {} : { target: task.target }),
    ...(task.maxTokens === undefined ? {} : { maxTokens: task.maxTokens }),
  };
}
