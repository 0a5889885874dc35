import { spelledBytes } from './byteLevel';
import type { Definition } from './definition';
import { readMetaspace } from './metaspace';
import { readReplacement } from './stringPattern';

/** The stage `decoder` of a tokenizer.json: texts of tokens, which together are the text. */
export type Decoder = (tokens: readonly string[]) => readonly string[];

/** Every decoder there is, by its type in tokenizer.json. */
const decoders: Readonly<Record<string, (definition: Definition) => Decoder>> = {
  BPEDecoder: (definition) => {
    const suffix = definition.text('suffix', '</w>');
    return (tokens) => tokens.map((token, i) => token.replaceAll(suffix, i === tokens.length - 1 ? '' : ' '));
  },
  ByteFallback: () => joinBytes,
  // A leading U+FEFF is a character like any other.
  ByteLevel: () => (tokens) => [
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(tokens.map(spelledBytes))),
  ],
  Fuse: () => (tokens) => [tokens.join('')],
  Metaspace: (definition) => {
    const { replacement, scheme } = readMetaspace(definition);
    return (tokens) =>
      tokens.map((token, i) => token.replaceAll(replacement, i === 0 && scheme !== 'never' ? '' : ' '));
  },
  Replace: (definition) => {
    const replaced = readReplacement(definition);
    return (tokens) => tokens.map(replaced);
  },
  Sequence: (definition) => {
    const steps = definition.parts('decoders').map(readDecoder);
    return (tokens) => steps.reduce((result, step) => step(result), tokens);
  },
  Strip: (definition) => {
    const content = definition.text('content');
    const [most, mostBehind] = [definition.count('start'), definition.count('stop')];
    return (tokens) =>
      tokens.map((token) => {
        const characters = Array.from(token);
        let [start, end] = [0, characters.length];
        while (start < Math.min(most, characters.length) && characters[start] === content) start += 1;
        while (characters.length - end < mostBehind && end > start && characters[end - 1] === content) end -= 1;
        return characters.slice(start, end).join('');
      });
  },
  WordPiece: (definition) => {
    const prefix = definition.text('prefix', '##');
    const clean = definition.flag('cleanup', true) ? cleanedUp : (text: string): string => text;
    return (tokens) =>
      tokens.map((token, i) => {
        if (i === 0) return clean(token);
        return clean(token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`);
      });
  },
};

/** @throws TokenizerError for a type that is not in the table, and for fields that cannot be used. */
export function readDecoder(definition: Definition): Decoder {
  return definition.row(decoders)(definition);
}

/** Neighbouring tokens like `<0xE2>` are the bytes of a text; where they are none, each is a replacement character. */
function joinBytes(tokens: readonly string[]): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    const text = Buffer.from(bytes).toString();
    texts.push(Buffer.from(text).equals(Buffer.from(bytes)) ? text : '\ufffd'.repeat(bytes.length));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
    if (byte !== null) bytes.push(Number.parseInt(byte[1]!, 16));
    else {
      flush();
      texts.push(token);
    }
  }
  flush();
  return texts;
}

/** English spaces in front of punctuation and contractions are taken out. */
function cleanedUp(text: string): string {
  return text
    .replaceAll(' .', '.')
    .replaceAll(' ?', '?')
    .replaceAll(' !', '!')
    .replaceAll(' ,', ',')
    .replaceAll(" ' ", "'")
    .replaceAll(" n't", "n't")
    .replaceAll(" 'm", "'m")
    .replaceAll(' do not', " don't")
    .replaceAll(" 's", "'s")
    .replaceAll(" 've", "'ve")
    .replaceAll(" 're", "'re");
}
