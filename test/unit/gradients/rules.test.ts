import assert from 'node:assert/strict';
import { rules } from '../../../extension/engine/gradients/rules/table';
import { inOrder } from '../../../extension/engine/graph/order';
import { input } from '../../../extension/engine/graph/leaves';
import { cases } from './cases';
import { gradientErrors } from './differences';

describe('gradient rules', function () {
  this.timeout(60_000);

  it('every rule has a case', () => {
    const covered = new Set<string>();
    for (const { inputs, build } of Object.values(cases)) {
      const values = Object.entries(inputs).map(
        ([name, { type = 'float', shape }]) => [name, input(name, type, shape)] as const,
      );
      for (const { operator } of inOrder([build(Object.fromEntries(values))], (value) => value.inputs))
        covered.add(operator);
    }
    assert.deepEqual(
      Object.keys(rules).filter((operator) => !covered.has(operator)),
      [],
    );
  });

  for (const [name, each] of Object.entries(cases))
    it(`${name}: equals central differences in float64`, async () => {
      const errors = await gradientErrors(each);
      assert.ok(Object.keys(errors).length > 0);
      for (const [operand, error] of Object.entries(errors))
        assert.ok(error <= 1e-7, `${operand}: relative error ${error}`);
    });
});
