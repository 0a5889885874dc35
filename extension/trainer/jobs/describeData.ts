import { summarizeColumns } from '../../engine/datasets/columns';
import { rejectionText } from '../../engine/datasets/dataset';
import { readDataset } from '../../engine/datasets/readers';
import { guessTasks } from '../../engine/tasks/guess';
import type { DataDescription, DescribeDataJob } from '../../protocol/trainer';
import { attempt } from './context';

/** Reads a data set and guesses how it can be a task. */
export async function describeData({ file }: DescribeDataJob): Promise<DataDescription> {
  const dataset = await attempt('bad-data', () => readDataset(file));
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
    guesses: guessTasks(dataset).map(plainTask),
  };
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
