import { basename } from 'node:path';
import type { Dataset } from '../datasets/dataset';
import type { Task } from './task';
import { TaskError } from './task';
import { parseTemplate, type Template } from './template';

/** Something that makes a task useless, whatever its data and its model are. */
export interface TaskProblem {
  /** Field of the task, as a path of names. */
  readonly field: readonly string[];
  /** The piece of that field's text to point at. */
  readonly within?: string;
  /** What is wrong and what to do, without a capital at its beginning. */
  readonly message: string;
}

/**
 * Everything that is wrong with a task by itself: the grammar of its template, the answer inside the input, labels that have
 * no words or the words of another one. Pure; the editor's questions and diagnostics, the command line and the run all ask it.
 */
export function taskProblems(task: Task): TaskProblem[] {
  const template = parsed(task.template);
  if ('message' in template) return [template, ...wordProblems(task)];
  return [...answerProblems(task, template), ...wordProblems(task)];
}

/** The columns that a task names and a data set does not have. */
export function columnProblems(task: Task, { file, columns }: Pick<Dataset, 'file' | 'columns'>): TaskProblem[] {
  const template = parsed(task.template);
  const known = `${basename(file)} does not have; it has ${columns.map((each) => `"${each}"`).join(', ')}`;
  const named = [
    ...('message' in template
      ? []
      : template.columns.map((column) => ({ column, field: ['template'], within: column, who: 'the template' }))),
    ...(task.label ? [{ column: task.label.column, field: ['label', 'column'], who: 'the label' }] : []),
    ...(task.target === undefined ? [] : [{ column: task.target, field: ['target'], who: 'the target' }]),
  ];
  return named
    .filter(({ column }) => !columns.includes(column))
    .map(({ column, who, ...place }) => ({ ...place, message: `${who} names column "${column}", which ${known}` }));
}

function parsed(template: string): Template | TaskProblem {
  try {
    return parseTemplate(template);
  } catch (error) {
    if (error instanceof TaskError) return { field: ['template'], message: error.message };
    throw error;
  }
}

/** A template that holds the answer gives 100 % and proves nothing. */
function answerProblems(task: Task, { columns }: Template): TaskProblem[] {
  const answer = task.label?.column ?? task.target;
  if (answer === undefined || !columns.includes(answer)) return [];
  const what = task.label ? 'label' : 'target';
  return [
    {
      field: ['template'],
      within: answer,
      message: `the template holds the ${what} column "${answer}", so the model would read the answer it is to give; take {${answer}} out of it`,
    },
  ];
}

function wordProblems({ label }: Task): TaskProblem[] {
  if (!label) return [];
  const problems: TaskProblem[] = [];
  const values = new Map<string, string[]>();
  for (const [value, given] of Object.entries(label.words)) {
    const words = given.trim();
    const field = ['label', 'words', value];
    const others = values.get(words) ?? [];
    values.set(words, [...others, value]);
    if (words === '') {
      problems.push({ field, message: `the label "${value}" has no words; give the text that stands for it` });
    } else if (!label.merge && others.length > 0 && !others.some((other) => sameSpelling(value, other))) {
      const message =
        `the labels "${others[0]!}" and "${value}" have the same words "${words}", so they cannot be told apart; ` +
        'give one of them other words, or set "merge" to true in "label" to make one class of them';
      problems.push({ field, message });
    }
  }
  if (values.size < 2 && problems.length === 0) {
    const message = `a classification needs at least two different label words, not ${values.size}`;
    problems.push({ field: ['label', 'words'], message });
  }
  return problems;
}

/** Whether two values are one label written in two ways, such as 1 and 1.0, or true and True. */
function sameSpelling(one: string, other: string): boolean {
  const [a, b] = [one.trim().toLowerCase(), other.trim().toLowerCase()];
  return a === b || (a !== '' && b !== '' && Number(a) === Number(b));
}
