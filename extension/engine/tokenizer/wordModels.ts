import type { Definition } from './definition';
import { TokenizerError } from './tokenizerError';
import type { TokenModel } from './tokenModel';
import { Vocabulary } from './vocabulary';

/** `WordLevel`: a piece is a token, or unknown. */
export function wordLevelModel(definition: Definition): TokenModel {
  const vocabulary = Vocabulary.read(definition);
  const unknown = unknownId(definition, vocabulary);
  return { vocabulary, encode: (piece) => [vocabulary.idOf(piece) ?? unknown(piece)] };
}

/** `WordPiece`: the longest token that a piece begins with, then of the rest, each with a prefix (Devlin et al. 2019). */
export function wordPieceModel(definition: Definition): TokenModel {
  const vocabulary = Vocabulary.read(definition);
  const prefix = definition.text('continuing_subword_prefix', '##');
  const longest = definition.count('max_input_chars_per_word', 100);
  const unknown = unknownId(definition, vocabulary);
  return {
    vocabulary,
    encode: (piece) => {
      const characters = Array.from(piece);
      if (characters.length > longest) return [unknown(piece)];
      const ids: number[] = [];
      for (let start = 0; start < characters.length;) {
        let end = characters.length;
        let id: number | undefined;
        for (; end > start; end -= 1) {
          id = vocabulary.idOf((start > 0 ? prefix : '') + characters.slice(start, end).join(''));
          if (id !== undefined) break;
        }
        if (id === undefined) return [unknown(piece)];
        ids.push(id);
        start = end;
      }
      return ids;
    },
  };
}

function unknownId(definition: Definition, vocabulary: Vocabulary): (piece: string) => number {
  const token = definition.text('unk_token', definition.field('type') === 'WordLevel' ? '<unk>' : '[UNK]');
  return (piece) => {
    const id = vocabulary.idOf(token);
    if (id === undefined)
      throw new TokenizerError(
        `model.unk_token is ${JSON.stringify(token)}, which is not in vocab, and there is no token for ${JSON.stringify(piece)}`,
      );
    return id;
  };
}
