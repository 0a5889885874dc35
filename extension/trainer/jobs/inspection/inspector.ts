import type { FrozenModel, NeighbourSearch } from '../../../engine/models/frozenModel';
import { nearDuplicates } from '../../../engine/interpretation/duplicates';
import { effectiveRank, spectrum } from '../../../engine/interpretation/effectiveRank';
import { cosineMatrix, gramMatrix } from '../../../engine/interpretation/gramMatrix';
import { isAmong, type InitialWords } from '../../../engine/interpretation/initialWords';
import { distinctNeighbours, nearestTokens, type TokenNeighbour } from '../../../engine/interpretation/neighbours';
import { normDistribution, rowNorms, shareBelow } from '../../../engine/interpretation/norms';
import {
  lexicalClusters,
  neighbourClusters,
  virtualTokenClusters,
} from '../../../engine/interpretation/promptClusters';
import { type PromptMap, type PromptMaps, promptMaps } from '../../../engine/interpretation/promptMap';
import { randomBaseline, type RandomBaseline } from '../../../engine/interpretation/randomBaseline';
import { tokenTexts } from '../../../engine/interpretation/tokenText';
import { distancesMoved } from '../../../engine/interpretation/trajectory';
import type {
  NeighbourMetric,
  Projection,
  PromptSnapshot,
  VocabularyNorms,
  VocabularyToken,
} from '../../../protocol/inspection';

/** What a run's prompt started as. */
export interface Start {
  readonly prompt: Float32Array;
  readonly words: readonly (InitialWords | undefined)[];
}

/** Distinct neighbours on the map and in clusters, nearest ranks first: as many as a picture can name and a person can look at. */
const mostMapped = 250;
const seed = 0;

/** Looks at prompts of one frozen model, one after the other, with one search and on one map. Release it. */
export class Inspector {
  readonly vocabularyNorms: VocabularyNorms;
  readonly textOf: (id: number) => string;
  readonly #sortedNorms: Float64Array;
  #baseline: RandomBaseline | undefined;
  #maps: PromptMaps | undefined;
  #umap: PromptMap | undefined;

  private constructor(
    private readonly model: FrozenModel,
    private readonly search: NeighbourSearch,
    private readonly metric: NeighbourMetric,
    norms: Float64Array,
  ) {
    this.textOf = tokenTexts(model);
    this.vocabularyNorms = normDistribution(norms);
    this.#sortedNorms = norms.toSorted();
  }

  /** @param count neighbours of each virtual token. @throws RangeError for more than the vocabulary has. */
  static async open(model: FrozenModel, count: number, metric: NeighbourMetric): Promise<Inspector> {
    const { norms } = await model.vocabularyStatistics();
    return new Inspector(model, await model.openNeighbourSearch(count), metric, norms);
  }

  release(): Promise<void> {
    return this.search.release();
  }

  /** The token nearest to each row by the Euclidean distance, whatever the metric of the inspection. */
  async nearestByDistance(prompt: Float32Array): Promise<TokenNeighbour[]> {
    const found = await nearestTokens(this.search, prompt, 'euclidean', this.textOf);
    return found.map(([nearest]) => nearest!);
  }

  /** The first snapshot with the UMAP of its map too, which later ones have from then on. That takes seconds. */
  async withUmap(first: PromptSnapshot, prompt: Float32Array): Promise<PromptSnapshot> {
    this.#umap = this.#maps?.umap();
    if (!this.#umap) return first;
    const mapped = first.projections[0]!.neighbours;
    const embeddings = await this.model.embeddings(mapped.map(({ id }) => id));
    return { ...first, projections: [...first.projections, drawn(this.#umap, prompt, mapped, embeddings)] };
  }

  /** Everything about a prompt [P, D] but its effects. The map is that of the first prompt that is looked at. */
  async snapshot(
    prompt: Float32Array,
    place: { readonly path: string; readonly step?: number },
    start: Start | undefined,
  ): Promise<PromptSnapshot> {
    const { width } = this.model;
    const neighbours = await nearestTokens(this.search, prompt, this.metric, this.textOf);
    const norms = rowNorms(prompt, width);
    const baseline = await this.#baselineOf(norms);
    const gram = gramMatrix(prompt, width);
    const cosines = cosineMatrix(gram);
    const singularValues = spectrum(gram, width);
    const duplicates = nearDuplicates(cosines);
    const moved = start && distancesMoved(start.prompt, prompt, width);

    const mapped = distinctNeighbours(neighbours).slice(0, mostMapped);
    const embeddings = await this.model.embeddings(mapped.map(({ id }) => id));
    this.#maps ??= promptMaps(joined(prompt, embeddings), width, this.metric === 'cosine', seed);
    const maps = [this.#maps.pca, ...(this.#umap ? [this.#umap] : [])];

    const tokens = neighbours.map((own, position) => {
      const initial = start?.words[position];
      const duplicate = duplicates.find(({ second }) => second === position);
      return {
        position,
        neighbours: own,
        meaningful: own[0]!.cosine > baseline.threshold,
        norm: norms[position]!,
        normPercentile: shareBelow(this.#sortedNorms, norms[position]!),
        ...(initial ? { initialWords: initial.words, persists: isAmong(initial, own) } : {}),
        ...(duplicate ? { duplicateOf: duplicate.first } : {}),
        ...(moved ? { moved: moved[position]! } : {}),
      };
    });
    return {
      ...place,
      tokens,
      baseline: { ...baseline, meaningful: tokens.filter(({ meaningful }) => meaningful).length },
      spectrum: singularValues,
      effectiveRank: effectiveRank(singularValues),
      duplicates,
      clusters: {
        lexical: lexicalClusters(neighbours),
        neighbours: neighbourClusters(mapped, embeddings, width, neighbours),
        virtualTokens: virtualTokenClusters(cosines, neighbours),
      },
      projections: maps.map((map) => drawn(map, prompt, mapped, embeddings)),
    };
  }

  /** Cosines do not depend on the norms, so one baseline serves all prompts. */
  async #baselineOf(norms: readonly number[]): Promise<RandomBaseline> {
    if (this.#baseline && this.metric === 'cosine') return this.#baseline;
    this.#baseline = await randomBaseline(this.search, norms, this.model.width, this.metric, seed);
    return this.#baseline;
  }
}

function drawn(
  { method, place, explained }: PromptMap,
  prompt: Float32Array,
  mapped: readonly VocabularyToken[],
  embeddings: Float32Array,
): Projection {
  const points = place(embeddings);
  const neighbours = mapped.map(({ id, text }, i) => ({ id, text, point: points[i]! }));
  return { method, virtualTokens: place(prompt), neighbours, ...(explained ? { explained } : {}) };
}

function joined(one: Float32Array, other: Float32Array): Float32Array {
  const both = new Float32Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
