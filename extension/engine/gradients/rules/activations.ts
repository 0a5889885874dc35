import { geluTanhExponent, innerFactor, normalDistribution } from '../../graph/composites/activations';
import { add, exp, mul, sigmoid, sub } from '../../graph/operators/elementwise';
import type { Value } from '../../graph/value';
import type { GradientRules } from '../rule';

/** Reverse rules of the activations. */
export const activations: GradientRules = {
  Silu: ({ dy, inputs: [x], output }) => [
    () => {
      const s = sigmoid(x);
      return mul(dy, add(s, timesRest(output, s)));
    },
  ],
  Gelu: ({ dy, inputs: [x] }) => [
    () => {
      const density = mul(exp(mul(mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return mul(dy, add(normalDistribution(x), mul(x, density)));
    },
  ],
  GeluTanh: ({ dy, inputs: [x] }) => [
    () => {
      const z = geluTanhExponent(x);
      const s = sigmoid(z);
      // x z' = 3 z - 2 innerFactor x, as z has a linear and a cubic term.
      const steepness = sub(mul(z, 3), mul(x, 2 * innerFactor));
      return mul(dy, add(s, timesRest(mul(steepness, s), s)));
    },
  ],
};

/** x (1 - s). onnxruntime subtracts from a number in half the speed at which it subtracts two values. */
function timesRest(x: Value, s: Value): Value {
  return sub(x, mul(x, s));
}
