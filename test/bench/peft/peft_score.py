"""PEFT's side of a comparison of scoring: `python peft_score.py MODEL_FOLDER SCORING_JSON`.

Batches of 16 in the order of the rows, padded on the right to the longest of each; one pass a batch for all label words, whose log
probability is read where the text ends. Each line that comes in is all rows once.
"""

import json
import resource
import sys
import time

import torch
from peft import PromptTuningConfig, PromptTuningInit, get_peft_model
from transformers import AutoModelForCausalLM

folder, scoring = sys.argv[1], json.loads(sys.argv[2])
base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
length = scoring["promptLength"]
model = get_peft_model(
    base,
    PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=length, prompt_tuning_init=PromptTuningInit.RANDOM),
).eval()
# The same prompt as ours: the embeddings of tokens 10, 11, ...
model.prompt_encoder["default"].embedding.weight.data = base.get_input_embeddings().weight[10 : 10 + length].clone()
texts, labels = scoring["texts"], torch.tensor(scoring["labels"])


def say(**what):
    print(json.dumps({**what, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)


@torch.inference_mode()
def scores():
    found = []
    for first in range(0, len(texts), 16):
        rows = texts[first : first + 16]
        longest = max(map(len, rows))
        ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
        logits = model(input_ids=ids, attention_mask=mask).logits
        ends = torch.tensor([length + len(row) - 1 for row in rows])
        last = logits[torch.arange(len(rows)), ends].log_softmax(-1)
        found.append(last[:, labels])
    return torch.cat(found)


say(torch=torch.__version__)
for line in sys.stdin:
    if line.strip() == "end":
        break
    started = time.perf_counter()
    found = scores()
    say(seconds=time.perf_counter() - started, loss=-found[:, 0].mean().item())
