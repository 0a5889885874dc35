import { sample } from '../../datasets/random';
import type { Initialise } from './initialiser';

/**
 * Embeddings of tokens drawn from the first 5000 ids, which in a SentencePiece or byte-pair vocabulary are about the most
 * frequent ones; without replacement while there are enough of them (Lester et al. 2021, section 3.2).
 */
export const sampledVocabulary: Initialise = async ({ model, length, random, topTokens = 5000 }) =>
  model.embeddings(sample(Math.min(topTokens, model.vocabulary), length, random));
