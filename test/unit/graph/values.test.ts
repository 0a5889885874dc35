import assert from 'node:assert/strict';
import { attention } from '../../../extension/engine/graph/composites/attention';
import { crossEntropy } from '../../../extension/engine/graph/composites/crossEntropy';
import { layerNorm, rmsNorm } from '../../../extension/engine/graph/composites/normalization';
import { rotary } from '../../../extension/engine/graph/composites/rotary';
import { constant, input, weight } from '../../../extension/engine/graph/leaves';
import { linear, matmul } from '../../../extension/engine/graph/operators/contraction';
import { add, and, cast, equal, exp, mul, where } from '../../../extension/engine/graph/operators/elementwise';
import {
  gather,
  gatherElements,
  gatherND,
  scatterElements,
  scatterND,
} from '../../../extension/engine/graph/operators/indexing';
import { argMax, reduceSum, softmax, topK } from '../../../extension/engine/graph/operators/reductions';
import {
  concat,
  expand,
  pad,
  reshape,
  slice,
  squeeze,
  transpose,
  unsqueeze,
} from '../../../extension/engine/graph/operators/shaping';
import { GraphError, type Value, scope } from '../../../extension/engine/graph/value';

const float = (...shape: (number | string)[]): Value => input('x', 'float', shape);
const ids = (...shape: (number | string)[]): Value => input('ids', 'int64', shape);

describe('shapes of values', () => {
  it('follow from the operands, symbolically', () => {
    const text = float('batch', 'sequence', 8);
    assert.deepEqual(concat([float('batch', 'prompt', 8), text], 1).shape, ['batch', 'prompt + sequence', 8]);
    assert.deepEqual(reshape(text, [-1, 8]).shape, ['batch*sequence', 8]);
    assert.deepEqual(reshape(reshape(text, ['batch*sequence', 8]), ['batch', -1, 2, 4]).shape, [
      'batch',
      'sequence',
      2,
      4,
    ]);
    assert.deepEqual(slice(float('batch', 'sequence+prompt'), 1, 'prompt').shape, ['batch', 'sequence']);
    assert.deepEqual(pad(float('sequence'), 0, 'prompt', 0).shape, ['prompt + sequence']);
    assert.deepEqual(matmul(float('batch', 2, 'sequence', 4), float('sequence', 4), { transposeB: true }).shape, [
      'batch',
      2,
      'sequence',
      'sequence',
    ]);
    assert.deepEqual(linear(text, float(3, 8), float(3)).shape, ['batch', 'sequence', 3]);
    assert.deepEqual(gather(float(100, 8), ids('batch', 'sequence')).shape, ['batch', 'sequence', 8]);
    assert.deepEqual(gatherND(text, ids('targets', 2)).shape, ['targets', 8]);
    assert.deepEqual(gatherND(text, ids('batch', 'targets', 1), 1).shape, ['batch', 'targets', 8]);
    assert.deepEqual(reduceSum(text, [-1], { keepDims: true }).shape, ['batch', 'sequence', 1]);
    assert.deepEqual(reduceSum(text).shape, []);
    assert.deepEqual(argMax(text).shape, ['batch', 'sequence']);
    assert.deepEqual(topK(text, 3).shape, ['batch', 'sequence', 3]);
    assert.deepEqual(squeeze(unsqueeze(text, -1), 3).shape, text.shape);
    assert.deepEqual(add(float('batch', 1, 8), float('sequence', 1)).shape, ['batch', 'sequence', 8]);
    assert.equal(equal(ids('batch'), 3).type, 'bool');
  });

  it('makes one reshape of several, and none of a way there and back', () => {
    const text = float('batch', 'sequence', 8);
    const flat = reshape(text, [-1, 8]);
    assert.equal(reshape(flat, ['batch', 'sequence', 8]), text);
    assert.deepEqual(reshape(flat, ['batch', 'sequence', 2, 4]).inputs, [text]);
  });

  it('are left alone by operators that change nothing', () => {
    const x = float('batch', 'sequence', 8);
    for (const same of [
      reshape(x, ['batch', 'sequence', -1]),
      transpose(x, [0, 1, 2]),
      slice(x, 1, 0),
      expand(x, x.shape),
      concat([x], 0),
      pad(x, 0, 0, 0),
      cast(x, 'float'),
      mul(x, 1),
      add(x, 0),
    ])
      assert.equal(same, x);
  });

  it('that do not fit are told with operator, operands and part of the model', () => {
    assert.throws(
      () => scope('layers.3', () => scope('attention', () => matmul(float('batch', 8), float(4, 'batch')))),
      (error: Error) => {
        assert.ok(error instanceof GraphError);
        assert.equal(
          error.message,
          'MatMul(float [batch, 8], float [4, batch]) in layers.3/attention: the inner dimensions 8 and 4 differ.',
        );
        return true;
      },
    );
  });

  const refused: Readonly<Record<string, readonly [() => Value, RegExp]>> = {
    'adding dimensions of different names': [
      () => add(float('batch', 4), float('sequence', 4)),
      /batch and sequence \(axis -2\) do not broadcast/,
    ],
    'adding different types': [() => add(float('batch'), ids('batch')), /different types, float and int64/],
    'adding half a number to whole ones': [() => add(ids('batch'), 0.5), /0.5 is not a whole number/],
    'a condition that is a number': [() => where(float('batch'), 1, float('batch')), /the condition must be bool/],
    'a logical operator on numbers': [() => and(ids('batch'), ids('batch')), /must be bool/],
    'exp of whole numbers': [() => exp(ids('batch')), /floating-point/],
    'softmax of whole numbers': [() => softmax(ids('batch')), /floating-point/],
    'an axis that is not there': [() => softmax(float('batch', 4), 2), /axis 2 does not exist in 2 dimensions/],
    'a reshape to another size': [
      () => reshape(float('batch', 6), ['batch', 4]),
      /to \[batch, 4\]: 6\*batch elements do not make 4\*batch/,
    ],
    'a reshape that does not divide': [() => reshape(float('batch', 6), [-1, 4]), /do not make 4/],
    'a reshape with two unknowns': [() => reshape(float('batch', 6), [-1, -1]), /only one dimension/],
    'a transpose that forgets a dimension': [
      () => transpose(float(2, 3), [0]),
      /\[0\] is not an order of its 2 dimensions/,
    ],
    'a slice past the end': [() => slice(float('batch', 4), 1, 2, 6), /2 up to 6 does not lie in axis 1/],
    'a slice that ends before it starts': [() => slice(float('batch', 4), 1, 3, 1), /3 up to 1/],
    'an expand that does not broadcast': [
      () => expand(float('batch', 4), ['batch', 8]),
      /does not broadcast to \[batch, 8\]/,
    ],
    'joining different widths': [
      () => concat([float('batch', 4), float('batch', 5)], 0),
      /all dimensions but axis 0 must agree/,
    ],
    'a matrix product of a vector': [() => matmul(float(4), float(4, 4)), /two dimensions or more/],
    'a linear layer of another width': [() => linear(float('batch', 5), float(3, 4)), /last dimension must be 4/],
    'a linear layer whose bias does not fit': [
      () => linear(float('batch', 4), float(3, 4), float(4)),
      /bias must be \[3\]/,
    ],
    'indices that are no whole numbers': [() => gather(float(4, 4), float('batch')), /int64 or int32/],
    'gathering elements of another rank': [
      () => gatherElements(float('batch', 4), ids('batch')),
      /must agree on all axes but 1/,
    ],
    'gatherND by tuples that are too long': [() => gatherND(float('batch', 4), ids('targets', 3)), /a number up to 2/],
    'scatterND of the wrong updates': [
      () => scatterND(float(6, 4), ids('batch', 1), float('batch', 3)),
      /gatherND with these indices/,
    ],
    'scattering elements of another shape': [() => scatterElements(float(6, 4), ids(6, 2), float(6, 3)), /one shape/],
    'squeezing what is not 1': [() => squeeze(float('batch', 4), 1), /size 4, not 1/],
    'a norm of another width': [() => rmsNorm(float('batch', 8), float(4), 1e-6), /must be \[8\]/],
    'a layer norm whose bias does not fit': [
      () => layerNorm(float('batch', 8), float(8), float(4), 1e-6),
      /must be \[8\]/,
    ],
    'rotating an odd width': [() => rotary(float('batch', 7), float(3), float(3)), /even number/],
    'rotating by tables of another width': [() => rotary(float('batch', 8), float(8), float(8)), /must be \[..., 4\]/],
    'attention over heads that do not divide': [
      () =>
        attention(
          float('batch', 4, 'sequence', 8),
          float('batch', 3, 'sequence', 8),
          float('batch', 3, 'sequence', 8),
          { scale: 1 },
        ),
      /4 query heads are not a multiple of 3/,
    ],
    'attention over keys and values of different length': [
      () =>
        attention(float('batch', 4, 'sequence', 8), float('batch', 4, 'sequence', 8), float('batch', 4, 'prompt', 8), {
          scale: 1,
        }),
      /do not agree/,
    ],
    'cross entropy of rows and targets that differ': [
      () => crossEntropy(float('targets', 10), ids('batch')),
      /logits \[N, V\] and targets \[N\]/,
    ],
    'a constant of the wrong size': [() => constant([1, 2, 3], 'float', [2, 2]), /4 elements, but 3 numbers/],
    'a weight whose bytes do not make its shape': [
      () => weight({ name: 'w', file: 'w', offset: 0, length: 10, storage: 'bfloat16', shape: [2, 2] }),
      /Weight "w": bfloat16 \[2, 2\] needs 8 bytes, but the file says 10/,
    ],
  };
  for (const [what, [build, message]] of Object.entries(refused))
    it(`${what} is refused`, () => assert.throws(build, message));
});
