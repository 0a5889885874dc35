import type { Operator } from '../graph/operator';
import type { Value } from '../graph/value';
import type { Contribution, GradientRules } from './rule';
import { activations } from './rules/activations';
import { attentions } from './rules/attention';
import { contractions } from './rules/contraction';
import { crossEntropies } from './rules/crossEntropy';
import { elementwise } from './rules/elementwise';
import { indexing } from './rules/indexing';
import { normalizations } from './rules/normalization';
import { reductions } from './rules/reductions';
import { rotations } from './rules/rotary';
import { shaping } from './rules/shaping';

/** A rule as the walk sees it, its operator forgotten. */
export type AnyRule = (context: {
  readonly dy: Value;
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly attributes: Value['attributes'];
}) => readonly Contribution[];

/** Every operator that has a rule. A composite without one is differentiated through what it is made of. */
export const rules: GradientRules = {
  ...elementwise,
  ...contractions,
  ...reductions,
  ...shaping,
  ...indexing,
  ...normalizations,
  ...attentions,
  ...rotations,
  ...activations,
  ...crossEntropies,
};

export function ruleOf(operator: Operator): AnyRule | undefined {
  return rules[operator] as AnyRule | undefined;
}
