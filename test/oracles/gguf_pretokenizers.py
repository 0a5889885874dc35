"""Writes test/fixtures/gguf/pre-tokenizers.json: the ids that tokenizers gives for each pre-tokenizer name of llama.cpp.

Run with tokenizers installed: `python test/oracles/gguf_pretokenizers.py`. The patterns are those of llama.cpp's src/llama-vocab.cpp, in
the form that the models' own tokenizer.json has them where it is noted there. One vocabulary serves all of them. It was learned from
texts that were not cut at all, so that it joins whatever a pre-tokenizer leaves together, and each cut shows in the ids.
"""

import json
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

FILE = Path(__file__).parent.parent / "fixtures" / "gguf" / "pre-tokenizers.json"

GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LETTERS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
ENDS = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
LLAMA3 = LETTERS + r"|\p{N}{1,3}|" + ENDS
QWEN2 = LETTERS + r"|\p{N}|" + ENDS
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
CASED_ENDS = r" ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
BEHIND = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"


def cased(digits: str, behind: str = "") -> str:
    first = r"[^\r\n\p{L}\p{N}]?"
    return f"{first}{UPPER}*{LOWER}+{behind}|{first}{UPPER}+{LOWER}*{behind}|{digits}|{CASED_ENDS}"


DEEPSEEK3 = r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+"
# Written by code points: three of them look like letters of the same name elsewhere.
CASED_LETTERS = "".join(
    chr(a) if a == b else f"{chr(a)}-{chr(b)}"
    for a, b in [
        (0x41, 0x5A), (0x61, 0x7A), (0xB5, 0xB5), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x1BA), (0x1BC, 0x1BF), (0x1C4, 0x293),
        (0x295, 0x2AF), (0x370, 0x373), (0x376, 0x377), (0x37B, 0x37D), (0x37F, 0x37F), (0x386, 0x386), (0x388, 0x38A),
        (0x38C, 0x38C), (0x38E, 0x3A1), (0x3A3, 0x3F5), (0x3F7, 0x481), (0x48A, 0x52F), (0x531, 0x556), (0x10A0, 0x10C5),
        (0x13A0, 0x13F5), (0x13F8, 0x13FD), (0x1C90, 0x1CBA), (0x1CBD, 0x1CBF), (0x1D00, 0x1D2B), (0x1D6B, 0x1D77),
        (0x1D79, 0x1D9A), (0x1E00, 0x1F15), (0x1F18, 0x1F1D), (0x1F20, 0x1F45), (0x1F48, 0x1F4D), (0x1F50, 0x1F57),
        (0x1F59, 0x1F59), (0x1F5B, 0x1F5B), (0x1F5D, 0x1F5D), (0x1F5F, 0x1F7D), (0x1F80, 0x1FB4), (0x1FB6, 0x1FBC),
        (0x1FBE, 0x1FBE), (0x1FC2, 0x1FC4), (0x1FC6, 0x1FCC), (0x1FD0, 0x1FD3), (0x1FD6, 0x1FDB), (0x1FE0, 0x1FEC),
        (0x1FF2, 0x1FF4), (0x1FF6, 0x1FFC), (0x2102, 0x2102), (0x2107, 0x2107), (0x210A, 0x2113), (0x2115, 0x2115),
        (0x2119, 0x211D), (0x2124, 0x2124), (0x2126, 0x2126), (0x2128, 0x2128), (0x212A, 0x212D), (0x212F, 0x2134),
        (0x2139, 0x2139), (0x213C, 0x213F), (0x2145, 0x2149), (0x214E, 0x214E), (0x2183, 0x2184), (0x2C00, 0x2C7B),
        (0x2C7E, 0x2CE4), (0x2CEB, 0x2CEE), (0x2CF2, 0x2CF3), (0xA640, 0xA66D), (0xA680, 0xA69B), (0xA722, 0xA76F),
        (0xA771, 0xA787), (0xA78B, 0xA78E), (0xAB70, 0xABBF), (0xFB00, 0xFB06), (0xFB13, 0xFB17), (0xFF21, 0xFF3A),
        (0xFF41, 0xFF5A), (0x10400, 0x1044F), (0x104B0, 0x104D3), (0x104D8, 0x104FB), (0x10C80, 0x10CB2), (0x10CC0, 0x10CF2),
        (0x118A0, 0x118DF), (0x1E900, 0x1E943),
    ]
)  # fmt: skip
CJK = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"
CJK2 = "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+"
BLOOM = r" ?[^(\s|.,!?…。，、।۔،)]+"

# Names, patterns of the cuts in their order, whether NFC comes first, whether whole pieces are looked up before merges.
ROWS = [
    ("gpt-2 phi-2 jina-es jina-de jina-v2-es jina-v2-de gigachat a.x-4.0 mellum modern-bert exaone4 jais trillion granite-docling", [GPT2], 0, 0),
    ("olmo mpt", [GPT2], 1, 0),
    ("smollm starcoder refact command-r codeshell exaone minerva-7b mellum2", [r"\p{N}", GPT2], 0, 0),
    ("llama-bpe llama3 llama-v3 falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano", [LLAMA3], 0, 1),
    ("dbrx smaug-bpe glm4 chatglm-bpe", [LLAMA3], 0, 0),
    ("qwen2 deepseek-r1-qwen kormo f2llmv2 megrez stablelm2 hunyuan solar-open grok-2", [QWEN2], 1, 0),
    ("qwen35", [r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"], 1, 0),
    ("ufakzeka", [r"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|" + ENDS], 0, 0),
    ("laguna", [r"[^\n]+|[\n]+", QWEN2], 0, 0),
    ("seed-coder", [LETTERS + r"|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|\s+(?!\S)|\s+"], 0, 0),
    ("minicpm5", [r"\p{N}{1,3}", LETTERS + r"|\p{N}+|" + ENDS], 0, 1),
    ("jais-2", [LETTERS + r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"], 0, 0),
    ("bailingmoe bailingmoe2 llada-moe", [r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"], 0, 0),
    ("exaone-moe", [r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"], 0, 0),
    ("tekken", [cased(r"\p{N}")], 0, 1),
    ("gpt-4o llama4 kanana2 talkie minimax-m2", [cased(r"\p{N}{1,3}", BEHIND)], 0, 0),
    ("granite-embed-multi-97m", [cased(r"\p{N}{1,3}", BEHIND)], 0, 1),
    ("youtu", ["[\uac00-\ud7a3\u3131-\u318e]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|" + CJK, cased(r"\p{N}", BEHIND)], 0, 1),
    ("deepseek-llm", [r"[\r\n]", rf"\s?[{CASED_LETTERS}]+", "\\s?[!-/:-~！-／：-～‘-‟\u3000-。]+", r"\s+$", CJK2, r"\p{N}+"], 0, 0),
    ("deepseek-coder", [r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", CJK2, r"\p{N}"], 0, 0),
    ("deepseek-v3 hunyuan-dense joyai-llm hy_v4", [r"\p{N}{1,3}", CJK, DEEPSEEK3 + r"[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"], 0, 0),
    ("spark2_5", [r"\p{N}{1,3}", CJK, DEEPSEEK3 + r"|[\r\n]|\s+(?!\S)|\s+", r"\p{N}"], 0, 0),
    ("falcon", [r"[\p{P}\$\+<=>\^~\|`]+", GPT2, "[0-9][0-9][0-9]"], 0, 0),
    ("default", [r"[\p{P}\$\+<=>\^~\|]+", GPT2, r"\p{N}+", "[0-9][0-9][0-9]"], 0, 0),
    ("bloom poro-chat gpt3-finnish", [BLOOM], 0, 0),
    ("viking", [BLOOM, r"\p{N}"], 0, 0),
    ("chameleon", ["<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", r"([\t\n]|    |  )", r"\p{N}", r"[\p{P}!-/:-@\[-`{-~]", GPT2], 0, 0),
]  # fmt: skip

TEXTS = [
    "The waiter's rude; I'LL WE'VE isn't  it? y'all don't",
    "Prices rose 12345.678% in 2024 and ٣٤٥ ½ Ⅳ ²",
    "a  b   c    d     e\tf\n\n  g \r\n\r\nh  \n   ",
    "CamelCase HTTPServer snake_case x=1;y+=2 //--==>/\n/ $a+<=b>^~|`c`",
    "naïve cafe\u0301 re\u0301sume\u0301 ﬁn हिन्दी भाषा بالعربية",
    "日本語テキスト、中文。한국어 ㄅㄆ ㄱㄴ！…“quoted”—dash",
    "Привет, МИР! ΑΒΓ αβγ Ω\u2126 K\u212a \u1fbe ǅ",
    "IMGIMGABCDZ <sentinel:17> (bracket) [x] {y} \"z\" #tag @me",
    " leading and trailing   ",
    "L'État d'été Türkiye'nin o'clock 'tis 's",
]


def main() -> None:
    vocabulary = Tokenizer(models.BPE())
    vocabulary.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=4000, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    composed = [normalizers.NFC().normalize_str(text) for text in TEXTS]
    vocabulary.train_from_iterator(TEXTS * 3 + composed, trainer)
    model = json.loads(vocabulary.to_str())["model"]
    rows = []
    for names, patterns, nfc, whole_first in ROWS:
        tokenizer = Tokenizer(
            models.BPE(vocab=model["vocab"], merges=[tuple(merge) for merge in model["merges"]], ignore_merges=bool(whole_first))
        )
        tokenizer.normalizer = normalizers.NFC() if nfc else None
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(pattern), "isolated") for pattern in patterns]
            + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
        )
        tokenizer.decoder = decoders.ByteLevel()
        rows.append({"names": names.split(), "ids": [tokenizer.encode(text).ids for text in TEXTS]})
    tokens = sorted(model["vocab"], key=model["vocab"].get)
    merges = [" ".join(merge) for merge in model["merges"]]
    value = {"tokens": tokens, "merges": merges, "texts": TEXTS, "rows": rows}
    FILE.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
    different = len({json.dumps(row["ids"]) for row in rows})
    print(len(tokens), "tokens,", len(rows), "rows,", different, "different,", FILE.stat().st_size, "bytes")


main()
