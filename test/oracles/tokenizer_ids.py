"""Compares the product's tokenizers with Python's, id by id.

    python test/oracles/tokenizer_ids.py WORK TOKENIZER.json... [--real FILE...]
    node test/oracles/compare-tokenizers.mjs WORK

The first writes what Python's tokenizers make of each set of texts into the folder WORK, the second reads it, does the same with the
product and prints how many texts differ. Sets: every code point, alone and between letters; 10,000 random texts; the texts of the files
of --real: JSON (every text in it), JSON Lines, or anything else as Latin-1 (each file a text, and each of its paragraphs).
"""

import argparse
import json
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

CODE_POINTS = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
WORDS = "The soup was cold; don't buy it! It's GREAT, we'LL see naïve café İstanbul ΟΔΟΣ straße ﬁne ½ ² Ⅳ ① 12345 3.14 1,000 _x_ #tag @me".split()
PIECES = [
    *" \t\n\r\v\f\u0085\u00a0\u1680\u2003\u2028\u2029\u202f\u3000\u200b\u200d\ufeff\u180e", "  ", "   ", "\r\n", "\n\n", "\t\t", " \n ",
    *"'’`´\"“”.,;:!?¿…-–—_/\\|()[]{}<>@#$%^&*+=~§°©®™€£¥", "'s", "'S", "'ſ", "'ll", "'RE", "n't", "...", "?!", "```", "</", "▁", "▁▁", "Ġ", "Ċ", "##", "<0x0A>",
    *"éèàüöäñçßøåæœřžšıİſẞΣςσ", "e\u0301", "a\u0308", "A\u030a", "q\u0323\u0307", "q\u0307\u0323", "\u0344", "\u0301", "\u0300\u0301", "ﬁ\u0301", "x\u200d", "\u0600a", "©\ufe0f",
    *"你好世界日本語かなカナ한글ไทยहिन्दीعربيעברית", "\u0915\u094d\u0937", "각", "\u1100\u1161\u11a8", "👍", "👍🏽", "👨‍👩‍👧", "🇩🇪", "☕", "❤\ufe0f", "1\ufe0f\u20e3",
    *"ⅣⅷⅫ①⑳½¼²³₂٣०๓௧〇㊿㍿", "\ua7f1", "\ua7f4", "\U0001f16c", "\U0001d400", "\U0002f800", "\x00", "\x07", "\x7f", "\x9f", "\ufffd", "\ufffe", "\U0010ffff",
]  # fmt: skip


def random_texts(tokenizer: Tokenizer, count: int) -> list[str]:
    """Made of words, awkward pieces, any code points, and the tokenizer's own added tokens."""
    draw = random.Random(20)
    added = [token.content for token in tokenizer.get_added_tokens_decoder().values()][:200]
    sources = [WORDS, PIECES, PIECES, added or WORDS]

    def piece() -> str:
        kind = draw.random()
        if kind < 0.1:
            return chr(draw.choice(CODE_POINTS))
        if kind < 0.15:
            return chr(draw.randrange(0x250))
        return draw.choice(draw.choices(sources, [6, 2, 2, 1])[0])

    def text() -> str:
        joined = ""
        for _ in range(draw.randint(1, 24)):
            joined += piece() + draw.choice(["", "", " ", " ", " ", "  "])
        return joined

    return [text() for _ in range(count)]


def texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)


def real_texts(files: list[Path]) -> list[str]:
    texts: dict[str, None] = {}
    for file in files:
        if file.suffix == ".json":
            texts.update(dict.fromkeys(texts_in(json.loads(file.read_text("utf-8")))))
        elif file.suffix == ".jsonl":
            for line in file.read_text("utf-8").splitlines():
                texts.update(dict.fromkeys(texts_in(json.loads(line))))
        else:
            mail = file.read_bytes().decode("latin-1")
            texts.update(dict.fromkeys([mail, *mail.split("\n\n")]))
    return list(texts)


def write_ids(file: Path, tokenizer: Tokenizer, texts: list[str]) -> None:
    """Number of texts, number of ids of each, then all ids; 32 bits each."""
    counts, ids = [], []
    for start in range(0, len(texts), 50_000):
        for encoding in tokenizer.encode_batch_fast(texts[start : start + 50_000]):
            counts.append(len(encoding.ids))
            ids += encoding.ids
    np.array([len(texts), *counts, *ids], np.int32).tofile(file)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=Path)
    parser.add_argument("tokenizers", type=Path, nargs="+")
    parser.add_argument("--real", type=Path, nargs="*", default=[])
    parser.add_argument("--sets", nargs="*", default=["points", "random", "real"])
    arguments = parser.parse_args()
    real = real_texts(arguments.real)
    points = [text for point in CODE_POINTS for text in (chr(point), f"a{chr(point)}b")]
    for path in arguments.tokenizers:
        name = path.stem if path.stem != "tokenizer" else [part for part in path.parts if part not in ("models", "tokenizer.json")][-1]
        folder = arguments.work / name
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / "tokenizer.json")
        start = time.time()
        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        for name_of_set, texts in (("points", points), ("random", random_texts(tokenizer, 10_000)), ("real", real)):
            if name_of_set not in arguments.sets:
                continue
            if name_of_set != "points":
                (folder / f"{name_of_set}.json").write_text(json.dumps(texts))
            write_ids(folder / f"{name_of_set}.ids", tokenizer, texts)
        # What decoding makes of the first ids of random texts.
        heads = [encoding.ids[:20] for encoding in tokenizer.encode_batch_fast(random_texts(tokenizer, 2_000))]
        (folder / "decoded.json").write_text(json.dumps([[ids, tokenizer.decode(ids, skip_special_tokens=False)] for ids in heads]))
        print(f"{name}: {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
