/** The ONNX versions that are written; onnxruntime 1.30 reads them with every provider we claim. */
export const onnxOpset = 21;
export const onnxIrVersion = 10;
/** Version of onnxruntime's own operators (`com.microsoft`). */
export const contribOpset = 1;

export type ExecutionProvider = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';
export type Precision = 'float32' | 'float64' | 'float16';

/** What a model is written for. */
export interface Target {
  readonly executionProvider: ExecutionProvider;
  /**
   * What `float` means. float64 exists on the CPU only and is for checking gradients. With float16 the model is still fed with float32 and
   * gives float32.
   */
  readonly precision: Precision;
  /**
   * Matrices that are stored in float16 stay so on the device while the model computes in float32: each use of one converts it anew. Default: they
   * are converted once, when the session is opened.
   */
  readonly float16Weights?: boolean;
  /** There is no backward pass, which needs what a fused operator computes on its way. Default: there may be one. */
  readonly forwardOnly?: boolean;
}

/** Whether com.microsoft.FusedMatMul has a kernel. Elsewhere it would fall back to the CPU, with a copy either way. */
export function hasFusedMatMul({ executionProvider, precision }: Target): boolean {
  return precision === 'float32' && (executionProvider === 'cpu' || executionProvider === 'cuda');
}

/** Whether Erf has a kernel: the CPU has none for float64. */
export function hasErf({ precision }: Target): boolean {
  return precision !== 'float64';
}

/** Whether com.microsoft.RotaryEmbedding is used: the CPU's does a turn in one pass instead of nine. */
export function hasRotaryEmbedding({ executionProvider, precision }: Target): boolean {
  return precision === 'float32' && executionProvider === 'cpu';
}

/** Whether norms and activations are one operator each: the CPU's do in one pass what takes them four to seven. */
export function hasForwardOperators({ executionProvider, precision, forwardOnly }: Target): boolean {
  return forwardOnly === true && precision === 'float32' && executionProvider === 'cpu';
}
