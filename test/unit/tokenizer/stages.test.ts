import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Definition } from '../../../extension/engine/tokenizer/definition';
import { readDecoder } from '../../../extension/engine/tokenizer/decoders';
import { readNormalizer } from '../../../extension/engine/tokenizer/normalizers';
import { readPreTokenizer } from '../../../extension/engine/tokenizer/preTokenizers';
import { TextTokenizer } from '../../../extension/engine/tokenizer/textTokenizer';

/** What test/oracles/tokenizer_stages.py writes. */
interface Stages {
  readonly normalizers: readonly Swept<string>[];
  readonly preTokenizers: readonly Swept<string[]>[];
  readonly patterns: readonly { readonly pattern: string; readonly cases: readonly (readonly [string, string[]])[] }[];
  readonly decoders: readonly {
    readonly definition: Record<string, unknown>;
    readonly cases: readonly (readonly [string[], string])[];
  }[];
  readonly tokenizers: readonly {
    readonly name: string;
    readonly definition: Record<string, unknown>;
    readonly cases: readonly (readonly [string, number[], string])[];
  }[];
}
interface Swept<Made> {
  readonly definition: Record<string, unknown>;
  readonly cases: readonly (readonly [string, Made])[];
  readonly sweep: string;
}

const stages = JSON.parse(readFileSync('test/fixtures/tokenizers/stages.json', 'utf8')) as Stages;
const titleOf = ({ type, ...fields }: Record<string, unknown>): string =>
  `${String(type)} ${JSON.stringify(fields).slice(0, 100)}`;
const cutter = (definition: Record<string, unknown>): ((text: string) => readonly string[]) => {
  const preTokenize = readPreTokenizer(Definition.of(definition, 'pre_tokenizer'));
  return (text) => preTokenize({ texts: text === '' ? [] : [text], atStart: true }).texts;
};

/** Every code point with a letter behind it, in texts of 4096 of them. */
const everyCodePoint = (() => {
  const points = Array.from({ length: 0x110000 }, (_, point) => point).filter((each) => each < 0xd800 || each > 0xdfff);
  return Array.from({ length: Math.ceil(points.length / 4096) }, (_, i) =>
    points
      .slice(4096 * i, 4096 * (i + 1))
      .map((point) => `${String.fromCodePoint(point)}b`)
      .join(''),
  );
})();

/** Hash over what becomes of them. */
function sweep(piecesOf: (text: string) => readonly string[]): string {
  const hash = createHash('sha256');
  for (const text of everyCodePoint) hash.update(piecesOf(text).join('\n'));
  return hash.digest('hex');
}

describe('a tokenizer.json', function () {
  this.timeout(60_000);

  for (const { definition, cases, sweep: expected } of stages.normalizers) {
    it(`normalises as Python's tokenizers do, every code point too: ${titleOf(definition)}`, () => {
      const normalize = readNormalizer(Definition.of(definition, 'normalizer'));
      for (const [text, normalized] of cases) assert.equal(normalize(text), normalized, JSON.stringify(text));
      assert.equal(
        sweep((text) => [normalize(text)]),
        expected,
      );
    });
  }

  for (const { definition, cases, sweep: expected } of stages.preTokenizers) {
    it(`cuts texts as Python's tokenizers do, every code point too: ${titleOf(definition)}`, () => {
      const cut = cutter(definition);
      for (const [text, pieces] of cases) assert.deepEqual(cut(text), pieces, JSON.stringify(text));
      assert.equal(sweep(cut), expected);
    });
  }

  for (const { pattern, cases } of stages.patterns) {
    it(`finds what oniguruma finds for ${pattern.slice(0, 60)}`, () => {
      const cut = cutter({ type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false });
      for (const [text, pieces] of cases) assert.deepEqual(cut(text), pieces, JSON.stringify(text));
    });
  }

  for (const { definition, cases } of stages.decoders) {
    it(`decodes as Python's tokenizers do: ${titleOf(definition)}`, () => {
      const decode = readDecoder(Definition.of(definition, 'decoder'));
      for (const [tokens, text] of cases) assert.equal(decode(tokens).join(''), text, JSON.stringify(tokens));
    });
  }

  for (const { name, definition, cases } of stages.tokenizers) {
    it(`gives the ids and texts of Python's tokenizers: ${name}`, () => {
      const tokenizer = new TextTokenizer(definition);
      for (const [text, ids, decoded] of cases) {
        assert.deepEqual(tokenizer.encode(text, true), ids, JSON.stringify(text));
        assert.equal(tokenizer.decode(ids), decoded, JSON.stringify(text));
      }
    });
  }
});
