import * as assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { EmbeddingSource, InitialiserRequest } from '../../../extension/engine/tuning/initialisers/initialiser';
import { initialPrompt } from '../../../extension/engine/tuning/initialisers/table';

/** A vocabulary in which a token is a letter and its embedding is [id, -id, id / 2]. */
const model: EmbeddingSource = {
  width: 3,
  vocabulary: 6000,
  encodeWords: (text) => Array.from(text, (letter) => letter.codePointAt(0)!),
  embeddings: (ids) => Promise.resolve(Float32Array.from(ids.flatMap((id) => [id, -id, id / 2]))),
};
const request = (change: Partial<InitialiserRequest> = {}): InitialiserRequest => ({
  model,
  length: 20,
  random: seededRandom(1, 'initialiser'),
  labelWords: ['ab', 'c'],
  ...change,
});
const rows = (prompt: Float32Array): number[][] =>
  Array.from({ length: prompt.length / 3 }, (_, row) => Array.from(prompt.subarray(row * 3, row * 3 + 3)));
const ids = (prompt: Float32Array): number[] => rows(prompt).map(([id]) => id!);

describe('initialisers', () => {
  it('sampled vocabulary takes embeddings of different tokens among the first 5000', async () => {
    const prompt = await initialPrompt('sampled-vocabulary', request({ length: 1000 }));
    const found = ids(prompt);
    assert.equal(new Set(found).size, 1000);
    assert.ok(found.every((id) => id < 5000));
    assert.ok(found.some((id) => id > 4000));
    assert.deepEqual(rows(prompt)[7], [found[7], -found[7]!, found[7]! / 2]);
  });

  it('sampled vocabulary repeats tokens only when there are fewer than positions', async () => {
    const found = ids(await initialPrompt('sampled-vocabulary', request({ length: 50, topTokens: 10 })));
    assert.equal(found.length, 50);
    assert.ok(found.every((id) => id < 10));
    const all = ids(await initialPrompt('sampled-vocabulary', request({ length: 10, topTokens: 10 })));
    assert.deepEqual(
      all.toSorted((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    );
  });

  it('class labels puts the mean of the subwords of label i at position i and samples the rest', async () => {
    const [a, b, c] = [97, 98, 99];
    const prompt = await initialPrompt('class-labels', request());
    assert.deepEqual(rows(prompt)[0], [(a + b) / 2, -(a + b) / 2, (a + b) / 4]);
    assert.deepEqual(rows(prompt)[1], [c, -c, c / 2]);
    const sampled = await initialPrompt('sampled-vocabulary', request());
    assert.deepEqual(rows(prompt).slice(2), rows(sampled).slice(2));
  });

  it('class labels leaves out the labels that have no position', async () => {
    assert.deepEqual(ids(await initialPrompt('class-labels', request({ length: 1 }))), [97.5]);
  });

  it('class labels says what is missing', async () => {
    await assert.rejects(initialPrompt('class-labels', request({ labelWords: [] })), /needs label words/);
    await assert.rejects(initialPrompt('class-labels', request({ labelWords: ['x', ''] })), /"" have no token/);
  });

  it('random uniform fills the range, half a unit to either side unless told', async () => {
    for (const [range, change] of [
      [0.5, {}],
      [2, { range: 2 }],
    ] as const) {
      const values = Array.from(await initialPrompt('random-uniform', request({ length: 2000, ...change })));
      assert.ok(values.every((value) => Math.abs(value) <= range));
      assert.ok(Math.max(...values) > 0.99 * range && Math.min(...values) < -0.99 * range);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      assert.ok(Math.abs(mean) < (4 * range) / Math.sqrt(3 * values.length));
    }
  });

  it('text repeats its tokens from the beginning until the prompt is full', async () => {
    assert.deepEqual(ids(await initialPrompt('text', request({ text: 'abc', length: 5 }))), [97, 98, 99, 97, 98]);
    assert.deepEqual(ids(await initialPrompt('text', request({ text: 'abcdef', length: 2 }))), [97, 98]);
    await assert.rejects(initialPrompt('text', request({})), /needs a text/);
  });

  it('another prompt is taken whole, cut behind the length, or repeated from its first row', async () => {
    const source = { prompt: Float32Array.from([1, 2, 3, 4, 5, 6]), width: 3 };
    const start = async (length: number): Promise<number[][]> =>
      rows(await initialPrompt('prompt', request({ source, length })));
    assert.deepEqual(await start(2), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.deepEqual(await start(1), [[1, 2, 3]]);
    assert.deepEqual(await start(3), [
      [1, 2, 3],
      [4, 5, 6],
      [1, 2, 3],
    ]);
    await assert.rejects(initialPrompt('prompt', request({})), /needs a prompt to start from: give "from"/);
    await assert.rejects(
      initialPrompt('prompt', request({ source: { ...source, width: 2 } })),
      /has width 2, but the embeddings of this model have width 3/,
    );
  });

  it('give the same prompt for the same seed and another for another', async () => {
    for (const name of ['class-labels', 'sampled-vocabulary', 'random-uniform'] as const) {
      const prompt = (seed: number): Promise<Float32Array> =>
        initialPrompt(name, request({ random: seededRandom(seed, 'initialiser') }));
      assert.deepEqual(await prompt(4), await prompt(4));
      assert.notDeepEqual(await prompt(4), await prompt(5));
    }
  });
});
