import assert from 'node:assert/strict';
import type { Task } from '../../../extension/engine/tasks/task';
import { columnProblems, taskProblems } from '../../../extension/engine/tasks/taskProblems';
import { dataset } from './builders';

const label = { column: 'label', words: { '1': 'good', '0': 'bad' } };
const fields = (task: Task): string[] =>
  taskProblems(task).map(({ field, within }) => [...field, within ?? ''].join(' '));

describe('what is wrong with a task by itself', () => {
  it('is nothing where its input does not hold its answer and its labels differ', () => {
    assert.deepEqual(taskProblems({ template: 'review: {text} {{label}}:', label }), []);
    assert.deepEqual(taskProblems({ template: '{question}', target: 'answer' }), []);
  });

  it('is a template that holds the label or the target', () => {
    const [problem] = taskProblems({ template: '{text} { label }:', label });
    assert.deepEqual([problem!.field, problem!.within], [['template'], 'label']);
    assert.match(problem!.message, /holds the label column "label".*take \{label\} out of it/);
    assert.deepEqual(fields({ template: '{question} {answer}', target: 'answer' }), ['template answer']);
  });

  it('is a template whose braces do not match, or that has no column', () => {
    for (const template of ['a } {text}', '{text', 'text', '{}', 'x {{text}}'])
      assert.deepEqual(fields({ template, label }), ['template '], template);
  });

  it('is two labels with equal words, unless one class is made of them on purpose or they are one value spelled twice', () => {
    const words = { '1': 'good', '2': ' good', '0': 'bad' };
    assert.deepEqual(fields({ template: '{text}', label: { ...label, words } }), ['label words 2 ']);
    assert.match(
      taskProblems({ template: '{text}', label: { ...label, words } })[0]!.message,
      /"1" and "2" have the same/,
    );
    assert.deepEqual(fields({ template: '{text}', label: { ...label, words, merge: true } }), []);
    const spelled = { '1': 'yes', '1.0': 'yes', true: 'yes', '0': 'no', False: 'never', false: 'never' };
    assert.deepEqual(fields({ template: '{text}', label: { ...label, words: spelled } }), ['label words true ']);
  });

  it('is fewer than two classes, and a label without words', () => {
    assert.deepEqual(fields({ template: '{text}', label: { ...label, words: { '1': 'good' } } }), ['label words ']);
    assert.deepEqual(fields({ template: '{text}', label: { ...label, words: { '1': 'good', '0': ' ' } } }), [
      'label words 0 ',
    ]);
  });

  it('is, with a data set, every column that it does not have', () => {
    const data = dataset([{ text: 'a', label: '1' }]);
    const task = { template: '{txt} {text}', label: { ...label, column: 'lbl' } };
    assert.deepEqual(
      columnProblems(task, data).map(({ field, within, message }) => [field.join('.'), within, message]),
      [
        ['template', 'txt', 'the template names column "txt", which reviews.csv does not have; it has "text", "label"'],
        [
          'label.column',
          undefined,
          'the label names column "lbl", which reviews.csv does not have; it has "text", "label"',
        ],
      ],
    );
  });
});
