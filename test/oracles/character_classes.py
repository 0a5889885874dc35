"""Writes extension/engine/tokenizer/characterClasses.ts: the classes of characters that Python's tokenizers mean.

The crates that tokenizers is made of know different versions of Unicode, and a JavaScript engine knows yet another one. Each class is
read off by asking tokenizers about every code point. Run it again when tokenizers changes: `python test/oracles/character_classes.py`.
"""

from collections.abc import Iterable
from pathlib import Path

import tokenizers
import unicodedata2
from tokenizers import Regex, normalizers, pre_tokenizers

TARGET = Path(__file__).parents[2] / "extension/engine/tokenizer/characterClasses.ts"
CODE_POINTS = [point for point in range(0x110000) if not 0xD800 <= point <= 0xDFFF]
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def base36(number: int) -> str:
    return (base36(number // 36) if number >= 36 else "") + DIGITS[number % 36]


def packed(points: Iterable[int]) -> str:
    """Runs of code points: for each the gap behind the run before and its length, base 36."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and runs[-1][1] == point:
            runs[-1][1] += 1
        else:
            runs.append([point, point + 1])
    ends = [0] + [end for _, end in runs]
    return " ".join(f"{base36(start - before)} {base36(end - start)}" for (start, end), before in zip(runs, ends))


def removed_by(pattern: str) -> set[int]:
    split = pre_tokenizers.Split(Regex(pattern), "removed")
    return {point for point in CODE_POINTS if split.pre_tokenize_str(chr(point)) == []}


def deleted_by(normalizer: normalizers.Normalizer) -> set[int]:
    return {point for point in CODE_POINTS if normalizer.normalize_str(chr(point)) == ""}


def bert(**flags: bool) -> normalizers.Normalizer:
    none = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**{**none, **flags})


def inert() -> set[int]:
    """Code points that have a decomposition or a combining class today, and neither in tokenizers."""
    found = set()
    for form, normalizer in (("NFD", normalizers.NFD()), ("NFKD", normalizers.NFKD())):
        for point in CODE_POINTS:
            for text in (chr(point), f"a\u0301{chr(point)}\u0334"):
                if normalizer.normalize_str(text) != unicodedata2.normalize(form, text):
                    found.add(point)
    return found


def main() -> None:
    punctuation = pre_tokenizers.Punctuation()
    chinese = bert(handle_chinese_chars=True)
    classes = {
        "unassigned": ("Unassigned in the Unicode version of the patterns' engine (oniguruma).", removed_by(r"\p{Cn}")),
        "inert": ("Newer than the tables of the normal forms NFC, NFD, NFKC and NFKD, which leave them as they are.", inert()),
        "punctuation": (
            "Punctuation for the pre-tokenizers Punctuation and BertPreTokenizer.",
            {point for point in CODE_POINTS if len(punctuation.pre_tokenize_str(f"a{chr(point)}b")) == 3},
        ),
        "marks": ("What StripAccents removes.", deleted_by(normalizers.StripAccents())),
        "nonspacingMarks": ("What BertNormalizer removes as accents.", deleted_by(bert(strip_accents=True))),
        "controls": ("What BertNormalizer removes when it cleans.", deleted_by(bert(clean_text=True))),
        "ideographs": (
            "What BertNormalizer puts spaces around.",
            {point for point in CODE_POINTS if len(chinese.normalize_str(chr(point))) == 3},
        ),
    }
    lines = [
        f"/** Written by test/oracles/character_classes.py with tokenizers {tokenizers.__version__}; the packing is unpacked in characters.ts. */",
        "export const characterClasses = {",
    ]
    for name, (meaning, points) in classes.items():
        lines += [f"  /** {meaning} */", f"  {name}:", f"    '{packed(points)}',"]
    TARGET.write_text("\n".join([*lines, "} as const;", ""]))


if __name__ == "__main__":
    main()
