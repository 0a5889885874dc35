"""Writes test/fixtures/models/rope-fields.json: which rope transformers makes of config.json files that tell it in several ways at once.

`python test/oracles/rope_fields.py`. Each case has the fields and the frequencies of each rope, times the factor of cosine and sine.
"""

import copy
import json

import torch
from model_fixtures import FIXTURES
from transformers import CONFIG_MAPPING
from transformers.models.gemma3.modeling_gemma3 import Gemma3RotaryEmbedding
from transformers.models.gpt_neox.modeling_gpt_neox import GPTNeoXRotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

SIZES = {
    "hidden_size": 16,
    "intermediate_size": 16,
    "num_attention_heads": 2,
    "num_hidden_layers": 6,
    "vocab_size": 32,
    "max_position_embeddings": 64,
}
LINEAR = {"type": "linear", "factor": 2.0}
PLAIN = {"rope_type": "default", "rope_theta": 500.0}
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 32}
CASES = [
    ("llama", {}),
    ("llama", {"rope_theta": 70.0, "rope_parameters": None}),
    ("llama", {"rope_scaling": LINEAR, "rope_parameters": PLAIN}),
    ("llama", {"rope_scaling": LINEAR, "rope_parameters": PLAIN, "rope_theta": 70.0}),
    ("llama", {"rope_scaling": {**LINEAR, "rope_theta": 30.0}, "rope_theta": 70.0}),
    ("llama", {"rope_scaling": {}, "rope_parameters": {**PLAIN, **LLAMA3}, "rope_theta": 70.0}),
    ("llama", {"rope_scaling": None, "rope_parameters": PLAIN, "rope_theta": 70.0}),
    ("llama", {"rope_scaling": LLAMA3, "rope_parameters": {**PLAIN, **LLAMA3, "factor": 4.0}, "rope_theta": 70.0}),
    ("llama", {"rope_parameters": {"rope_type": "linear", "factor": 4.0}, "rope_theta": 70.0}),
    ("llama", {"rope_parameters": {"type": "default", "rope_type": "linear", "factor": 4.0}}),
    ("qwen2", {"rope_scaling": {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16}, "rope_parameters": PLAIN}),
    ("smollm3", {"rope_scaling": LINEAR}),
    ("gpt_neox", {"rotary_emb_base": 70, "rotary_pct": 0.5}),
    ("gpt_neox", {"rotary_emb_base": 70, "rotary_pct": 0.5, "rope_scaling": LINEAR, "rope_parameters": {**PLAIN, "partial_rotary_factor": 1.0}}),
    ("gpt_neox", {"rope_parameters": {**PLAIN, "partial_rotary_factor": 1.0}}),
    ("gemma3_text", {"rope_scaling": {"rope_type": "linear", "factor": 8.0}, "rope_theta": 90.0, "rope_local_base_freq": 30.0}),
    ("gemma3_text", {"rope_scaling": LINEAR, "rope_parameters": {"full_attention": dict(PLAIN, rope_type="linear"), "sliding_attention": PLAIN}}),
    ("gemma3_text", {"rope_parameters": {"full_attention": PLAIN}, "rope_local_base_freq": 30.0}),
]


def ropes(kind: str, fields: dict) -> dict:
    """Beginning of the name of a table of positions -> frequencies times factor."""
    more = {"head_dim": 8, "num_key_value_heads": 2} if kind == "gemma3_text" else {}
    config = CONFIG_MAPPING[kind].from_dict(copy.deepcopy({**SIZES, **more, "model_type": kind, **fields}))
    if kind == "gemma3_text":
        rope = Gemma3RotaryEmbedding(config)
        return {
            f"{type_}.": [getattr(rope, f"{type_}_inv_freq").tolist(), getattr(rope, f"{type_}_attention_scaling")]
            for type_ in ("full_attention", "sliding_attention")
        }
    rope = (GPTNeoXRotaryEmbedding if kind == "gpt_neox" else LlamaRotaryEmbedding)(config)
    return {"": [rope.inv_freq.tolist(), rope.attention_scaling]}


def main() -> None:
    torch.set_num_threads(1)
    cases = []
    for kind, fields in CASES:
        more = {"head_dim": 8, "num_key_value_heads": 2} if kind == "gemma3_text" else {}
        cases.append({"fields": {**SIZES, **more, "model_type": kind, **fields}, "ropes": ropes(kind, fields)})
    (FIXTURES / "rope-fields.json").write_text("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


if __name__ == "__main__":
    main()
