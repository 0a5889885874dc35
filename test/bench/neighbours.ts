import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, type Random } from '../../extension/engine/datasets/random';
import { openNeighbourSearch } from '../../extension/engine/models/neighbourSearch';
import { vocabularyStatistics } from '../../extension/engine/models/vocabulary';
import { Weights } from '../../extension/engine/models/weights';

/**
 * How long the neighbours of a whole prompt take: P vectors against V random embeddings of width D, k each, median and best of ten, and the
 * CPU time of all cores, which tells more on a busy machine. The vectors are embeddings with noise, so what has to come out first is known and is checked.
 */
const vocabulary = 250_000;
const shapes = [
  { length: 100, width: 768 },
  { length: 100, width: 2048 },
] as const;
const neighbours = 10;
const repetitions = 5;

async function measure(length: number, width: number): Promise<void> {
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
    const search = await openNeighbourSearch(network, model, neighbours);
    const opened = performance.now();

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
    const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[repetitions]!;
    const show = (value: number): string => `${value.toFixed(2)} s`;
    process.stdout.write(
      `${length} x ${width} against ${vocabulary}, ${neighbours} neighbours: median ${show(middle(seconds))}, best ${show(Math.min(...seconds))}, ` +
        `CPU time ${show(middle(computing))}; ` +
        `once a model: norms and mean ${show((scanned - scanning) / 1000)}, session ${show((opened - scanned) / 1000)}\n`,
    );
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

async function main(): Promise<void> {
  const load = loadavg()[0]!.toFixed(1);
  process.stdout.write(`${cpus().length} cores (${cpus()[0]?.model ?? ''}), load ${load} before it began\n`);
  for (const { length, width } of shapes) await measure(length, width);
}

void main();
