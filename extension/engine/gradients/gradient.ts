/**
 * Reverse mode over graph values: the walk. It knows no operator; what an operator does to gradients is a row in rules/.
 * Only the path from the loss to what is wanted is walked, and of each rule only the operands on that path are asked for, so a frozen
 * weight costs nothing.
 */
import { type Shape, productOf, shapeText } from '../graph/dimension';
import { constant } from '../graph/leaves';
import { add } from '../graph/operators/elementwise';
import { reduceSum } from '../graph/operators/reductions';
import { concat, expand, reshape } from '../graph/operators/shaping';
import { inOrder } from '../graph/order';
import { GraphError, type Value, isFloating, scope } from '../graph/value';
import { type AnyRule, ruleOf } from './rules/table';

/**
 * The derivative of a scalar with respect to values it depends on, each of that value's shape. The results are values like any other.
 * @throws GraphError when the loss is no scalar, or an operator on the way has no rule.
 */
export function gradient(loss: Value, wanted: readonly Value[]): Value[] {
  if (productOf(loss.shape) !== 1)
    throw new GraphError(`gradient: the loss must be a scalar, it is ${shapeText(loss.shape)}; sum it first.`);
  const order = inOrder([loss], dependenciesOf);
  const path = pathTo(wanted, order);
  const gradients = new Map<Value, Value>([[loss, zerosOr(1, loss)]]);
  const accumulate = (value: Value, contribution: Value): void => {
    const sum = gradients.get(value);
    gradients.set(value, sum === undefined ? contribution : together(sum, contribution));
  };
  for (const value of order.reverse()) {
    const dy = gradients.get(value);
    if (dy === undefined || !path.has(value) || value.inputs.length === 0) continue;
    scope(`gradient/${value.scope}`, () => {
      const rule = ruleOf(value.operator);
      if (rule !== undefined) applyRule(rule, value, dy, path, accumulate);
      else accumulate(expansionOf(value), dy);
    });
  }
  return wanted.map((value) => gradients.get(value) ?? zerosOr(0, value));
}

function applyRule(
  rule: AnyRule,
  output: Value,
  dy: Value,
  path: ReadonlySet<Value>,
  accumulate: (value: Value, contribution: Value) => void,
): void {
  const { inputs, attributes } = output;
  const contributions = rule({ dy, inputs, output, attributes });
  inputs.forEach((each, index) => {
    const contribution = path.has(each) ? contributions[index] : undefined;
    if (contribution !== undefined) accumulate(each, fitted(contribution(), each.shape));
  });
}

function dependenciesOf(value: Value): readonly Value[] {
  if (ruleOf(value.operator) !== undefined || value.expansion === undefined) return value.inputs;
  return [value.expansion()];
}

function expansionOf(value: Value): Value {
  if (value.expansion === undefined)
    throw new GraphError(`gradient: ${value.operator} ${shapeText(value.shape)} in "${value.scope}" has no rule.`);
  return value.expansion();
}

/** The sum of two contributions. Where one is zero wherever the other is not, as after cutting a value in two, nothing has to be added. */
function together(a: Value, b: Value): Value {
  for (const [front, back] of [
    [a, b],
    [b, a],
  ] as const) {
    if (!isPad(front) || !isPad(back) || front.attributes.axis !== back.attributes.axis) continue;
    const { axis, before, after } = front.attributes;
    const [x, y] = [front.inputs[0]!, back.inputs[0]!];
    if (
      before === 0 &&
      back.attributes.after === 0 &&
      after === y.shape[axis] &&
      back.attributes.before === x.shape[axis]
    )
      return concat([x, y], axis);
  }
  return add(a, b);
}

function isPad(value: Value): value is Value<'Pad'> {
  return value.operator === 'Pad';
}

/** The values through which the loss depends on what is wanted. Whole numbers carry no gradient. */
function pathTo(wanted: readonly Value[], order: readonly Value[]): Set<Value> {
  const path = new Set(wanted);
  for (const value of order)
    if (isFloating(value.type) && dependenciesOf(value).some((each) => path.has(each))) path.add(value);
  return path;
}

/** Undoes broadcasting: sums over the dimensions in which an operand was repeated, and repeats a contribution that was left small. */
function fitted(contribution: Value, shape: Shape): Value {
  const extra = contribution.shape.length - shape.length;
  const repeated = contribution.shape.flatMap((dim, axis) =>
    axis < extra || (shape[axis - extra] === 1 && dim !== 1) ? [axis] : [],
  );
  const summed = repeated.length === 0 ? contribution : reduceSum(contribution, repeated, { keepDims: true });
  return expand(extra > 0 ? reshape(summed, summed.shape.slice(extra)) : summed, shape);
}

function zerosOr(number: number, like: Value): Value {
  return expand(constant(number, like.type), like.shape);
}
