import type { Configuration } from '../../configuration';
import type { GgufMetadata } from '../ggufMetadata';

/** Takes back what llama.cpp's converter did to a tensor, row-major. Shapes are outermost first. */
export interface Restore {
  readonly numbers: (numbers: Float32Array, shape: readonly number[], configuration: Configuration) => Float32Array;
  /** The shape afterwards; default: the same. */
  readonly shape?: (shape: readonly number[]) => readonly number[];
}

/** What an architecture reads its configuration from. */
export interface GgufDescription {
  /** general.architecture, which begins the keys of its metadata. */
  readonly name: string;
  readonly metadata: GgufMetadata;
  /** The shape of a tensor, outermost first; undefined where the file has none of this name. */
  readonly shapeOf: (tensor: string) => readonly number[] | undefined;
  /** What each rotary frequency is divided by ("rope_freqs.weight"); undefined where the file does not say. */
  readonly rotaryDivisors: Float32Array | undefined;
  /** The same for LongRoPE, in short and in long texts ("rope_factors_short.weight", "rope_factors_long.weight"). */
  readonly longRopeDivisors: { readonly short: Float32Array; readonly long: Float32Array } | undefined;
}

/**
 * Name in the GGUF file -> name in the checkpoint (and what its numbers need), both without ".weight" or ".bias". N is the
 * number of a layer.
 */
export type CheckpointNames = Readonly<Record<string, string | readonly [string, Restore]>>;

/** How a model that llama.cpp has converted goes back into a Hugging Face folder. */
export interface GgufArchitecture {
  /** The fields of config.json that the architecture itself has. */
  readonly configuration: (model: GgufDescription) => Readonly<Record<string, unknown>>;
  readonly names: (model: GgufDescription) => CheckpointNames;
  /** Tensors that the configuration says already. */
  readonly computed?: readonly string[];
}
