import assert from 'node:assert/strict';
import { fromOniguruma } from '../../../extension/engine/tokenizer/pattern';
import { TextTokenizer } from '../../../extension/engine/tokenizer/textTokenizer';

const model = { type: 'WordLevel', vocab: { a: 0, '<unk>': 1 }, unk_token: '<unk>' };
const refusal = (definition: Record<string, unknown>): string => {
  try {
    new TextTokenizer(definition);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
};

describe('a tokenizer.json that cannot be used', () => {
  it('names the stage whose type is unknown, and the types that there are', () => {
    const nested = { type: 'Sequence', pretokenizers: [{ type: 'Whitespace' }, { type: 'Unheard' }] };
    assert.match(
      refusal({ model, pre_tokenizer: nested }),
      /^pre_tokenizer\.pretokenizers\[1\]: type "Unheard" is not supported; supported: BertPreTokenizer, /,
    );
    assert.match(refusal({ model, normalizer: { type: 'toString' } }), /^normalizer: type "toString"/);
    assert.match(
      refusal({ model: { type: 'Unheard' } }),
      /^model: type "Unheard".* BPE, Unigram, WordLevel, WordPiece$/,
    );
    assert.equal(refusal({ model }), 'accepted');
  });

  it('names the field that is missing or of another kind', () => {
    assert.match(refusal({}), /^model is missing/);
    assert.match(refusal({ model, normalizer: { type: 'Replace', pattern: {}, content: '' } }), /^normalizer\.pattern/);
    assert.match(
      refusal({ model, normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } }),
      /charsmap.*damaged/,
    );
    assert.match(refusal({ model: { ...model, vocab: { a: -1 } } }), /^model\.vocab: the id of "a" is -1/);
    const merges = { type: 'BPE', vocab: { a: 0, b: 1 }, merges: ['a b'] };
    assert.match(refusal({ model: merges }), /^model\.merges\[0\] has "ab", which is not in vocab/);
    assert.match(refusal({ model: { ...merges, merges: [], dropout: 0.1 } }), /^model\.dropout is 0\.1/);
    assert.match(refusal({ model: { type: 'Unigram', vocab: [['a', 0]], unk_id: 7 } }), /^model\.unk_id is 7/);
  });

  it('names what in a pattern has no exact counterpart in JavaScript', () => {
    for (const [pattern, named] of [
      ['(a)\\1', '"\\1"'],
      ['\\X', '"\\X"'],
      ['\\p{Unheard}', '"\\p{Unheard}"'],
      ['(?i)ä', 'while case is ignored'],
      ['(?i:[a-z])', 'while case is ignored'],
      ['(?i:strasse)', '"st" while case is ignored'],
      ['(?m:.)', '"(?m:'],
      ['[a', '"[" without "]"'],
      ['(a', '"(" without ")"'],
      ['a)', '")" without "("'],
      ['[a&&]', '"&&" without a class'],
    ] as const)
      assert.throws(
        () => fromOniguruma(pattern),
        (error: Error) => error.message.includes(named) && error.message.includes(JSON.stringify(pattern)),
        pattern,
      );
  });

  it('is told when a text has a character that no token stands for', () => {
    const silent = new TextTokenizer({ model: { type: 'Unigram', vocab: [['a', 0]] } });
    assert.deepEqual(silent.encode('aa', true), [0, 0]);
    assert.throws(() => silent.encode('ab', true), /model\.unk_id is missing, and there is no token for "b"/);
  });
});

describe('a text', () => {
  it('that holds half a surrogate pair is read as UTF-8 would have it', () => {
    const tokenizer = new TextTokenizer({ model: { type: 'BPE', vocab: { a: 0, '\ufffd': 1 }, merges: [] } });
    assert.deepEqual(tokenizer.encode('a\ud800a', true), [0, 1, 0]);
  });

  it('has the same tokens again after many others were read', () => {
    const vocab = Object.fromEntries(Array.from('abcdefghij', (letter, id) => [letter, id]));
    const merges = ['a b'];
    const tokenizer = new TextTokenizer({ model: { type: 'BPE', vocab: { ...vocab, ab: 10 }, merges } });
    const before = tokenizer.encode('abc', true);
    for (let i = 0; i < 45_000; i += 1)
      tokenizer.encode(Array.from(String(i), (digit) => 'abcdefghij'[Number(digit)]!).join(''), true);
    assert.deepEqual(
      [before, tokenizer.encode('abc', true)],
      [
        [10, 2],
        [10, 2],
      ],
    );
  });
});
