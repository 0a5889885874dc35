import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeData } from '../../../extension/trainer/jobs/describeData';

const like = { template: 'Review: {text}', label: { column: 'label', words: { N: 'bad', Y: 'good' } } };

describe('a data set described for a prompt of another', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'described-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (text: string): Promise<string> => {
    const file = join(folder, 'other.csv');
    await writeFile(file, text);
    return file;
  };

  it('is first of all guessed to be the task of that prompt, with its words and this file’s columns', async () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) => `this one is number ${index},${index % 2 === 0 ? 'N' : 'Y'}`,
    );
    const file = await write(['sentence,class', ...lines, ''].join('\n'));
    const { guesses, assumptions } = await describeData({ kind: 'describe-data', file, like });
    assert.deepEqual(guesses[0], {
      template: 'Review: {sentence}',
      label: { column: 'class', words: { N: 'bad', Y: 'good' } },
    });
    assert.match(assumptions!.join(' '), /"sentence" is taken for the column "text"/);
  });

  it('keeps how that prompt compares its label words', async () => {
    const lines = Array.from(
      { length: 20 },
      (_, index) => `this one is number ${index},${index % 2 === 0 ? 'N' : 'Y'}`,
    );
    const file = await write(['sentence,class', ...lines, ''].join('\n'));
    const mean = { ...like, label: { ...like.label, scoring: 'mean' as const } };
    const { guesses } = await describeData({ kind: 'describe-data', file, like: mean });
    assert.equal(guesses[0]!.label!.scoring, 'mean');
  });

  it('says which column is missing where the task does not fit, and still guesses', async () => {
    const file = await write('a,b,c\n1,2,3\n4,5,6\n');
    const { assumptions } = await describeData({ kind: 'describe-data', file, like });
    assert.match(assumptions!.join(' '), /other\.csv has no column "text"/);
  });
});
