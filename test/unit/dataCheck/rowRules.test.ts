import assert from 'node:assert/strict';
import { checked, different, found, type LabelledText, places } from './checked';

const story = 'the ship left the harbour at dawn and nobody on the pier waved it goodbye that morning';

describe('the data check of rows', () => {
  it('counts exact copies in a part, with the row that they copy', () => {
    const train: LabelledText[] = [...different(18), ['same', '1'], ['same', '1']];
    const [finding, ...others] = found('duplicates', { train });
    assert.deepEqual(others, []);
    assert.deepEqual([finding!.severity, finding!.count, places(finding!)], ['note', 1, ['train:20']]);
    assert.equal(finding!.rows[0]!.detail, 'like train.csv:19');
  });

  it('says how many rows are left out because a later part has their text', () => {
    const [finding] = found('duplicates', { train: different(8), test: different(5, 50), leftOut: different(2, 50) });
    assert.deepEqual([finding!.severity, finding!.part, finding!.count], ['warning', 'train', 2]);
    assert.deepEqual(places(finding!), ['left:1', 'left:2']);
  });

  it('warns of rows of the test part that a row of the training part nearly equals', () => {
    const train: LabelledText[] = [...different(50), [story, '1']];
    const test: LabelledText[] = [...different(9, 100), [`${story}!`.toUpperCase().replace('DAWN', 'DUSK'), '1']];
    const [finding] = found('near-duplicates', { train, test });
    assert.deepEqual([finding!.severity, finding!.part, finding!.count], ['warning', 'test', 1]);
    assert.deepEqual(places(finding!), ['test:10']);
    assert.match(finding!.rows[0]!.detail!, /^8\d % like train\.csv:51 \(train\)$/);
  });

  it('tells near duplicates of one part apart from those across parts', () => {
    const train: LabelledText[] = [...different(50), [story, '1'], [`${story}.`, '1']];
    const [finding, ...others] = found('near-duplicates', { train });
    assert.deepEqual(others, []);
    assert.deepEqual([finding!.severity, finding!.part, places(finding!)], ['note', undefined, ['train:52']]);
  });

  it('warns of equal texts with different labels, also where the split left one of them out', () => {
    const train: LabelledText[] = [...different(10), ['same', '1'], ['same', '0'], ['same', '0']];
    const [finding] = found('conflicting-labels', { train });
    assert.deepEqual([finding!.severity, finding!.count, places(finding!)], ['warning', 2, ['train:12', 'train:13']]);
    assert.match(finding!.text, /^1 text occurs with different labels: 2 rows/);
    assert.equal(finding!.rows[0]!.detail, '"bad" here, "good" in train.csv:11');
    const across = found('conflicting-labels', {
      train: different(10),
      test: [['twice', '1']],
      leftOut: [['twice', '0']],
    });
    assert.equal(across[0]!.count, 1);
  });

  it('names nearly equal texts with different labels', () => {
    const train: LabelledText[] = [...different(10), [story, '1'], [`${story}!`, '0']];
    const [finding] = found('conflicting-labels', { train });
    assert.match(finding!.text, /^1 row \(8\.3 %\) has nearly the same text as another row but another label/);
    assert.match(finding!.rows[0]!.detail!, /^"bad" here, "good" there: 100 % like train\.csv:11/);
  });

  it('counts cut texts and lost tokens, and says when the model itself is too short', () => {
    const task = { template: '{text}', label: { column: 'label', words: { '1': 'y', '0': 'n' } }, maxTokens: 20 };
    const train: LabelledText[] = [
      ...different(5).map(([, label], index): LabelledText => [`short${index}`, label]),
      ['x'.repeat(80), '1'],
    ];
    const [finding] = found('truncation', { task, train });
    assert.deepEqual([finding!.severity, finding!.count], ['warning', 1]);
    assert.equal(finding!.share, 1 / 6);
    assert.match(
      finding!.text,
      /1 text of 6 \(16\.7 %\) is longer than "maxTokens" 20 and loses the end; that is 54\.5 % of all tokens/,
    );
    assert.equal(finding!.rows[0]!.detail, '80 tokens, cut to 20');
    const [byModel] = found('truncation', { task, train, maxPositions: 16 });
    assert.match(byModel!.text, /longer than the model's 16 positions leave room for and loses the end; .* tokens\.$/);
    const [both] = found('truncation', { task, train, maxPositions: 40 });
    assert.match(both!.text, /longer than "maxTokens" 20 .* 1 text would not fit the model's 40 positions either/);
  });

  it('names texts without a letter, digit or symbol, and lets symbols of joy pass', () => {
    const [finding] = found('wordless-texts', { train: [...different(4), ['?!', '1'], ['🎉', '1']] });
    assert.deepEqual(places(finding!), ['train:5']);
  });

  it('warns of texts that end with the end token, and of special tokens inside texts', () => {
    const specialTokens = { end: '</s>', all: ['</s>', '<pad>'] };
    const train: LabelledText[] = [...different(4), ['Hello</s>', '1'], ['a <pad> b', '0'], ['</s> c', '1']];
    const [ending, within] = found('special-tokens', { train, specialTokens });
    assert.deepEqual(places(ending!), ['train:5']);
    assert.match(ending!.text, /^1 text ends with the token <\/s>/);
    assert.deepEqual(places(within!), ['train:6', 'train:7']);
    assert.equal(within!.rows[0]!.detail, '<pad>');
    assert.deepEqual(found('special-tokens', { train }), []);
  });

  it('passes on what the readers assumed', () => {
    assert.deepEqual(
      found('reader-notes', { train: different(4), notes: ['a.csv: read as Windows-1252.'] }).map(({ text }) => text),
      ['a.csv: read as Windows-1252.'],
    );
  });

  it('warns of rows that could have been read otherwise, and lists them', () => {
    const file = '/data/a.csv';
    const text = 'a quote that opens a cell is read as text';
    const [finding] = found('doubtful-rows', {
      train: different(4),
      doubts: [{ file, text, count: 12, rows: Array.from({ length: 12 }, (_, index) => index + 2) }],
    });
    assert.equal(finding!.severity, 'warning');
    assert.equal(finding!.text, `a.csv: ${text} (rows 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more).`);
    assert.deepEqual([finding!.count, finding!.rows.at(-1)], [12, { file, row: 13 }]);
  });
});

describe('rows that are left out', () => {
  const rejected = (
    count: number,
    reason: (index: number) => string,
  ): { file: string; row: number; reason: string }[] =>
    Array.from({ length: count }, (_, index) => ({ file: '/data/a.csv', row: index + 2, reason: reason(index) }));

  it('are counted by reason, the most frequent first, with their first rows', () => {
    const rows = rejected(1000, (index) =>
      index % 4 ? 'column "text" is empty' : 'label "x" is not one of the labels "0"',
    );
    const findings = found('rows-left-out', { train: different(1000), rejected: rows });
    assert.deepEqual(
      findings.map(({ severity, count, text }) => [severity, count, text]),
      [
        ['warning', 750, '750 rows of 2,000 (37.5 %) are left out: column "text" is empty.'],
        ['warning', 250, '250 rows of 2,000 (12.5 %) are left out: label "x" is not one of the labels "0".'],
      ],
    );
    assert.deepEqual(places(findings[1]!).slice(0, 2), ['a:2', 'a:6']);
  });

  it('are counted together where each has a value of its own', () => {
    const rows = rejected(500, (index) => `label "x${index}" is not one of the labels "0"`);
    const findings = found('rows-left-out', { train: different(10), rejected: rows });
    assert.equal(findings.length, 1);
    assert.equal(findings[0]!.count, 500);
    assert.match(findings[0]!.text, /^500 rows .* such as: label "x0" is not/);
    assert.equal(findings[0]!.rows.length, 500);
    assert.match(findings[0]!.rows[3]!.detail!, /"x3"/);
  });

  it('are a note where they are few', () => {
    const [finding] = found('rows-left-out', { train: different(1000), rejected: rejected(2, () => 'has no value') });
    assert.equal(finding!.severity, 'note');
    const [one] = found('rows-left-out', { train: different(60), rejected: rejected(1, () => 'has no value') });
    assert.equal(one!.severity, 'note');
  });

  it('come after everything about the task', () => {
    const rows = rejected(1000, () => 'has no value');
    const words = { '1': 'good', '0': 'good enough' };
    const task = { template: '{text}:', label: { column: 'label', words } };
    const { findings } = checked({ task, train: different(100), rejected: rows });
    assert.deepEqual(
      findings.map(({ rule, severity }) => `${severity} ${rule}`),
      ['warning label-words', 'warning rows-left-out', 'note label-words', 'note label-words'],
    );
  });
});
