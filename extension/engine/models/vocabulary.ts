import type { LanguageModel } from './languageModel';
import type { Weights } from './weights';

/** The input embeddings of a network. */
export type EmbeddingMatrix = Pick<LanguageModel, 'embeddings' | 'embeddingScale' | 'vocabulary' | 'width'>;

/** What is true of the input embeddings as a whole. */
export interface VocabularyStatistics {
  /** Euclidean norm of each row, [V]. */
  readonly norms: Float64Array;
  /** Mean of all rows, [D]. */
  readonly mean: Float64Array;
}

/** Numbers read at once: 32 MiB in float32. */
const blockNumbers = 1 << 23;

/** Norms and mean of the embedding matrix, read once from end to end in float64. */
export async function vocabularyStatistics(
  { embeddings, vocabulary, width, embeddingScale }: EmbeddingMatrix,
  weights: Weights,
): Promise<VocabularyStatistics> {
  const norms = new Float64Array(vocabulary);
  const mean = new Float64Array(width);
  for await (const { first, rows } of weights.blocks(embeddings, Math.ceil(blockNumbers / width))) {
    for (let row = 0; row * width < rows.length; row++) {
      let sum = 0;
      for (let column = 0; column < width; column++) {
        const number = rows[row * width + column]! * embeddingScale;
        sum += number * number;
        mean[column]! += number;
      }
      norms[first + row] = Math.sqrt(sum);
    }
  }
  return { norms, mean: mean.map((sum) => sum / vocabulary) };
}
