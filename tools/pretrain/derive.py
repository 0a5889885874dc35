"""First step: the smaller model before any training. Chooses vocabulary and layers; writes `start/` in the work folder."""

import argparse
import json
from collections import Counter
from pathlib import Path

from corpus import read_corpus
from llama import cut, read_gguf
from quantise import write_model
from vocabulary import build_tokenizer, read_tokenizer, trimmed

LABELS = ["positive", "negative", "animal", "artifact", "body", "food", "location", "person", "plant", "substance",
          "good", "bad", "great", "terrible", "yes", "no", "true", "false", "spam", "topic", "sentiment", "review", "text"]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("teacher", type=Path, help="SmolLM2-135M-Instruct.Q4_1.gguf")
    arguments.add_argument("packages", type=Path, help="folder with the unpacked npm packages")
    arguments.add_argument("work", type=Path)
    arguments.add_argument("--layers", default="0,1,2,3,4,5,6,28,29")
    arguments.add_argument("--vocabulary", type=int, default=12288)
    a = arguments.parse_args()
    tokens, merges, special = read_tokenizer(str(a.teacher))
    whole = build_tokenizer(tokens, merges, special)
    counts: Counter[int] = Counter()
    for texts in read_corpus(a.packages).values():
        for encoding in whole.encode_batch([" " + text for text in texts]):
            counts.update(encoding.ids)
    kept, kept_merges = trimmed(tokens, merges, special, counts, ["Ġ" + label for label in LABELS], a.vocabulary)
    covered = sum(counts[i] for i in kept) / counts.total()
    print(f"{len(kept)} tokens cover {covered:.2%} of {counts.total()} corpus tokens")
    model = cut(read_gguf(str(a.teacher)), [int(layer) for layer in a.layers.split(",")], kept)
    start = a.work / "start"
    write_model(start, model, [tokens[i] for i in kept], kept_merges, special=3)
    (a.work / "kept.json").write_text(json.dumps({"tokens": kept, "layers": a.layers}))


if __name__ == "__main__":
    main()
