import { linear } from '../graph/operators/contraction';
import { mul } from '../graph/operators/elementwise';
import type { Value } from '../graph/value';
import type { FrozenTensors } from './frozenTensors';
import type { Projection } from './groupedAttention';

export interface GatedFeedForwardWeights {
  readonly gate: Projection;
  readonly up: Projection;
  readonly down: Projection;
}

/** `name`: of the network in the checkpoint, as `model.layers.0.mlp`; weights [inner, D] and [D, inner]. */
export function readGatedFeedForward(
  tensors: FrozenTensors,
  name: string,
  width: number,
  innerWidth: number,
  biased: boolean,
): GatedFeedForwardWeights {
  const part = (projection: string, out: number, within: number): Projection => ({
    weight: tensors.tensor(`${name}.${projection}.weight`, [out, within]),
    bias: biased ? tensors.tensor(`${name}.${projection}.bias`, [out]) : undefined,
  });
  return {
    gate: part('gate_proj', innerWidth, width),
    up: part('up_proj', innerWidth, width),
    down: part('down_proj', width, innerWidth),
  };
}

/** activation(x G) * (x U) D: SwiGLU with SiLU, GEGLU with GELU. Shazeer 2020, equation 6. x [rows, D] -> the same. */
export function gatedFeedForward(w: GatedFeedForwardWeights, x: Value, activation: (x: Value) => Value): Value {
  const gate = activation(linear(x, w.gate.weight, w.gate.bias));
  return linear(mul(gate, linear(x, w.up.weight, w.up.bias)), w.down.weight, w.down.bias);
}
