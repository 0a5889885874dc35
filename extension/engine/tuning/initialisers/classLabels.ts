import type { Initialise } from './initialiser';
import { sampledVocabulary } from './sampledVocabulary';

/**
 * Position i starts as label i: the mean of the embeddings of its subwords. The whole prompt is drawn as
 * {@link sampledVocabulary} first and the labels are written over its beginning, as the paper's released code does, so both
 * initialisers agree in the positions after the labels. Labels beyond the prompt's length are left out.
 * @throws when there are no label words, or a label has no token.
 */
export const classLabels: Initialise = async (request) => {
  const { model, length, labelWords } = request;
  if (labelWords.length === 0) {
    throw new Error(
      'the "class-labels" initialiser needs label words, and this task has none; use "sampled-vocabulary" or "text"',
    );
  }
  const prompt = await sampledVocabulary(request);
  for (const [position, words] of labelWords.slice(0, length).entries()) {
    const ids = model.encodeWords(words);
    if (ids.length === 0) throw new Error(`the label words "${words}" have no token in this model's vocabulary`);
    const rows = await model.embeddings(ids);
    for (let column = 0; column < model.width; column++) {
      let sum = 0;
      for (let row = 0; row < ids.length; row++) sum += rows[row * model.width + column]!;
      prompt[position * model.width + column] = sum / ids.length;
    }
  }
  return prompt;
};
