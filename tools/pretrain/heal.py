"""Third step: the layers above the frozen ones learn to end where the teacher's last layer ended.

Loss: the Kullback-Leibler divergence from the teacher's distribution over the kept vocabulary to the student's, at a random half of
the positions (the head is a quarter of the cost), and at label positions of the `asked` texts, where the true label counts too; of
text that the teacher did not read, the next token. The embedding and the frozen layers stay as they are, so they ship bit for bit as SmolLM2 has them.

Towards the end the forward pass sees the weights as Q4_1 will store them (straight-through gradients), since these are what ships.
Interrupt it and run it again: it goes on from the last checkpoint. Its schedule is in seconds of training, which are counted across
interruptions, because the time a machine has is known better than the steps it will manage.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F

from llama import Llama, cut, read_gguf, rotary_tables
from quantise import on_grid


def load(taught: Path) -> list[dict]:
    return [{"kind": path.stem.split("-")[0], **torch.load(path, mmap=True)} for path in sorted(taught.glob("*.pt"))]


def batches(chunks: list[dict], tokens: int, pick: random.Random):
    """An epoch: every row once, about `tokens` tokens a batch, batches of all kinds mixed."""
    found = []
    for index, chunk in enumerate(chunks):
        rows = list(range(len(chunk["ids"])))
        pick.shuffle(rows)
        size = max(1, tokens // chunk["ids"].shape[1])
        found += [(index, rows[i : i + size]) for i in range(0, len(rows), size)]
    pick.shuffle(found)
    return found


class Student:
    def __init__(self, model: Llama, frozen: int):
        self.model, self.frozen = model, frozen
        self.blocks = list(model.blk[frozen:])
        self.trained = [p for block in self.blocks for p in block.parameters()] + [model.output_norm.weight]
        for parameter in self.trained:
            parameter.requires_grad_(True)
        self.table = model.token_embd.weight.detach().bfloat16()

    @torch.no_grad()
    def below(self, ids: torch.Tensor) -> torch.Tensor:
        """What leaves the frozen layers, for text that the teacher did not read."""
        rotary = rotary_tables(self.model.config, ids.shape[1])
        x = self.model.embed(ids)
        for block in self.model.blk[: self.frozen]:
            x = block(x, rotary)
        return x

    def __call__(self, middle: torch.Tensor) -> torch.Tensor:
        rotary = rotary_tables(self.model.config, middle.shape[1])
        x = middle
        for block in self.blocks:
            x = block(x, rotary)
        return self.model.output_norm(x)


class Rounded:
    """Within it every matrix holds what Q4_1 would give back; after it the full weights are there again, for the optimiser."""

    def __init__(self, student: Student, on: bool):
        self.matrices = [p for p in student.trained if p.ndim == 2] if on else []

    def __enter__(self):
        self.full = [p.data for p in self.matrices]
        for p in self.matrices:
            p.data = on_grid(p.data)

    def __exit__(self, *_):
        for p, full in zip(self.matrices, self.full):
            p.data = full


def divergence(student: Student, chunk: dict, rows: list[int], share: float, label_weight: float, generator: torch.Generator):
    index = torch.tensor(rows)
    with torch.autocast("cpu", torch.bfloat16):
        hidden = student(chunk["middle"][index] if "middle" in chunk else student.below(chunk["ids"][index].long()))
    asked = chunk["label"][index]
    chosen = (torch.rand(asked.shape, generator=generator) < share) | asked
    chosen[:, -1] = False
    h = hidden[chosen].bfloat16()
    following = chunk["ids"][index].long().roll(-1, 1)[chosen]
    if "final" not in chunk:
        loss = F.cross_entropy((h @ student.table.T).float(), following)
        return loss, loss.item()
    with torch.no_grad():
        target = F.log_softmax((chunk["final"][index][chosen] @ student.table.T).float(), -1)
    guess = F.log_softmax((h @ student.table.T).float(), -1)
    each = (target.exp() * (target - guess)).sum(-1)
    loss = each.mean()
    labelled = asked[chosen]
    if labelled.any():
        loss = loss + label_weight * F.nll_loss(guess[labelled], following[labelled])
    return loss, each.detach().mean().item()


@torch.no_grad()
def held_out(model: Llama, work: Path) -> dict[str, float]:
    """Perplexity over the kept vocabulary on text that no step has seen."""
    found = {}
    for path in sorted(work.glob("heldout-*.json")):
        ids = torch.tensor(json.loads(path.read_text()))[:12]
        with torch.autocast("cpu", torch.bfloat16):
            logits = model(ids)
        found[path.stem[8:]] = round(math.exp(F.cross_entropy(logits[:, :-1].flatten(0, 1).float(), ids[:, 1:].flatten())), 2)
    return found


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("teacher", type=Path)
    arguments.add_argument("work", type=Path)
    arguments.add_argument("--layers", default="0,1,2,3,4,5,6,28,29")
    arguments.add_argument("--frozen", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=1500)
    arguments.add_argument("--tokens", type=int, default=768, help="tokens a batch")
    arguments.add_argument("--share", type=float, default=0.4)
    arguments.add_argument("--rate", type=float, default=1.2e-3)
    arguments.add_argument("--label-weight", type=float, default=0.3)
    arguments.add_argument("--rounded-from", type=float, default=0.75, help="share of the time after which weights are rounded")
    arguments.add_argument("--name", default="healed")
    a = arguments.parse_args()
    kept = json.loads((a.work / "kept.json").read_text())["tokens"]
    student = Student(cut(read_gguf(str(a.teacher)), [int(layer) for layer in a.layers.split(",")], kept), a.frozen)
    chunks = load(a.work / "taught")
    optimiser = torch.optim.AdamW(student.trained, lr=a.rate, betas=(0.9, 0.98), weight_decay=0.01)
    checkpoint = a.work / f"{a.name}.pt"
    state = {"spent": 0.0, "step": 0, "seen": 0, "epoch": 0, "done": 0}
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        student.model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        state = saved["state"]
    log = (a.work / f"{a.name}.jsonl").open("a", buffering=1)
    window, saved_at, clock = [], state["spent"], time.time()
    while state["spent"] < a.seconds:
        order = batches(chunks, a.tokens, random.Random(state["epoch"]))
        for chunk, rows in order[state["done"] :]:
            progress = state["spent"] / a.seconds
            ramp = min(1.0, (state["step"] + 1) / 40)
            optimiser.param_groups[0]["lr"] = a.rate * ramp * (0.04 + 0.96 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))
            with Rounded(student, progress >= a.rounded_from):
                loss, bits = divergence(student, chunks[chunk], rows, a.share, a.label_weight, torch.Generator().manual_seed(state["step"]))
                gradients = torch.autograd.grad(loss, student.trained)
            for parameter, gradient in zip(student.trained, gradients):
                parameter.grad = gradient
            torch.nn.utils.clip_grad_norm_(student.trained, 1.0)
            optimiser.step()
            window.append((chunks[chunk]["kind"], bits))
            state["step"] += 1
            state["done"] += 1
            state["seen"] += len(rows) * chunks[chunk]["ids"].shape[1]
            now = time.time()
            state["spent"] += now - clock
            clock = now
            if state["step"] % 50 == 0:
                means = {k: round(sum(b for n, b in window if n == k) / max(1, sum(n == k for n, _ in window)), 3) for k in ("real", "written", "asked")}
                log.write(json.dumps({"step": state["step"], "tokens": state["seen"], "seconds": round(state["spent"]), "divergence": means}) + "\n")
                window = []
            if state["spent"] - saved_at > 180 or state["spent"] >= a.seconds:
                temporary = checkpoint.with_suffix(".tmp")
                torch.save({"model": student.model.state_dict(), "optimiser": optimiser.state_dict(), "state": state}, temporary)
                temporary.rename(checkpoint)
                saved_at = state["spent"]
            if state["spent"] >= a.seconds:
                break
        else:
            state["epoch"] += 1
            state["done"] = 0
    with Rounded(student, True):
        log.write(json.dumps({"tokens": state["seen"], "held-out perplexity": held_out(student.model, a.work)}) + "\n")


if __name__ == "__main__":
    main()
