import assert from 'node:assert/strict';
import { nearDuplicates, nearThreshold } from '../../../extension/engine/dataCheck/similarity/nearDuplicates';
import { minHash, signatureLength } from '../../../extension/engine/dataCheck/similarity/minHash';
import { normalized, resemblance, shingles } from '../../../extension/engine/dataCheck/similarity/shingles';
import { seededRandom } from '../../../extension/engine/datasets/random';

interface Item {
  readonly text: string;
  readonly part: string;
}
const keys = { text: ({ text }: Item): string => text, group: ({ part }: Item): string => part };
const inPart = (part: string, texts: readonly string[]): Item[] => texts.map((text) => ({ text, part }));

/** Texts of random words, and of every fourth a second one with some words changed. */
function randomTexts(count: number, seed: number): string[] {
  const random = seededRandom(seed, 'texts');
  const word = (): string => random.below(40_000).toString(36);
  const texts: string[] = [];
  while (texts.length < count) {
    const words = Array.from({ length: 5 + random.below(60) }, word);
    texts.push(words.join(' '));
    if (texts.length % 4 !== 0) continue;
    const changes = random.below(1 + Math.ceil(words.length / 5));
    for (let change = 0; change < changes; change++) words[random.below(words.length)] = word();
    texts.push(words.join(' '));
  }
  return texts;
}

describe('near duplicates', () => {
  it('are those that comparing every text with every other finds', () => {
    const texts = [...new Set(randomTexts(700, 1))];
    const sets = texts.map((text) => new Set(shingles(normalized(text))));
    const expected = texts.flatMap((_, index) => {
      const isNear = sets.slice(0, index).some((other) => resemblance(sets[index]!, other) >= nearThreshold);
      return isNear ? [index] : [];
    });
    const found = nearDuplicates(inPart('train', texts), keys).map(({ item }) => texts.indexOf(item.text));
    assert.ok(expected.length > 20, `there are some to find, ${expected.length}`);
    assert.deepEqual(
      found.filter((index) => !expected.includes(index)),
      [],
      'nothing else is reported',
    );
    assert.ok(found.length >= 0.98 * expected.length, `${found.length} of ${expected.length} are found`);
  });

  it('report the row of another part rather than one of their own', () => {
    const text = 'the quick brown fox jumps over the lazy dog and runs into the dark green wood behind the house';
    const items = [...inPart('train', [`${text} .`]), ...inPart('test', [`${text} !`, `${text} ?`])];
    assert.deepEqual(
      nearDuplicates(items, keys).map(({ item, of, resemblance: share }) => [item.text.at(-1), of.part, share]),
      [
        ['!', 'train', 1],
        ['?', 'train', 1],
      ],
    );
  });

  it('are not exact copies of one another, but each copy of a near duplicate is one', () => {
    assert.deepEqual(nearDuplicates(inPart('train', ['same text here', 'same text here']), keys), []);
    const copies = inPart('train', ['same text here', 'Same text here!', 'Same text here!']);
    assert.equal(nearDuplicates(copies, keys).length, 2);
  });

  it('are the same for the same seed, and signatures estimate the resemblance', () => {
    const items = inPart('train', randomTexts(300, 2));
    assert.deepEqual(nearDuplicates(items, keys, 5), nearDuplicates(items, keys, 5));
    const words = Array.from({ length: 400 }, (_, index) => (index * 7919).toString(36));
    const one = shingles(words.join(' '));
    const other = shingles([...words.slice(0, 300), ...words.slice(300).map((word) => `${word}x`)].join(' '));
    let agreeing = 0;
    for (let seed = 0; seed < 50; seed++) {
      const [a, b] = [new Uint32Array(signatureLength), new Uint32Array(signatureLength)];
      minHash(one, seed, a);
      minHash(other, seed, b);
      agreeing += a.filter((value, at) => value === b[at]).length / signatureLength / 50;
    }
    assert.ok(
      Math.abs(agreeing - resemblance(new Set(one), new Set(other))) < 0.03,
      `${agreeing} is near the resemblance`,
    );
  });

  it('of 5,000 texts that all look alike are found without comparing each with each', () => {
    const texts = Array.from(
      { length: 5000 },
      (_, index) => `${'a long beginning that is always the same, '.repeat(4)}${index}`,
    );
    let reports = 0;
    const found = nearDuplicates(inPart('train', texts), keys, 0, () => reports++);
    assert.equal(found.length, 4999);
    assert.ok(reports > 10, 'it tells how far it is');
  });
});
