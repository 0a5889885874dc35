import assert from 'node:assert/strict';
import {
  differenceOf,
  dimension,
  evaluateDimension,
  productOf,
  quotientOf,
  sumOf,
} from '../../../extension/engine/graph/dimension';

describe('symbolic dimensions', () => {
  it('have one spelling, however they are written', () => {
    for (const text of [
      'sequence+prompt',
      ' prompt +  sequence',
      '2*prompt + sequence - prompt',
      'sequence*1 + prompt',
    ])
      assert.equal(dimension(text), 'prompt + sequence');
    assert.equal(dimension('sequence*batch + 3 + batch*prompt'), 'batch*prompt + batch*sequence + 3');
    assert.equal(dimension('batch - batch + 7'), 7);
    assert.equal(dimension('2*3'), 6);
  });

  it('add, subtract and multiply like numbers', () => {
    assert.equal(sumOf('prompt', 1, 'sequence', 2), 'prompt + sequence + 3');
    assert.equal(sumOf(1, 2), 3);
    assert.equal(differenceOf('prompt + sequence', 'prompt'), 'sequence');
    assert.equal(differenceOf('prompt', 'prompt'), 0);
    assert.equal(differenceOf('prompt', 2), 'prompt - 2');
    assert.equal(productOf(['batch', 'prompt + sequence', 2]), '2*batch*prompt + 2*batch*sequence');
    assert.equal(productOf([]), 1);
    assert.equal(productOf(['batch', 0]), 0);
  });

  it('divide where a polynomial is left, and only there', () => {
    assert.equal(quotientOf('batch*prompt + batch*sequence', 'batch'), 'prompt + sequence');
    assert.equal(quotientOf('batch*prompt + batch*sequence', 'prompt + sequence'), 'batch');
    assert.equal(quotientOf('6*batch*sequence', '2*sequence'), '3*batch');
    assert.equal(quotientOf('batch + 1', 'batch'), undefined);
    assert.equal(quotientOf('batch', 2), undefined);
    assert.equal(quotientOf(12, 4), 3);
    assert.equal(quotientOf(12, 5), undefined);
    assert.equal(quotientOf(12, 0), undefined);
  });

  it('have a value once their names have', () => {
    const sizes = new Map([
      ['batch', 2],
      ['sequence', 5],
    ]);
    assert.equal(evaluateDimension(dimension('batch*sequence + 2*batch - 1'), sizes), 13);
    assert.throws(() => evaluateDimension('targets', sizes), /"targets" is not known/);
  });

  it('that are none are refused', () => {
    for (const text of ['', 'a b', 'a +', '+', 'a / b', '2a', 'a ** b', 'a + (b)'])
      assert.throws(() => dimension(text), /is not a dimension/, text);
    assert.throws(() => dimension(-1), /non-negative integer/);
    assert.throws(() => dimension(1.5), /non-negative integer/);
  });
});
