import * as assert from 'node:assert/strict';
import type { Encoder } from '../../../extension/engine/tasks/encoding';
import { labelClasses, labelProblems } from '../../../extension/engine/tasks/labels';

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
