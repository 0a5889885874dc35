"""The torch side of the GPU bench.

torch_side.py make SHAPE FOLDER            a model of random weights, float16 on disk
torch_side.py peak DTYPE                   multiply-adds a second of a large matrix product
torch_side.py step FOLDER WORKLOAD DTYPE MODE STEPS   steps of prompt tuning; MODE is eager or compiled

Each prints one JSON line. Runs on CUDA where there is a GPU, on the CPU otherwise.
"""

import json
import sys
import time

import torch
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, LlamaConfig, T5Config

device = "cuda" if torch.cuda.is_available() else "cpu"


def t5(d, ff, heads, layers, vocabulary=32128, kv=64):
    return T5Config(
        d_model=d, d_ff=ff, d_kv=kv, num_heads=heads, num_layers=layers, num_decoder_layers=layers,
        vocab_size=vocabulary, feed_forward_proj="gated-gelu", tie_word_embeddings=False, dropout_rate=0.0,
        decoder_start_token_id=0,
    )


def llama(d, ff, heads, groups, layers, vocabulary):
    return LlamaConfig(
        hidden_size=d, intermediate_size=ff, num_attention_heads=heads, num_key_value_heads=groups,
        num_hidden_layers=layers, vocab_size=vocabulary, tie_word_embeddings=True, max_position_embeddings=2048,
    )


SHAPES = {
    "t5-tiny": lambda: t5(32, 64, 2, 2, vocabulary=128, kv=16),
    "t5-small": lambda: t5(512, 1024, 6, 8),
    "t5-base": lambda: t5(768, 2048, 12, 12),
    "llama-tiny": lambda: llama(32, 64, 2, 1, 2, 128),
    "smollm2-135m": lambda: llama(576, 1536, 9, 3, 30, 49152),
    "llama-1b": lambda: llama(2048, 8192, 32, 8, 16, 128256),
}


def model_class(config):
    return AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM


def make(shape, folder):
    torch.manual_seed(0)
    config = SHAPES[shape]()
    model = model_class(config).from_config(config).half()
    model.save_pretrained(folder, safe_serialization=True)
    embeddings = sum(e.weight.numel() for e in {model.get_input_embeddings(), model.get_output_embeddings()})
    if config.tie_word_embeddings:
        embeddings = model.get_input_embeddings().weight.numel()
    return {"parameters": sum(p.numel() for p in model.parameters()), "embeddings": embeddings}


def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()


def peak(dtype):
    # float32 means float32: TF32 has 11 bits.
    torch.backends.cuda.matmul.allow_tf32 = False
    n = 8192 if device == "cuda" else 512
    a, b = (torch.randn(n, n, device=device, dtype=getattr(torch, dtype)) for _ in range(2))
    best = float("inf")
    for _ in range(10):
        synchronize()
        started = time.perf_counter()
        a @ b
        synchronize()
        best = min(best, time.perf_counter() - started)
    return {"flops": 2 * n**3 / best}


def step(folder, workload, dtype, mode, steps):
    torch.backends.cuda.matmul.allow_tf32 = False
    batch, tokens, length = workload["batch"], workload["tokens"], workload["promptLength"]
    config = AutoConfig.from_pretrained(folder)
    model = model_class(config).from_pretrained(folder, dtype=getattr(torch, dtype)).to(device).eval().requires_grad_(False)
    width, vocabulary = model.get_input_embeddings().weight.shape[1], config.vocab_size
    prompt = torch.sin(torch.arange(length * width, device=device).float()).div(10).view(length, width).requires_grad_()
    optimizer = torch.optim.AdamW([prompt], lr=1e-3, weight_decay=0.0)

    def token(at):
        return 3 + (at * 7919) % (vocabulary - 3)

    inputs = torch.tensor([[token(r * tokens + i) for i in range(tokens)] for r in range(batch)], device=device)
    targets = torch.tensor([[token(r), token(r + 1)] for r in range(batch)], device=device)

    def loss_of():
        embed = model.get_input_embeddings()
        front = prompt.to(model.dtype).expand(batch, -1, -1)
        if config.is_encoder_decoder:
            return model(inputs_embeds=torch.cat([front, embed(inputs)], 1), labels=targets).loss
        text = torch.cat([inputs, targets], 1)
        labels = torch.cat([torch.full((batch, length + tokens), -100, device=device), targets], 1)
        return model(inputs_embeds=torch.cat([front, embed(text)], 1), labels=labels).loss

    compute = torch.compile(loss_of) if mode == "compiled" else loss_of
    seconds, first = [], None
    for i in range(3 + steps):
        synchronize()
        started = time.perf_counter()
        loss = compute()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        synchronize()
        first = float(loss) if first is None else first
        if i >= 3:
            seconds.append(time.perf_counter() - started)
    return {"seconds": seconds, "loss": first, "device": torch.cuda.get_device_name() if device == "cuda" else "cpu"}


what, *rest = sys.argv[1:]
if what == "make":
    result = make(*rest)
elif what == "peak":
    result = peak(*rest)
else:
    folder, workload, dtype, mode, steps = rest
    result = step(folder, json.loads(workload), dtype, mode, int(steps))
print(json.dumps(result))
