import { cubicFactor, geluInnerTanh, innerFactor, normalDistribution } from '../../graph/composites/activations';
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
      const t = geluInnerTanh(x);
      const innerSlope = mul(add(mul(mul(x, x), 3 * cubicFactor), 1), innerFactor);
      const slope = add(add(t, 1), mul(mul(x, sub(1, mul(t, t))), innerSlope));
      return mul(dy, mul(slope, 0.5));
    },
  ],
};
