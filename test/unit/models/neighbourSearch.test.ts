import assert from 'node:assert/strict';
import { seededRandom } from '../../../extension/engine/datasets/random';
import type { FrozenModel, Neighbour, NeighbourMetric } from '../../../extension/engine/models/frozenModel';
import { loadFrozenModel } from '../../../extension/engine/models/loadFrozenModel';
import { modelFixtures } from './modelFixtures';

/** Every row of the vocabulary, compared in plain float64. */
async function comparedOneByOne(
  model: FrozenModel,
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
