import type { PositionBehind } from './promptPosition';
import type { Scores } from './run';

/**
 * What the trainer finds in a soft prompt, and in two of them: everything that the Inspect and the Diff panel show and that the command
 * line prints. Plain data. Positions count from 0; cosines are between -1 and 1, shares between 0 and 1.
 */

export const neighbourMetrics = ['cosine', 'euclidean'] as const;
export type NeighbourMetric = (typeof neighbourMetrics)[number];

/** How many neighbours are looked for where nobody says. */
export const defaultNeighbours = 10;

export interface VocabularyToken {
  readonly id: number;
  /** As the tokenizer writes it, its spaces and line ends as they are; the panel makes them visible. */
  readonly text: string;
}
export interface TokenNeighbour extends VocabularyToken {
  readonly cosine: number;
  /** Euclidean. */
  readonly distance: number;
}

/** One row of the prompt at one checkpoint. */
export interface VirtualToken {
  readonly position: number;
  /** Nearest first, by the inspection's metric. */
  readonly neighbours: readonly TokenNeighbour[];
  /** Whether the nearest neighbour is nearer than those of random vectors of the same norm ({@link NeighbourBaseline}). */
  readonly meaningful: boolean;
  readonly norm: number;
  /** Share of the vocabulary with a smaller norm. */
  readonly normPercentile: number;
  /** What it started as, where its start stood for words: label words, a sampled token, a token of a text. */
  readonly initialWords?: string;
  /** Whether a token of those words still is among its neighbours. */
  readonly persists?: boolean;
  /** The first virtual token that this one is nearly a copy of. */
  readonly duplicateOf?: number;
  /** Euclidean distance from its start, where the start is known. */
  readonly moved?: number;
}

/**
 * What a neighbour list has to be better than: cosines with the nearest token of random directions, which have some nearest token too
 * (by the inspection's metric, at norms that occur in the prompt).
 */
export interface NeighbourBaseline {
  readonly vectors: number;
  readonly seed: number;
  readonly median: number;
  /** 99th percentile: a virtual token is meaningful when the cosine with its nearest token is above. */
  readonly threshold: number;
  /** How many virtual tokens are. */
  readonly meaningful: number;
}

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
  /** Mean silhouette, -1 to 1, by which their number was chosen; undefined where there were too few points for two clusters. */
  readonly silhouette?: number;
}
export interface PromptClusters {
  /** Groups of one word's forms among the neighbours: Technology, technology, Technologies. Only groups of two or more. */
  readonly lexical: readonly TokenCluster[];
  /** The neighbours by where their embeddings lie. */
  readonly neighbours: Clustering;
  /** The virtual tokens by where they lie. */
  readonly virtualTokens: Clustering;
}

export const projectionMethods = ['pca', 'umap'] as const;
export type ProjectionMethod = (typeof projectionMethods)[number];

export type MapPoint = readonly [x: number, y: number];
/** Prompt and neighbours in two dimensions. All checkpoints of an inspection share the axes, so that a token can be followed. */
export interface Projection {
  readonly method: ProjectionMethod;
  /** One a virtual token. */
  readonly virtualTokens: readonly MapPoint[];
  /** Every token that is a neighbour of one, once. */
  readonly neighbours: readonly (VocabularyToken & { readonly point: MapPoint })[];
  /** PCA: shares of the variance that both axes show. */
  readonly explained?: readonly [number, number];
}

export interface Duplicate {
  readonly first: number;
  readonly second: number;
  readonly cosine: number;
}

/** A prompt at one checkpoint. */
export interface PromptSnapshot {
  /** Undefined for a prompt that is no run's. */
  readonly step?: number;
  /** Folder or file it was read from, absolute. */
  readonly path: string;
  readonly tokens: readonly VirtualToken[];
  readonly baseline: NeighbourBaseline;
  /** Singular values, falling; min(P, D) of them. */
  readonly spectrum: readonly number[];
  /** exp of the entropy of the normalised singular values (Roy and Vetterli 2007), 1 to min(P, D). */
  readonly effectiveRank: number;
  /** Pairs of virtual tokens that are nearly the same. */
  readonly duplicates: readonly Duplicate[];
  readonly clusters: PromptClusters;
  readonly projections: readonly Projection[];
}

/** Where the words of one label are among the neighbours, over the checkpoints. */
export interface LabelPersistence {
  readonly words: string;
  /** The virtual token that was initialised with it; undefined with another initialiser or where the prompt was too short for it. */
  readonly position?: number;
  /** Virtual tokens with one of its tokens among the neighbours, one list a checkpoint seen so far, by rising step. */
  readonly found: readonly { readonly step: number; readonly positions: readonly number[] }[];
  /** First checkpoint from which on it no longer is at its own position. */
  readonly lostAt?: number;
}

export interface Trajectory {
  /** Where the start comes from: the checkpoint of step 0, or computed again from the experiment and its seed. */
  readonly start: 'checkpoint' | 'recomputed';
  /** By rising step. */
  readonly checkpoints: readonly {
    readonly step: number;
    /** Euclidean distance of each virtual token from its start. */
    readonly distances: readonly number[];
  }[];
}

export interface VocabularyNorms {
  readonly mean: number;
  readonly median: number;
  readonly smallest: number;
  readonly largest: number;
  /** Tokens by norm, in bins of equal width from `smallest` to `largest`. */
  readonly histogram: readonly number[];
}

export interface InspectedModel {
  readonly name: string;
  readonly folder: string;
  readonly architecture: string;
  readonly kind: 'causal' | 'encoder-decoder';
  readonly parameters: number;
  readonly width: number;
  readonly layers: number;
  readonly vocabulary: number;
}

/** A prompt as somebody named it. */
export interface NamedPrompt {
  /** Folder or file, absolute. */
  readonly path: string;
  /** For a person: the run's name and step, or the name of the folder or file. */
  readonly name: string;
  /** P. */
  readonly length: number;
  /** D. */
  readonly width: number;
  /** Where it stands; undefined: in front of the text, or nobody knows. */
  readonly position?: PositionBehind;
  readonly run?: { readonly id: string; readonly name: string; readonly folder: string };
  readonly step?: number;
}

export interface PromptInspection {
  readonly prompt: NamedPrompt;
  readonly model: InspectedModel;
  readonly metric: NeighbourMetric;
  readonly neighbours: number;
  /** Of a run: its checkpoints that can be read, by rising step. Otherwise empty. */
  readonly checkpoints: readonly { readonly step: number; readonly folder: string; readonly best: boolean }[];
  /** What is known so far, the one to show first in front; in the job's answer all of them. */
  readonly snapshots: readonly PromptSnapshot[];
  readonly vocabularyNorms: VocabularyNorms;
  /** Of a run with a start. */
  readonly trajectory?: Trajectory;
  /** Of a run whose task has labels; filled once all checkpoints have been looked at. */
  readonly labels: readonly LabelPersistence[];
  /** Sentences for the person: what could not be read, or must not be concluded. */
  readonly warnings: readonly string[];
}

/** Change that leaving one virtual token out makes: positive loss means that the token helped. */
export interface EffectOfToken {
  readonly position: number;
  /** Attention cannot see it. */
  readonly masked: ScoreChange;
  /** The mean of the vocabulary's embeddings in its place. */
  readonly replaced: ScoreChange;
}
export interface ScoreChange {
  /** Nats a target token, without the token minus with it. */
  readonly loss: number;
  /** Of the metric. */
  readonly metric: number;
}
export interface TokenEffects {
  readonly prompt: NamedPrompt;
  readonly metric: string;
  /** Of the whole prompt on the sample. */
  readonly scores: Scores;
  /** Rows that were scored, and how many there were to choose from. */
  readonly rows: number;
  readonly rowsOf: number;
  readonly seed: number;
  /** By position. */
  readonly tokens: readonly EffectOfToken[];
  readonly warnings: readonly string[];
}

/** `unchanged`: at its place, nearly the same. `moved`: found again at another. `removed`, `added`: the other prompt has none for it. */
export const tokenChanges = ['unchanged', 'changed', 'moved', 'removed', 'added'] as const;
export type TokenChange = (typeof tokenChanges)[number];

/** A virtual token of `a`, and the one of `b` that the best assignment gives it. */
export interface TokenDifference {
  readonly change: TokenChange;
  /** Position in each prompt; one of them is undefined for `removed` and `added`. */
  readonly a?: number;
  readonly b?: number;
  /** Between the two; undefined where there are not two. */
  readonly cosine?: number;
  /** Euclidean. */
  readonly distance?: number;
  readonly normA?: number;
  readonly normB?: number;
  /** Neighbours of a's that are not b's, of both (with b's distances), and of b's that are not a's. */
  readonly left: readonly TokenNeighbour[];
  readonly stayed: readonly TokenNeighbour[];
  readonly came: readonly TokenNeighbour[];
}

export interface ComparedPrompt extends NamedPrompt {
  /** The frozen model it was learned for, as far as that is known. */
  readonly model?: string;
}
export interface ScoreDifference {
  readonly split: 'dev' | 'test';
  readonly metric: string;
  readonly a: number;
  readonly b: number;
}
/** Rows that both prompts were evaluated on. */
export interface PredictionDifferences {
  readonly compared: number;
  readonly changed: readonly {
    readonly row: number;
    readonly input: string;
    readonly target: string;
    readonly a: string;
    readonly b: string;
  }[];
}

export interface PromptDiff {
  readonly a: ComparedPrompt;
  readonly b: ComparedPrompt;
  readonly model: InspectedModel;
  readonly neighbours: number;
  readonly metric: NeighbourMetric;
  /** By position in `a`, then those that only `b` has. */
  readonly tokens: readonly TokenDifference[];
  /** Every position of a with every position of b, [a.length][b.length]. */
  readonly cosines: readonly (readonly number[])[];
  /** Fields of the two runs' experiments that differ, as `training.seed`, in words; empty where both are not runs. */
  readonly configuration: readonly { readonly field: string; readonly a: string; readonly b: string }[];
  /** Where both are checkpoints of runs on the same data. */
  readonly scores: readonly ScoreDifference[];
  /** Where both have been evaluated on the same rows. */
  readonly predictions?: PredictionDifferences;
  readonly warnings: readonly string[];
}
