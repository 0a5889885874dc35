import * as assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { Part } from '../../../extension/engine/datasets/splits';
import { limited, parts, quotas, split, splitGiven } from '../../../extension/engine/datasets/splits';

interface Item {
  readonly text: string;
  readonly label: string;
}
const keys = { text: ({ text }: Item): string => text, label: ({ label }: Item): string => label };
const options = { train: 0.8, dev: 0.1, test: 0.1, seed: 0, stratified: true };

/** `count` different items of each label, the labels mixed. */
function items(counts: Readonly<Record<string, number>>): Item[] {
  const all = Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, index) => ({ text: `${label} ${index}`, label })),
  );
  return all.sort((a, b) => (a.text.split(' ')[1]! < b.text.split(' ')[1]! ? -1 : 1));
}
function countOf(part: readonly Item[], label: string): number {
  return part.filter((item) => item.label === label).length;
}

describe('a split', () => {
  it('has every item in exactly one part, in the order of the file', () => {
    const all = items({ a: 57, b: 143 });
    const cut = split(all, keys, options);
    assert.deepEqual(new Set([...cut.train, ...cut.dev, ...cut.test]), new Set(all));
    assert.equal(cut.train.length + cut.dev.length + cut.test.length, all.length);
    for (const part of parts) {
      const places = cut[part].map((item) => all.indexOf(item));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
    }
  });

  it('is the same for the same seed, and a known one, so that it is the same on every machine', () => {
    const all = items({ a: 10, b: 10 });
    assert.deepEqual(split(all, keys, options), split(all, keys, options));
    const texts = ({ dev, test }: ReturnType<typeof split<Item>>): string[] =>
      [...dev, ...test].map(({ text }) => text);
    assert.deepEqual(texts(split(all, keys, options)), ['a 0', 'b 7', 'b 2', 'a 9']);
    assert.notDeepEqual(texts(split(all, keys, { ...options, seed: 1 })), texts(split(all, keys, options)));
  });

  it('keeps exactly the share of every label in every part, and of the whole', () => {
    const cases: [Record<string, number>, [number, number, number]][] = [
      [{ a: 500, b: 500 }, [0.8, 0.1, 0.1]],
      [{ a: 70, b: 30 }, [0.7, 0.1, 0.2]],
      [{ a: 13, b: 17, c: 5, d: 1, e: 2 }, [0.8, 0.1, 0.1]],
      [{ a: 333, b: 334, c: 7 }, [0.6, 0.2, 0.2]],
      [{ a: 9, b: 9, c: 9, d: 9, e: 9, f: 9, g: 9, h: 9 }, [0.8, 0.1, 0.1]],
      [{ a: 11, b: 3 }, [0.5, 0, 0.5]],
    ];
    for (const [counts, [train, dev, test]] of cases) {
      for (const seed of [0, 1, 2]) {
        const all = items(counts);
        const cut = split(all, keys, { train, dev, test, seed, stratified: true });
        for (const [part, share] of [
          ['train', train],
          ['dev', dev],
          ['test', test],
        ] as [Part, number][]) {
          for (const [label, count] of Object.entries(counts)) {
            const off = Math.abs(countOf(cut[part], label) - share * count);
            assert.ok(off < 1 - 1e-9, `${part} has ${countOf(cut[part], label)} of ${count} "${label}"`);
          }
          assert.ok(Math.abs(cut[part].length - share * all.length) < 1 - 1e-9, `${part} has ${cut[part].length}`);
        }
      }
    }
  });

  it('without strata still keeps the shares of the whole', () => {
    const cut = split(items({ a: 90, b: 10 }), keys, { ...options, stratified: false });
    assert.deepEqual([cut.train.length, cut.dev.length, cut.test.length], [80, 10, 10]);
  });

  it('never has the same text in two parts, even with different labels', () => {
    const random = seededRandom(3);
    for (const stratified of [true, false]) {
      for (let seed = 0; seed < 20; seed++) {
        const all = Array.from({ length: 300 }, () => ({
          text: `text ${random.below(120)}`,
          label: random.below(3).toString(),
        }));
        const cut = split(all, keys, { ...options, seed, stratified });
        const [train, dev, test] = parts.map((part) => new Set(cut[part].map(({ text }) => text)));
        for (const text of dev!) assert.ok(!train!.has(text) && !test!.has(text));
        for (const text of test!) assert.ok(!train!.has(text));
        assert.equal(cut.train.length + cut.dev.length + cut.test.length, 300);
      }
    }
  });

  it('with repeated texts stays near its shares', () => {
    const all = [...items({ a: 100, b: 100 }), ...items({ a: 20, b: 20 })];
    const cut = split(all, keys, options);
    assert.ok(Math.abs(cut.train.length - 192) <= 2, `${cut.train.length} in train`);
    assert.ok(cut.dev.length >= 22 && cut.test.length >= 22);
  });
});

describe('quotas', () => {
  it('sum to the sizes along the rows and to the rounded shares along the columns', () => {
    const random = seededRandom(1);
    for (let trial = 0; trial < 500; trial++) {
      const sizes = Array.from({ length: 1 + random.below(9) }, () => random.below(40));
      const shares = [0.5 + random.uniform(), random.uniform(), random.uniform()];
      const sum = shares.reduce((a, b) => a + b);
      const total = sizes.reduce((a, b) => a + b);
      const table = quotas(sizes, shares);
      assert.deepEqual(
        table.map((row) => row.reduce((a, b) => a + b)),
        sizes,
      );
      for (const [row, counts] of table.entries()) {
        for (const [column, count] of counts.entries()) {
          assert.ok(Math.abs(count - (sizes[row]! * shares[column]!) / sum) < 1);
        }
      }
      for (const [column, share] of shares.entries()) {
        const count = table.reduce((a, row) => a + row[column]!, 0);
        assert.ok(Math.abs(count - (total * share) / sum) < 1 + 1e-9, `column ${column}: ${count} of ${total}`);
      }
    }
  });
});

describe('a split with files of their own', () => {
  const train = items({ a: 50, b: 50 });
  const other = (name: string, count: number): Item[] =>
    Array.from({ length: count }, (_, index) => ({ text: `${name} ${index}`, label: 'a' }));

  it('cuts only what is not given', () => {
    const dev = other('dev', 5);
    const { parts: cut, leftOut } = splitGiven({ train, dev }, keys, options);
    assert.deepEqual(cut.dev, dev);
    assert.deepEqual([cut.train.length, cut.test.length], [89, 11]);
    assert.deepEqual(leftOut, { train: [], dev: [], test: [] });
  });

  it('uses all three files whole when they share no text', () => {
    const files = { train, dev: other('dev', 5), test: other('test', 6) };
    assert.deepEqual(splitGiven(files, keys, options).parts, files);
  });

  it('leaves texts out of training that are in the dev or test file, and tells which', () => {
    const dev = [...other('dev', 3), train[0]!];
    const test = [...other('test', 3), train[1]!, dev[1]!];
    const { parts: cut, leftOut } = splitGiven({ train, dev, test }, keys, options);
    assert.deepEqual(cut, { train: train.slice(2), dev: [dev[0], dev[2], dev[3]], test });
    assert.deepEqual(leftOut, { train: [train[0], train[1]], dev: [dev[1]], test: [] });
  });
});

describe('a limit', () => {
  it('takes that many items and keeps the share of each label', () => {
    const all = items({ a: 600, b: 300, c: 100 });
    const chosen = limited(all, 50, keys.label, 0);
    assert.deepEqual(
      ['a', 'b', 'c'].map((label) => countOf(chosen, label)),
      [30, 15, 5],
    );
    assert.deepEqual(limited(all, 50, keys.label, 0), chosen);
    assert.notDeepEqual(limited(all, 50, keys.label, 1), chosen);
    const places = chosen.map((item) => all.indexOf(item));
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
  });

  it('takes at least one of each label where it can', () => {
    const chosen = limited(items({ a: 990, b: 8, c: 2 }), 4, keys.label, 0);
    assert.deepEqual(
      ['a', 'b', 'c'].map((label) => countOf(chosen, label)),
      [2, 1, 1],
    );
    assert.equal(limited(items({ a: 5, b: 5, c: 5 }), 2, keys.label, 0).length, 2);
  });

  it('that is not reached changes nothing', () => {
    const all = items({ a: 3, b: 3 });
    assert.deepEqual(limited(all, 6, keys.label, 0), all);
  });
});
