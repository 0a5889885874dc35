import { mul, neg } from '../../graph/operators/elementwise';
import { scatterElements } from '../../graph/operators/indexing';
import { softmax } from '../../graph/operators/reductions';
import { unsqueeze } from '../../graph/operators/shaping';
import { type GradientRules, none } from '../rule';

/** Reverse rule of the cross entropy: softmax minus one at the target. */
export const crossEntropies: GradientRules = {
  CrossEntropy: ({ dy, inputs: [logits, targets] }) => [
    () => {
      const column = unsqueeze(dy, 1);
      return scatterElements(mul(softmax(logits), column), unsqueeze(targets, 1), neg(column), 1, 'add');
    },
    none,
  ],
};
