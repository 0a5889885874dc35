import type { EncodedExample, TrainingSession } from '../../../extension/engine/models/frozenModel';

/**
 * A model small enough to know by heart: logistic regression of each target token's parity on the first input token, with all
 * rows of the prompt as weights. Its loss and gradient are exact formulas, so the loop can be tested without a session.
 */
export class AnalyticSession implements TrainingSession {
  /** Passes computed so far. */
  passes = 0;

  constructor(private readonly width: number) {}

  lossAndGradient(
    prompt: Float32Array,
    examples: readonly EncodedExample[],
    normaliser: number,
  ): Promise<{ loss: number; gradient: Float32Array }> {
    this.passes++;
    const gradient = new Float32Array(prompt.length);
    let loss = 0;
    for (const { inputIds, targetIds } of examples) {
      for (const target of targetIds) {
        const sign = target % 2 === 0 ? -1 : 1;
        let logit = 0;
        for (let index = 0; index < prompt.length; index++) logit += prompt[index]! * this.feature(inputIds[0]!, index);
        const margin = sign * logit;
        loss += (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin) / normaliser;
        const slope = -sign / (1 + Math.exp(margin)) / normaliser;
        for (let index = 0; index < prompt.length; index++) {
          gradient[index]! += slope * this.feature(inputIds[0]!, index);
        }
      }
    }
    return Promise.resolve({ loss, gradient });
  }

  release(): Promise<void> {
    return Promise.resolve();
  }

  private feature(token: number, index: number): number {
    return Math.sin(token * 0.7 + (index % this.width)) / Math.sqrt(this.width);
  }
}

/** Examples whose target follows from the input, so that there is something to learn. */
export function learnableExamples(count: number): EncodedExample[] {
  return Array.from({ length: count }, (_, index) => ({
    inputIds: [index, ...new Array<number>(index % 13).fill(1)],
    targetIds: [Math.sin(index * 0.7 + 1) > 0 ? 1 : 0],
  }));
}
