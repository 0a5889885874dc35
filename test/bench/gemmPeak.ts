import { productSpeed } from '../../extension/engine/graph/productSpeed';

/**
 * Floating point operations a second of the best product that this machine does: float32, a packed weight, the best of the shapes that
 * stand in the measured models, and of its repetitions.
 */
export async function gemmPeak(): Promise<number> {
  const products = [
    { rows: 1024, inner: 1536, columns: 1536 },
    { rows: 512, inner: 1536, columns: 576 },
    { rows: 1024, inner: 512, columns: 1024 },
  ];
  let best = 0;
  for (const product of products) best = Math.max(best, await productSpeed(product, 40));
  return best;
}
