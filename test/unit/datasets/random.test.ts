import * as assert from 'node:assert/strict';
import { permutation, restoredRandom, sample, seededRandom, shuffled } from '../../../extension/engine/datasets/random';

describe('pseudo-random numbers', () => {
  it('are those of the C reference of xoshiro128**', () => {
    const random = restoredRandom([0x964d4a0c, 0xd40ab895, 0xad7fdecb, 0x3006f0f0]);
    assert.deepEqual(
      Array.from({ length: 4 }, () => random.uint32()),
      [0xf1391922, 0x6fe53806, 0xa5be2840, 0xf510ee70],
    );
    assert.deepEqual(random.state(), [0xfc65379c, 0x52006d70, 0x87487639, 0xf1908343]);
  });

  it('go on from a saved state as if nothing had happened', () => {
    const random = seededRandom(7, 'order', 3);
    for (let count = 0; count < 11; count++) random.uint32();
    const restored = restoredRandom(JSON.parse(JSON.stringify(random.state())) as [number, number, number, number]);
    for (let count = 0; count < 100; count++) assert.equal(restored.uint32(), random.uint32());
  });

  it('differ by seed, also beyond 32 bits, and by stream', () => {
    const first = (seed: number, ...stream: (string | number)[]): number => seededRandom(seed, ...stream).uint32();
    const values = [first(0), first(1), first(2 ** 32), first(2 ** 32 + 1), first(0, 'a'), first(0, 1), first(0, '1')];
    assert.equal(new Set(values).size, values.length);
    assert.throws(() => seededRandom(-1), /whole number/);
    assert.throws(() => seededRandom(0.5), /whole number/);
  });

  it('are uniform: every face of a die within four standard deviations, the mean of [0, 1) too', () => {
    const random = seededRandom(1);
    const faces = new Array<number>(6).fill(0);
    const throws = 60_000;
    let sum = 0;
    for (let count = 0; count < throws; count++) {
      faces[random.below(6)]!++;
      sum += random.uniform();
    }
    for (const face of faces) assert.ok(Math.abs(face - throws / 6) < 4 * Math.sqrt((throws * 5) / 36), String(faces));
    assert.ok(Math.abs(sum / throws - 0.5) < 4 / Math.sqrt(12 * throws));
  });

  it('shuffle and sample without losing or repeating anything', () => {
    const order = Array.from(permutation(1000, seededRandom(2)));
    assert.notDeepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(order).size, 1000);
    assert.deepEqual(shuffled(['a', 'b', 'c'], seededRandom(5)).toSorted(), ['a', 'b', 'c']);
    assert.equal(new Set(sample(50, 50, seededRandom(3))).size, 50);
    const repeated = sample(3, 100, seededRandom(3));
    assert.equal(repeated.length, 100);
    assert.deepEqual([...new Set(repeated)].toSorted(), [0, 1, 2]);
  });
});
