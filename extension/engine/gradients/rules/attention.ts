import { attentionParts } from '../../graph/composites/attention';
import { matmul } from '../../graph/operators/contraction';
import { mul, sub } from '../../graph/operators/elementwise';
import { reduceSum } from '../../graph/operators/reductions';
import type { Value } from '../../graph/value';
import type { GradientRules } from '../rule';

/**
 * Reverse rule of attention. The softmax's needs the sum over keys of dP * P, which equals the sum over widths of dO * O
 * (Dao et al. 2022, appendix B.2) and is far smaller.
 */
export const attentions: GradientRules = {
  Attention: ({ dy, inputs: [q, k, v, bias], output, attributes: { scale, softcap } }) => {
    const parts = attentionParts(q, k, v, bias, scale, softcap);
    const { probabilities, groupedProbabilities, group, ungroup, uncap } = parts;
    const scores = (): Value => {
      const dP = ungroup(matmul(group(dy), v, { transposeB: true }));
      return mul(sub(dP, reduceSum(mul(dy, output), [-1], { keepDims: true })), probabilities);
    };
    const products = (): Value => group(uncap(scores()));
    return [
      () => ungroup(matmul(products(), k, { scale })),
      () => matmul(products(), group(q), { transposeA: true, scale }),
      () => matmul(groupedProbabilities, group(dy), { transposeA: true }),
      scores,
    ];
  },
};
