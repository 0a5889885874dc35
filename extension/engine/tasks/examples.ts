import { basename } from 'node:path';
import type { Dataset, Rejection, Row } from '../datasets/dataset';
import { cell } from '../datasets/dataset';
import { labelClasses, labelFinder } from './labels';
import type { Example, Task } from './task';
import { TaskError } from './task';
import { parseTemplate, render } from './template';

export interface TaskExamples {
  readonly examples: readonly Example[];
  /** Rows of the data set that the task cannot use; those that the reader rejected are not among them. */
  readonly rejected: readonly Rejection[];
}

/** What has to be known of a data set to make examples of its rows. */
type Source = Pick<Dataset, 'file' | 'columns'>;

/**
 * How a row becomes an example, or why it cannot.
 * @param experimentFile named where a row's label is not one of the task's.
 * @throws TaskError when a column does not exist.
 */
export function exampleOf(source: Source, task: Task, experimentFile?: string): (row: Row) => Example | Rejection {
  const template = parseTemplate(task.template);
  for (const column of template.columns) requireColumn(source, column, 'the template');
  const target = task.label ? labelTarget(source, task.label, experimentFile) : textTarget(source, task.target);
  const { file } = source;
  const read = [...template.columns, task.label?.column ?? task.target!];
  return (row) => {
    const fault = row.faults && read.map((column) => row.faults![column]).find((each) => each !== undefined);
    if (fault !== undefined) return { file, row: row.row, reason: fault };
    const empty = template.columns.find((column) => (cell(row, column)?.trim() ?? '') === '');
    const found = empty === undefined ? target(row) : { reason: `column "${empty}" is empty` };
    if ('reason' in found) return { file, row: row.row, reason: found.reason };
    const values = Object.fromEntries(template.columns.map((column) => [column, cell(row, column)!.trim()]));
    return { file, row: row.row, values, input: render(template, values), ...found };
  };
}

/**
 * The rows of a data set as input and target texts.
 * @param experimentFile as for {@link exampleOf}.
 * @throws TaskError when a column does not exist or no row can be used.
 */
export function taskExamples(dataset: Dataset, task: Task, experimentFile?: string): TaskExamples {
  const read = exampleOf(dataset, task, experimentFile);
  const examples: Example[] = [];
  const rejected: Rejection[] = [];
  for (const row of dataset.rows) {
    const found = read(row);
    if ('reason' in found) rejected.push(found);
    else examples.push(found);
  }
  if (examples.length === 0) throw noExample(dataset.file, rejected[0]);
  return { examples, rejected };
}

/** Says which labels are read although the file spells them otherwise than the task; empty where none is. */
export function spellingNotes(examples: readonly Example[]): string[] {
  const files = new Map<string, Map<string, number>>();
  for (const { file, label, spelledLabel } of examples) {
    if (spelledLabel === undefined) continue;
    const spellings = files.get(file) ?? new Map<string, number>();
    const spelling = `"${spelledLabel}" as "${label!}"`;
    files.set(file, spellings.set(spelling, (spellings.get(spelling) ?? 0) + 1));
  }
  return [...files].map(([file, spellings]) => {
    const each = [...spellings].map(([spelling, rows]) => `${spelling} (${rows === 1 ? '1 row' : `${rows} rows`})`);
    return `${basename(file)}: labels that are spelled otherwise than in the task are read as the same: ${each.join(', ')}.`;
  });
}

/** @param first of the rows that cannot be used. */
export function noExample(file: string, first: Rejection | undefined): TaskError {
  const reason = first ? `row ${first.row}: ${first.reason}` : 'it has no row';
  return new TaskError(`no row of ${basename(file)} fits the task; the first problem is ${reason}`);
}

type Target = Pick<Example, 'target' | 'label' | 'spelledLabel'> | { readonly reason: string };

function labelTarget(source: Source, label: NonNullable<Task['label']>, file?: string): (row: Row) => Target {
  requireColumn(source, label.column, 'the label');
  const find = labelFinder(label);
  const known = labelClasses(label)
    .flatMap(({ values }) => values.map((value) => `"${value}"`))
    .join(', ');
  const where = file === undefined ? 'of the task' : `in ${basename(file)}`;
  return (row) => {
    const value = cell(row, label.column)?.trim() ?? '';
    if (value === '') return { reason: `label column "${label.column}" is empty` };
    const found = find(value);
    if (found) {
      return { target: found.words, label: found.value, ...(found.value !== value && { spelledLabel: value }) };
    }
    return {
      reason: `label "${value}" is not one of the labels ${known}. Correct the row, or add the label to "words" ${where}.`,
    };
  };
}

function textTarget(source: Source, column: string | undefined): (row: Row) => Target {
  if (column === undefined) throw new TaskError('the task has neither a label nor a target column; name one of them');
  requireColumn(source, column, 'the target');
  return (row) => {
    const target = cell(row, column)?.trim() ?? '';
    return target === '' ? { reason: `target column "${column}" is empty` } : { target };
  };
}

function requireColumn({ file, columns }: Source, column: string, who: string): void {
  if (columns.includes(column)) return;
  const known = columns.map((each) => `"${each}"`).join(', ');
  throw new TaskError(`${who} names column "${column}", which ${basename(file)} does not have; it has ${known}`);
}
