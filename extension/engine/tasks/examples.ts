import { basename } from 'node:path';
import type { Dataset, Rejection, Row } from '../datasets/dataset';
import { cell } from '../datasets/dataset';
import { labelClasses } from './labels';
import type { Example, Task } from './task';
import { TaskError } from './task';
import { parseTemplate, render } from './template';

export interface TaskExamples {
  readonly examples: readonly Example[];
  /** Rows of the data set that the task cannot use; those that the reader rejected are not among them. */
  readonly rejected: readonly Rejection[];
}

/**
 * The rows of a data set as input and target texts.
 * @param experimentFile named where a row's label is not one of the task's.
 * @throws TaskError when a column does not exist or no row can be used.
 */
export function taskExamples(dataset: Dataset, task: Task, experimentFile?: string): TaskExamples {
  const template = parseTemplate(task.template);
  for (const column of template.columns) requireColumn(dataset, column, 'the template');
  const target = task.label ? labelTarget(dataset, task.label, experimentFile) : textTarget(dataset, task.target);
  const examples: Example[] = [];
  const rejected: Rejection[] = [];
  for (const row of dataset.rows) {
    const empty = template.columns.find((column) => (cell(row, column)?.trim() ?? '') === '');
    const found = empty === undefined ? target(row) : { reason: `column "${empty}" is empty` };
    if ('reason' in found) {
      rejected.push({ file: dataset.file, row: row.row, reason: found.reason });
      continue;
    }
    const values = Object.fromEntries(template.columns.map((column) => [column, cell(row, column)!.trim()]));
    examples.push({ file: dataset.file, row: row.row, values, input: render(template, values), ...found });
  }
  if (examples.length === 0) {
    const [first] = rejected;
    const reason = first ? `row ${first.row}: ${first.reason}` : 'it has no row';
    throw new TaskError(`no row of ${basename(dataset.file)} fits the task; the first problem is ${reason}`);
  }
  return { examples, rejected };
}

type Target = { readonly target: string; readonly label?: string } | { readonly reason: string };

function labelTarget(dataset: Dataset, label: NonNullable<Task['label']>, file?: string): (row: Row) => Target {
  requireColumn(dataset, label.column, 'the label');
  const words = new Map(labelClasses(label).flatMap((each) => each.values.map((value) => [value, each.words])));
  const known = [...words.keys()].map((value) => `"${value}"`).join(', ');
  const where = file === undefined ? 'of the task' : `in ${basename(file)}`;
  return (row) => {
    const value = cell(row, label.column)?.trim() ?? '';
    if (value === '') return { reason: `label column "${label.column}" is empty` };
    const target = words.get(value);
    if (target !== undefined) return { target, label: value };
    return {
      reason: `label "${value}" is not one of the labels ${known}. Correct the row, or add the label to "words" ${where}.`,
    };
  };
}

function textTarget(dataset: Dataset, column: string | undefined): (row: Row) => Target {
  if (column === undefined) throw new TaskError('the task has neither a label nor a target column; name one of them');
  requireColumn(dataset, column, 'the target');
  return (row) => {
    const target = cell(row, column)?.trim() ?? '';
    return target === '' ? { reason: `target column "${column}" is empty` } : { target };
  };
}

function requireColumn(dataset: Dataset, column: string, who: string): void {
  if (dataset.columns.includes(column)) return;
  const known = dataset.columns.map((each) => `"${each}"`).join(', ');
  throw new TaskError(
    `${who} names column "${column}", which ${basename(dataset.file)} does not have; it has ${known}`,
  );
}
