"""Writes test/fixtures/quantisation/: what torch computes with models whose linear weights went through 4-bit blocks.

Run after models.py with torch, transformers, gguf and safetensors installed: `python test/oracles/quantisation.py`.
A folder holds a tiny model as it is before (config.json, model.safetensors in float16, a tokenizer), and of the same model with its
linear maps dequantised, in float32, expected.safetensors: prompt [P, D], its gradient, the logits at the target positions, and the
weights as they are dequantised. Codes are those of gguf's Q4_0; scales stay float32. expected.json holds the examples.
"""

import json
import shutil
from pathlib import Path

import gguf
import numpy as np
import torch
from safetensors.torch import save_file
from transformers import LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration

FIXTURES = Path(__file__).parent.parent / "fixtures"
PROMPT_LENGTH = 3
FIELDS = """model_type vocab_size hidden_size intermediate_size num_hidden_layers num_attention_heads num_key_value_heads rms_norm_eps
max_position_embeddings rope_parameters tie_word_embeddings bos_token_id eos_token_id pad_token_id d_model d_kv d_ff num_layers
num_decoder_layers num_heads feed_forward_proj layer_norm_epsilon scale_decoder_outputs decoder_start_token_id is_encoder_decoder
relative_attention_num_buckets relative_attention_max_distance""".split()


def dequantised(weight: torch.Tensor) -> torch.Tensor:
    """weight [out, in] in blocks of 32 along its last axis."""
    numbers = weight.float().numpy()
    stored = gguf.quants.quantize(numbers, gguf.GGMLQuantizationType.Q4_0).reshape(-1, 18)
    pairs = stored[:, 2:]
    codes = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.int8) - 8
    blocks = numbers.reshape(-1, 32)
    furthest = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1, keepdims=True), axis=1)
    scales = (furthest / np.float32(-8)).astype(np.float32)
    return torch.from_numpy((codes * scales).reshape(numbers.shape).astype(np.float32))


def scatter_weights(model):
    generator = torch.Generator().manual_seed(5)
    for name, parameter in model.named_parameters():
        random = torch.randn(parameter.shape, generator=generator)
        if parameter.ndim == 1:
            random = 1 + 0.2 * random
        elif not any(part in name for part in ("embed", "shared", "relative")):
            random = random * (0.5 if ".q." in name else 1.3) / parameter.shape[1] ** 0.5
        parameter.data.copy_(random.half())
    return model.eval()


def llama() -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=288,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        bos_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    return LlamaForCausalLM(config)


def t5() -> T5ForConditionalGeneration:
    config = T5Config(
        vocab_size=105,
        d_model=32,
        d_kv=8,
        d_ff=64,
        num_layers=1,
        num_decoder_layers=1,
        num_heads=4,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=0,
        attn_implementation="eager",
    )
    return T5ForConditionalGeneration(config)


def write(name: str, tokenizer: str, model) -> None:
    folder = FIXTURES / "quantisation" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(FIXTURES / "models" / tokenizer / "tokenizer.json", folder)
    scatter_weights(model)
    config = {key: value for key, value in model.config.to_dict().items() if key in FIELDS}
    (folder / "config.json").write_text(json.dumps(config, separators=(",", ":")) + "\n")
    save_file(
        {key: value.detach().half().contiguous() for key, value in model.named_parameters()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )

    linear = {}
    tied = model.get_input_embeddings().weight
    for key, module in model.named_modules():
        if isinstance(module, torch.nn.Linear) and module.weight is not tied:
            module.weight = torch.nn.Parameter(dequantised(module.weight.detach()), requires_grad=False)
            linear[f"{key}.weight"] = module.weight

    prompt = torch.randn(PROMPT_LENGTH, model.config.hidden_size, generator=torch.Generator().manual_seed(3)).requires_grad_()
    seq2seq = model.config.is_encoder_decoder
    examples = [{"inputIds": [9, 40, 77, 12, 5], "targetIds": [31]}, {"inputIds": [8, 61], "targetIds": [50, 7]}]
    losses, rows = [], []
    for example in examples:
        ids, target = torch.tensor([example["inputIds"]]), torch.tensor([example["targetIds"]])
        text = ids if seq2seq else torch.cat([ids, target], dim=1)
        inputs = torch.cat([prompt[None], model.get_input_embeddings()(text)], dim=1)
        if seq2seq:
            logits = model(inputs_embeds=inputs, labels=target).logits[0]
        else:
            start = PROMPT_LENGTH + ids.shape[1] - 1
            logits = model(inputs_embeds=inputs).logits[0, start : start + target.shape[1]]
        rows.append(logits)
        losses.append(torch.nn.functional.cross_entropy(logits, target[0], reduction="sum"))
    sum(losses).div(3).backward()
    (folder / "expected.json").write_text(json.dumps({"examples": examples, "linear": sorted(linear)}) + "\n")
    last = max(linear)
    save_file(
        {
            "prompt": prompt.detach(),
            "gradient": prompt.grad,
            "logits": torch.cat(rows).detach().contiguous(),
            last: linear[last].detach().contiguous(),
        },
        folder / "expected.safetensors",
    )
    print(name, f"largest gradient {prompt.grad.abs().max().item():.4f}", len(linear), "linear maps")


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    write("llama", "llama-tied", llama())
    write("t5", "t5-v1.1", t5())


main()
