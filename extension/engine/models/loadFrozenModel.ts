import { realpath } from 'node:fs/promises';
import { buildLanguageModel } from './architectures/table';
import { Configuration } from './configuration';
import type { FrozenModel, SessionOptions } from './frozenModel';
import { ggufName } from './gguf/ggufParts';
import { findGgufSource } from './gguf/ggufSource';
import { unpackGguf, unpackingNotes, type UnpackOptions } from './gguf/unpackGguf';
import { FrozenTensors, type WeightStorage } from './frozenTensors';
import { openPrefixCache } from './frozenPrefix/prefixCache';
import { noPlaceBehind } from './frozenPrefix/promptPlace';
import { openGenerationSession } from './generation/generationSession';
import type { LanguageModel } from './languageModel';
import { float16Weights } from './quantisation/float16Weights';
import { int4Weights } from './quantisation/int4Weights';
import { linearWeights } from './quantisation/linearWeights';
import { openScoringSession } from './scoringSession';
import { Tokenizer } from './tokenizer';
import { openTrainingSession } from './trainingSession';
import { fittingTokens, pastShare } from './tuningMemory';
import { openNeighbourSearch } from './neighbourSearch';
import { type VocabularyStatistics, vocabularyStatistics } from './vocabulary';
import { resolveStored } from './storedTensors';
import { Weights } from './weights';

/** The rest is for GGUF files, which are unpacked first. */
export interface LoadOptions extends UnpackOptions {
  /** Name a person knows the model by; default: the folder's or file's. */
  readonly name?: string;
  /** How the weights are held while the model runs: as they are stored, or those of linear maps as 4-bit codes. Default: stored. */
  readonly frozenWeights?: 'stored' | 'int4' | undefined;
}

/**
 * Opens a model folder: config.json, tokenizer.json, and model.safetensors or its shards, or
 * model.gguf as the bundled model has it, which is unpacked into the cache first; or a GGUF file, whose metadata gives
 * configuration and tokenizer. Reads headers only; the weights stay on disk and are mapped by
 * each session.
 *
 * @throws ModelError naming the file and what is missing, damaged or unsupported.
 */
export async function loadFrozenModel(source: string, options: LoadOptions = {}): Promise<FrozenModel> {
  return (await openModelFolder(source, options)).model;
}

/** The same, with the network beneath. */
export async function openModelFolder(
  source: string,
  options: LoadOptions = {},
): Promise<{ readonly model: FrozenModel; readonly network: LanguageModel }> {
  const gguf = await findGgufSource(source);
  const folder = gguf === undefined ? source : await unpackGguf(gguf, options);
  const configuration = await Configuration.read(folder);
  const all = await Weights.open(folder);
  const { weights, notes } = await resolveStored(configuration, all);
  const unpacking = gguf === undefined ? [] : await unpackingNotes(folder);
  const hash = (): Promise<string> => all.hash();
  const stored = new FrozenTensors(weights);
  const built = buildLanguageModel(configuration, stored);
  const { architecture, network } =
    options.frozenWeights === 'int4'
      ? buildLanguageModel(
          configuration,
          new FrozenTensors(weights, await int4Storage(built.network, stored, await hash(), options.cache)),
        )
      : built;
  const tokenizer = await Tokenizer.read(folder);
  const { endToken } = network;
  const endTokens = endTokensOf(configuration, endToken);
  // Only what the tokenizer itself puts behind a text, never an end token that the text ends with.
  const tokenizerEnds = endToken !== undefined && tokenizer.tokensBehind.at(-1) === endToken;
  const withoutEnd = (ids: number[]): number[] => (tokenizerEnds ? ids.slice(0, -1) : ids);
  const withEnd = (ids: number[]): number[] => (tokenizerEnds || endToken === undefined ? ids : [...ids, endToken]);
  const causal = network.kind === 'causal';
  let statistics: Promise<VocabularyStatistics> | undefined;
  let prepared: Promise<Float16Network> | undefined;
  const float16 = (): Promise<Float16Network> =>
    (prepared ??= (async () => {
      // What is left of a model with 4-bit weights is held as float16 where it is stored so.
      if (options.frozenWeights === 'int4') return { network, tooLarge: [] };
      const { cache } = options;
      const rounded = await float16Weights(stored.places, { sourceHash: hash, cache });
      const tensors = new FrozenTensors(weights, rounded.storage);
      return { ...buildLanguageModel(configuration, tensors), tooLarge: rounded.tooLarge };
    })());
  const networkFor = async ({ weights: held }: SessionOptions): Promise<LanguageModel> =>
    held === 'float16' ? (await float16()).network : network;

  const model: FrozenModel = {
    name: options.name ?? ggufName(await realpath(source)),
    folder,
    architecture,
    notes: [...unpacking, ...notes],
    ...sizesOf(network),
    specialTokens: {
      end: network.endToken === undefined ? undefined : tokenizer.decode([network.endToken]),
      all: tokenizer.specialTexts,
    },
    // A causal target follows its input, so the input must not end the text.
    encodeInput: (text) => (causal ? withoutEnd : withEnd)(tokenizer.encode(text)),
    encodeTarget: (text) => (causal ? tokenizer.encodeContinuation(text) : withEnd(tokenizer.encode(text))),
    encodeWords: (text) => tokenizer.encodeWords(text),
    decode: (ids) => tokenizer.decode(ids),
    embeddings: async (ids) =>
      (await weights.rows(network.embeddings, ids)).map((number) => number * network.embeddingScale),
    vocabularyStatistics: () => (statistics ??= vocabularyStatistics(network, weights)),
    weightsHash: hash,
    fittingTokens: (workload, wanted) =>
      fittingTokens(network, workload, wanted, { float32: stored.storage === 'F32' }),
    pastShare: (workload) => pastShare(network, workload),
    prepareFloat16Weights: async () => (await float16()).tooLarge,
    openPrefixCache: async (cacheOptions) => {
      const reading = await networkFor(cacheOptions);
      const { continuation } = reading;
      if (continuation.kind !== 'causal') throw new Error(noPlaceBehind);
      return openPrefixCache(reading, continuation, cacheOptions);
    },
    openTrainingSession: async (sessionOptions) =>
      openTrainingSession(await networkFor(sessionOptions), sessionOptions),
    openScoringSession: async (sessionOptions) => openScoringSession(await networkFor(sessionOptions), sessionOptions),
    openGenerationSession: (sessionOptions) => openGenerationSession(network, { ...model, endTokens }, sessionOptions),
    openNeighbourSearch: (count) => openNeighbourSearch(network, model, count),
  };
  return { model, network };
}

/**
 * The tokens that end a text which the model writes: those that `generate` of transformers stops at, and the one that targets end with, since
 * a prompt learns to end a text with it.
 */
function endTokensOf(configuration: Configuration, endToken: number | undefined): readonly number[] {
  const stops = configuration.forGeneration.tokenIds('eos_token_id');
  return [...new Set(endToken === undefined ? stops : [endToken, ...stops])];
}

interface Float16Network {
  readonly network: LanguageModel;
  readonly tooLarge: readonly string[];
}

async function int4Storage(
  network: LanguageModel,
  tensors: FrozenTensors,
  sourceHash: string,
  cache: string | undefined,
): Promise<WeightStorage> {
  const { continuation } = network;
  // A decoder's graph may apply the matrices of keys and values to its queries instead; a generation's applies them as linear maps.
  const cross = continuation.kind === 'encoder-decoder' ? continuation.crossAttention(undefined) : [];
  const axes = linearWeights([network.targetLogits(undefined), ...cross.flatMap(({ keys, values }) => [keys, values])]);
  return int4Weights(tensors.places, { axes, sourceHash, cache });
}

function sizesOf({
  kind,
  width,
  layers,
  heads,
  vocabulary,
  maxPositions,
  parameters,
}: LanguageModel): Pick<
  FrozenModel,
  'kind' | 'width' | 'layers' | 'heads' | 'vocabulary' | 'maxPositions' | 'parameters'
> {
  return { kind, width, layers, heads, vocabulary, maxPositions, parameters };
}
