import type { Configuration } from './configuration';

/** Rotary positions of a model or of some of its layers: how fast each pair of a head turns. */
export interface Rope {
  /** Numbers of a head that are turned, even. */
  readonly width: number;
  /** Which of these numbers turn together: each of the first half with its like in the second (default), or neighbours. */
  readonly pairs?: 'halves' | 'neighbours';
  /** Radians a position of each pair, [width / 2], in a text of so many tokens. Made when asked for: config.json may say anything. */
  readonly frequencies: (tokens: number) => readonly number[];
  /** Factor of cosine and sine. */
  readonly factor: number;
  /** Up to how many tokens the frequencies are the same, whatever the text's length; undefined: always. */
  readonly sameUpTo?: number;
  /** The longest text, in tokens, that it was made for. */
  readonly maxPositions: number;
}

export interface RopeOptions {
  /** Numbers of a head that are turned, even. */
  readonly width: number;
  /** `max_position_embeddings`. */
  readonly maxPositions: number;
  /** Base of the frequencies, where `scaling` does not tell it. */
  readonly theta: number;
  /** How long the texts were that the model was trained on, where the architecture says it outside of `scaling`; that counts, then. */
  readonly trainedPositions?: number;
  /** What `rope_type` may say, and which kind it means; default: every kind by its own name. */
  readonly kinds?: Readonly<Record<string, RopeKind>>;
}

/**
 * The fields of a model's rope: `rope_parameters` as transformers 5 writes them, `rope_scaling` as transformers 4 did. Where a file has both,
 * transformers takes the whole of `rope_scaling`, unless it is empty, and nothing of the other (`convert_rope_params_to_dict`).
 */
export function ropeFields(configuration: Configuration): Configuration | undefined {
  const scaling = configuration.nested('rope_scaling');
  if (scaling === undefined || scaling.isEmpty) return configuration.nested('rope_parameters');
  configuration.ignore('rope_parameters');
  return scaling;
}

/**
 * Reads a rope. Equations and defaults are those of transformers' modeling_rope_utils.
 *
 * @param scaling the object with the rope's fields; undefined: the plain one.
 * @throws ModelError for a kind of scaling that is not supported, or a field it lacks.
 */
export function readRope(scaling: Configuration | undefined, options: RopeOptions): Rope {
  const { width, maxPositions } = options;
  const kinds: Readonly<Record<string, RopeKind>> = options.kinds ?? ropeKinds;
  const unscaled = { width, factor: 1, maxPositions };
  if (scaling === undefined) return { ...unscaled, frequencies: () => inverseFrequencies(width, options.theta) };
  // Both names for one thing, and what only some kinds need but others are published with.
  scaling.ignore('rope_type', 'type', 'original_max_position_embeddings', 'finetuned');
  const field = scaling.has('rope_type') ? 'rope_type' : 'type';
  const kind = kinds[scaling.choice(field, Object.keys(kinds), 'default')]!;
  const theta = scaling.positive('rope_theta', options.theta);
  return { ...unscaled, ...scalings[kind]({ ...options, theta, scaling }) };
}

interface Plain extends RopeOptions {
  readonly scaling: Configuration;
}
type Scaling = (plain: Plain) => Pick<Rope, 'frequencies'> & Partial<Rope>;

/** One row for each `rope_type`. */
const scalings = {
  default: ({ width, theta }) => ({ frequencies: () => inverseFrequencies(width, theta) }),

  /** Position interpolation: Chen et al. 2023, equation 4. */
  linear: ({ width, theta, scaling }) => {
    const factor = scaling.positive('factor');
    return { frequencies: () => inverseFrequencies(width, theta).map((frequency) => frequency / factor) };
  },

  /** Dynamic NTK scaling: the base grows with the text once it is longer than the model was trained for. Peng et al. 2023, appendix B.1. */
  dynamic: ({ width, theta, maxPositions, scaling }) => {
    const factor = scaling.positive('factor');
    return {
      maxPositions: Math.floor(factor * maxPositions),
      sameUpTo: maxPositions,
      frequencies: (tokens) => {
        const growth = (factor * Math.max(tokens, maxPositions)) / maxPositions - (factor - 1);
        return inverseFrequencies(width, theta * growth ** (width / (width - 2)));
      },
    };
  },

  /** Llama 3.1: slow pairs turn `factor` times slower, fast ones as before, those between are interpolated. */
  llama3: ({ width, theta, maxPositions, scaling }) => {
    const factor = scaling.positive('factor');
    const [low, high] = [scaling.positive('low_freq_factor'), scaling.positive('high_freq_factor')];
    const trained = scaling.count('original_max_position_embeddings', maxPositions);
    const scaled = (frequency: number): number => {
      const turns = (trained * frequency) / (2 * Math.PI);
      const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
      return ((1 - kept) * frequency) / factor + kept * frequency;
    };
    return { frequencies: () => inverseFrequencies(width, theta).map(scaled) };
  },

  /** YaRN: Peng et al. 2023, section 3.2 and, for the factor of cosine and sine, equation 22. */
  yarn: ({ width, theta, maxPositions, scaling }) => {
    const trained = scaling.count('original_max_position_embeddings', maxPositions);
    const factor = scaling.positive('factor', maxPositions / trained);
    // The pair that turns so many times within the text the model was trained for.
    const pairOf = (turns: number): number =>
      (width * Math.log(trained / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
    const [fast, slow] = [pairOf(scaling.positive('beta_fast', 32)), pairOf(scaling.positive('beta_slow', 1))];
    const whole = scaling.flag('truncate', true);
    const from = Math.max(whole ? Math.floor(fast) : fast, 0);
    const upTo = Math.min(whole ? Math.ceil(slow) : slow, width - 1);
    const scaled = (frequency: number, pair: number): number => {
      const ramp = (pair - from) / (upTo === from ? 0.001 : upTo - from);
      const slowed = Math.min(1, Math.max(0, ramp));
      return (slowed * frequency) / factor + (1 - slowed) * frequency;
    };
    return {
      frequencies: () => inverseFrequencies(width, theta).map(scaled),
      factor: yarnFactor(factor, scaling),
      maxPositions: Math.max(maxPositions, Math.floor(factor * trained)),
    };
  },

  /** LongRoPE: Ding et al. 2024, section 3. Each pair has a divisor of its own, and another one in texts longer than those of the training. */
  longrope: ({ width, theta, maxPositions, trainedPositions, scaling }) => {
    const trained = trainedPositions ?? scaling.count('original_max_position_embeddings', maxPositions);
    const factor = scaling.positive('factor', maxPositions / trained);
    const [short, long] = ['short_factor', 'long_factor'].map((name) => readDivisors(scaling, name, width / 2));
    return {
      sameUpTo: trained,
      frequencies: (tokens) => {
        const divisors = tokens > trained ? long! : short!;
        return inverseFrequencies(width, theta).map((frequency, pair) => frequency / divisors[pair]!);
      },
      factor: scaling.positive(
        'attention_factor',
        factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trained)),
      ),
    };
  },
} satisfies Record<string, Scaling>;

type RopeKind = keyof typeof scalings;
const ropeKinds = Object.fromEntries(Object.keys(scalings).map((kind) => [kind, kind])) as Record<RopeKind, RopeKind>;

/** What each pair's frequency is divided by. */
function readDivisors(scaling: Configuration, name: string, pairs: number): readonly number[] {
  const divisors = scaling.numbers(name);
  if (divisors?.length !== pairs || !divisors.every((each) => each > 0))
    scaling.reject(name, `, it must be a list of ${pairs} numbers above 0, one for each pair of a head that is turned`);
  return divisors;
}

/** `attention_factor` where it is given; else by the scaling, or by the quotient of the two `mscale` as DeepSeek has it. */
function yarnFactor(factor: number, scaling: Configuration): number {
  const growth = (mscale: number): number => (factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1);
  const [mscale, mscaleAllDim] = ['mscale', 'mscale_all_dim'].map((name) => scaling.number(name, 0));
  const inferred = mscale! !== 0 && mscaleAllDim! !== 0 ? growth(mscale!) / growth(mscaleAllDim!) : growth(1);
  return scaling.positive('attention_factor', inferred);
}

/** theta^(-2i / width) of each pair i. Su et al. 2021, equation 15. */
function inverseFrequencies(width: number, theta: number): number[] {
  return Array.from({ length: width / 2 }, (_, pair) => theta ** ((-2 * pair) / width));
}
