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

/**
 * gelu by the tanh approximation, section 2 of the paper; `gelu_new` and `gelu_pytorch_tanh`; T5 v1.1 and GPT-2. Written by the sigmoid,
 * (1 + tanh(z / 2)) / 2 = sigmoid(z), which needs fewer passes over x.
 */
export function geluTanh(x: Value): Value {
  return makeComposite('GeluTanh', [x], {}, () => mul(x, sigmoid(geluTanhExponent(x))));
}

/** 2 sqrt(2 / pi) (x + 0.044715 x^3). */
export function geluTanhExponent(x: Value): Value {
  return mul(x, add(mul(mul(x, x), innerFactor * cubicFactor), innerFactor));
}

/** bound * tanh(x / bound): x where it is small, never beyond the bound. Gemma 2 (Riviere et al. 2024, section 2), for attention scores and logits. */
export function softCap(x: Value, bound: number): Value {
  return mul(tanh(mul(x, 1 / bound)), bound);
}

export const innerFactor = 2 * Math.sqrt(2 / Math.PI);
const cubicFactor = 0.044715;
