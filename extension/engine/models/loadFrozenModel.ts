import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { buildLanguageModel } from './architectures/table';
import { Configuration } from './configuration';
import type { FrozenModel } from './frozenModel';
import { FrozenTensors } from './frozenTensors';
import type { LanguageModel } from './languageModel';
import { openNeighbourSearch } from './neighbourSearch';
import { openScoringSession } from './scoringSession';
import { Tokenizer } from './tokenizer';
import { openTrainingSession } from './trainingSession';
import { isGgufFolder, unpackGguf } from './unpackGguf';
import { type VocabularyStatistics, vocabularyStatistics } from './vocabulary';
import { Weights } from './weights';

export interface LoadOptions {
  /** Name a person knows the model by; default: the folder's. */
  readonly name?: string;
  /** Where a quantised model is unpacked to; default: this system's cache folder. */
  readonly cache?: string;
}

/**
 * Opens a model folder: config.json, tokenizer.json, and model.safetensors or its shards, or
 * model.gguf as the bundled model has it, which is unpacked into the cache first. Reads headers only; the weights stay on disk and are mapped by
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
  const folder = isGgufFolder(source) ? await unpackGguf(source, options.cache) : source;
  const configuration = await Configuration.read(folder);
  const weights = await Weights.open(folder);
  const tensors = new FrozenTensors(weights);
  const { architecture, network } = buildLanguageModel(configuration, tensors);
  const tokenizer = await Tokenizer.read(folder);
  // A single token may be the begin token, where both are the same.
  const withoutEnd = (ids: number[]): number[] =>
    ids.length > 1 && ids.at(-1) === network.endToken ? ids.slice(0, -1) : ids;
  const withEnd = (ids: number[]): number[] =>
    network.endToken === undefined || ids.at(-1) === network.endToken ? ids : [...ids, network.endToken];
  const causal = network.kind === 'causal';
  let statistics: Promise<VocabularyStatistics> | undefined;

  const model: FrozenModel = {
    name: options.name ?? basename(await realpath(source)),
    folder,
    architecture,
    ...sizesOf(network),
    // A causal target follows its input, so the input must not end the text.
    encodeInput: (text) => (causal ? withoutEnd : withEnd)(tokenizer.encode(text)),
    encodeTarget: (text) => (causal ? tokenizer.encodeContinuation(text) : withEnd(tokenizer.encode(text))),
    encodeWords: (text) => tokenizer.encodeWords(text),
    decode: (ids) => tokenizer.decode(ids),
    embeddings: async (ids) =>
      (await weights.rows(network.embeddings, ids)).map((number) => number * network.embeddingScale),
    vocabularyStatistics: () => (statistics ??= vocabularyStatistics(network, weights)),
    weightsHash: () => weights.hash(),
    openTrainingSession: (sessionOptions) => openTrainingSession(network, sessionOptions),
    openScoringSession: (sessionOptions) => openScoringSession(network, sessionOptions),
    openNeighbourSearch: (count) => openNeighbourSearch(network, model, count),
  };
  return { model, network };
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
