import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { FrozenModel, Neighbour, NeighbourMetric } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { openNeighbourSearch } from '../../../extension/engine/models/neighbourSearch';
import { vocabularyStatistics } from '../../../extension/engine/models/vocabulary';
import { Weights } from '../../../extension/engine/models/weights';
import { encodeTensors } from '../../../extension/engine/prompts/tensorFile';
import { inTemporaryFolder } from '../runs/records';
import { modelFixtures } from './modelFixtures';

/** Every row of the vocabulary, compared in plain float64. */
async function comparedOneByOne(
  model: Pick<FrozenModel, 'vocabulary' | 'width' | 'embeddings'>,
  vector: Float32Array,
  metric: NeighbourMetric,
): Promise<Neighbour[]> {
  const ids = Array.from({ length: model.vocabulary }, (_, id) => id);
  const embeddings = await model.embeddings(ids);
  const found = ids.map((id) => {
    const row = Array.from(embeddings.subarray(id * model.width, (id + 1) * model.width));
    const dot = row.reduce((sum, x, i) => sum + x * vector[i]!, 0);
    const cosine = dot / Math.hypot(...row) / Math.hypot(...vector);
    return { id, cosine, distance: Math.hypot(...row.map((x, i) => x - vector[i]!)) };
  });
  return metric === 'cosine'
    ? found.sort((a, b) => b.cosine - a.cosine)
    : found.sort((a, b) => a.distance - b.distance);
}

for (const name of ['llama-untied', 'llama-bf16', 'llama-sharded', 't5-v1.1'])
  describe(`nearest tokens of ${name}`, function () {
    this.timeout(60_000);
    let model: FrozenModel;
    let vectors: Float32Array;
    before(async () => {
      model = await loadFrozenModel(`${modelFixtures}/${name}`);
      const random = seededRandom(3, 'vectors');
      vectors = Float32Array.from({ length: 300 * model.width }, () => random.uniform() - 0.5);
    });

    for (const metric of ['cosine', 'euclidean'] as const)
      it(`are those of a plain float64 comparison with every token (${metric})`, async () => {
        const search = await model.openNeighbourSearch(5);
        const found = await search.nearest(vectors, metric);
        await search.release();
        assert.equal(found.length, 300);
        for (const row of [0, 1, 255, 256, 299]) {
          const vector = vectors.subarray(row * model.width, (row + 1) * model.width);
          const expected = (await comparedOneByOne(model, vector, metric)).slice(0, 5);
          assert.deepEqual(
            found[row]!.map(({ id }) => id),
            expected.map(({ id }) => id),
          );
          for (const [i, { cosine, distance }] of found[row]!.entries()) {
            assert.ok(Math.abs(cosine - expected[i]!.cosine) < 1e-12);
            assert.ok(Math.abs(distance - expected[i]!.distance) < 1e-12);
          }
        }
      });

    it('begin with the token itself for its own embedding, wherever it stands in the vocabulary', async () => {
      const ids = [0, 1, model.vocabulary - 1];
      const search = await model.openNeighbourSearch(1);
      const found = await search.nearest(await model.embeddings(ids), 'cosine');
      await search.release();
      assert.deepEqual(
        found.map(([first]) => first!.id),
        ids,
      );
    });

    it('are as many as were asked for, and no more than there are tokens', async () => {
      await assert.rejects(model.openNeighbourSearch(model.vocabulary + 1), /in a vocabulary of \d+/);
      const search = await model.openNeighbourSearch(model.vocabulary);
      const [found] = await search.nearest(vectors.subarray(0, model.width), 'cosine');
      await search.release();
      assert.equal(new Set(found!.map(({ id }) => id)).size, model.vocabulary);
    });

    it('have the norms and the mean that reading every row gives', async () => {
      const { norms, mean } = await model.vocabularyStatistics();
      const ids = Array.from({ length: model.vocabulary }, (_, id) => id);
      const embeddings = await model.embeddings(ids);
      for (const id of ids) {
        const row = Array.from(embeddings.subarray(id * model.width, (id + 1) * model.width));
        assert.ok(Math.abs(norms[id]! - Math.hypot(...row)) < 1e-12);
      }
      for (let column = 0; column < model.width; column++) {
        const sum = ids.reduce((total, id) => total + embeddings[id * model.width + column]!, 0);
        assert.ok(Math.abs(mean[column]! - sum / ids.length) < 1e-12);
      }
    });
  });

describe('nearest tokens of a vocabulary of several blocks, with embeddings that the model scales', () => {
  const [vocabulary, width, embeddingScale] = [40_000, 3, 2.5];

  for (const metric of ['cosine', 'euclidean'] as const)
    it(`are those of a plain float64 comparison (${metric})`, async () => {
      await inTemporaryFolder(async (folder) => {
        const random = seededRandom(4, 'vocabulary');
        const stored = Float32Array.from({ length: vocabulary * width }, () => random.uniform() - 0.5);
        writeFileSync(
          join(folder, 'model.safetensors'),
          encodeTensors({ embeddings: { shape: [vocabulary, width], data: stored } }),
        );
        const weights = await Weights.open(folder);
        const network = {
          embeddings: weights.get('embeddings', [vocabulary, width]),
          vocabulary,
          width,
          embeddingScale,
        };
        const scaled = stored.map((number) => number * embeddingScale);
        const model = {
          width,
          vocabulary,
          embeddings: (ids: readonly number[]): Promise<Float32Array> =>
            Promise.resolve(Float32Array.from(ids.flatMap((id) => [...scaled.subarray(id * width, (id + 1) * width)]))),
          vocabularyStatistics: () => vocabularyStatistics(network, weights),
        };
        const vectors = scaled.slice(-2 * width).map((number) => number * 1.1);
        const search = await openNeighbourSearch(network, model, 4);
        const found = await search.nearest(vectors, metric);
        await search.release();
        for (const [row, neighbours] of found.entries()) {
          const vector = vectors.subarray(row * width, (row + 1) * width);
          const expected = await comparedOneByOne(model, vector, metric);
          assert.deepEqual(
            neighbours.map(({ id }) => id),
            expected.slice(0, 4).map(({ id }) => id),
          );
        }
      });
    });
});
