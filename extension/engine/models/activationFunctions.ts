import { gelu, geluTanh, silu } from '../graph/composites/activations';
import { relu } from '../graph/operators/elementwise';
import type { Value } from '../graph/value';
import type { Configuration } from './configuration';

export type Activation = (x: Value) => Value;

/** By the names of Hugging Face configurations; several mean one function. */
export const activations = {
  relu,
  gelu,
  gelu_new: geluTanh,
  gelu_fast: geluTanh,
  gelu_pytorch_tanh: geluTanh,
  silu,
  swish: silu,
} satisfies Record<string, Activation>;

export type ActivationName = keyof typeof activations;

/** @throws ModelError for one that is not in the table. */
export function readActivation(configuration: Configuration, field: string, fallback: ActivationName): Activation {
  return activations[configuration.choice(field, Object.keys(activations) as ActivationName[], fallback)];
}
