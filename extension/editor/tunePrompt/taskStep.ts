import * as vscode from 'vscode';
import { columnProblems, taskProblems } from '../../engine/tasks/taskProblems';
import type { Task } from '../../protocol/experiment';
import type { DataDescription } from '../../protocol/trainer';
import { type Answer, type Choice, type Step, ask, back, choose } from '../platform/questions';
import type { TrainerHost } from '../training/trainerHost';
import type { Answers } from './answers';

/** What this step needs of the answers, and what it answers. */
export type TaskAnswers = Pick<Answers, 'dataSet' | 'description' | 'task'>;

/** A task as it is; a piece of it to change; or a remark on the file, which answers nothing. */
type Choosable = { readonly use: Task } | { readonly change: Piece } | 'remark';
type Piece = 'template' | 'labelColumn' | 'labelWords' | 'target';
type Place = Parameters<Step<TaskAnswers>>[1];

/**
 * Asks how a row becomes an input text and what is to be predicted: as guessed, or changed piece by piece.
 *
 * @param like the task of a prompt that is to be tried on this data set; fitted to it, it is the first guess.
 */
export function taskStep(host: TrainerHost, like?: Task): Step<TaskAnswers> {
  return async (answers, place) => {
    for (;;) {
      const reading = answers.description
        ? undefined
        : host.start<'describe-data'>({ kind: 'describe-data', file: answers.dataSet!, ...(like ? { like } : {}) });
      const chosen = await choose<Choosable>({
        ...place,
        placeholder: vscode.l10n.t('Task: what the model reads, and what it is to answer'),
        choices: (async () => {
          const description = answers.description ?? (await reading!.result);
          answers.description = description;
          const task = answers.task ?? description.guesses[0];
          if (task) answers.task = task;
          return taskChoices(description, task);
        })(),
      });
      // The person may have left while the file was still being read.
      if (!answers.description) reading?.kill();
      if (chosen === undefined || chosen === back) return chosen;
      if (chosen === 'remark') continue;
      if ('use' in chosen) {
        // Shown above the choices; the person changes the piece that is wrong.
        if (taskProblems(chosen.use).length > 0) {
          answers.task = chosen.use;
          continue;
        }
        answers.task = chosen.use;
        return true;
      }
      const changed = await changes[chosen.change](answers.description!, answers.task, place);
      if (changed === undefined) return undefined;
      if (changed !== back) answers.task = changed;
    }
  };
}

function taskChoices(description: DataDescription, task: Task | undefined): Choice<Choosable>[] {
  const others = description.guesses.filter((guess) => JSON.stringify(guess) !== JSON.stringify(task));
  const { rows, more, rejected, rejectedCount, assumptions = [] } = description;
  return [
    {
      label: more
        ? vscode.l10n.t('More than {0} rows; columns and labels are those of the first ones', rows)
        : vscode.l10n.t('{0} rows', rows),
    },
    ...(task ? [useChoice(description, task, '$(check) ')] : []),
    ...others.map((guess) => useChoice(description, guess, '')),
    ...(task ? taskProblems(task) : []).map(({ message }): Choice<Choosable> => ({
      label: `$(error) ${message}`,
      value: 'remark',
    })),
    ...assumptions.map((text): Choice<Choosable> => ({ label: `$(info) ${text}`, value: 'remark' })),
    { label: vscode.l10n.t('Change') },
    {
      label: `$(edit) ${vscode.l10n.t('Template...')}`,
      description: task?.template ?? '',
      value: { change: 'template' },
    },
    {
      label: `$(symbol-enum) ${vscode.l10n.t('Label column...')}`,
      description: task?.label?.column ?? '',
      value: { change: 'labelColumn' },
    },
    ...(task?.label
      ? [
          {
            label: `$(tag) ${vscode.l10n.t('Label words...')}`,
            description: wordsText(task),
            value: { change: 'labelWords' } as const,
          },
        ]
      : []),
    {
      label: `$(symbol-string) ${vscode.l10n.t('Free text instead of labels...')}`,
      description: task?.target ?? '',
      value: { change: 'target' },
    },
    ...(rejectedCount > 0 ? [{ label: vscode.l10n.t('{0} rows are left out', rejectedCount) }] : []),
    ...rejected.slice(0, 5).map((reason): Choice<Choosable> => ({ label: `$(warning) ${reason}`, value: 'remark' })),
  ];
}

function useChoice(description: DataDescription, task: Task, mark: string): Choice<Choosable> {
  return {
    label: `${mark}${task.template}`,
    description: task.label ? `${task.label.column}: ${wordsText(task)}` : `→ {${task.target ?? ''}}`,
    detail: exampleText(description, task),
    value: { use: task },
  };
}

function wordsText({ label }: Task): string {
  return Object.values(label?.words ?? {}).join(', ');
}

/** The template with the columns' first values in it. */
function exampleText({ columns }: DataDescription, { template }: Task): string {
  const values = new Map(columns.map(({ name, examples }) => [name, examples[0] ?? '']));
  return template.replace(/(?<!\{)\{\s*([^{}]+?)\s*\}(?!\})/g, (whole, name: string) => values.get(name) ?? whole);
}

type Change = (description: DataDescription, task: Task | undefined, place: Place) => Promise<Answer<Task>>;

const changes: Readonly<Record<Piece, Change>> = {
  template: async (description, task, place) => {
    const names = description.columns.map(({ name }) => name);
    const template = await ask({
      ...place,
      prompt: vscode.l10n.t('What the model reads. Columns: {0}', names.map((name) => `{${name}}`).join(' ')),
      value:
        task?.template ??
        names
          .slice(0, 1)
          .map((name) => `${name}: {${name}}`)
          .join(''),
      problem: (value) => templateProblem(value, names, task),
    });
    if (typeof template !== 'string') return template;
    return { ...(task ?? { target: names.at(-1)! }), template };
  },

  labelColumn: async (description, task, place) => {
    const column = await choose<string>({
      ...place,
      placeholder: vscode.l10n.t('Column that holds the label'),
      choices: description.columns
        .filter(({ values }) => values && values.length > 1)
        .map(({ name, values }) => ({
          label: name,
          description: vscode.l10n.t('{0} labels: {1}', values!.length, values!.slice(0, 10).join(', ')),
          value: name,
        })),
      active: (name) => name === task?.label?.column,
    });
    if (typeof column !== 'string') return column;
    const guess = description.guesses.find(({ label }) => label?.column === column);
    if (guess) return guess;
    const values = description.columns.find(({ name }) => name === column)?.values ?? [];
    return {
      ...inputOf(task, description, column),
      label: { column, words: Object.fromEntries(values.map((value) => [value, value])) },
    };
  },

  labelWords: async (_, task, place) => {
    const label = task?.label;
    if (!label) return back;
    const words = { ...label.words };
    for (;;) {
      const value = await choose<{ readonly value?: string }>({
        ...place,
        placeholder: vscode.l10n.t('Words that the model is to answer for each label'),
        choices: [
          { label: `$(check) ${vscode.l10n.t('Done')}`, value: {} },
          ...Object.entries(words).map(([each, word]) => ({
            label: each,
            description: `→ ${word}`,
            value: { value: each },
          })),
        ],
      });
      if (value === undefined || value === back) return value;
      const { value: labelValue } = value;
      if (labelValue === undefined) return { ...task, label: { ...label, words } };
      const word = await ask({
        ...place,
        prompt: vscode.l10n.t('Words for the label "{0}"', labelValue),
        value: words[labelValue] ?? labelValue,
        problem: (text) => wordsProblem(text, labelValue, words),
      });
      if (word === undefined) return undefined;
      if (word !== back) words[labelValue] = word.trim();
    }
  },

  target: async (description, task, place) => {
    const column = await choose<string>({
      ...place,
      placeholder: vscode.l10n.t('Column whose text is to be produced'),
      choices: description.columns.map(({ name, examples }) => ({
        label: name,
        description: examples[0] ?? '',
        value: name,
      })),
      active: (name) => name === task?.target,
    });
    if (typeof column !== 'string') return column;
    const guess = description.guesses.find(({ target }) => target === column);
    if (guess) return guess;
    return { ...inputOf(task, description, column), target: column };
  },
};

/** What is wrong with the words of a label: none, or those of another label. */
function wordsProblem(text: string, value: string, words: Readonly<Record<string, string>>): string | undefined {
  if (text.trim() === '') return vscode.l10n.t('Give at least one word.');
  const other = Object.entries(words).find(([each, known]) => each !== value && known.trim() === text.trim());
  return (
    other && vscode.l10n.t('The label "{0}" has these words already; two labels cannot be told apart by one.', other[0])
  );
}

/** What a task says about its input; without a task, that the first column but `target` is read. */
function inputOf(task: Task | undefined, { columns }: DataDescription, target: string): Task {
  const other = columns.find(({ name }) => name !== target)?.name ?? target;
  return {
    template: task?.template ?? `${other}: {${other}}`,
    ...(task?.maxTokens === undefined ? {} : { maxTokens: task.maxTokens }),
  };
}

/**
 * What is wrong with a template: its grammar, a column that the data set does not have, or the answer of `task` in it.
 * Asked at every key, so it is one sentence.
 */
export function templateProblem(template: string, columns: readonly string[], task?: Task): string | undefined {
  const asked: Task = { ...task, template };
  const own = taskProblems(asked).find(({ field }) => field[0] === 'template');
  const missing = columnProblems(asked, { file: '', columns }).find(({ field }) => field[0] === 'template');
  if (missing) return vscode.l10n.t('There is no column "{0}".', missing.within ?? '');
  return own && `${own.message.charAt(0).toUpperCase()}${own.message.slice(1)}.`;
}
