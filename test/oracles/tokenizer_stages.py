"""Writes test/fixtures/tokenizers/stages.json: what each stage of Python's tokenizers makes of awkward texts.

Run with tokenizers and sentencepiece installed: `python test/oracles/tokenizer_stages.py`.
  normalizers     definition, [text, text] each, and a hash over what it makes of every code point
  preTokenizers   definition, [text, pieces] each, and such a hash
  patterns        pattern of Split, [text, pieces] each
  decoders        definition, [tokens, text] each
  tokenizers      whole tokenizer.json, [text, ids, decoded] each
"""

import hashlib
import io
import json
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tiny_tokenizers import byte_level_tokenizer, unigram_pieces
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

TARGET = Path(__file__).parents[1] / "fixtures/tokenizers/stages.json"
CODE_POINTS = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
TEXTS = [
    "", " ", "Hello, World!  It's 12.5% naïve", "  two\t\tspaces\r\n\n end  ", "a\u0085b\ufeffc\u00a0d\u200be\u3000f\u180eg",
    "²½Ⅳ①٣४ x1y22", "don't DON'T 'ſ 'K' we'LL", "ÀÉ e\u0301 q\u0307\u0323 \u0344 ﬁ ﬁ\u0301 ΟΔΟΣ İ ẞ Å", "你好，世界。漢字ｶﾅ한글", "👍🏽👨‍👩‍👧 ©\ufe0f 🇩🇪",
    "a▁b ▁▁c", "(x)[y]{z}«q»—…!!", "\x00\x07\x7f\x9f\ufffd", "\ua7f1\U0001f16c\U00010d6e\U00011383\U000323b0", "a_b-c\u00adz\u200dw", "ᾳ ŉ ǰ \u1112\u1161\u11ab",
]  # fmt: skip
NORMALIZERS = [
    *(normalizers.NFC(), normalizers.NFD(), normalizers.NFKC(), normalizers.NFKD(), normalizers.Nmt(), normalizers.Lowercase()),
    *(normalizers.StripAccents(), normalizers.ByteLevel(), normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")),
    *(normalizers.Replace(Regex(r"\s{2,}|\d"), "$1"), normalizers.Strip(), normalizers.Strip(left=True, right=False)),
    *(normalizers.BertNormalizer(), normalizers.BertNormalizer(strip_accents=True, lowercase=False, handle_chinese_chars=False)),
    normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase()]),
]
PRE_TOKENIZERS = [
    *(pre_tokenizers.BertPreTokenizer(), pre_tokenizers.ByteLevel(), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)),
    *(pre_tokenizers.CharDelimiterSplit("l"), pre_tokenizers.Digits(True), pre_tokenizers.Digits(False), pre_tokenizers.FixedLength(3)),
    *(pre_tokenizers.Metaspace(prepend_scheme=scheme) for scheme in ("always", "first", "never")),
    pre_tokenizers.Metaspace(prepend_scheme="first", split=False),
    *(pre_tokenizers.Punctuation(kind) for kind in ("removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous")),
    *(pre_tokenizers.Whitespace(), pre_tokenizers.WhitespaceSplit()),
    pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="first")]),
    *(pre_tokenizers.Split(" ", kind) for kind in ("removed", "merged_with_previous", "merged_with_next", "contiguous")),
    pre_tokenizers.Split(Regex(r"\p{L}+"), "merged_with_next", invert=True),
]
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4O = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?"
    r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PATTERNS = [
    *(LLAMA3, GPT4O, r"[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"),
    *(r"\w+", r"[\w]+", r"\W+", r"[^\W\d]+", r"\d+", r"\D+", r"\s+", r"\S+", r"\b\w", r"\B.", r"\h+", r"[[:punct:]]+", r"[[:^alpha:]]+"),
    *(r"[a-z&&[^aeiou]]+", r"[一-龥]+", r"\p{^L}+", r"\P{Han}", r"\p{Ll}+", r"(?>a|ab)c|.", r"(?i)hello|a(?-i:H)", r"^.", r".$", r"\A.|.\z"),
    *(r"(?<=\s)\S", r"(?<!\s)\s", r"o{2}+|l{,2}", r"[]\-\[]", r"\x{41}|\u0042|[\x61-\x63]", r"(?<name>H)(e)", r"(?#comment)l|(?=W)", r"\p{Alpha}+?"),
]


def definition(stage: object) -> dict:
    return json.loads(stage.__getstate__())


def sweep(pieces_of) -> str:
    """Every code point with a letter behind it, in texts of 4096 of them."""
    found = hashlib.sha256()
    for start in range(0, len(CODE_POINTS), 4096):
        text = "".join(f"{chr(point)}b" for point in CODE_POINTS[start : start + 4096])
        found.update("\n".join(pieces_of(text)).encode())
    return found.hexdigest()


def cuts(pre_tokenizer: pre_tokenizers.PreTokenizer, text: str) -> list[str]:
    return [piece for piece, _ in pre_tokenizer.pre_tokenize_str(text)]


def charsmap(rules: dict[str, str]) -> bytes:
    """A small map as SentencePiece stores it."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="utf-8") as file:
        file.writelines("\t".join(" ".join(f"{ord(each):X}" for each in side) for side in rule) + "\n" for rule in rules.items())
        file.flush()
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["abc abd"]), model_writer=model, vocab_size=8, normalization_rule_tsv=file.name, hard_vocab_limit=False
        )
    return sentencepiece_model_pb2.ModelProto.FromString(model.getvalue()).normalizer_spec.precompiled_charsmap


MAP = charsmap({"ﬁ": "fi", "e\u0301": "é", "\u0344": "\u0308\u0301", "\u0085": " ", "½": "1/2", "©": "(c)", "ABC": "x", "\u200b": "", "Ⅳ": "IV", "漢": "汉"})


def added(**flags: bool) -> AddedToken:
    return AddedToken("<T>", **flags)


def with_added(tokenizer: Tokenizer, *tokens: AddedToken) -> Tokenizer:
    tokenizer.add_tokens(list(tokens))
    return tokenizer


def character_pairs(**flags: object) -> Tokenizer:
    """Byte pairs of characters and bytes, as SentencePiece's BPE has them."""
    characters = list("▁abcdefghilnorstuvwHIT<>'.,!é")
    tokens = ["<unk>", *characters, *(f"<0x{byte:02X}>" for byte in range(256)), "he", "ll", "llo", "hello", "▁t", "▁▁", "in", "th"]
    merges = [("h", "e"), ("l", "l"), ("ll", "o"), ("he", "llo"), ("▁", "t"), ("▁", "▁"), ("i", "n"), ("t", "h")]
    return Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges, unk_token="<unk>", **flags))


def whole_tokenizers() -> dict[str, Tokenizer]:
    few = {token: i for i, token in enumerate(["<unk>", "a", "b", "ab", "##b", "##c", "##bc", "▁", "l", "o", "c</w>", "<0x2E>"])}
    llama = character_pairs(fuse_unk=True, byte_fallback=True)
    llama.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    llama.add_special_tokens([AddedToken("<s>", normalized=False), AddedToken("</s>", normalized=False)])
    llama.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", llama.token_to_id("<s>"))])
    llama.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    legacy = character_pairs(fuse_unk=True, byte_fallback=True)
    legacy.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    legacy.add_special_tokens(["</s>"])
    unfused, fused = character_pairs(fuse_unk=False), character_pairs(fuse_unk=True)
    for tokenizer in (unfused, fused):
        tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    partial = Tokenizer(models.BPE(few, [("a", "b")], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    silent = Tokenizer(models.BPE(few, [("a", "b")]))
    affixes = Tokenizer(
        models.BPE(few, [("##b", "##c"), ("a", "##b")], unk_token="<unk>", continuing_subword_prefix="##", end_of_word_suffix="</w>")
    )
    affixes.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    affixes.decoder = decoders.BPEDecoder()
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *unigram_pieces(60), ("fi", -3.0), ("1/2", -4.0), ("!!", -6.0), ("!", -3.0)]
    seen: dict[str, float] = {}
    for piece, score in pieces:
        seen.setdefault(piece, score)
    t5 = Tokenizer(models.Unigram(list(seen.items()), unk_id=2))
    t5.normalizer = normalizers.Sequence([normalizers.Precompiled(MAP), normalizers.Strip(), normalizers.Replace(Regex(" {2,}"), " ")])
    t5.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    t5.decoder = decoders.Metaspace(prepend_scheme="always")
    t5.add_special_tokens(["<pad>", "</s>", "<unk>"])
    t5.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    fallback = Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -1.0), ("aa", -2.0), *((f"<0x{byte:02X}>", -9.0) for byte in range(256))], 0, True))
    bert = Tokenizer(models.WordPiece({**few, "[UNK]": 30, "[CLS]": 31, "[SEP]": 32}, unk_token="[UNK]", max_input_chars_per_word=5))
    bert.normalizer = normalizers.BertNormalizer()
    bert.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    bert.post_processor = processors.BertProcessing(("[SEP]", 32), ("[CLS]", 31))
    bert.decoder = decoders.WordPiece()
    words = Tokenizer(models.WordLevel(few, unk_token="<unk>"))
    words.pre_tokenizer = pre_tokenizers.Whitespace()
    roberta = byte_level_tokenizer(False)
    roberta.post_processor = processors.Sequence([processors.ByteLevel(), processors.RobertaProcessing(("</s>", 2), ("<s>", 1))])
    lower = byte_level_tokenizer(False)
    lower.normalizer = normalizers.Lowercase()
    return {
        **{"llama": llama, "llama-legacy": legacy, "unknown-unfused": unfused, "unknown-fused": fused, "bytes-partly": partial},
        **{"no-unknown": silent, "affixes": affixes, "t5": t5, "unigram-bytes": fallback, "bert": bert, "words": words, "roberta": roberta},
        "added-strips": with_added(byte_level_tokenizer(True), added(lstrip=True, rstrip=True), AddedToken("<T>x", rstrip=True)),
        "added-word": with_added(byte_level_tokenizer(False), added(single_word=True), AddedToken("film", single_word=True, normalized=False)),
        "added-normalized": with_added(lower, added(normalized=True), AddedToken("<R>", normalized=False)),
    }


TOKENIZER_TEXTS = [
    *TEXTS, "Hello</s>", "</s>Hello", "<s>hello <s> hello", "the <T> end", "the<T>end", "a  <T>  <T>x film", "films film é<T>é ²<T>", "<t> <R> <r> Hi",
    "  hello hello", "hello\thello", "z世z世界 z", "ab abc abcc aab", "a.b☕.c", "ab☕☕b", "!!!!!!! wonderful", "aaaa aaa", "ABC AB ½½ ﬁnd", "abcabcabc a", "a\u200bb",
    "hellohello hell thin", "ééz", "\u0344\u0301x", "e\u0301\u0300 e\u0301",
]  # fmt: skip
DECODED = [["he", "##llo", "Ġworld", "▁x", "▁", "x▁"], ["▁▁a", "▁b▁", " ", " ."], ["<0xE2>", "<0x98>", "<0x95>", "a", "<0xE2>", "<0x98>", "b", "<0xFF>"], ["a</w>", "b", "c</w>"], [], ["Ġ", "Ċ", "漢"]]  # fmt: skip
DECODERS = [
    *(decoders.ByteLevel(), decoders.ByteFallback(), decoders.Fuse(), decoders.Metaspace(), decoders.Metaspace(prepend_scheme="never")),
    *(decoders.BPEDecoder(), decoders.WordPiece(), decoders.WordPiece(cleanup=False), decoders.Replace("▁", "_"), decoders.Strip("▁", 1, 0), decoders.Strip("▁", 0, 1)),
    decoders.Sequence([decoders.Replace("▁", " "), decoders.Fuse(), decoders.Strip(" ", 2, 0)]),
]


def main() -> None:
    tokenizers = []
    for name, tokenizer in whole_tokenizers().items():
        encoded = [(text, tokenizer.encode(text).ids) for text in TOKENIZER_TEXTS]
        cases = [[text, ids, tokenizer.decode(ids, skip_special_tokens=False)] for text, ids in encoded]
        tokenizers.append({"name": name, "definition": json.loads(tokenizer.to_str()), "cases": cases})
    normalizer_rows = [*NORMALIZERS, normalizers.Precompiled(MAP)]
    stages = {
        "normalizers": [
            {"definition": definition(each), "cases": [[text, each.normalize_str(text)] for text in TEXTS], "sweep": sweep(lambda text, by=each: [by.normalize_str(text)])}
            for each in normalizer_rows
        ],
        "preTokenizers": [
            {"definition": definition(each), "cases": [[text, cuts(each, text)] for text in TEXTS], "sweep": sweep(lambda text, by=each: cuts(by, text))}
            for each in PRE_TOKENIZERS
        ],
        "patterns": [{"pattern": each, "cases": [[text, cuts(pre_tokenizers.Split(Regex(each), "isolated"), text)] for text in TEXTS]} for each in PATTERNS],
        "decoders": [{"definition": definition(each), "cases": [[tokens, each.decode(tokens)] for tokens in DECODED]} for each in DECODERS],
        "tokenizers": tokenizers,
    }  # fmt: skip
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text("{\n" + ",\n".join(f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]" for key, rows in stages.items()) + "\n}\n")


if __name__ == "__main__":
    main()
