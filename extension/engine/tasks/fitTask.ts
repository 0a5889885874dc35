import { basename } from 'node:path';
import { summarizeColumns } from '../datasets/columns';
import type { Dataset } from '../datasets/dataset';
import { guessTasks } from './guess';
import { labelKey } from './labels';
import { type LabelColumn, type Task, TaskError } from './task';
import { parseTemplate } from './template';

export interface FittedTask {
  readonly task: Task;
  /** What was assumed, in sentences; empty where the task fits as it is. */
  readonly assumptions: readonly string[];
}

/**
 * A task that was made for other data, fitted to this data set: the template keeps its words and gets this file's columns, and the
 * label words are written anew where this file calls its labels something else, so that a prompt can be tried on another domain
 * (Lester et al. 2021, section 5).
 *
 * @throws TaskError saying which column is missing and which ones there are.
 */
export function fitTask(task: Task, dataset: Dataset): FittedTask {
  const assumptions: string[] = [];
  const guess = guessTasks(dataset).find((each) => (each.label === undefined) === (task.label === undefined));
  const template = fittedTemplate(task, guess, dataset, assumptions);
  if (!task.label) {
    const target = dataset.columns.includes(task.target!) ? task.target! : guess?.target;
    if (target === undefined) throw missing(dataset, task.target!);
    if (target !== task.target) assumptions.push(`"${target}" is taken for the target "${task.target}".`);
    return { task: { ...task, template, target }, assumptions };
  }
  const label = fittedLabel(task.label, guess?.label, dataset, assumptions);
  return { task: { ...task, template, label }, assumptions };
}

function fittedTemplate(task: Task, guess: Task | undefined, dataset: Dataset, assumptions: string[]): string {
  const { pieces, columns } = parseTemplate(task.template);
  const absent = columns.filter((column) => !dataset.columns.includes(column));
  if (absent.length === 0) return task.template;
  const others = guess ? parseTemplate(guess.template).columns : [];
  // Columns can be told apart by their place only where as many texts are wanted as there are.
  if (others.length !== columns.length) throw missing(dataset, absent[0]!);
  const renamed = new Map(columns.map((column, index) => [column, others[index]!]));
  for (const column of absent) assumptions.push(`"${renamed.get(column)!}" is taken for the column "${column}".`);
  const escaped = (text: string): string => text.replace(/[{}]/g, '$&$&');
  return pieces
    .map((piece) => (typeof piece === 'string' ? escaped(piece) : `{${renamed.get(piece.column)!}}`))
    .join('');
}

function fittedLabel(
  label: LabelColumn,
  guess: LabelColumn | undefined,
  dataset: Dataset,
  assumptions: string[],
): LabelColumn {
  const column = dataset.columns.includes(label.column) ? label.column : guess?.column;
  if (column === undefined) throw missing(dataset, label.column);
  if (column !== label.column) assumptions.push(`"${column}" is taken for the label column "${label.column}".`);
  const values = summarizeColumns(dataset).find(({ name }) => name === column)?.counts;
  const known = new Set(Object.keys(label.words).map(labelKey));
  const unknown = [...(values?.keys() ?? [])].filter((value) => !known.has(labelKey(value)));
  if (!values || unknown.length < values.size || guess?.column !== column) return { ...label, column };
  // Not one value is known: another file's way of writing its labels, or other labels altogether.
  const words = Object.fromEntries(
    Object.entries(guess.words).map(([value, ownWords]) => [value, sameWords(value, ownWords, label.words)]),
  );
  const said = Object.entries(words).map(([value, each]) => `"${value}" as "${each}"`);
  assumptions.push(`The labels of "${column}" are read as the label words of this file: ${said.join(', ')}.`);
  return { ...label, column, words };
}

/** The task's own words where this value, or what it means, is one of them whatever its case. */
function sameWords(value: string, ownWords: string, words: Readonly<Record<string, string>>): string {
  const all = Object.values(words);
  const found = [value, ownWords].map((each) => all.find((known) => known.toLowerCase() === each.toLowerCase()));
  return found.find((each) => each !== undefined) ?? ownWords;
}

function missing(dataset: Dataset, column: string): TaskError {
  return new TaskError(
    `${basename(dataset.file)} has no column "${column}" and none that could stand for it; its columns are ` +
      `${dataset.columns.map((each) => `"${each}"`).join(', ')}. Name the columns of this file in a task.`,
  );
}
