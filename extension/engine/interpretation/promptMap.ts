import { rowNorms } from './norms';
import { principalComponents } from './pca';
import { fewestForUmap, umapLayout } from './umap';

export type MapPoint = readonly [x: number, y: number];

/** Two-dimensional pictures of one prompt and its neighbours, into which other prompts of the same model can be drawn. */
export interface PromptMap {
  readonly method: 'pca' | 'umap';
  /** Where rows [n, D] lie. The rows that the map was made of lie where they were laid out. */
  readonly place: (rows: Float32Array) => MapPoint[];
  /** PCA: shares of the variance that both axes show. */
  readonly explained?: readonly [number, number];
}

/** Components that UMAP looks at: more cost time and hold little but noise. */
const umapComponents = 50;

/** The map by principal components, and the one that UMAP makes when it is asked for: that takes seconds. */
export interface PromptMaps {
  readonly pca: PromptMap;
  /** Undefined for too few points to have neighbourhoods. */
  readonly umap: () => PromptMap | undefined;
}

/**
 * Maps of some rows [n, D].
 *
 * @param directions whether only directions count, as for cosines; otherwise a prompt of large norms lies far from all tokens.
 */
export function promptMaps(rows: Float32Array, width: number, directions: boolean, seed: number): PromptMaps {
  const prepared = (given: Float32Array): Float32Array => (directions ? unitRows(given, width) : given);
  const components = principalComponents(prepared(rows), width, umapComponents);
  const explained = [components.explained[0] ?? 0, components.explained[1] ?? 0] as const;
  return {
    pca: {
      method: 'pca',
      place: (others) => components.project(prepared(others), 2).map((scores) => [scores[0] ?? 0, scores[1] ?? 0]),
      explained,
    },
    umap: () => {
      if (components.scores.length < fewestForUmap) return undefined;
      const layout = umapLayout(components.scores, seed);
      const laidOut = new Map(components.scores.map((scores, i) => [scores.join(), layout.points[i]!]));
      return {
        method: 'umap',
        place: (others) => {
          const scores = components.project(prepared(others));
          const strangers = scores.filter((each) => !laidOut.has(each.join()));
          const placed = strangers.length === 0 ? [] : layout.place(strangers);
          return scores.map((each) => {
            const [x, y] = laidOut.get(each.join()) ?? placed[strangers.indexOf(each)]!;
            return [x!, y!];
          });
        },
      };
    },
  };
}

function unitRows(rows: Float32Array, width: number): Float32Array {
  const norms = rowNorms(rows, width);
  return rows.map((number, i) => number / (norms[Math.floor(i / width)]! || 1));
}
