"""PEFT's side of a comparison of tuning on texts of the sample's lengths: `python peft_reviews.py MODEL_FOLDER ROWS_JSON`.

The usual loop: a DataLoader that shuffles, batches padded on the right to the longest text, labels of -100 everywhere but at the label
word, torch.optim.AdamW. Each line that comes in is one epoch.
"""

import json
import resource
import sys
import time

import torch
from peft import PromptTuningConfig, PromptTuningInit, get_peft_model
from transformers import AutoModelForCausalLM

folder, given = sys.argv[1], json.loads(sys.argv[2])
base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
length, labels = given["promptLength"], given["labels"]
model = get_peft_model(
    base,
    PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=length, prompt_tuning_init=PromptTuningInit.RANDOM),
).train()
# The same prompt as ours: the embeddings of tokens 10, 11, ...
model.prompt_encoder["default"].embedding.weight.data = base.get_input_embeddings().weight[10 : 10 + length].clone()
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=given["learningRate"])
rows = [text + [labels[row % len(labels)]] for row, text in enumerate(given["texts"])]


def padded(batch):
    longest = max(map(len, batch))
    return {
        "input_ids": torch.tensor([row + [0] * (longest - len(row)) for row in batch]),
        "attention_mask": torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in batch]),
        "labels": torch.tensor([[-100] * (len(row) - 1) + row[-1:] + [-100] * (longest - len(row)) for row in batch]),
    }


torch.manual_seed(0)
loader = torch.utils.data.DataLoader(rows, given["batchSize"], shuffle=True, collate_fn=padded)


def say(**what):
    print(json.dumps({**what, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)


say(torch=torch.__version__)
for line in sys.stdin:
    if line.strip() == "end":
        break
    started = time.perf_counter()
    losses = []
    for batch in loader:
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    say(seconds=time.perf_counter() - started, loss=sum(losses) / len(losses))
