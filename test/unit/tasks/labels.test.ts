import * as assert from 'node:assert/strict';
import type { Encoder } from '../../../extension/engine/tasks/encoding';
import { labelClasses, labelFinder, labelKey, labelProblems } from '../../../extension/engine/tasks/labels';

/** One token a word, and an end token as encoder-decoders have it. */
function wordTokens(end: readonly number[]): Encoder {
  const vocabulary: string[] = ['</s>'];
  const encode = (text: string): number[] =>
    text.split(' ').map((word) => {
      if (!vocabulary.includes(word)) vocabulary.push(word);
      return vocabulary.indexOf(word);
    });
  return { encodeInput: encode, encodeTarget: (text) => [...encode(text), ...end] };
}
function problems(words: readonly string[], end: readonly number[] = []): string[] {
  const label = { column: 'c', words: Object.fromEntries(words.map((each, index) => [`v${index}`, each])) };
  return labelProblems(labelClasses(label), wordTokens(end)).map(({ text }) => text);
}

describe('label words', () => {
  it('of one different token each have no problem, with and without an end token', () => {
    assert.deepEqual(problems(['negative', 'positive', 'neutral']), []);
    assert.deepEqual(problems(['negative', 'positive', 'neutral'], [0]), []);
  });

  it('that begin alike or have several tokens are told', () => {
    assert.deepEqual(problems(['not good', 'not bad', 'fine']), [
      'The label words "not good" and "not bad" begin with the same token and are told apart only by a later one.',
      'The label words "not good" are 2 tokens; words of one token are learned faster.',
      'The label words "not bad" are 2 tokens; words of one token are learned faster.',
    ]);
  });

  it('that are the beginning of others are told, since the longer ones can never win', () => {
    assert.match(problems(['good', 'good enough'])[0]!, /"good enough" would never be predicted\.$/);
    assert.doesNotMatch(problems(['good', 'good enough'], [0]).join(' '), /never be predicted/);
  });

  it('keep the order of the experiment and group values with the same words', () => {
    const words = { b: 'bad', a: 'good', c: ' bad ' };
    assert.deepEqual(labelClasses({ column: 'x', words }), [
      { words: 'bad', values: ['b', 'c'] },
      { words: 'good', values: ['a'] },
    ]);
  });
});

describe('the spelling of a label', () => {
  it('is one for a number with and without a fraction of zeros, and for a truth value, as pandas writes them', () => {
    const same = [
      ['1', '1.0', ' 1.00 '],
      ['0', '0.0', '-0.0', '-0'],
      ['-1', '-1.0'],
      ['100', '100.0'],
      ['2.5', '2.50'],
      ['true', 'True', 'TRUE'],
      ['false', 'False', 'FALSE'],
    ];
    for (const spellings of same) assert.equal(new Set(spellings.map(labelKey)).size, 1, spellings.join());
    assert.equal(new Set(same.map(([first]) => labelKey(first!))).size, same.length);
  });

  it('keeps apart what are different words', () => {
    const different = ['1', '01', '+1', '1.', '10', 'yes', 'Yes', 'tRUE', '1.0.0', 'v1.0', '0x1', '1e0', 'one'];
    assert.equal(new Set(different.map(labelKey)).size, different.length);
  });

  it('is the one of the task where that has both', () => {
    const find = labelFinder({ column: 'c', words: { '1': 'one', '1.0': 'float', True: 'yes', false: 'no' } });
    assert.deepEqual(find('1.0'), { value: '1.0', words: 'float' });
    assert.deepEqual(find('1'), { value: '1', words: 'one' });
    assert.equal(find('1.00'), undefined);
    assert.deepEqual(find('true'), { value: 'True', words: 'yes' });
    assert.equal(find('yes'), undefined);
  });
});
