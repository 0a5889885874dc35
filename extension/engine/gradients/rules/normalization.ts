import { centred, inverseDeviation, inverseRms } from '../../graph/composites/normalization';
import { mul, sub } from '../../graph/operators/elementwise';
import { reduceMean } from '../../graph/operators/reductions';
import type { Value } from '../../graph/value';
import type { GradientRules } from '../rule';

/** Reverse rules of the norms, in terms of the normalised x, which the forward pass has computed already. */
export const normalizations: GradientRules = {
  RmsNorm: ({ dy, inputs: [x, weight], attributes: { epsilon } }) => {
    const scale = inverseRms(x, epsilon);
    const normal = mul(x, scale);
    return [
      () => {
        const g = mul(dy, weight);
        return mul(sub(g, mul(normal, mean(mul(g, normal)))), scale);
      },
      () => mul(dy, normal),
    ];
  },
  LayerNorm: ({ dy, inputs: [x, weight], attributes: { epsilon } }) => {
    const scale = inverseDeviation(x, epsilon);
    const normal = mul(centred(x), scale);
    return [
      () => {
        const g = mul(dy, weight);
        return mul(sub(sub(g, mean(g)), mul(normal, mean(mul(g, normal)))), scale);
      },
      () => mul(dy, normal),
      () => dy,
    ];
  },
};

function mean(x: Value): Value {
  return reduceMean(x, [-1], { keepDims: true });
}
