import { BytePairModel } from './bytePairModel';
import type { Definition } from './definition';
import type { TokenModel } from './tokenModel';
import { UnigramModel } from './unigramModel';
import { wordLevelModel, wordPieceModel } from './wordModels';

/** Every model there is, by its type in tokenizer.json. */
const models: Readonly<Record<string, (definition: Definition) => TokenModel>> = {
  BPE: (definition) => new BytePairModel(definition),
  Unigram: (definition) => new UnigramModel(definition),
  WordLevel: wordLevelModel,
  WordPiece: wordPieceModel,
};

/** @throws TokenizerError for a type that is not in the table, and for fields that cannot be used. */
export function readModel(definition: Definition): TokenModel {
  return definition.row(models, definition.field('type') ?? typeOf(definition))(definition);
}

/** Old files name no type. */
function typeOf(definition: Definition): string {
  if (definition.has('merges')) return 'BPE';
  if (definition.has('max_input_chars_per_word')) return 'WordPiece';
  return Array.isArray(definition.field('vocab')) ? 'Unigram' : 'WordLevel';
}
