"""Compares tokenizers that the product makes from GGUF metadata with the published tokenizer.json, id by id.

    python test/oracles/gguf_tokens.py PUBLISHED.json FILE.gguf [--real FILE...]
    python test/oracles/gguf_tokens.py PUBLISHED.json --as llama|PRE [--real FILE...]

With --as the GGUF file is made here from the published tokenizer, as llama.cpp's converter makes it: of the kind "llama" (SentencePiece
with scores), or byte-level with that pre-tokenizer name. Both run in Python's tokenizers, so that only what is read from the metadata
differs; tokenizer_ids.py compares the product's own tokenizer with Python's on the same file. Texts: every code point alone and
between letters, 10,000 random ones, and the texts of the files of --real (JSON Lines with "text").
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import gguf
import numpy as np
from tokenizer_ids import CODE_POINTS, random_texts
from tokenizers import Tokenizer

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6


def write_gguf(published: dict, kind: str, file: Path) -> None:
    writer = gguf.GGUFWriter(file, "llama")
    vocabulary = published["model"]["vocab"]
    added = {token["id"]: token for token in published["added_tokens"]}
    texts = {id: text for text, id in vocabulary.items()} | {id: token["content"] for id, token in added.items()}
    tokens = [texts.get(id, f"[PAD{id}]") for id in range(max(texts) + 1)]

    def type_of(id: int) -> int:
        if id in added:
            return CONTROL if added[id]["special"] else USER_DEFINED
        if kind == "llama" and len(tokens[id]) == 6 and tokens[id].startswith("<0x"):
            return BYTE
        return NORMAL if id in texts else UNUSED

    writer.add_tokenizer_model("llama" if kind == "llama" else "gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([type_of(id) for id in range(len(tokens))])
    if kind == "llama":
        writer.add_unk_token_id(vocabulary[published["model"]["unk_token"]])
        # The merges are in the order of the scores of what they make.
        ranks: dict[str, int] = {}
        for rank, merge in enumerate(published["model"]["merges"]):
            ranks.setdefault("".join(merge).replace(" ", ""), rank)
        writer.add_token_scores([-float(ranks.get(token, len(ranks))) for token in tokens])
        writer.add_add_space_prefix("Prepend" in json.dumps(published["normalizer"]))
    else:
        writer.add_tokenizer_pre(kind)
        pairs = [merge.split(" ") if isinstance(merge, str) else merge for merge in published["model"]["merges"]]
        writer.add_token_merges([" ".join(pair) for pair in pairs])
    writer.add_tensor("token_embd.weight", np.zeros((1, 1), np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("published", type=Path)
    parser.add_argument("gguf", type=Path, nargs="?")
    parser.add_argument("--as", dest="kind")
    parser.add_argument("--real", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = options.gguf or Path(folder) / "tokenizer.gguf"
        if options.gguf is None:
            write_gguf(json.loads(options.published.read_text()), options.kind, file)
        made = Path(folder) / "tokenizer.json"
        subprocess.run(["node", "test/oracles/gguf-tokenizer.mjs", file, made], check=True)
        ours = Tokenizer.from_file(str(made))
    theirs = Tokenizer.from_file(str(options.published))
    sets = {
        "code points": [each for point in CODE_POINTS for each in (chr(point), f"a{chr(point)}b")],
        "random texts": random_texts(theirs, 10_000),
        "real texts": [json.loads(line)["text"] for file in options.real for line in file.read_text().splitlines()],
    }
    for name, texts in sets.items():
        different = []
        for start in range(0, len(texts), 1000):
            part = texts[start : start + 1000]
            both = [t.encode_batch_fast(part, add_special_tokens=False) for t in (ours, theirs)]
            different += [(text, a.ids, b.ids) for text, a, b in zip(part, *both) if a.ids != b.ids]
        print(f"{name}: {len(different)} of {len(texts)} differ", flush=True)
        for text, a, b in different[:5]:
            print("  ", json.dumps(text, ensure_ascii=True)[:200], "\n     made:     ", a[:20], "\n     published:", b[:20])


main()
