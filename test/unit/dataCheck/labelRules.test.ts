import assert from 'node:assert/strict';
import { different, found, type LabelledText, checked } from './checked';

const labelled = (count: number, label: string, first = 0): LabelledText[] =>
  different(count, first).map(([text]) => [text, label]);

describe('the data check of labels', () => {
  it('says nothing weighty of sound data', () => {
    const { findings } = checked({ train: different(100), dev: different(60, 200), test: different(60, 400) });
    assert.deepEqual(
      findings.filter(({ severity }) => severity !== 'note'),
      [],
    );
  });

  it('counts classes and lengths part by part', () => {
    const { parts } = checked({
      train: [
        ['a', '1'],
        ['abc', '1'],
        ['ab', '0'],
      ],
      dev: [['abcdef', '0']],
    });
    assert.deepEqual(parts, [
      {
        ...{ part: 'train', rows: 3, majority: 2 / 3, cutRows: 0, cutTokens: 0 },
        classes: [
          { words: 'bad', values: ['0'], rows: 1 },
          { words: 'good', values: ['1'], rows: 2 },
        ],
        tokens: { shortest: 2, median: 3, p95: 4, longest: 4 },
      },
      {
        ...{ part: 'dev', rows: 1, majority: 1, cutRows: 0, cutTokens: 0 },
        classes: [
          { words: 'bad', values: ['0'], rows: 1 },
          { words: 'good', values: ['1'], rows: 0 },
        ],
        tokens: { shortest: 7, median: 7, p95: 7, longest: 7 },
      },
    ]);
  });

  it('says once that all of the data has one class, with the counts of its parts', () => {
    const given = { train: labelled(32, '1'), dev: labelled(4, '1', 50), test: labelled(4, '1', 60) };
    const [only, ...others] = found('one-class', given);
    assert.deepEqual(others, []);
    assert.equal(only!.severity, 'warning');
    assert.match(only!.text, /one class only: all 40 rows \(32 train, 4 dev, 4 test\) have the label "1" \("good"\)/);
  });

  it('doubts that a file has a line of column names where the label column is called like a value', () => {
    const task = { template: '{text}:', label: { column: 'label', words: { label: 'good', '0': 'bad' } } };
    const [only] = found('missing-header', { task, train: labelled(20, 'label') });
    assert.match(only!.text, /label column is called "label", which is also one of its values/);
    assert.deepEqual(only!.field, ['task', 'label', 'column']);
    assert.deepEqual(found('missing-header', { train: different(20) }), []);
  });

  it('says which part has one class only', () => {
    const given = { train: different(20), dev: labelled(4, '0', 50), test: different(4, 60) };
    assert.deepEqual(
      found('one-class', given).map(({ part, count }) => [part, count]),
      [['dev', 4]],
    );
  });

  it('names labels of the task that no row has, and those that a part lacks', () => {
    const words = { '1': 'good', '0': 'bad', '2': 'fair', '3': 'odd' };
    const task = { template: '{text}:', label: { column: 'label', words } };
    const train: LabelledText[] = [...different(10), ['this one is fair', '2']];
    assert.deepEqual(
      found('absent-classes', { task, train, dev: different(10, 50) }).map(({ severity, text }) => [severity, text]),
      [
        ['warning', 'No row has the label "3" ("odd"), although the task has words for it.'],
        ['note', 'No row of the dev part has the label "2" ("fair"), so a score on it says nothing of it.'],
      ],
    );
    assert.match(
      found('absent-classes', { task, train: different(10), dev: train })[1]!.text,
      /No row of the train part has the label "2" \("fair"\), so nothing can be learned of it/,
    );
  });

  it('warns of 99 to 1 with the counts, and not of 3 to 1', () => {
    const [finding] = found('imbalance', { train: [...labelled(99, '1'), ...labelled(1, '0', 200)] });
    assert.equal(finding!.severity, 'warning');
    assert.match(finding!.text, /99\.0 % .* label "1" \("good"\): 99 rows against 1 "0" \("bad"\)/);
    assert.deepEqual(found('imbalance', { train: [...labelled(75, '1'), ...labelled(25, '0', 200)] }), []);
  });

  it('warns of label words that begin others, and only where their tokens are summed', () => {
    const words = { '1': 'good', '0': 'good enough' };
    const task = { template: '{text}:', label: { column: 'label', words } };
    const severities = (scoring: 'sum' | 'mean'): string[] =>
      found('label-words', { task: { ...task, label: { ...task.label, scoring } }, train: different(4) }).map(
        ({ severity }) => severity,
      );
    assert.deepEqual(severities('sum'), ['warning', 'note', 'note']);
    assert.deepEqual(severities('mean'), ['note', 'note', 'note']);
  });

  it('says how much a score moves by one answer where a part is small', () => {
    const given = { train: different(20), dev: different(10, 50), test: different(60, 100) };
    assert.deepEqual(
      found('small-parts', given).map(({ part, text }) => [part, /by (.*) points/.exec(text)![1]]),
      [['dev', '10.0']],
    );
  });
});

describe('the data check of answers in texts', () => {
  const telling = (count: number, share: number): LabelledText[] =>
    different(count).map(([text, label], index) => [
      index < count * share ? `${text} ${label === '1' ? 'Good' : 'bad'}!` : text,
      label,
    ]);

  it('warns where texts name their own label, and lists those rows', () => {
    const [finding] = found('answer-in-text', { train: telling(100, 0.3) });
    assert.equal(finding!.severity, 'warning');
    assert.equal(finding!.count, 30);
    assert.equal(finding!.rows.length, 30);
    assert.match(
      finding!.text,
      /30 rows \(30\.0 %\) repeat their label .* in 100\.0 % of the rows \(by chance 50\.0 %\)/,
    );
  });

  it('says nothing where the words stand with either label', () => {
    const train = different(100).map(([text, label], index): LabelledText => [
      `${text} ${index % 3 ? 'good' : 'bad'}`,
      label,
    ]);
    assert.deepEqual(found('answer-in-text', { train }), []);
  });

  it('says nothing where a label is only part of a word', () => {
    const train = different(100).map(([text, label]): LabelledText => [
      `${text} ${label === '1' ? 'goods' : 'badly'}`,
      label,
    ]);
    assert.deepEqual(found('answer-in-text', { train }), []);
  });
});
