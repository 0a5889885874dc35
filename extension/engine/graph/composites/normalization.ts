import { reduceMean } from '../operators/reductions';
import { add, cast, mul, reciprocal, sqrt, sub } from '../operators/elementwise';
import { type Value, fail, makeComposite } from '../value';

/**
 * Root mean square normalisation over the last dimension: weight * x / sqrt(mean(x^2) + epsilon).
 * Zhang and Sennrich 2019; T5 and Llama. `x` [..., D], `weight` [D].
 */
export function rmsNorm(x: Value, weight: Value, epsilon: number): Value {
  requireWidth('RmsNorm', [x, weight]);
  const [wide, factor] = [widened(x), widened(weight)];
  const norm = makeComposite('RmsNorm', [wide, factor], { epsilon }, () =>
    mul(mul(wide, inverseRms(wide, epsilon)), factor),
  );
  return cast(norm, x.type);
}

/** 1 / sqrt(mean(x^2) + epsilon) over the last dimension, which stays with size 1. */
export function inverseRms(x: Value, epsilon: number): Value {
  return reciprocal(sqrt(add(reduceMean(mul(x, x), [-1], { keepDims: true }), epsilon)));
}

/**
 * Layer normalisation over the last dimension: weight * (x - mean) / sqrt(variance + epsilon) + bias. Ba, Kiros and Hinton 2016.
 * `x` [..., D], `weight` and `bias` [D].
 */
export function layerNorm(x: Value, weight: Value, bias: Value, epsilon: number): Value {
  requireWidth('LayerNorm', [x, weight, bias]);
  const [wide, factor, shift] = [widened(x), widened(weight), widened(bias)];
  const norm = makeComposite('LayerNorm', [wide, factor, shift], { epsilon }, () =>
    add(mul(mul(centred(wide), inverseDeviation(wide, epsilon)), factor), shift),
  );
  return cast(norm, x.type);
}

/** x minus its mean over the last dimension. */
export function centred(x: Value): Value {
  return sub(x, reduceMean(x, [-1], { keepDims: true }));
}

/** 1 / sqrt(variance + epsilon) over the last dimension, which stays with size 1. */
export function inverseDeviation(x: Value, epsilon: number): Value {
  return inverseRms(centred(x), epsilon);
}

/** Squares of what goes through a residual stream do not fit float16. */
function widened(x: Value): Value {
  return x.type === 'float' ? cast(x, 'floatWide') : x;
}

function requireWidth(operator: string, inputs: readonly Value[]): void {
  const [x, ...parameters] = inputs;
  const width = x!.shape.at(-1);
  if (width === undefined || parameters.some(({ shape }) => shape.length !== 1 || shape[0] !== width))
    fail(operator, inputs, `weight and bias must be [${width ?? 'D'}], the last dimension of the first operand.`);
}
