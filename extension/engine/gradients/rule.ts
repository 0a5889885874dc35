import type { Operator, OperatorAttributes } from '../graph/operator';
import type { Value } from '../graph/value';

export interface RuleContext<O extends Operator> {
  /** Gradient of the loss with respect to the output, of its shape. */
  readonly dy: Value;
  /** As many as the operator has; a rule takes what it knows to be there. */
  readonly inputs: readonly [Value, Value, Value, Value?];
  /** The operator's result itself. */
  readonly output: Value;
  readonly attributes: OperatorAttributes[O];
}

/** The gradient with respect to one operand, made when it is asked for; undefined where none flows. The walk undoes broadcasting. */
export type Contribution = (() => Value) | undefined;
export const none: Contribution = undefined;

/** One entry an operand, in the operands' order. */
export type GradientRule<O extends Operator> = (context: RuleContext<O>) => readonly Contribution[];
export type GradientRules = { readonly [O in Operator]?: GradientRule<O> };
