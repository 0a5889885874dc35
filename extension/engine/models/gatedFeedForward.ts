import { mul } from '../graph/operators/elementwise';
import type { Value } from '../graph/value';
import type { Activation } from './activationFunctions';
import type { FrozenTensors } from './frozenTensors';
import { type LinearWeights, project, readLinear, readStackedLinears } from './modules';

export interface GatedFeedForwardWeights {
  readonly gate: LinearWeights;
  readonly up: LinearWeights;
  readonly down: LinearWeights;
}

/** `name`: of the network in the checkpoint, as `model.layers.0.mlp`. */
export function readGatedFeedForward(
  tensors: FrozenTensors,
  name: string,
  width: number,
  innerWidth: number,
  biased: boolean,
): GatedFeedForwardWeights {
  return {
    gate: readLinear(tensors, `${name}.gate_proj`, [innerWidth, width], biased),
    up: readLinear(tensors, `${name}.up_proj`, [innerWidth, width], biased),
    down: readLinear(tensors, `${name}.down_proj`, [width, innerWidth], biased),
  };
}

/** The same from a checkpoint that keeps gate and up as one projection, without biases. */
export function readFusedFeedForward(
  tensors: FrozenTensors,
  name: string,
  width: number,
  innerWidth: number,
): GatedFeedForwardWeights {
  const [gate, up] = readStackedLinears(tensors, `${name}.gate_up_proj`, [innerWidth, innerWidth], width);
  return {
    ...{ gate: gate!, up: up! },
    down: readLinear(tensors, `${name}.down_proj`, [width, innerWidth], false),
  };
}

/** (activation(x G) * x U) D: SwiGLU with SiLU, GEGLU with GELU; Shazeer 2020, equation 6. x [rows, D] -> the same. */
export function gatedFeedForward(w: GatedFeedForwardWeights, x: Value, activation: Activation): Value {
  return project(mul(activation(project(x, w.gate)), project(x, w.up)), w.down);
}
