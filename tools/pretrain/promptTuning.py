"""Judges a frozen model by what it is for: the test accuracy that prompt tuning reaches with it on the sample tasks.

The prompt [P, D] stands in front of the input embeddings; the label is one word behind the template; everything else is frozen
(Lester, Al-Rfou, Constant 2021). Beside it the accuracy of plain text prompts, with no examples and with four.
"""

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

from llama import Llama, read_gguf


@dataclass(frozen=True)
class Task:
    name: str
    template: str
    labels: list[str]
    train: list[tuple[str, int]]
    dev: list[tuple[str, int]]
    test: list[tuple[str, int]]


TEMPLATES = {"topics": "definition: {text} kind:"}


def read_task(folder: Path, name: str, template: str | None = None) -> Task:
    """70 / 15 / 15, stratified by label, equal texts in one split; the same for every model that is compared."""
    rows = [json.loads(line) for line in (folder / f"{name}.jsonl").open()]
    labels = sorted({row["label"] for row in rows})
    texts: dict[str, list[str]] = {label: [] for label in labels}
    for row in rows:
        if row["text"] not in texts[row["label"]]:
            texts[row["label"]].append(row["text"])
    splits: dict[str, list[tuple[str, int]]] = {"train": [], "dev": [], "test": []}
    shuffled = random.Random(0)
    for label, members in texts.items():
        shuffled.shuffle(members)
        held = round(0.15 * len(members))
        pairs = [(text, labels.index(label)) for text in members]
        splits["test"] += pairs[:held]
        splits["dev"] += pairs[held : 2 * held]
        splits["train"] += pairs[2 * held :]
    return Task(name, template or TEMPLATES.get(name, "review: {text} sentiment:"), labels, **splits)


class Judge:
    def __init__(self, model: Llama, tokenizer: Tokenizer, longest: int = 96):
        self.model = model
        self.tokenizer = tokenizer
        self.longest = longest
        self.type = model.token_embd.weight.dtype

    def label_ids(self, task: Task) -> torch.Tensor:
        words = [self.tokenizer.encode(f" {label}").ids for label in task.labels]
        assert all(len(word) == 1 for word in words), f"a label of {task.name} is more than one token"
        return torch.tensor([word[0] for word in words])

    def encode(self, task: Task, rows: list[tuple[str, int]]) -> list[tuple[list[int], int]]:
        before, after = task.template.split("{text}")
        tail = self.tokenizer.encode(after).ids
        encoded = []
        for text, label in rows:
            head = self.tokenizer.encode(before + text).ids[: self.longest - len(tail)]
            encoded.append((head + tail, label))
        return encoded

    def last_logits(self, ids: list[list[int]], prompt: torch.Tensor | None) -> torch.Tensor:
        """Logits at the last token of each text. Padding is behind it and so is never seen."""
        ends = torch.tensor([len(row) - 1 for row in ids])
        width = int(ends.max()) + 1
        x = self.model.embed(torch.tensor([row + [0] * (width - len(row)) for row in ids]))
        if prompt is not None:
            x = torch.cat([prompt.to(self.type).expand(len(ids), -1, -1), x], dim=1)
            ends = ends + len(prompt)
        hidden = self.model.body(x)[torch.arange(len(ids)), ends]
        return self.model.head(hidden).float()

    @torch.no_grad()
    def accuracy(self, task: Task, rows: list[tuple[list[int], int]], prompt: torch.Tensor | None = None) -> float:
        words = self.label_ids(task)
        rows = sorted(rows, key=lambda row: len(row[0]))
        right = 0
        for start in range(0, len(rows), 64):
            batch = rows[start : start + 64]
            chosen = self.last_logits([ids for ids, _ in batch], prompt)[:, words].argmax(-1)
            right += int((chosen == torch.tensor([label for _, label in batch])).sum())
        return right / len(rows)

    def zero_shot(self, task: Task) -> float:
        return self.accuracy(task, self.encode(task, task.test))

    def four_shot(self, task: Task, seed: int) -> float:
        """Four examples in front of each test row, of as many classes as possible."""
        pick = random.Random(seed)
        classes = pick.sample(range(len(task.labels)), min(4, len(task.labels))) * 2
        chosen = [pick.choice([row for row in task.train if row[1] == label]) for label in classes[:4]]
        shots = "".join(task.template.replace("{text}", text) + f" {task.labels[label]}\n" for text, label in chosen)
        shot_ids = self.tokenizer.encode(shots).ids
        return self.accuracy(task, [(shot_ids + ids, label) for ids, label in self.encode(task, task.test)])

    def initial_prompt(self, task: Task, length: int, how: str, generator: torch.Generator) -> torch.Tensor:
        """`vocabulary`: rows of frequent tokens. `labels`: the label words first, then such rows. `text`: the template's words, too."""
        table = self.model.token_embd.weight.float()
        sampled = table[300 + torch.randperm(5000, generator=generator)[:length]].clone()
        if how == "labels":
            words = self.label_ids(task)[:length]
            sampled[: len(words)] = table[words]
        return sampled

    def tune(self, task: Task, *, steps: int, batch: int, length: int, rate: float, init: str, optimiser: str,
             schedule: str, warmup: int, every: int, seed: int, say=print) -> dict:
        generator = torch.Generator().manual_seed(seed)
        order = random.Random(seed)
        words = self.label_ids(task)
        train, dev, test = (self.encode(task, rows) for rows in (task.train, task.dev, task.test))
        prompt = self.initial_prompt(task, length, init, generator).requires_grad_(True)
        update = OPTIMISERS[optimiser](prompt)
        queue: list[list[tuple[list[int], int]]] = []
        best, history, losses, began = (-1.0, 0, None), [], [], time.time()
        spent_evaluating = 0.0
        for step in range(1, steps + 1):
            if not queue:
                queue = length_buckets(train, batch, order)
            rows = queue.pop()
            logits = self.last_logits([ids for ids, _ in rows], prompt)
            loss = F.cross_entropy(logits, words[torch.tensor([label for _, label in rows])])
            (gradient,) = torch.autograd.grad(loss, prompt)
            ramp = min(1.0, step / warmup) if warmup else 1.0
            fall = 1.0 if schedule == "constant" else max(0.0, 1 - (step - 1) / steps)
            update(gradient, rate * ramp * fall, step)
            losses.append(loss.item())
            if step % every == 0 or step == steps:
                paused = time.time()
                score = self.accuracy(task, dev[:: max(1, len(dev) // 160)], prompt.detach())  # a sample is enough to pick a step
                spent_evaluating += time.time() - paused
                history.append((step, round(sum(losses[-every:]) / len(losses[-every:]), 3), round(score, 3)))
                if score > best[0]:
                    best = (score, step, prompt.detach().clone())
                say(f"    step {step}: loss {history[-1][1]} dev {score:.3f}  {time.time() - began:.0f}s", flush=True)
        return {
            "task": task.name, "test": self.accuracy(task, test, best[2]), "dev": best[0], "best_step": best[1],
            "last_test": self.accuracy(task, test, prompt.detach()), "history": history,
            "norm": float(best[2].norm(dim=-1).mean()), "seconds": time.time() - began - spent_evaluating,
        }


def length_buckets(rows, batch: int, order: random.Random):
    """Batches of like length in random order: shuffled, sorted within windows of eight batches, shuffled again."""
    rows = rows[:]
    order.shuffle(rows)
    window = batch * 8
    batches = []
    for start in range(0, len(rows), window):
        part = sorted(rows[start : start + window], key=lambda row: len(row[0]))
        batches += [part[i : i + batch] for i in range(0, len(part), batch)]
    order.shuffle(batches)
    return batches


def adafactor(prompt: torch.Tensor):
    """The paper's: no parameter scaling, clipping at RMS 1, weight decay 1e-5 that the rate does not scale."""
    second = torch.zeros_like(prompt)

    def update(gradient: torch.Tensor, rate: float, step: int):
        decay = 1 - step**-0.8
        second.mul_(decay).add_((1 - decay) * (gradient**2 + 1e-30))
        change = gradient / second.sqrt()
        change = change / max(1.0, float(change.pow(2).mean().sqrt()))
        with torch.no_grad():
            prompt.mul_(1 - 1e-5).sub_(rate * change)

    return update


def adam(prompt: torch.Tensor):
    optimiser = torch.optim.AdamW([prompt], lr=1.0, betas=(0.9, 0.98), weight_decay=0.0)

    def update(gradient: torch.Tensor, rate: float, step: int):
        optimiser.param_groups[0]["lr"] = rate
        prompt.grad = gradient
        optimiser.step()

    return update


OPTIMISERS = {"adafactor": adafactor, "adam": adam}


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("model", type=Path, help="folder with model.gguf and tokenizer.json")
    arguments.add_argument("--samples", type=Path, default=Path("samples"))
    arguments.add_argument("--tasks", default="topics,amazon")
    arguments.add_argument("--steps", type=int, default=300)
    arguments.add_argument("--batch", type=int, default=16)
    arguments.add_argument("--length", type=int, default=20)
    arguments.add_argument("--rate", type=float, default=0.03)
    arguments.add_argument("--init", default="labels")
    arguments.add_argument("--optimiser", default="adam")
    arguments.add_argument("--schedule", default="linear")
    arguments.add_argument("--warmup", type=int, default=0)
    arguments.add_argument("--every", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--bf16", action="store_true", help="twice as fast, for searching only")
    arguments.add_argument("--no-text-prompts", action="store_true")
    a = arguments.parse_args()
    model = read_gguf(str(a.model / "model.gguf"))
    judge = Judge(model.bfloat16() if a.bf16 else model, Tokenizer.from_file(str(a.model / "tokenizer.json")))
    for name in a.tasks.split(","):
        task = read_task(a.samples, name)
        if not a.no_text_prompts:
            shots = [judge.four_shot(task, seed) for seed in range(3)]
            print(f"{name}: zero-shot {judge.zero_shot(task):.3f}, four-shot {[round(s, 3) for s in shots]}", flush=True)
        print(json.dumps(judge.tune(
            task, steps=a.steps, batch=a.batch, length=a.length, rate=a.rate, init=a.init, optimiser=a.optimiser,
            schedule=a.schedule, warmup=a.warmup, every=a.every, seed=a.seed,
        )), flush=True)


if __name__ == "__main__":
    main()
