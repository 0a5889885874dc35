import type { VocabularyStatistics } from './vocabulary';

/**
 * What the rest of the engine knows of a frozen language model. `architectures/` says how one is computed; nothing
 * outside `models/` knows which one it is.
 */

/** One example as token ids, without the soft prompt. */
export interface EncodedExample {
  /** Causal: the text, after the soft prompt (with BOS first where the tokenizer adds one). Encoder-decoder: the encoder's input with its end token. */
  readonly inputIds: readonly number[];
  /** The tokens to predict; encoder-decoder: with the end token. Never empty. */
  readonly targetIds: readonly number[];
  readonly tailTokens?: TailTokens;
  readonly leadTokens?: LeadTokens;
}

/**
 * How many of the last input tokens stand behind a prompt that is in the middle ("infix"): those of the template's end. None where the
 * prompt stands behind the whole input; without effect where it stands in front.
 */
export type TailTokens = number | undefined;

/**
 * How many of the first input tokens are the same in all examples of a task: those of the template's beginning; at least one token follows
 * them. A causal model computes them once for all rows of a pass that have one prompt or none. Default: 0.
 */
export type LeadTokens = number | undefined;

/** One input and several possible targets, scored together; targets of one token each cost no more than one of them. */
export interface ScoringRequest {
  readonly inputIds: readonly number[];
  readonly targets: readonly (readonly number[])[];
  readonly tailTokens?: TailTokens;
  readonly leadTokens?: LeadTokens;
}
export interface TargetScore {
  /** Sum over the target's tokens of log p(token | everything before it), nats. */
  readonly logProbability: number;
  readonly tokens: number;
  /** Whether greedy decoding would produce exactly this target: every token is the arg max of its position. */
  readonly greedy: boolean;
}

export interface LossAndGradient {
  /** Sum of the negative log-likelihood over all target tokens of the micro-batch, divided by `normaliser`. */
  readonly loss: number;
  /** Gradient of `loss` with respect to the prompt, [P, D] row-major. */
  readonly gradient: Float32Array;
}

/** Loss and prompt gradient in one pass. */
export interface TrainingSession {
  /**
   * @param prompt [P, D] row-major.
   * @param normaliser target tokens of the whole batch, so that micro-batches add up to exactly the batch's mean loss.
   */
  lossAndGradient(
    prompt: Float32Array,
    examples: readonly EncodedExample[],
    normaliser: number,
  ): Promise<LossAndGradient>;
  release(): Promise<void>;
}

/** Forward only. `prompt` may be empty (P = 0): the bare frozen model. */
export interface ScoringSession {
  /** Whether the prompt, and the {@link LeadTokens} behind it, are computed once for all requests of a call and of those with the same prompt. */
  readonly sharedBeginning: boolean;
  /**
   * One list of scores a request, in its order.
   * @param prompt [P, D] row-major, or [requests, P, D] where the session was opened with `promptPerRequest`.
   * @param hidden with `promptPerRequest`: for each request the virtual token that attention is not to see, if any; the others keep their
   * positions.
   */
  score(
    prompt: Float32Array,
    requests: readonly ScoringRequest[],
    hidden?: readonly (number | undefined)[],
  ): Promise<TargetScore[][]>;
  release(): Promise<void>;
}

export interface SessionOptions {
  readonly executionProvider: 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';
  /** Intra-op threads; default: onnxruntime's choice. */
  readonly threads?: number;
  /** float16 is for GPUs that compute in it, and scales the loss; float64 is for checking gradients on the CPU only. */
  readonly precision?: 'float32' | 'float64' | 'float16';
  /**
   * How the matrices of the frozen model are held where it computes in float32: converted once, when the session is opened, or as float16, each
   * converted anew where it is used: half the memory, for GPUs that have 16-bit floats. Default: stored.
   */
  readonly weights?: 'stored' | 'float16' | undefined;
}

/**
 * Keys and values of texts that stand in front of a prompt, computed once each and kept: only a causal model reads a text before it knows the
 * prompt. A session that is given one has its prompt behind the text, any other in front of it.
 */
export interface PrefixCache {
  /** Bytes kept in memory and on disk. */
  size(): { readonly memory: number; readonly disk: number };
  /** After the sessions that were given it. */
  release(): Promise<void>;
}

export interface PrefixCacheOptions extends Omit<SessionOptions, 'precision'> {
  /** Where texts go that memory has no room for, into a file that has no name; undefined: they are computed anew each time. */
  readonly folder?: string | undefined;
  /** Default: 512 MiB. */
  readonly memoryBytes?: number;
  /** Default: 4 GiB; what has no room there either is computed anew each time. */
  readonly diskBytes?: number;
  /** How the numbers are kept. Default: float16 on the CPU, else as the model computes them. */
  readonly stored?: 'float' | 'float16';
}

export interface TrainingSessionOptions extends SessionOptions {
  readonly promptLength: number;
  /** The prompt stands behind the text, in front of the text's tail. */
  readonly behindText?: PrefixCache | undefined;
}

export interface ScoringSessionOptions extends TrainingSessionOptions {
  /** Whether every request of a call has a prompt of its own. Default: one for all. */
  readonly promptPerRequest?: boolean;
  /**
   * Whether {@link LeadTokens} are computed once without a prompt too. Attention then goes over a past, which costs as much time as a
   * twentieth of the tokens. Default: no; behind a prompt they always are.
   */
  readonly sharedLead?: boolean;
}

export interface GenerationRequest {
  /** As in {@link EncodedExample}. */
  readonly inputIds: readonly number[];
  readonly tailTokens?: TailTokens;
}

/** How a token is drawn, instead of taking the likeliest one. */
export interface Sampling {
  /** Divides the logits: below 1 the likely tokens become likelier still. Above 0. */
  readonly temperature: number;
  /** Draw from so many of the likeliest tokens only. Default: all. */
  readonly topK?: number | undefined;
  /** Draw from the fewest tokens that together reach this probability. Default: all. */
  readonly topP?: number | undefined;
  /** The same seed draws the same text for the same request at the same place. */
  readonly seed: number;
}

export interface GenerationOptions {
  /** At least 1. A causal model writes less where prompt, input and text would be longer than it was made for. */
  readonly maxNewTokens: number;
  /** Texts that end a text; they are cut off, wherever in a token they begin. */
  readonly stopWords?: readonly string[] | undefined;
  /** Default: greedy, each token the likeliest. */
  readonly sampling?: Sampling | undefined;
  /** Called with each token when it is chosen, the end token among them. */
  readonly onToken?: ((request: number, id: number) => void) | undefined;
  /** Looked at between tokens. */
  readonly signal?: AbortSignal | undefined;
}

export interface Generation {
  /** The tokens of `text`, without the end token and without those that a stop word begins in or lies in. */
  readonly ids: readonly number[];
  readonly text: string;
  /** The end token, a stop word, or that there was no room for more. */
  readonly stopped: 'end' | 'stop-word' | 'length';
  /** Sum of log p(token | everything before it) over all tokens chosen, the end token and a stop word's among them; nats. */
  readonly logProbability: number;
}

/** Writes texts behind inputs. */
export interface GenerationSession {
  /**
   * One text a request, in its order.
   *
   * @param prompt [P, D] row-major, or [requests, P, D] where the session was opened with `promptPerRequest`.
   * @throws RangeError for a request that cannot be read or an option that makes no sense; the signal's reason once it is aborted.
   */
  generate(
    prompt: Float32Array,
    requests: readonly GenerationRequest[],
    options: GenerationOptions,
  ): Promise<Generation[]>;
  release(): Promise<void>;
}

/** A text is written token by token, and each token would convert every matrix anew: weights are always as they are stored. */
export interface GenerationSessionOptions extends Omit<SessionOptions, 'precision' | 'weights'> {
  readonly promptLength: number;
  /** Whether the prompt stands behind the input, in front of its tail, where causal models only can have it. Default: in front. */
  readonly promptBehindText?: boolean | undefined;
  /** Whether every request of a call has a prompt of its own. Default: one for all. */
  readonly promptPerRequest?: boolean;
}

export type NeighbourMetric = 'cosine' | 'euclidean';

/** A row of the input embeddings and how near a vector it is. */
export interface Neighbour {
  readonly id: number;
  readonly cosine: number;
  /** Euclidean. */
  readonly distance: number;
}

/** Nearest rows of the input embeddings. */
export interface NeighbourSearch {
  /**
   * For each vector as many neighbours as the search was opened for, nearest first, of equals the lower id first.
   * @param vectors [n, D] row-major.
   */
  nearest(vectors: Float32Array, metric: NeighbourMetric): Promise<Neighbour[][]>;
  release(): Promise<void>;
}

/** The longest example of what is tuned on, in tokens. */
export interface LongestExample {
  readonly promptLength: number;
  /** That are computed, without the prompt. */
  readonly tokens: number;
  /** Where the prompt stands behind the text: those of the text, of which keys and values are held. Default: the prompt stands in front. */
  readonly past?: number | undefined;
}

export interface FrozenModel {
  /** Name a person knows it by. */
  readonly name: string;
  readonly folder: string;
  readonly architecture: string;
  readonly kind: 'causal' | 'encoder-decoder';
  /** D, the width of the input embeddings. */
  readonly width: number;
  readonly layers: number;
  /** Attention heads; PEFT's adapter_config.json wants them. */
  readonly heads: number;
  readonly vocabulary: number;
  readonly parameters: number;
  /** Longest sequence in tokens (prompt included) that the model was made for. */
  readonly maxPositions: number;
  /** What a person should know of how the checkpoint was read, a sentence or two each. */
  readonly notes: readonly string[];

  /** Tokens with a meaning of their own, as they are written in text; `end` ends a text. */
  readonly specialTokens: { readonly end: string | undefined; readonly all: readonly string[] };

  encodeInput(text: string): number[];
  encodeTarget(text: string): number[];
  /** Ids of a text without any special token, as the initialisers need it. */
  encodeWords(text: string): number[];
  decode(ids: readonly number[]): string;
  /**
   * Rows of the input embedding matrix, [ids.length, D] row-major, exactly as they stand beside the prompt in the model: where an
   * architecture scales its embeddings (Gemma), scaled.
   */
  embeddings(ids: readonly number[]): Promise<Float32Array>;
  /** Norms and mean of all those rows; computed once. */
  vocabularyStatistics(): Promise<VocabularyStatistics>;
  /** SHA-256 over the frozen weights' bytes, hexadecimal. */
  weightsHash(): Promise<string>;

  /**
   * How many tokens one pass of tuning on the CPU may have so that it fits in this machine's memory: `wanted` or less; see
   * {@link TrainingSession}. Tokens of the past count by their {@link FrozenModel.pastShare}.
   */
  fittingTokens(workload: LongestExample, wanted: number): number;
  /** How much of a computed token's memory a token takes of which a pass of tuning only holds keys and values; 0 without a past. */
  pastShare(workload: LongestExample): number;
  /**
   * Makes ready what sessions with float16 weights need: matrices that are stored otherwise are rounded, once. Such sessions do it themselves
   * where it was not done. @returns the names of matrices that stay as they are, since a number of theirs is beyond float16.
   */
  prepareFloat16Weights(): Promise<readonly string[]>;
  /** For a prompt behind the text. @throws Error for an encoder-decoder, which has no such place. */
  openPrefixCache(options: PrefixCacheOptions): Promise<PrefixCache>;
  openTrainingSession(options: TrainingSessionOptions): Promise<TrainingSession>;
  openScoringSession(options: ScoringSessionOptions): Promise<ScoringSession>;
  openGenerationSession(options: GenerationSessionOptions): Promise<GenerationSession>;
  /** @param count neighbours of each vector. */
  openNeighbourSearch(count: number): Promise<NeighbourSearch>;
}
