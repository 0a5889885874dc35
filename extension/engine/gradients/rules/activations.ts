import { geluTanhExponent, innerFactor, normalDistribution } from '../../graph/composites/activations';
import { add, exp, mul, sigmoid, sub } from '../../graph/operators/elementwise';
import type { GradientRules } from '../rule';

/** Reverse rules of the activations. */
export const activations: GradientRules = {
  Silu: ({ dy, inputs: [x], output }) => [
    () => {
      const s = sigmoid(x);
      return mul(dy, add(s, mul(output, sub(1, s))));
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
      return mul(dy, mul(s, add(mul(steepness, sub(1, s)), 1)));
    },
  ],
};
