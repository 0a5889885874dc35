import { layerNorm } from '../graph/composites/normalization';
import { linear } from '../graph/operators/contraction';
import type { Value } from '../graph/value';
import type { FrozenTensors } from './frozenTensors';

/** A linear map, [out, in], with a bias [out] or none. */
export interface LinearWeights {
  readonly weight: Value;
  readonly bias: Value | undefined;
}

/** Reads `name.weight` and, where the map has one, `name.bias`. @throws ModelError where they are missing or of another shape. */
export function readLinear(
  tensors: FrozenTensors,
  name: string,
  [out, within]: readonly [out: number, within: number],
  biased: boolean,
): LinearWeights {
  const bias = biased ? tensors.tensor(`${name}.bias`, [out]) : undefined;
  return { weight: tensors.tensor(`${name}.weight`, [out, within]), bias };
}

/** Linear maps without biases that `name.weight` holds below each other, each with so many outputs. @throws ModelError as {@link readLinear}. */
export function readStackedLinears(
  tensors: FrozenTensors,
  name: string,
  outs: readonly number[],
  within: number,
): LinearWeights[] {
  return tensors.stacked(`${name}.weight`, outs, within).map((weight) => ({ weight, bias: undefined }));
}

/** x [rows, in] -> [rows, out]. */
export function project(x: Value, { weight, bias }: LinearWeights): Value {
  return linear(x, weight, bias);
}

/** Weight and bias of a layer normalisation, [D] each. */
export interface LayerNormWeights {
  readonly weight: Value;
  readonly bias: Value;
}

/** Reads `name.weight` and `name.bias`. @throws ModelError where they are missing or of another shape. */
export function readLayerNorm(tensors: FrozenTensors, name: string, width: number): LayerNormWeights {
  return { weight: tensors.tensor(`${name}.weight`, [width]), bias: tensors.tensor(`${name}.bias`, [width]) };
}

/** x [rows, D] -> the same, normalised. */
export function normalise(x: Value, { weight, bias }: LayerNormWeights, epsilon: number): Value {
  return layerNorm(x, weight, bias, epsilon);
}
