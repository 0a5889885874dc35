"""Compares what the product computes with a GGUF file with what transformers computes with its dequantised weights.

    python test/oracles/gguf_logits.py FILE.gguf

For the architectures llama and gemma3. The weights are those of the gguf package, once rounded to float16 as the product keeps them, and
once exact, which shows what the rounding costs. Prints the largest differences of logits, loss and prompt gradient.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import torch
from transformers import Gemma3ForCausalLM, Gemma3TextConfig, LlamaConfig, LlamaForCausalLM

LAYER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
NORMS = {
    "llama": {"ffn_norm": "post_attention_layernorm"},
    "gemma3": {
        "ffn_norm": "pre_feedforward_layernorm",
        "post_attention_norm": "post_attention_layernorm",
        "post_ffw_norm": "post_feedforward_layernorm",
    },
}


def name_of(name: str, names: dict[str, str]) -> str:
    if name == "token_embd.weight":
        return "model.embed_tokens.weight"
    if name == "output_norm.weight":
        return "model.norm.weight"
    _, layer, part, kind = name.split(".")
    return f"model.layers.{layer}.{names[part]}.{kind}"


def build(reader: gguf.GGUFReader, rounded: bool):
    field = lambda key: reader.fields[key].contents() if key in reader.fields else None
    arch = field("general.architecture")
    get = lambda key: field(f"{arch}.{key}")
    heads, kv = get("attention.head_count"), get("attention.head_count_kv")
    names = LAYER | NORMS[arch]
    weights = {}
    for tensor in reader.tensors:
        array = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        if arch == "gemma3" and "norm" in tensor.name:
            array = array - np.float32(1)
        if arch == "llama" and tensor.name.split(".")[-2] in ("attn_q", "attn_k"):
            count = heads if "attn_q" in tensor.name else kv
            array = array.reshape(count, -1, 2, array.shape[-1]).swapaxes(1, 2).reshape(array.shape)
        if rounded and tensor.tensor_type.name != "F32":
            array = array.astype(np.float16).astype(np.float32)
        weights[name_of(tensor.name, names)] = torch.from_numpy(np.ascontiguousarray(array))
    common = dict(
        vocab_size=weights["model.embed_tokens.weight"].shape[0],
        hidden_size=get("embedding_length"),
        intermediate_size=get("feed_forward_length"),
        num_hidden_layers=get("block_count"),
        num_attention_heads=heads,
        num_key_value_heads=kv,
        rms_norm_eps=get("attention.layer_norm_rms_epsilon"),
        max_position_embeddings=get("context_length"),
        tie_word_embeddings=True,
        attn_implementation="eager",
    )
    theta = get("rope.freq_base")
    if arch == "llama":
        config = LlamaConfig(**common, rope_parameters={"rope_type": "default", "rope_theta": theta})
        model = LlamaForCausalLM(config)
    else:
        # llama.cpp has the local theta and the pattern of layers in its code; these are Gemma 3's.
        ropes = {
            "full_attention": {"rope_type": "default", "rope_theta": theta},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0},
        }
        layers = ["full_attention" if (i + 1) % 6 == 0 else "sliding_attention" for i in range(get("block_count"))]
        width = get("attention.key_length")
        config = Gemma3TextConfig(
            **common,
            head_dim=width,
            query_pre_attn_scalar=width,
            sliding_window=get("attention.sliding_window"),
            layer_types=layers,
            rope_parameters=ropes,
        )
        model = Gemma3ForCausalLM(config)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert set(missing) <= {"lm_head.weight"} and not unexpected, (missing, unexpected)
    model.tie_weights()
    return model.float().eval()


def main() -> None:
    torch.set_num_threads(1)
    file = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["node", "test/oracles/gguf-logits.mjs", file, folder], check=True)
        told = json.loads((folder / "examples.json").read_text())
        read = lambda each: torch.from_numpy(np.fromfile(folder / f"{each}.f32", np.float32).copy())
        prompt, logits, gradient = read("prompt").reshape(told["shape"]), read("logits"), read("gradient")
    for rounded in (True, False):
        model = build(gguf.GGUFReader(file), rounded)
        scale = getattr(model.get_input_embeddings(), "scalar_embed_scale", 1.0)
        learned = prompt.clone().requires_grad_()
        rows, loss, tokens = [], 0, 0
        for example in told["examples"]:
            ids, targets = torch.tensor([example["inputIds"]]), torch.tensor([example["targetIds"]])
            words = model.get_input_embeddings()(torch.cat([ids, targets], dim=1))
            start = len(prompt) + ids.shape[1] - 1
            out = model(inputs_embeds=torch.cat([learned[None], words], dim=1)).logits[0, start : start + targets.shape[1]]
            loss = loss + torch.nn.functional.cross_entropy(out, targets[0], reduction="sum")
            tokens += targets.shape[1]
            rows.append(out.detach())
        (loss / tokens).backward()
        theirs = torch.cat(rows).flatten()
        print(f"weights {'rounded to float16' if rounded else 'exact'} (embeddings scaled by {float(scale):.3f}):")
        print(f"  logits    {len(theirs)}, up to {theirs.abs().max():.2f}, largest difference {(theirs - logits).abs().max():.2e}")
        print(f"  loss      {loss.item() / tokens:.6f} against {told['loss']:.6f}")
        largest = learned.grad.abs().max()
        print(f"  gradient  up to {largest:.3e}, largest difference {(learned.grad.flatten() - gradient).abs().max():.2e}")
        del model


main()
