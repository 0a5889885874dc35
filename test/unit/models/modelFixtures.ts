import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EncodedExample, ScoringRequest, TargetScore } from '../../../extension/engine/models/frozenModel';
import { readSafetensorsHeader } from '../../../extension/engine/models/safetensors';
import { toFloat32, type WeightType } from '../../../extension/engine/models/tensorType';

/** Folder of what test/oracles/models.py writes. Tests run from the repository's root. */
export const modelFixtures = join(process.cwd(), 'test/fixtures/models');

/** Models whose rope turns a text by its whole length: what is computed in one batch, or token by token, depends on the longest text. */
export const turnedByLength = ['llama-dynamic', 'phi3'];

export const modelNames = [
  ...['llama-untied', 'llama-tied', 'llama-bf16', 'llama-sharded'],
  ...['llama-linear', 'llama-dynamic', 'llama-llama3', 'llama-yarn'],
  ...[
    'mistral',
    'qwen2',
    'qwen3',
    'smollm3',
    'smollm3-windows',
    'olmo2',
    'granite',
    'phi3',
    'phi3-window',
    'gemma',
    'gemma2',
    'gemma3_text',
    'gemma3',
  ],
  ...['gpt2', 'gpt2-untied', 'gpt_neox', 'gpt_neox-sequential', 'opt', 'opt-norm-behind'],
  ...['bloom', 'bloom-normed-residual', 'gpt_neo', 'gpt_neo-local', 'gptj', 'gptj-tied'],
  ...['t5-v1.0', 't5-v1.1', 't5-silu', 'mt5', 'bart', 'bart-scaled'],
];

/** What torch and transformers computed with a model. */
export interface Expected {
  readonly examples: readonly EncodedExample[];
  readonly loss: number;
  readonly scoring: readonly {
    readonly prompt: boolean;
    readonly requests: readonly ScoringRequest[];
    readonly scores: readonly (readonly TargetScore[])[];
  }[];
  readonly texts: readonly {
    readonly text: string;
    readonly ids: number[];
    readonly words: number[];
    readonly decoded: string;
  }[];
  readonly prompt: Float32Array;
  readonly promptLength: number;
  readonly gradient: Float32Array;
  readonly logits: Float32Array;
}

export async function readExpected(name: string): Promise<Expected> {
  const folder = join(modelFixtures, name);
  const json = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Omit<Expected, 'prompt' | 'gradient'>;
  const tensors = await readTensors(join(folder, 'expected.safetensors'));
  const [prompt, gradient, logits] = ['prompt', 'gradient', 'logits'].map((each) => tensors.get(each)!);
  return {
    ...json,
    prompt: prompt!.numbers,
    promptLength: prompt!.shape[0]!,
    gradient: gradient!.numbers,
    logits: logits!.numbers,
  };
}

/** All tensors of a small safetensors file. */
export async function readTensors(
  file: string,
): Promise<Map<string, { readonly shape: readonly number[]; readonly numbers: Float32Array }>> {
  const bytes = readFileSync(file);
  const { tensors } = await readSafetensorsHeader(file);
  return new Map(
    [...tensors].map(([name, { shape, type, offset, byteLength }]) => [
      name,
      { shape, numbers: toFloat32(bytes.subarray(offset, offset + byteLength), type as WeightType) },
    ]),
  );
}

/** The largest absolute difference of two lists of numbers of one length. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}
