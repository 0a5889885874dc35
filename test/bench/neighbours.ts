import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, type Random } from '../../extension/engine/datasets/random';
import { openNeighbourSearch } from '../../extension/engine/models/neighbourSearch';
import { vocabularyStatistics } from '../../extension/engine/models/vocabulary';
import { Weights } from '../../extension/engine/models/weights';
import { type Measurement, median } from './measurement';

/**
 * How long the neighbours of a whole prompt take: P vectors against V random embeddings of width D, k each, median and best of ten, and the
 * CPU time of all cores, which tells more on a busy machine. The vectors are embeddings with noise, so what has to come out first is known and is checked.
 */
const vocabulary = 250_000;
const shapes = [
  { length: 100, width: 768 },
  { length: 100, width: 2048 },
] as const;
const nearest = 10;
const repetitions = 5;

/** The neighbours of prompts of the released size and of a large model's. */
export async function neighbours(): Promise<readonly Measurement[]> {
  const measured: Measurement[] = [];
  for (const { length, width } of shapes) measured.push(...(await measure(length, width)));
  return measured;
}

async function measure(length: number, width: number): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'neighbours-'));
  try {
    writeEmbeddings(join(folder, 'model.safetensors'), width);
    const weights = await Weights.open(folder);
    const network = {
      embeddings: weights.get('embeddings', [vocabulary, width]),
      embeddingScale: 1,
      vocabulary,
      width,
    };
    const embeddings = (ids: readonly number[]): Promise<Float32Array> => weights.rows(network.embeddings, ids);

    const scanning = performance.now();
    const statistics = await vocabularyStatistics(network, weights);
    const scanned = performance.now();
    const model = { embeddings, vocabularyStatistics: () => Promise.resolve(statistics) };
    const search = await openNeighbourSearch(network, model, nearest);

    const planted = Array.from({ length }, (_, i) => Math.floor((i * vocabulary) / length));
    const random = seededRandom(0, 'noise');
    const prompt = (await embeddings(planted)).map((number) => number + normal(random));
    const seconds: number[] = [];
    const computing: number[] = [];
    for (const metric of ['cosine', 'euclidean'] as const)
      for (let i = 0; i < repetitions; i++) {
        const cpu = process.cpuUsage();
        const started = performance.now();
        const found = await search.nearest(prompt, metric);
        seconds.push((performance.now() - started) / 1000);
        const { user, system } = process.cpuUsage(cpu);
        computing.push((user + system) / 1e6);
        if (found.some(([first], position) => first?.id !== planted[position])) throw new Error('wrong neighbours');
      }
    await search.release();
    return [
      {
        what: `neighbours of ${length} x ${width} among ${vocabulary}`,
        value: median(seconds),
        unit: 's',
        ...(width === 2048 ? { aim: { most: 1 } } : {}),
      },
      { what: 'its CPU time, all cores', value: median(computing), unit: 's' },
      { what: 'norms and mean of the vocabulary, once a model', value: (scanned - scanning) / 1000, unit: 's' },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A safetensors file with one F32 matrix [V, D] of normal numbers; its rows are pieces of one pool. */
function writeEmbeddings(file: string, width: number): void {
  const random = seededRandom(0, 'embeddings');
  const numbers = Float32Array.from({ length: 1 << 22 }, () => normal(random));
  const bytes = Buffer.from(numbers.buffer);
  const header = JSON.stringify({
    embeddings: { dtype: 'F32', shape: [vocabulary, width], data_offsets: [0, vocabulary * width * 4] },
  });
  const output = openSync(file, 'w');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  writeSync(output, length);
  writeSync(output, header);
  for (let row = 0; row < vocabulary; row++) {
    // Rows overlap in the pool, but shifted against each other they have nothing in common.
    writeSync(output, bytes, row * 13 * 4, width * 4);
  }
  closeSync(output);
}

/** Standard normal, by the sum of twelve uniform numbers. */
function normal(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random.uniform();
  return sum;
}
