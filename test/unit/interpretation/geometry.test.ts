import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { assignTokens } from '../../../extension/engine/interpretation/assignment';
import { bestPartition, directionDistances } from '../../../extension/engine/interpretation/clustering';
import { effectiveRank, spectrum } from '../../../extension/engine/interpretation/effectiveRank';
import { cosineMatrix, gramMatrix } from '../../../extension/engine/interpretation/gramMatrix';
import { normDistribution, quantile, rowNorms, shareBelow } from '../../../extension/engine/interpretation/norms';
import { principalComponents } from '../../../extension/engine/interpretation/pca';
import { meanSilhouette } from '../../../extension/engine/interpretation/silhouette';

/** What numpy, scipy and scikit-learn computed: test/oracles/interpretation.py. */
interface Geometry {
  /** Cosines of two prompts, and the largest sum of an assignment. */
  readonly assignments: readonly { readonly cosines: number[][]; readonly sum: number }[];
  readonly rows: readonly (readonly number[])[];
  readonly singularValues: readonly number[];
  readonly effectiveRank: number;
  readonly explained: readonly number[];
  readonly scores: readonly (readonly number[])[];
  readonly ward: Readonly<Record<string, readonly number[]>>;
  readonly silhouettes: Readonly<Record<string, number>>;
  readonly quantiles: readonly (readonly [number, number])[];
}
const expected = JSON.parse(readFileSync('test/fixtures/interpretation/geometry.json', 'utf8')) as Geometry;
const width = expected.rows[0]!.length;
const rows = Float32Array.from(expected.rows.flat());

function assertClose(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  assert.equal(actual.length, wanted.length);
  for (const [i, number] of wanted.entries())
    assert.ok(Math.abs(actual[i]! - number) <= tolerance, `${i}: ${actual[i]} instead of ${number}`);
}
/** Members of each label, as sets that can be compared. */
function groups(labels: readonly number[]): number[][] {
  const members = new Map<number, number[]>();
  for (const [point, label] of labels.entries()) members.set(label, [...(members.get(label) ?? []), point]);
  return [...members.values()].toSorted((a, b) => a[0]! - b[0]!);
}

describe('the geometry of a prompt', () => {
  it('has the singular values and the effective rank that numpy computes', () => {
    const values = spectrum(gramMatrix(rows, width), width);
    assertClose(values, expected.singularValues, 1e-5);
    assert.ok(Math.abs(effectiveRank(values) - expected.effectiveRank) < 1e-5);
  });

  it('has an effective rank of 1 for copies, of P for orthogonal tokens of one norm, of 0 for zeros', () => {
    const rankOf = (numbers: readonly number[]): number =>
      effectiveRank(spectrum(gramMatrix(Float32Array.from(numbers), 3), 3));
    assert.ok(Math.abs(rankOf([1, 2, 3, 1, 2, 3, 1, 2, 3]) - 1) < 1e-6);
    assert.ok(Math.abs(rankOf([0, 2, 0, 2, 0, 0, 0, 0, 2]) - 3) < 1e-6);
    assert.equal(rankOf([0, 0, 0, 0, 0, 0]), 0);
  });

  it('has the principal components that scikit-learn computes, but for their sign', () => {
    const { scores, explained, project } = principalComponents(rows, width, 4);
    assertClose(explained, expected.explained.slice(0, 4), 1e-9);
    assertClose(
      scores.flatMap((each) => each.slice(0, 2).map(Math.abs)),
      expected.scores.flat(),
      1e-9,
    );
    assert.deepEqual(project(rows), scores);
  });

  it('keeps no more components than the points span', () => {
    const line = Float32Array.from([0, 0, 1, 2, 2, 4, 3, 6]);
    const { scores, explained } = principalComponents(line, 2, 10);
    assert.equal(explained.length, 1);
    assertClose(
      scores.map(([score]) => score! - scores[0]![0]!),
      [0, 1, 2, 3].map((i) => i * Math.sqrt(5)),
      1e-9,
    );
  });

  it('is cut into the clusters of scipy where the silhouette of scikit-learn is best', () => {
    const distances = directionDistances(cosineMatrix(gramMatrix(rows, width)));
    for (const [count, labels] of Object.entries(expected.ward))
      assert.ok(
        Math.abs(
          meanSilhouette(
            distances,
            labels.map((label) => label - 1),
          ) - expected.silhouettes[count]!,
        ) < 1e-6,
      );
    const [best, silhouette] = Object.entries(expected.silhouettes).reduce((a, b) => (b[1] > a[1] ? b : a));
    const partition = bestPartition(distances);
    assert.ok(Math.abs(partition.silhouette! - silhouette) < 1e-6);
    assert.deepEqual(
      partition.clusters.toSorted((a, b) => a[0]! - b[0]!),
      groups(expected.ward[best]!),
    );
  });

  it('is one cluster, without a silhouette, of too few points', () => {
    assert.deepEqual(bestPartition([Float64Array.of(0, 1), Float64Array.of(1, 0)]), {
      clusters: [[0, 1]],
      silhouette: undefined,
    });
    assert.deepEqual(bestPartition([]).clusters, []);
  });

  it('has the quantiles of numpy, and shares below that turn them round', () => {
    const column = Float64Array.from(expected.rows, (row) => row[0]!).sort();
    for (const [share, value] of expected.quantiles) assert.ok(Math.abs(quantile(column, share) - value) < 1e-6);
    assert.equal(shareBelow(column, column[6]!), 6 / column.length);
    assert.equal(shareBelow(column, Infinity), 1);
    assert.equal(shareBelow(column, -Infinity), 0);
  });

  it('counts every norm in the histogram once, the largest in the last bin', () => {
    const norms = Float64Array.from([1, 1, 2, 5]);
    const { histogram, median, mean, smallest, largest } = normDistribution(norms);
    assert.deepEqual([median, mean, smallest, largest], [1.5, 2.25, 1, 5]);
    assert.deepEqual([histogram[0], histogram[10], histogram.at(-1)], [2, 1, 1]);
    assert.equal(
      histogram.reduce((a, b) => a + b),
      4,
    );
    assert.deepEqual(rowNorms(Float32Array.of(3, 4, 0, 0), 2), [5, 0]);
  });
});

describe('the assignment of virtual tokens', () => {
  it('finds a permutation again, whatever it is', () => {
    const order = [3, 0, 4, 1, 2];
    const cosines = order.map((b) => [0, 1, 2, 3, 4].map((other) => (other === b ? 0.99 : 0.1)));
    assert.deepEqual(
      assignTokens(cosines).pairs.map(({ b }) => b),
      order,
    );
  });

  it('has the largest sum of cosines, as scipy finds it', () => {
    // By test/oracles/interpretation.py; some prompts have copies, some are shorter than the other, the first is of two tokens that stay.
    for (const { cosines, sum } of expected.assignments) {
      const { pairs, onlyA, onlyB } = assignTokens(cosines);
      const ours = pairs.map(({ a, b }) => {
        assert.ok(a === b || cosines[a]![b]! >= 0.9);
        return a === b ? Math.max(0, cosines[a]![b]!) : cosines[a]![b]!;
      });
      const difference = Math.abs(ours.reduce((total, cosine) => total + cosine, 0) - sum);
      assert.ok(difference < 1e-4, `the sum differs by ${difference}`);
      assert.deepEqual(
        [pairs.length + onlyA.length, pairs.length + onlyB.length],
        [cosines.length, cosines[0]!.length],
      );
    }
    assert.deepEqual(assignTokens(expected.assignments[0]!.cosines).pairs, [
      { a: 0, b: 0 },
      { a: 1, b: 1 },
    ]);
  });

  it('leaves copies where they are', () => {
    const alike = [
      [0.98, 0.98],
      [0.98, 0.98],
    ];
    assert.deepEqual(assignTokens(alike).pairs, [
      { a: 0, b: 0 },
      { a: 1, b: 1 },
    ]);
  });

  it('pairs no tokens at other positions that only resemble each other', () => {
    const { pairs } = assignTokens([
      [0.1, 0.8],
      [0.8, 0.1],
    ]);
    assert.deepEqual(pairs, [
      { a: 0, b: 0 },
      { a: 1, b: 1 },
    ]);
  });

  it('says which tokens only one of two prompts of different lengths has', () => {
    const longer = assignTokens([
      [0.2, 0.2],
      [0.95, 0.2],
      [0.2, 0.99],
    ]);
    assert.deepEqual(longer, {
      pairs: [
        { a: 1, b: 0 },
        { a: 2, b: 1 },
      ],
      onlyA: [0],
      onlyB: [],
    });
    assert.deepEqual(assignTokens([[0.2, 0.99, 0.2]]).onlyB, [0, 2]);
  });
});
