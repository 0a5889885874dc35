import { bestPartition, directionDistances } from './clustering';
import { cosineMatrix, gramMatrix, type SquareMatrix } from './gramMatrix';
import { lexicalGroups } from './lexicalGroups';
import type { TokenNeighbour, VocabularyToken } from './neighbours';

/** Virtual tokens whose neighbours are alike, or neighbours that are. */
export interface TokenCluster {
  /** Text of the most central tokens. */
  readonly name: string;
  /** Most central first. */
  readonly tokens: readonly VocabularyToken[];
  /** Virtual tokens that are in it, or of whose neighbours at least one is; rising. */
  readonly positions: readonly number[];
}
export interface Clustering {
  readonly clusters: readonly TokenCluster[];
  readonly silhouette?: number;
}

/** Tokens that name a cluster, and those that are listed for one of virtual tokens. */
const namingTokens = 3;
const listedTokens = 10;

/**
 * Virtual tokens that point similar ways; named by the tokens that are nearest to most of their members.
 *
 * @param cosines of all pairs of virtual tokens.
 * @param neighbours of each virtual token.
 */
export function virtualTokenClusters(
  cosines: SquareMatrix,
  neighbours: readonly (readonly TokenNeighbour[])[],
): Clustering {
  const { clusters, silhouette } = bestPartition(directionDistances(cosines));
  return {
    clusters: clusters.map((positions) => {
      const tokens = mostCentral(positions.flatMap((position) => neighbours[position]!)).slice(0, listedTokens);
      return { name: nameOf(tokens), tokens, positions };
    }),
    ...(silhouette === undefined ? {} : { silhouette }),
  };
}

/**
 * Neighbours whose embeddings point similar ways; named by those nearest to the middle of their cluster.
 *
 * @param embeddings of the tokens, [tokens.length, D].
 */
export function neighbourClusters(
  tokens: readonly VocabularyToken[],
  embeddings: Float32Array,
  width: number,
  neighbours: readonly (readonly TokenNeighbour[])[],
): Clustering {
  const cosines = cosineMatrix(gramMatrix(embeddings, width));
  const { clusters, silhouette } = bestPartition(directionDistances(cosines));
  return {
    clusters: clusters.map((members) => {
      // The mean cosine with the members orders directions as the cosine with their mean does.
      const centrality = (member: number): number => members.reduce((sum, other) => sum + cosines[member]![other]!, 0);
      const sorted = members.toSorted((a, b) => centrality(b) - centrality(a)).map((member) => tokens[member]!);
      return { name: nameOf(sorted), tokens: sorted, positions: positionsNear(sorted, neighbours) };
    }),
    ...(silhouette === undefined ? {} : { silhouette }),
  };
}

/** Groups of one word's forms among the neighbours, those with two forms or more; largest first. */
export function lexicalClusters(neighbours: readonly (readonly TokenNeighbour[])[]): TokenCluster[] {
  const tokens = mostCentral(neighbours.flat());
  return lexicalGroups(tokens.map(({ text }) => text))
    .filter((group) => group.length > 1)
    .map((group) => {
      const forms = group.map((index) => tokens[index]!);
      return { name: forms[0]!.text.trim(), tokens: forms, positions: positionsNear(forms, neighbours) };
    })
    .toSorted((a, b) => b.tokens.length - a.tokens.length || b.positions.length - a.positions.length);
}

/** Each token once, by the sum of the cosines with which it occurs. */
function mostCentral(occurrences: readonly TokenNeighbour[]): VocabularyToken[] {
  const sums = new Map<number, { readonly token: VocabularyToken; sum: number }>();
  for (const { id, text, cosine } of occurrences) {
    const known = sums.get(id);
    if (known) known.sum += cosine;
    else sums.set(id, { token: { id, text }, sum: cosine });
  }
  return [...sums.values()].toSorted((a, b) => b.sum - a.sum).map(({ token }) => token);
}

function nameOf(tokens: readonly VocabularyToken[]): string {
  return tokens
    .slice(0, namingTokens)
    .map(({ text }) => text.trim() || JSON.stringify(text))
    .join(', ');
}

function positionsNear(
  tokens: readonly VocabularyToken[],
  neighbours: readonly (readonly TokenNeighbour[])[],
): number[] {
  const ids = new Set(tokens.map(({ id }) => id));
  return [...neighbours.keys()].filter((position) => neighbours[position]!.some(({ id }) => ids.has(id)));
}
