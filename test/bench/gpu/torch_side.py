"""The torch side of the GPU bench.

torch_side.py peak DTYPE                           multiplications and additions a second of a large matrix product
torch_side.py step FOLDER WORKLOAD DTYPE MODE      steps of prompt tuning, one for each line that comes in; MODE is eager or compiled

Each line that goes out is JSON. Runs on CUDA where there is a GPU, on the CPU otherwise.
"""

import json
import resource
import sys
import time

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM

device = "cuda" if torch.cuda.is_available() else "cpu"
# float32 means float32: TF32 has 11 bits.
torch.backends.cuda.matmul.allow_tf32 = False


def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()


def say(**what):
    print(json.dumps({**what, "peak": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)


def peak(dtype):
    n = 8192 if device == "cuda" else 512
    a, b = (torch.randn(n, n, device=device, dtype=getattr(torch, dtype)) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        synchronize()
        started = time.perf_counter()
        a @ b
        synchronize()
        best = min(best, time.perf_counter() - started)
    say(flops=2 * n**3 / best)


def step(folder, workload, dtype, mode):
    length, targets = workload["promptLength"], workload["targetTokens"]
    config = AutoConfig.from_pretrained(folder)
    kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    model = kind.from_pretrained(folder, dtype=getattr(torch, dtype)).to(device).eval().requires_grad_(False)
    embed = model.get_input_embeddings()
    # The same prompt as ours: the embeddings of tokens 10, 11, ...
    prompt = embed.weight[10 : 10 + length].detach().float().clone().requires_grad_()
    optimizer = torch.optim.AdamW([prompt], lr=0.03)
    ids = torch.tensor(workload["ids"], device=device)
    if config.is_encoder_decoder:
        labels = ids[:, :targets].clone()
    else:
        labels = torch.cat([torch.full((len(ids), length), -100, device=device), ids], 1)
        labels[:, :-targets] = -100

    def loss_of():
        front = prompt.to(model.dtype).expand(len(ids), -1, -1)
        return model(inputs_embeds=torch.cat([front, embed(ids)], 1), labels=labels).loss

    compute = torch.compile(loss_of) if mode == "compiled" else loss_of
    say(device=torch.cuda.get_device_name() if device == "cuda" else "CPU")
    for line in sys.stdin:
        if line.strip() == "end":
            break
        synchronize()
        started = time.perf_counter()
        loss = compute()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        synchronize()
        say(seconds=time.perf_counter() - started, loss=loss.item())


what, *rest = sys.argv[1:]
if what == "peak":
    peak(*rest)
else:
    folder, workload, dtype, mode = rest
    step(folder, json.loads(workload), dtype, mode)
