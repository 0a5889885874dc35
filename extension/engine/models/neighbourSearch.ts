import { writeModel } from '../graph/emission/writeModel';
import { input } from '../graph/leaves';
import { linear } from '../graph/operators/contraction';
import { add, mul } from '../graph/operators/elementwise';
import { gatherElements } from '../graph/operators/indexing';
import { topK } from '../graph/operators/reductions';
import { concat, slice } from '../graph/operators/shaping';
import { openSession } from '../graph/session';
import type { Value } from '../graph/value';
import type { FrozenModel, Neighbour, NeighbourMetric, NeighbourSearch } from './frozenModel';
import { weightRows } from './frozenTensors';
import type { EmbeddingMatrix } from './vocabulary';

/** Rows of the vocabulary that are compared at once, so that the scores of a block stay in a few megabytes. */
const blockRows = 16_384;
/** Vectors that are looked at in one pass. */
const passVectors = 256;
/** Candidates beyond those wanted: float32 may put neighbours of nearly one distance in another order than float64. */
const spareCandidates = 8;

/**
 * Nearest rows of the embedding matrix, over the whole vocabulary, exactly. The product runs as a graph over the weights where they lie, block
 * by block; it finds a few candidates more than are wanted, whose cosines and distances are then computed in float64.
 *
 * Both metrics are one graph: with e = scale * w for a row w of the stored matrix, e is the better for a vector q the larger `factor * (q . w) +
 * offset` is, with scale / |e| and 0 for the cosine, and scale and -|e|^2 / 2 for the distance, since |q - e|^2 = |q|^2 - 2 (q . e - |e|^2 / 2).
 *
 * @param count neighbours of each vector; at most the vocabulary.
 */
export async function openNeighbourSearch(
  network: EmbeddingMatrix,
  model: Pick<FrozenModel, 'embeddings' | 'vocabularyStatistics'>,
  count: number,
): Promise<NeighbourSearch> {
  const { vocabulary, width, embeddingScale: scale } = network;
  if (!Number.isInteger(count) || count < 1 || count > vocabulary)
    throw new RangeError(`${count} neighbours cannot be found in a vocabulary of ${vocabulary}; ask for 1 or more`);
  const { norms } = await model.vocabularyStatistics();
  const ids = candidates(network, Math.min(vocabulary, count + spareCandidates));
  // Every weight is used once a pass: a packed copy of the embeddings would cost more than it saves.
  const written = writeModel({ ids }, { executionProvider: 'cpu', precision: 'float32' });
  const session = await openSession(written, { lowMemory: true });

  const scoring: Readonly<Record<NeighbourMetric, { factors: Float32Array; offsets: Float32Array }>> = {
    // A row of zeros has no direction; it is as far as a right angle.
    cosine: {
      factors: Float32Array.from(norms, (norm) => (norm === 0 ? 0 : scale / norm)),
      offsets: new Float32Array(vocabulary),
    },
    euclidean: {
      factors: new Float32Array(vocabulary).fill(scale),
      offsets: Float32Array.from(norms, (norm) => -(norm ** 2) / 2),
    },
  };

  const pass = async (vectors: Float32Array, metric: NeighbourMetric): Promise<Neighbour[][]> => {
    const rows = vectors.length / width;
    const { factors, offsets } = scoring[metric];
    const result = await session.run({
      vectors: { data: vectors, shape: [rows, width] },
      factors: { data: factors, shape: [vocabulary] },
      offsets: { data: offsets, shape: [vocabulary] },
    });
    const found = Array.from(result['ids']!.data, Number);
    const distinct = [...new Set(found)];
    const embeddings = await model.embeddings(distinct);
    const place = new Map(distinct.map((id, i) => [id, embeddings.subarray(i * width, (i + 1) * width)]));
    const each = found.length / rows;
    return Array.from({ length: rows }, (_, row) => {
      const vector = vectors.subarray(row * width, (row + 1) * width);
      return found
        .slice(row * each, (row + 1) * each)
        .map((id) => neighbour(id, vector, place.get(id)!))
        .sort(nearestFirst[metric])
        .slice(0, count);
    });
  };

  return {
    async nearest(vectors, metric) {
      if (vectors.length === 0 || vectors.length % width !== 0)
        throw new RangeError(`${vectors.length} numbers are no vectors of width ${width}`);
      const found: Neighbour[][] = [];
      for (let first = 0; first < vectors.length; first += passVectors * width)
        found.push(...(await pass(vectors.subarray(first, first + passVectors * width), metric)));
      return found;
    },
    release: () => session.release(),
  };
}

/** Ids of the best rows of each vector, [vectors, count]. */
function candidates({ embeddings, vocabulary, width }: EmbeddingMatrix, count: number): Value {
  const vectors = input('vectors', 'float', ['vectors', width]);
  const factors = input('factors', 'float', [vocabulary]);
  const offsets = input('offsets', 'float', [vocabulary]);
  const blocks: { readonly scores: Value; readonly ids: Value }[] = [];
  for (let first = 0; first < vocabulary; first += blockRows) {
    const end = Math.min(first + blockRows, vocabulary);
    const products = linear(vectors, weightRows(embeddings, first, end));
    const scores = add(mul(products, slice(factors, 0, first, end)), slice(offsets, 0, first, end));
    const best = topK(scores, Math.min(count, end - first));
    blocks.push({ scores: gatherElements(scores, best), ids: add(best, first) });
  }
  const scores = concat(
    blocks.map((block) => block.scores),
    1,
  );
  const ids = concat(
    blocks.map((block) => block.ids),
    1,
  );
  return gatherElements(ids, topK(scores, count));
}

const nearestFirst: Readonly<Record<NeighbourMetric, (a: Neighbour, b: Neighbour) => number>> = {
  cosine: (a, b) => b.cosine - a.cosine || a.id - b.id,
  euclidean: (a, b) => a.distance - b.distance || a.id - b.id,
};

function neighbour(id: number, vector: Float32Array, row: Float32Array): Neighbour {
  let [product, vectorSquare, rowSquare, square] = [0, 0, 0, 0];
  for (let i = 0; i < vector.length; i++) {
    const [a, b] = [vector[i]!, row[i]!];
    product += a * b;
    vectorSquare += a * a;
    rowSquare += b * b;
    square += (a - b) * (a - b);
  }
  const norms = Math.sqrt(vectorSquare * rowSquare);
  return { id, cosine: norms === 0 ? 0 : product / norms, distance: Math.sqrt(square) };
}
