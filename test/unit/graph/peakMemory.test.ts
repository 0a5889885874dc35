import assert from 'node:assert/strict';
import { input, weight } from '../../../extension/engine/graph/leaves';
import { linear } from '../../../extension/engine/graph/operators/contraction';
import { add, mul } from '../../../extension/engine/graph/operators/elementwise';
import { reshape } from '../../../extension/engine/graph/operators/shaping';
import { peakMemory } from '../../../extension/engine/graph/peakMemory';

const sizes = new Map([['batch', 10]]);
const x = input('x', 'float', ['batch', 4]);
const row = 10 * 4 * 4;

describe('the peak memory of a graph', () => {
  it('is what is alive at once, not what is ever made', () => {
    const chain = [1, 2, 3, 4].reduce((value, factor) => mul(value, factor), x);
    assert.equal(peakMemory([chain], sizes), 2 * row);
  });

  it('counts what is kept for later all the while', () => {
    const early = mul(x, 2);
    const late = mul(mul(mul(early, 3), 5), 7);
    assert.equal(peakMemory([add(late, early)], sizes), 3 * row);
  });

  it('counts equal expressions once and other views of the same numbers not at all', () => {
    assert.equal(peakMemory([add(mul(x, 2), mul(x, 2))], sizes), peakMemory([mul(mul(x, 2), 3)], sizes));
    assert.equal(peakMemory([reshape(mul(x, 2), [-1])], sizes), 2 * row);
  });

  it('leaves out the weights', () => {
    const place = { file: 'model.safetensors', offset: 0, length: 4 * 4096, storage: 'float32' } as const;
    const w = weight({ name: 'w', ...place, shape: [1024, 4] });
    assert.equal(peakMemory([linear(x, w)], sizes), row + 10 * 1024 * 4);
  });

  it('is refused where a size is not known', () => {
    assert.throws(() => peakMemory([mul(x, 2)], new Map()), /"batch" is not known/);
  });
});
