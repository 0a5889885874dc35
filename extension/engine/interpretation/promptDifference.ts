import { assignTokens, foundAgain } from './assignment';
import type { TokenNeighbour } from './neighbours';
import { rowNorms } from './norms';
import { distancesMoved } from './trajectory';

/** `unchanged`: at its place, nearly the same. `moved`: found again at another. `removed`, `added`: the other prompt has none for it. */
export type TokenChange = 'unchanged' | 'changed' | 'moved' | 'removed' | 'added';

/** A virtual token of a, and the one of b that belongs to it. */
export interface TokenDifference {
  readonly change: TokenChange;
  /** Position in each prompt; one of them is undefined for `removed` and `added`. */
  readonly a?: number;
  readonly b?: number;
  readonly cosine?: number;
  /** Euclidean. */
  readonly distance?: number;
  readonly normA?: number;
  readonly normB?: number;
  /** Neighbours of a's that are not b's, of both (as b has them), and of b's that are not a's. */
  readonly left: readonly TokenNeighbour[];
  readonly stayed: readonly TokenNeighbour[];
  readonly came: readonly TokenNeighbour[];
}

export interface PromptDifference {
  /** By position in a, then those that only b has. */
  readonly tokens: readonly TokenDifference[];
  /** [P of a][P of b]. */
  readonly cosines: readonly (readonly number[])[];
}

/** A prompt [P, D] and the neighbours of each of its virtual tokens. */
export interface PromptWithNeighbours {
  readonly prompt: Float32Array;
  readonly neighbours: readonly (readonly TokenNeighbour[])[];
}

/** Share of its norm by which a token may differ and still be unchanged: less than what float16 storage does to it. */
const rounding = 1e-3;

/** What differs between two prompts of one frozen model; their lengths may be different. */
export function promptDifference(a: PromptWithNeighbours, b: PromptWithNeighbours, width: number): PromptDifference {
  const [normsA, normsB] = [rowNorms(a.prompt, width), rowNorms(b.prompt, width)];
  const cosines = normsA.map((normA, i) => normsB.map((normB, j) => product(i, j) / (normA * normB || 1)));
  const { pairs, onlyA, onlyB } = assignTokens(cosines);

  const both = pairs.map((pair): TokenDifference => {
    const cosine = cosines[pair.a]![pair.b]!;
    const [distance] = distancesMoved(rowOf(a, pair.a), rowOf(b, pair.b), width);
    return {
      change: changeOf(pair, cosine, distance!),
      ...pair,
      cosine,
      distance: distance!,
      normA: normsA[pair.a]!,
      normB: normsB[pair.b]!,
      ...neighbourChanges(a.neighbours[pair.a]!, b.neighbours[pair.b]!),
    };
  });
  const removed = onlyA.map((position): TokenDifference => {
    const changes = neighbourChanges(a.neighbours[position]!, []);
    return { change: 'removed', a: position, normA: normsA[position]!, ...changes };
  });
  const added = onlyB.map((position): TokenDifference => {
    const changes = neighbourChanges([], b.neighbours[position]!);
    return { change: 'added', b: position, normB: normsB[position]!, ...changes };
  });
  return { tokens: [...[...both, ...removed].toSorted((one, other) => one.a! - other.a!), ...added], cosines };

  function rowOf({ prompt }: PromptWithNeighbours, position: number): Float32Array {
    return prompt.subarray(position * width, (position + 1) * width);
  }
  function product(i: number, j: number): number {
    let sum = 0;
    for (let column = 0; column < width; column++) sum += a.prompt[i * width + column]! * b.prompt[j * width + column]!;
    return sum;
  }
  function changeOf(pair: { readonly a: number; readonly b: number }, cosine: number, distance: number): TokenChange {
    if (pair.a !== pair.b && cosine >= foundAgain) return 'moved';
    return pair.a === pair.b && distance <= rounding * normsA[pair.a]! ? 'unchanged' : 'changed';
  }
}

function neighbourChanges(
  before: readonly TokenNeighbour[],
  after: readonly TokenNeighbour[],
): Pick<TokenDifference, 'left' | 'stayed' | 'came'> {
  const [idsBefore, idsAfter] = [before, after].map((list) => new Set(list.map(({ id }) => id))) as [
    Set<number>,
    Set<number>,
  ];
  return {
    left: before.filter(({ id }) => !idsAfter.has(id)),
    stayed: after.filter(({ id }) => idsBefore.has(id)),
    came: after.filter(({ id }) => !idsBefore.has(id)),
  };
}
