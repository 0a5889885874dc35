import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModel } from '../../extension/engine/graph/emission/writeModel';
import { input, weight } from '../../extension/engine/graph/leaves';
import { linear } from '../../extension/engine/graph/operators/contraction';
import { openSession } from '../../extension/engine/graph/session';

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
  for (const product of products) best = Math.max(best, await speedOf(product));
  return best;
}

async function speedOf(product: { readonly rows: number; readonly inner: number; readonly columns: number }) {
  const { rows, inner, columns } = product;
  const folder = mkdtempSync(join(tmpdir(), 'gemm-'));
  try {
    const file = join(folder, 'weight.bin');
    const length = inner * columns * 4;
    writeFileSync(file, Buffer.from(new Float32Array(inner * columns).fill(0.01).buffer));
    const w = weight({ name: 'w', file, offset: 0, length, storage: 'float32', shape: [columns, inner] });
    const y = linear(input('x', 'float', [rows, inner]), w);
    const session = await openSession(writeModel({ y }, { executionProvider: 'cpu', precision: 'float32' }));
    const x = { data: new Float32Array(rows * inner).fill(0.5), shape: [rows, inner] };
    let seconds = Infinity;
    for (let i = 0; i < 40; i++) {
      const started = performance.now();
      await session.run({ x });
      seconds = Math.min(seconds, (performance.now() - started) / 1000);
    }
    await session.release();
    return (2 * rows * inner * columns) / seconds;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
