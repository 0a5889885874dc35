import { buildLanguageModel } from './architectures/table';
import { Configuration } from './configuration';
import { declaredModel } from './declaredModel';
import { FrozenTensors } from './frozenTensors';
import { describeGguf } from './gguf/describeGguf';
import { GgufFile, type GgufTensor } from './gguf/ggufFile';
import { fileTypeName } from './gguf/fileTypes';
import { findGgufSource, type GgufSource } from './gguf/ggufSource';
import type { LanguageModel } from './languageModel';
import { refuseForeign, unusedTensors } from './unusedTensors';
import { Weights } from './weights';

/** What the headers of a model's files tell. */
export interface ModelFacts {
  readonly architecture: string;
  readonly network: LanguageModel;
  /** What a GGUF file says that its numbers are stored as, "Q4_K_M"; else what most of them are: "F32", "BF16". */
  readonly storage: string;
  /** Whether sessions map its weights in place. */
  readonly float32: boolean;
  /** What it stores and its graph does not use, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Reads what a model is, of a folder or a GGUF file, without reading or unpacking its weights.
 * @throws ModelError naming the file and what is missing, damaged or unsupported.
 */
export async function modelFacts(path: string): Promise<ModelFacts> {
  const source = await findGgufSource(path);
  if (source !== undefined) return ggufFacts(source, path);
  const configuration = await Configuration.read(path);
  const weights = await Weights.open(path);
  refuseForeign(weights);
  const tensors = new FrozenTensors(weights);
  const built = buildLanguageModel(configuration, tensors);
  const notes = unusedTensors(weights, tensors);
  // Known only once the network has asked for its tensors.
  const { storage } = tensors;
  return { ...built, storage, float32: storage === 'F32', notes };
}

async function ggufFacts(source: GgufSource, path: string): Promise<ModelFacts> {
  const gguf = await GgufFile.read(...source.files);
  const own = 'config.json' in source.companions;
  const { model, rules } = await describeGguf(gguf);
  const configuration = own ? await Configuration.read(path) : Configuration.of(gguf.file, rules.configuration(model));
  const storage = fileTypeName(gguf.metadata) ?? mostOf(gguf.tensors);
  // A folder with a configuration of its own is unpacked to float32, others to float16.
  return { ...declaredModel(configuration), storage, float32: own, notes: [] };
}

/** The type of which a file has most bytes. */
function mostOf(tensors: readonly GgufTensor[]): string {
  const bytes = new Map<string, number>();
  for (const { type, byteLength } of tensors) bytes.set(type, (bytes.get(type) ?? 0) + byteLength);
  const [most] = [...bytes].reduce<[string, number]>((first, each) => (each[1] > first[1] ? each : first), ['', 0]);
  return most;
}
