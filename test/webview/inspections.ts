import type {
  EffectOfToken,
  PromptInspection,
  PromptSnapshot,
  TokenEffects,
  TokenNeighbour,
  VirtualToken,
} from '../../extension/protocol/inspection';
import type { PositionBehind } from '../../extension/protocol/promptPosition';

/** A deterministic number between 0 and 1 for a whole number. */
function noise(seed: number): number {
  const x = Math.sin(seed * 127.1 + 311.7) * 43758.5453;
  return x - Math.floor(x);
}

/** Words of four topics, as a tokenizer writes them: most begin with a space. */
const topics = [
  [' animal', ' animals', 'animal', ' dog', ' cat', ' horse', ' wild'],
  [' food', ' foods', 'food', ' meal', ' eat', ' cook', ' bread'],
  [' plant', ' plants', 'plant', ' tree', ' flower', ' leaf', ' root'],
  [' body', 'body', ' bodies', ' head', ' hand', '\n', ' '],
];
const vocabulary = topics.flat();

export interface InspectionOptions {
  /** P. */
  readonly length?: number;
  /** Steps of the run's checkpoints, rising; none for a prompt that is no run's. */
  readonly steps?: readonly number[];
  readonly neighbours?: number;
  readonly warnings?: readonly string[];
  readonly position?: PositionBehind;
}

function neighbour(id: number, cosine: number): TokenNeighbour {
  // Past the words of the topics the vocabulary goes on with made-up ones.
  return { id, text: vocabulary[id] ?? ` word${id}`, cosine, distance: Math.sqrt(2 - 2 * cosine) };
}

/** Virtual tokens near the words of one topic after the other; every fourth list is no better than a random one. */
function virtualToken(position: number, step: number, count: number): VirtualToken {
  const topic = topics[position % topics.length]!;
  const first = (position % topics.length) * topic.length;
  const meaningful = position % 4 !== 3;
  const nearest = (meaningful ? 0.62 : 0.21) + 0.1 * noise(position + step);
  const label = position < topics.length;
  return {
    position,
    neighbours: Array.from({ length: count }, (_, rank) =>
      neighbour(
        rank < topic.length ? first + rank : vocabulary.length + position * count + rank,
        nearest - 0.02 * rank,
      ),
    ),
    meaningful,
    norm: 0.8 + 2 * noise(position * 7 + step),
    normPercentile: noise(position * 7 + step),
    ...(label ? { initialWords: topic[0]!, persists: position !== 2 } : {}),
    ...(position === 9 ? { duplicateOf: 5 } : {}),
    moved: (step / 300) * (0.5 + noise(position)),
  };
}

/** The prompt at one checkpoint. */
export function snapshotOf(step: number | undefined, options: InspectionOptions = {}): PromptSnapshot {
  const { length = 20, neighbours = 7 } = options;
  const at = step ?? 300;
  const tokens = Array.from({ length }, (_, position) => virtualToken(position, at, neighbours));
  const near = new Map(tokens.flatMap((token) => token.neighbours).map((each) => [each.id, each]));
  const place = (seed: number, topic: number): [number, number] => [
    3 * Math.cos((topic * Math.PI) / 2) + 2 * noise(seed),
    3 * Math.sin((topic * Math.PI) / 2) + 2 * noise(seed + 1000) + at / 600,
  ];
  const projections = (['pca', 'umap'] as const).map((method, index) => ({
    method,
    virtualTokens: tokens.map(({ position }) => place(position + index * 31, position % 4)),
    neighbours: [...near.values()].map(({ id, text }) => ({
      id,
      text,
      point: place(id + 5000 + index * 31, Math.floor(id / 7) % 4),
    })),
    ...(method === 'pca' ? { explained: [0.31, 0.22] as const } : {}),
  }));
  const clusters = topics.map((topic, index) => ({
    name: topic[0]!,
    tokens: topic.map((text, rank) => ({ id: index * topic.length + rank, text })),
    positions: tokens.filter(({ position }) => position % 4 === index).map(({ position }) => position),
  }));
  const meaningful = tokens.filter((token) => token.meaningful).length;
  const spectrum = Array.from({ length }, (_, index) => 4 * Math.exp(-index / (length / 3)));
  return {
    ...(step === undefined ? {} : { step }),
    path: step === undefined ? '/adapters/topics' : `/workspace/.prompt-runs/topics/checkpoints/step-${step}`,
    tokens,
    baseline: { vectors: 1000, seed: 0, median: 0.24, threshold: 0.312, meaningful },
    spectrum,
    effectiveRank: length * 0.72,
    duplicates: length > 9 ? [{ first: 5, second: 9, cosine: 0.998 }] : [],
    clusters: {
      lexical: clusters.slice(0, 3).map((cluster) => ({ ...cluster, tokens: cluster.tokens.slice(0, 3) })),
      neighbours: { clusters, silhouette: 0.43 },
      virtualTokens: { clusters: clusters.slice(0, 2), silhouette: 0.21 },
    },
    projections,
  };
}

/** A whole inspection, as the trainer would send it first: the last checkpoint is in it, which is the best. */
export function inspectionOf(options: InspectionOptions = {}): PromptInspection {
  const { length = 20, steps = [0, 100, 200, 300], neighbours = 7, warnings = [], position } = options;
  const last = steps.at(-1);
  return {
    prompt: {
      path: last === undefined ? '/adapters/topics' : '/workspace/.prompt-runs/topics',
      name: last === undefined ? 'topics' : `topics-quick, step ${last}`,
      length,
      width: 576,
      ...(position === undefined ? {} : { position }),
      ...(last === undefined
        ? {}
        : { run: { id: 'topics', name: 'topics-quick', folder: '/workspace/.prompt-runs/topics' }, step: last }),
    },
    model: {
      name: 'studio-39m',
      folder: '/model',
      architecture: 'llama',
      kind: 'causal',
      parameters: 39_000_000,
      width: 576,
      layers: 8,
      vocabulary: 16_384,
    },
    metric: 'cosine',
    neighbours,
    checkpoints: steps.map((step) => ({
      step,
      folder: `/workspace/.prompt-runs/topics/checkpoints/step-${step}`,
      best: step === last,
    })),
    snapshots: [snapshotOf(last, options)],
    vocabularyNorms: { mean: 1.4, median: 1.35, smallest: 0.4, largest: 2.9, histogram: [3, 60, 900, 400, 21] },
    ...(last === undefined
      ? {}
      : {
          trajectory: {
            start: 'checkpoint' as const,
            checkpoints: steps.map((step) => ({
              step,
              distances: Array.from({ length }, (_, position) => (step / 300) * (0.5 + noise(position))),
            })),
          },
        }),
    labels:
      last === undefined
        ? []
        : topics.map(([words], position) => ({
            words: words!,
            position,
            found: steps.map((step) => ({
              step,
              positions: position === 2 && step > 100 ? [] : [position, position + 8],
            })),
            ...(position === 2 ? { lostAt: 200 } : {}),
          })),
    warnings,
  };
}

/** Effects as measured on a sample; virtual token 6 matters most, and 3 does harm. */
export function effectsOf(length = 20): TokenEffects {
  const tokens = Array.from({ length }, (_, position): EffectOfToken => {
    const loss = position === 6 ? 0.412 : position === 3 ? -0.051 : 0.02 * noise(position);
    return {
      position,
      masked: { loss, metric: -loss / 4 },
      replaced: { loss: loss * 1.1, metric: -loss / 3 },
    };
  });
  return {
    prompt: { path: '/workspace/.prompt-runs/topics', name: 'topics-quick', length, width: 576 },
    metric: 'accuracy',
    scores: { accuracy: 0.768, loss: 0.64 },
    rows: 64,
    rowsOf: 400,
    seed: 0,
    tokens,
    warnings: [],
  };
}
