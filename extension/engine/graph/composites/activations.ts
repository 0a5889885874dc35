import { add, erf, mul, sigmoid, tanh } from '../operators/elementwise';
import { type Value, makeComposite } from '../value';

/** x * sigmoid(x), also called swish. Elfwing, Uchibe and Doya 2017; Llama. */
export function silu(x: Value): Value {
  return makeComposite('Silu', [x], {}, () => mul(x, sigmoid(x)));
}

/** x * Phi(x) with Phi the normal distribution function, by erf. Hendrycks and Gimpel 2016; `gelu` in Hugging Face configurations. */
export function gelu(x: Value): Value {
  return makeComposite('Gelu', [x], {}, () => mul(x, normalDistribution(x)));
}

/** Phi(x) = (1 + erf(x / sqrt 2)) / 2. */
export function normalDistribution(x: Value): Value {
  return mul(add(erf(mul(x, Math.SQRT1_2)), 1), 0.5);
}

/** gelu by the tanh approximation, section 2 of the paper; `gelu_new` and `gelu_pytorch_tanh`; T5 v1.1 and GPT-2. */
export function geluTanh(x: Value): Value {
  return makeComposite('GeluTanh', [x], {}, () => mul(mul(x, 0.5), add(geluInnerTanh(x), 1)));
}

/** tanh(sqrt(2 / pi) (x + 0.044715 x^3)). */
export function geluInnerTanh(x: Value): Value {
  return tanh(mul(mul(x, add(mul(mul(x, x), cubicFactor), 1)), innerFactor));
}

/** bound * tanh(x / bound): x where it is small, never beyond the bound. Gemma 2 (Riviere et al. 2024, section 2), for attention scores and logits. */
export function softCap(x: Value, bound: number): Value {
  return mul(tanh(mul(x, 1 / bound)), bound);
}

export const innerFactor = Math.sqrt(2 / Math.PI);
export const cubicFactor = 0.044715;
