import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeModel } from './emission/writeModel';
import { input, weight } from './leaves';
import { linear } from './operators/contraction';
import { openSession } from './session';

/** A matrix product [rows, inner] x [inner, columns]. */
export interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Floating point operations a second of one float32 product on this machine's CPU, with the weight packed as in a tuning step: the
 * best of its repetitions.
 * @param repetitions a few dozen take a tenth of a second or so.
 */
export async function productSpeed({ rows, inner, columns }: Product, repetitions: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'product-'));
  try {
    const file = join(folder, 'weight.bin');
    await writeFile(file, new Float32Array(inner * columns).fill(0.01));
    const place = { file, offset: 0, length: inner * columns * 4 };
    const w = weight({ name: 'w', ...place, storage: 'float32', shape: [columns, inner] });
    const y = linear(input('x', 'float', [rows, inner]), w);
    const session = await openSession(writeModel({ y }, { executionProvider: 'cpu', precision: 'float32' }));
    const x = { data: new Float32Array(rows * inner).fill(0.5), shape: [rows, inner] };
    let seconds = Infinity;
    for (let i = 0; i < repetitions; i++) {
      const started = performance.now();
      await session.run({ x });
      seconds = Math.min(seconds, (performance.now() - started) / 1000);
    }
    await session.release();
    return (2 * rows * inner * columns) / seconds;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
