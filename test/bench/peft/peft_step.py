"""PEFT's side of a comparison, a process of its own: `python peft_step.py MODEL_FOLDER WORKLOAD_JSON`.

The loop is the usual one: PEFT's model around transformers', labels of -100 where nothing is predicted, torch.optim.AdamW on what
requires a gradient. Each line that comes in is one optimiser step; each line that goes out says how long it took, and the process's
peak memory so far.
"""

import json
import resource
import sys
import time

import torch
from peft import PromptTuningConfig, PromptTuningInit, get_peft_model
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, T5ForConditionalGeneration

# PEFT 0.21 asks for a method by the name that transformers 4 gave it.
if not hasattr(T5ForConditionalGeneration, "_prepare_encoder_decoder_kwargs_for_generation"):
    T5ForConditionalGeneration._prepare_encoder_decoder_kwargs_for_generation = getattr(
        T5ForConditionalGeneration, "_prepare_text_encoder_decoder_kwargs_for_generation", None
    )

folder, workload = sys.argv[1], json.loads(sys.argv[2])
causal = workload["model"] not in ("t5Small",)
kind = AutoModelForCausalLM if causal else AutoModelForSeq2SeqLM
model = get_peft_model(
    kind.from_pretrained(folder, dtype=torch.float32),
    PromptTuningConfig(
        task_type="CAUSAL_LM" if causal else "SEQ_2_SEQ_LM",
        num_virtual_tokens=workload["promptLength"],
        prompt_tuning_init=PromptTuningInit.RANDOM,
    ),
)
# The same prompt as ours: the embeddings of tokens 10, 11, ...
first = model.get_base_model().get_input_embeddings().weight[10 : 10 + workload["promptLength"]]
model.prompt_encoder["default"].embedding.weight.data = first.detach().repeat(len(model.prompt_encoder["default"].embedding.weight) // len(first), 1)
model.train()
ids = torch.tensor(workload["ids"])
targets = workload["targetTokens"]
if causal:
    labels = ids.clone()
    labels[:, :-targets] = -100
else:
    labels = ids[:, :targets].clone()
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.03)
mask = torch.ones_like(ids)


def say(**what):
    print(json.dumps({**what, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)


say(ready=True, torch=torch.__version__, threads=torch.get_num_threads())
for line in sys.stdin:
    if line.strip() == "end":
        break
    started = time.perf_counter()
    loss = model(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    say(seconds=time.perf_counter() - started, loss=loss.item())
