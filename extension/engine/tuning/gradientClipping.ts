/** Euclidean norm of all numbers, in float64. */
export function norm(values: Float32Array | Float64Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares);
}

/**
 * Scales `gradient` in place so that its norm is at most `threshold` (Pascanu et al. 2013), as `torch.nn.utils.clip_grad_norm_`
 * but without its 1e-6. Non-finite gradients are left as they are.
 * @returns the norm before.
 */
export function clipGradient(gradient: Float64Array, threshold: number | undefined): number {
  const before = norm(gradient);
  if (threshold !== undefined && before > threshold && Number.isFinite(before)) {
    const factor = threshold / before;
    for (let index = 0; index < gradient.length; index++) gradient[index]! *= factor;
  }
  return before;
}
