import type { EncodedExample } from './frozenModel';
import { bucketed, type Padding, unpadded } from './padding';

/** Examples as they go through a session, and what each of their target tokens counts. */
export interface FittedExamples {
  readonly examples: readonly EncodedExample[];
  /** One a target token, in the order of the examples: 1, or 0 for one that only fills the shape. */
  readonly counts: readonly number[];
}

/** Which shapes a training session runs. */
export interface BatchShape {
  /** Of the texts. */
  readonly padding: Padding;
  readonly fit: (examples: readonly EncodedExample[]) => FittedExamples;
}

/** The examples as they are: nothing is computed in vain. */
export const exactShape: BatchShape = {
  padding: unpadded,
  fit: (examples) => ({ examples, counts: examples.flatMap(({ targetIds }) => targetIds.map(() => 1)) }),
};

/** Texts: {@link bucketed}, and at least 8 tokens, which cost less than another shape. */
export const bucketedText: Padding = (length) => bucketed(Math.max(length, 8));

/**
 * Few shapes, so that a provider which compiles kernels for each of them soon has them all: rows, texts and targets have sizes of
 * {@link bucketed}. Rows are filled with the first example, targets with their last token; neither counts, so loss and gradient are
 * the same.
 *
 * @param mostTokens that an example may have, input and target; where padded targets would make it longer, they stay as they are.
 */
export const bucketedShape = (mostTokens: number): BatchShape => ({
  padding: bucketedText,
  fit: (examples) => {
    const rows = bucketed(examples.length);
    const longest = Math.max(...examples.map(({ targetIds }) => targetIds.length));
    const fits = examples.every(({ inputIds }) => inputIds.length + bucketed(longest) <= mostTokens);
    const slots = fits ? bucketed(longest) : longest;
    const fillers = Array.from({ length: rows - examples.length }, () => ({ ...examples[0]!, real: 0 }));
    const filled = [...examples.map((example) => ({ ...example, real: example.targetIds.length })), ...fillers];
    return {
      // Copies of the inputs: an encoder reads inputs that are one list only once.
      examples: filled.map(({ inputIds, targetIds, tailTokens, leadTokens }) => ({
        inputIds: [...inputIds],
        tailTokens,
        leadTokens,
        targetIds: Array.from({ length: slots }, (_, i) => targetIds[i] ?? targetIds.at(-1)!),
      })),
      counts: filled.flatMap(({ real }) => Array.from({ length: slots }, (_, i) => Number(i < real))),
    };
  },
});
