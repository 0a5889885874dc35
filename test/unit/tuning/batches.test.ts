import * as assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { EncodedExample } from '../../../extension/engine/models/frozenModel';
import { type BatchOptions, BatchStream, cutByTokens, fingerprint } from '../../../extension/engine/tuning/batches';

/** Examples that can be told apart by their first token, of 1 to 60 input tokens. */
function examples(count: number): EncodedExample[] {
  const random = seededRandom(9);
  return Array.from({ length: count }, (_, index) => ({
    inputIds: [index, ...Array.from({ length: random.below(60) }, () => random.below(100))],
    targetIds: Array.from({ length: 1 + random.below(3) }, () => random.below(100)),
  }));
}
const options: BatchOptions = { batchSize: 16, microBatchTokens: 400, promptLength: 5, seed: 3 };
const idsOf = (stream: BatchStream, step: number): number[] =>
  stream.batch(step).microBatches.flatMap((each) => each.map(({ inputIds }) => inputIds[0]!));
const steps = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('batches', () => {
  it('use every example exactly once an epoch, in another order each time', () => {
    const stream = new BatchStream(examples(160), options);
    const epoch = (number: number): number[] =>
      steps(number * 10, number * 10 + 10).flatMap((step) => idsOf(stream, step));
    const all = steps(0, 160);
    for (let windows = 0; windows < 4; windows++) {
      // Eight epochs are ten windows of eight batches.
      const found = steps(windows * 80, windows * 80 + 80).flatMap((step) => idsOf(stream, step));
      for (const id of all) assert.equal(found.filter((each) => each === id).length, 8);
    }
    assert.notDeepEqual(epoch(0), epoch(1));
  });

  it('are full also where an epoch is no multiple of the batch', () => {
    const stream = new BatchStream(examples(50), options);
    const found = steps(0, 75).flatMap((step) => {
      const ids = idsOf(stream, step);
      assert.equal(ids.length, 16);
      return ids;
    });
    // 75 batches of 16 are 24 epochs of 50.
    for (const id of steps(0, 50)) assert.equal(found.filter((each) => each === id).length, 24);
  });

  it('hold every example once when there are fewer than a batch', () => {
    const stream = new BatchStream(examples(5), options);
    for (const step of steps(0, 4)) assert.deepEqual(idsOf(stream, step).toSorted(), [0, 1, 2, 3, 4]);
    assert.throws(() => new BatchStream([], options), /no training example/);
  });

  it('are a pure function of seed and step: asked for in any order, they are the same', () => {
    const data = examples(100);
    const forward = new BatchStream(data, options);
    const expected = steps(0, 60).map((step) => idsOf(forward, step));
    const backward = new BatchStream(data, options);
    for (const step of steps(0, 60).toReversed()) assert.deepEqual(idsOf(backward, step), expected[step]);
    const other = new BatchStream(data, { ...options, seed: 4 });
    assert.notDeepEqual(
      steps(0, 60).map((step) => idsOf(other, step)),
      expected,
    );
  });

  it('are bucketed by length: less than a tenth is padding, with random batches much more', () => {
    const data = examples(1000);
    const padding = (bucketBatches: number): number => {
      const stream = new BatchStream(data, { ...options, microBatchTokens: 100_000, bucketBatches });
      let [real, padded] = [0, 0];
      for (const step of steps(0, 60)) {
        const batch = stream.batch(step);
        real += batch.tokens;
        padded += batch.paddedTokens;
      }
      return 1 - real / padded;
    };
    assert.ok(padding(8) < 0.1, `${padding(8)}`);
    assert.ok(padding(1) > 0.25, `${padding(1)}`);
  });

  it('come short and long in random order, not as a ramp', () => {
    const stream = new BatchStream(examples(1000), options);
    const lengths = steps(0, 8).map((step) => stream.batch(step).tokens);
    assert.notDeepEqual(
      lengths,
      lengths.toSorted((a, b) => a - b),
    );
  });

  it('are cut into passes within the token budget, virtual tokens and padding included', () => {
    const data = examples(64);
    const batch = cutByTokens(data, { promptLength: 5, microBatchTokens: 400 });
    assert.ok(batch.microBatches.length > 1);
    for (const pass of batch.microBatches) {
      const longest = Math.max(...pass.map((each) => each.inputIds.length + each.targetIds.length));
      assert.ok(pass.length * (5 + longest) <= 400);
    }
    assert.equal(batch.microBatches.flat().length, 64);
    assert.equal(
      batch.normaliser,
      data.reduce((sum, each) => sum + each.targetIds.length, 0),
    );
  });

  it('count a prompt that a pass computes once for all its examples only once', () => {
    const data = examples(64);
    const cut = (sharedPrompt: boolean) => cutByTokens(data, { promptLength: 50, microBatchTokens: 400, sharedPrompt });
    for (const pass of cut(true).microBatches) {
      const longest = Math.max(...pass.map((each) => each.inputIds.length + each.targetIds.length));
      assert.ok(50 + pass.length * longest <= 400);
    }
    assert.equal(cut(true).microBatches.flat().length, 64);
    assert.ok(cut(true).microBatches.length < (2 / 3) * cut(false).microBatches.length);
    assert.ok(cut(true).paddedTokens < cut(false).paddedTokens);
  });

  it('have no more rows where the examples begin alike: attention keeps that for each of them', () => {
    const data = examples(64).map((each) => ({
      ...each,
      inputIds: [...new Array<number>(20).fill(1), ...each.inputIds],
    }));
    const sizes = (leadTokens: number): number[] =>
      cutByTokens(
        data.map((each) => ({ ...each, leadTokens })),
        { promptLength: 50, microBatchTokens: 400, sharedPrompt: true },
      ).microBatches.map(({ length }) => length);
    assert.ok(sizes(0).length > 1);
    assert.deepEqual(sizes(20), sizes(0));
  });

  it('count of a text behind which the prompt stands the memory that it takes, and the tail as computed', () => {
    const data = examples(64).map((each, index) => ({
      ...each,
      tailTokens: Math.min(index % 3, each.inputIds.length),
    }));
    const cut = (pastShare?: number) => cutByTokens(data, { promptLength: 5, microBatchTokens: 400, pastShare });
    for (const pastShare of [0, 0.25]) {
      const batch = cut(pastShare);
      for (const pass of batch.microBatches) {
        const computed = Math.max(...pass.map(({ tailTokens = 0, targetIds }) => tailTokens + targetIds.length));
        const held = Math.max(...pass.map(({ inputIds, tailTokens = 0 }) => inputIds.length - tailTokens));
        assert.ok(pass.length * (5 + computed + pastShare * held) <= 400);
      }
      assert.equal(batch.microBatches.flat().length, 64);
      assert.equal(batch.normaliser, cut().normaliser);
    }
    const passes = [cut(0), cut(0.25), cut()].map(({ microBatches }) => microBatches.length);
    assert.ok(passes[0]! < passes[1]! && passes[1]! < passes[2]!, String(passes));
  });

  it('send an example longer than the budget alone', () => {
    const long = { inputIds: new Array<number>(500).fill(1), targetIds: [1] };
    const batch = cutByTokens([...examples(3), long], { promptLength: 5, microBatchTokens: 400 });
    assert.deepEqual(batch.microBatches[0], [long]);
    assert.equal(batch.microBatches.flat().length, 4);
  });

  it('know the data they were made of', () => {
    const data = examples(10);
    const same = structuredClone(data);
    assert.equal(fingerprint(data), fingerprint(same));
    assert.notEqual(fingerprint(data), fingerprint(data.toReversed()));
    // The same tokens, divided otherwise between input and target.
    const shifted = [{ inputIds: [1, 2], targetIds: [3] }];
    assert.notEqual(fingerprint([{ inputIds: [1], targetIds: [2, 3] }]), fingerprint(shifted));
  });
});
