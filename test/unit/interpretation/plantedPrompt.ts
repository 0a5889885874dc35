import { seededRandom } from '../../../extension/engine/datasets/random';
import { randomVector } from '../../../extension/engine/interpretation/randomBaseline';
import type { FrozenModel } from '../../../extension/engine/models/frozenModel';

/** A virtual token that is the embedding of a token, turned away from it by noise of a share of its norm. */
export interface Planted {
  readonly id: number;
  readonly noise?: number;
  /** Factor of the norm. */
  readonly scale?: number;
}

/** A prompt [P, D] that is known to be made of known tokens. */
export async function plantedPrompt(model: FrozenModel, tokens: readonly Planted[], seed = 1): Promise<Float32Array> {
  const random = seededRandom(seed, 'planted');
  const prompt = await model.embeddings(tokens.map(({ id }) => id));
  for (const [position, { noise = 0, scale = 1 }] of tokens.entries()) {
    const row = prompt.subarray(position * model.width, (position + 1) * model.width);
    const off = randomVector(model.width, noise * Math.hypot(...row), random);
    for (let i = 0; i < row.length; i++) row[i] = scale * (row[i]! + off[i]!);
  }
  return prompt;
}
