import { AddedTokens } from './addedTokens';
import { type Decoder, readDecoder } from './decoders';
import { Definition } from './definition';
import { readModel } from './models';
import { type Normalizer, readNormalizer } from './normalizers';
import { type PostProcessor, readPostProcessor } from './postProcessors';
import { type PreTokenizer, readPreTokenizer } from './preTokenizers';
import type { TokenModel } from './tokenModel';

/** Pieces whose ids are remembered, and how long they may be. */
const [rememberedPieces, rememberedLength] = [20_000, 64];

const loneSurrogate = /\p{Surrogate}/gu;

/**
 * A tokenizer.json, stage after stage: added tokens are found in a text, the rest is normalised, cut into pieces and made tokens by the
 * model; special tokens are put around. Gives the ids of Python's tokenizers. Its `truncation` and `padding` have no effect, as with
 * transformers, which sets both at each call.
 */
export class TextTokenizer {
  private readonly added: AddedTokens;
  private readonly normalize: Normalizer;
  private readonly preTokenize: PreTokenizer;
  private readonly model: TokenModel;
  private readonly postProcess: PostProcessor;
  private readonly decodeTokens: Decoder | undefined;
  private readonly remembered = new Map<string, readonly number[]>();

  /** @throws TokenizerError naming the stage and what in it is missing or not supported. */
  constructor(json: Readonly<Record<string, unknown>>) {
    const definition = Definition.of(json, '');
    const stage = <Stage>(name: string, read: (part: Definition) => Stage): Stage | undefined => {
      const part = definition.part(name);
      return part && read(part);
    };
    this.model = stage('model', readModel) ?? definition.reject('model', 'there must be one');
    this.normalize = stage('normalizer', readNormalizer) ?? ((text) => text);
    this.preTokenize = stage('pre_tokenizer', readPreTokenizer) ?? ((pieces) => pieces);
    this.postProcess = stage('post_processor', readPostProcessor) ?? ((ids) => ids);
    this.decodeTokens = stage('decoder', readDecoder);
    const added = definition.has('added_tokens') ? definition.parts('added_tokens') : [];
    this.added = new AddedTokens(added, this.model.vocabulary, this.normalize);
  }

  /** Texts of special tokens: where a text holds one, it becomes that token. */
  get specialTexts(): readonly string[] {
    return this.added.specialTexts;
  }

  /** Ids that the post-processor puts behind a text. */
  get tokensBehind(): readonly number[] {
    const text = -1;
    const ids = this.postProcess([text]);
    return ids.slice(ids.lastIndexOf(text) + 1);
  }

  /** @param special whether the tokens of the post-processor are put around. */
  encode(text: string, special: boolean): number[] {
    const ids: number[] = [];
    // A half of a surrogate pair is no character: as in UTF-8, it becomes U+FFFD.
    for (const section of this.added.cut(text.replace(loneSurrogate, '\ufffd'))) {
      if (typeof section === 'number') ids.push(section);
      else if (section.text !== '') this.encodePlain(section.text, section.start === 0, ids);
    }
    return special ? [...this.postProcess(ids)] : ids;
  }

  /** Special tokens are shown; ids of no token are left out. */
  decode(ids: readonly number[]): string {
    const tokens = ids.map((id) => this.tokenOf(id)).filter((token) => token !== undefined);
    return this.decodeTokens === undefined ? tokens.join(' ') : this.decodeTokens(tokens).join('');
  }

  /** A token as the vocabulary spells it; undefined where there is none. */
  tokenOf(id: number): string | undefined {
    return this.added.textOf(id) ?? this.model.vocabulary.tokenOf(id);
  }

  private encodePlain(text: string, first: boolean, ids: number[]): void {
    const normalized = this.normalize(text);
    // What begins with something that is removed does not begin where the text does.
    const atStart = first && this.normalize(String.fromCodePoint(text.codePointAt(0)!)) !== '';
    for (const section of this.added.cutNormalized(normalized)) {
      if (typeof section === 'number') {
        ids.push(section);
        continue;
      }
      if (section.text === '') continue;
      const pieces = this.preTokenize({ texts: [section.text], atStart: atStart && section.start === 0 });
      for (const piece of pieces.texts) for (const id of this.pieceIds(piece)) ids.push(id);
    }
  }

  private pieceIds(piece: string): readonly number[] {
    if (piece.length > rememberedLength) return this.model.encode(piece);
    let ids = this.remembered.get(piece);
    if (ids === undefined) {
      ids = this.model.encode(piece);
      if (this.remembered.size >= rememberedPieces) this.remembered.clear();
      this.remembered.set(piece, ids);
    }
    return ids;
  }
}
