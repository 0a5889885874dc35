import type { Operator } from '../../graph/operator';
import type { Value } from '../../graph/value';
import type { Contribution, GradientRules } from '../rule';
import { activations } from './activations';
import { attentions } from './attention';
import { contractions } from './contraction';
import { crossEntropies } from './crossEntropy';
import { elementwise } from './elementwise';
import { indexing } from './indexing';
import { normalizations } from './normalization';
import { reductions } from './reductions';
import { rotations } from './rotary';
import { shaping } from './shaping';

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
