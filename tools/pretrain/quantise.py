"""Writes a model folder in the shipped format: config.json, tokenizer.json, tokenizer_config.json, model.gguf.

Matrices of the blocks are Q4_1 (blocks of 32, 5 bits a weight), the embedding is Q8_0, norms are F32. Weights which were not
trained come out bit for bit as in the teacher's own Q4_1 file, because that file's grid is found again.
"""

import argparse
import json
from pathlib import Path

import gguf
import numpy as np
import torch

from llama import Config, Llama, interleaved
from vocabulary import Merge, tokenizer_json

FOUR_BITS = gguf.GGMLQuantizationType.Q4_1
EIGHT_BITS = gguf.GGMLQuantizationType.Q8_0


def on_grid(weight: torch.Tensor) -> torch.Tensor:
    """What Q4_1 keeps of a matrix: per 32 weights of a row a minimum and a step, both float16."""
    blocks = weight.detach().reshape(-1, 32)
    low = blocks.amin(1, keepdim=True)
    step = (blocks.amax(1, keepdim=True) - low) / 15
    step, low = step.half().float(), low.half().float()
    levels = torch.where(step > 0, (blocks - low) / step, torch.zeros(())).round().clamp(0, 15)
    return (levels * step + low).reshape(weight.shape)


def packed(weight: np.ndarray) -> np.ndarray:
    """Q4_1 bytes by the formula of `on_grid`: step and minimum as float16, then 16 bytes with weights i (low half) and i + 16."""
    rows, columns = weight.shape
    blocks = weight.reshape(-1, 32).astype(np.float32)
    low = blocks.min(1, keepdims=True)
    step = ((blocks.max(1, keepdims=True) - low) / np.float32(15)).astype(np.float16)
    low = low.astype(np.float16)
    wide = step.astype(np.float32)
    levels = np.divide(blocks - low.astype(np.float32), wide, out=np.zeros_like(blocks), where=wide > 0)
    levels = np.clip(np.rint(levels), 0, 15).astype(np.uint8)
    nibbles = levels[:, :16] | (levels[:, 16:] << 4)
    return np.concatenate([step.view(np.uint8), low.view(np.uint8), nibbles], axis=1).reshape(rows, columns // 32 * 20)


def write_model(folder: Path, model: Llama, tokens: list[str], merges: list[Merge], special: int):
    folder.mkdir(parents=True, exist_ok=True)
    c = model.config
    (folder / "tokenizer.json").write_text(tokenizer_json(tokens, merges, special))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast",
        "add_bos_token": False,
        "add_eos_token": False,
        "add_prefix_space": False,
        "bos_token": tokens[0],
        "eos_token": tokens[0],
        "pad_token": tokens[0],
        "unk_token": tokens[0],
        "clean_up_tokenization_spaces": False,
        "model_max_length": 2048,
    }, indent=2) + "\n")
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": c.width,
        "intermediate_size": c.feed_forward,
        "num_hidden_layers": c.layers,
        "num_attention_heads": c.heads,
        "num_key_value_heads": c.key_value_heads,
        "head_dim": c.head_width,
        "vocab_size": c.vocabulary,
        "max_position_embeddings": 2048,
        "rope_theta": c.rope_theta,
        "rms_norm_eps": 1e-5,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": 0,
        "eos_token_id": 0,
        "pad_token_id": 0,
        "torch_dtype": "float32",
    }, indent=2) + "\n")
    temporary = folder / "model.gguf.tmp"
    writer = gguf.GGUFWriter(str(temporary), "llama")
    writer.add_name("Soft Prompt Studio sample model")
    writer.add_description("First and last layers of SmolLM2-135M-Instruct, vocabulary trimmed, healed by distillation")
    writer.add_license("apache-2.0")
    writer.add_block_count(c.layers)
    writer.add_context_length(2048)
    writer.add_embedding_length(c.width)
    writer.add_feed_forward_length(c.feed_forward)
    writer.add_head_count(c.heads)
    writer.add_head_count_kv(c.key_value_heads)
    writer.add_rope_freq_base(c.rope_theta)
    writer.add_rope_dimension_count(c.head_width)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(c.vocabulary)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_1)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    writer.add_token_types([gguf.TokenType.CONTROL if i < special else gguf.TokenType.NORMAL for i in range(len(tokens))])
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)
    writer.add_add_bos_token(False)
    for name, tensor in model.state_dict().items():
        weight = tensor.detach().float().numpy()
        if name.endswith("attn_q.weight"):
            weight = interleaved(weight, c.heads)
        if name.endswith("attn_k.weight"):
            weight = interleaved(weight, c.key_value_heads)
        if weight.ndim == 1:
            writer.add_tensor(name, weight)
        elif name == "token_embd.weight":
            writer.add_tensor(name, gguf.quants.quantize(weight, EIGHT_BITS), raw_dtype=EIGHT_BITS)
        else:
            writer.add_tensor(name, packed(np.ascontiguousarray(weight)), raw_dtype=FOUR_BITS)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    temporary.rename(folder / "model.gguf")
    total = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{folder}: {total / 2**20:.2f} MiB")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("work", type=Path)
    arguments.add_argument("folder", type=Path, help="where the model goes, media/model for example")
    arguments.add_argument("--name", default="healed")
    a = arguments.parse_args()
    state = torch.load(a.work / f"{a.name}.pt")["model"]
    start = json.loads((a.work / "start/config.json").read_text())
    layers = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("blk."))
    config = Config(
        layers, start["hidden_size"], start["num_attention_heads"], start["num_key_value_heads"], start["intermediate_size"],
        start["vocab_size"], start["rope_theta"], start["rms_norm_eps"],
    )
    with torch.device("meta"):
        model = Llama(config)
    model.load_state_dict(state, assign=True)
    tokenizer = json.loads((a.work / "start/tokenizer.json").read_text())
    merges = [tuple(merge) for merge in tokenizer["model"]["merges"]]
    write_model(a.folder, model, list(tokenizer["model"]["vocab"]), merges, special=3)


if __name__ == "__main__":
    main()
