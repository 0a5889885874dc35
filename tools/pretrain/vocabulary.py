"""The tokenizer: SmolLM2's byte-level BPE out of the GGUF metadata, and the same cut to a smaller vocabulary."""

import json

import gguf
from tokenizers import Tokenizer

Merge = tuple[str, str]


def read_tokenizer(path: str) -> tuple[list[str], list[Merge], int]:
    """Tokens in id order, merges in rank order, and how many of the first tokens are special."""
    reader = gguf.GGUFReader(path)
    tokens = reader.fields["tokenizer.ggml.tokens"].contents()
    merges = [tuple(merge.split(" ")) for merge in reader.fields["tokenizer.ggml.merges"].contents()]
    kinds = reader.fields["tokenizer.ggml.token_type"].contents()
    special = next(index for index, kind in enumerate(kinds) if kind != gguf.TokenType.CONTROL)
    return tokens, merges, special


def tokenizer_json(tokens: list[str], merges: list[Merge], special: int) -> str:
    """A `tokenizer.json` as `tokenizers` and its relatives read it."""
    return json.dumps(
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [
                {
                    "id": index,
                    "content": token,
                    "single_word": False,
                    "lstrip": False,
                    "rstrip": False,
                    "normalized": False,
                    "special": True,
                }
                for index, token in enumerate(tokens[:special])
            ],
            "normalizer": None,
            "pre_tokenizer": {
                "type": "Sequence",
                "pretokenizers": [
                    {"type": "Digits", "individual_digits": True},
                    {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
                ],
            },
            "post_processor": None,
            "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": False,
                "vocab": {token: index for index, token in enumerate(tokens)},
                "merges": [list(merge) for merge in merges],
            },
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def build_tokenizer(tokens: list[str], merges: list[Merge], special: int) -> Tokenizer:
    return Tokenizer.from_str(tokenizer_json(tokens, merges, special))


def trimmed(
    tokens: list[str], merges: list[Merge], special: int, counts: dict[int, int], words: list[str], size: int
) -> tuple[list[int], list[Merge]]:
    """The token ids to keep, ascending, and the merges among them.

    Kept: three special tokens, the 256 bytes, the given words, then tokens by how often the training text has them, where a token's
    age (its merge rank is its frequency in the web text SmolLM2 was trained on) stands in for a corpus that is small and old-fashioned.
    A token comes with every token that its merges go through; so the trimmed tokenizer still reaches it: greedy merging picks the
    lowest rank that applies, and taking away merges which were not picked changes no pick.
    """
    ids = {token: index for index, token in enumerate(tokens)}
    made_by = {}
    for left, right in merges:
        made_by.setdefault(left + right, (left, right))
    kept: set[int] = {0, 1, 2}
    kept.update(index for index in range(special, len(tokens)) if tokens[index] not in made_by)

    def with_parts(token: str) -> set[int]:
        needed, open_tokens = set(), [token]
        while open_tokens:
            part = open_tokens.pop()
            if ids[part] in kept or ids[part] in needed:
                continue
            needed.add(ids[part])
            open_tokens += made_by.get(part, ())
        return needed

    for word in words:
        kept |= with_parts(word)

    def worth(index: int) -> float:
        return counts.get(index, 0) / 20 + 12000 / (index + 3000)

    plain = [i for i in range(special, len(tokens)) if tokens[i] in made_by and tokens[i].lstrip("Ġ").isascii() and tokens[i].lstrip("Ġ").isalpha()]
    marks = [i for i in range(special, len(tokens)) if tokens[i] in made_by and counts.get(i, 0) >= 20 and i not in set(plain)]
    for index in sorted(plain + marks, key=lambda i: (-worth(i), i)):
        needed = with_parts(tokens[index])
        if len(kept) + len(needed) <= size:
            kept |= needed
        if len(kept) == size:
            break
    names = {tokens[index] for index in kept}
    return sorted(kept), [(a, b) for a, b in merges if a in names and b in names and a + b in names]
