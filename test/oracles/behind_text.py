"""Writes test/fixtures/models/behind-text.json: what torch and transformers compute with the prompt behind the text.

Run after models.py. The forward pass is inputs_embeds = [E(head) ; prompt ; E(tail) ; E(target)], one example at a time, so nothing is
padded. The tail has no token at the position "suffix"; at "infix" it has as many of the input's last ones as TAILS says.
"""

import json

import torch
from model_fixtures import FIXTURES, forget_longer_texts, write_json
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

MODELS = ["llama-untied", "qwen3", "gemma2", "gemma3_text", "gpt2", "gpt_neox", "opt", "bloom", "gpt_neo", "gptj"]
WRITTEN = 6
# For inputs of 9, 23, 0 and 14 tokens: some of them, none, none to be had, all.
TAILS = {"suffix": [0, 0, 0, 0], "infix": [2, 0, 0, 14]}


def embed(model, ids: list[int]) -> torch.Tensor:
    return model.get_input_embeddings()(torch.tensor(ids, dtype=torch.long))


def logits_behind(model, text: list[int], tail: int, prompt: torch.Tensor, target: list[int]) -> torch.Tensor:
    """[tokens, vocabulary]; the last row in front of the target predicts its first token."""
    forget_longer_texts(model)
    head = len(text) - tail
    rows = torch.cat([embed(model, text[:head]), prompt, embed(model, text[head:] + target)])
    return model(inputs_embeds=rows[None]).logits[0, len(text) + len(prompt) - 1 :]


def written(model, text: list[int], tail: int, prompt: torch.Tensor) -> list[int]:
    ids: list[int] = []
    for _ in range(WRITTEN):
        ids.append(int(logits_behind(model, text, tail, prompt, ids)[-1].argmax()))
    return ids


def oracle(name: str, tails: list[int]) -> dict:
    folder = FIXTURES / name
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    examples = json.loads((folder / "expected.json").read_text())["examples"]
    prompt = load_file(folder / "expected.safetensors")["prompt"].float().requires_grad_()
    tokens = sum(len(e["targetIds"]) for e in examples)
    sums = []
    for e, tail in zip(examples, tails, strict=True):
        logits = logits_behind(model, e["inputIds"], tail, prompt, e["targetIds"][:-1])
        chosen = torch.log_softmax(logits, -1).gather(1, torch.tensor(e["targetIds"])[:, None])
        sums.append(chosen.sum())
    loss = -torch.stack(sums).sum() / tokens
    loss.backward()
    with torch.no_grad():
        texts = [written(model, e["inputIds"], tail, prompt) for e, tail in zip(examples, tails, strict=True)]
    return {
        "tails": tails,
        "loss": loss.item(),
        "logProbabilities": [s.item() for s in sums],
        "gradient": prompt.grad.flatten().tolist(),
        "written": texts,
    }


if __name__ == "__main__":
    found = {position: {name: oracle(name, tails) for name in MODELS} for position, tails in TAILS.items()}
    write_json(FIXTURES / "behind-text.json", found)
