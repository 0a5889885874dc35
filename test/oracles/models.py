"""Writes test/fixtures/models/: tiny random-weight models and what torch and transformers compute with them.

Run with torch, transformers, peft, tokenizers and safetensors installed: `python test/oracles/models.py`, or with names of models
to write only those.
Each model folder holds config.json, weights and a tokenizer, as a downloaded model has them, plus
  expected.json          examples and scoring requests (token ids), loss, log-probabilities, greedy flags, texts as ids
  expected.safetensors   prompt [P, D], its gradient [P, D], logits at the target positions [targets, vocabulary]
The forward pass is PEFT's: inputs_embeds = [prompt ; E(ids)], attention mask widened by ones, right padding.
"""

import json
import sys

import torch
from model_fixtures import FIXTURES, write_json, write_model
from safetensors.torch import save_file
from tiny_models import BART, CAUSAL, ENCODER_DECODER, GEMMA3_WITH_IMAGES, build, scatter_weights
from tiny_tokenizers import bart_tokenizer, byte_level_tokenizer, unigram_tokenizer
from transformers import LlamaConfig, LlamaForCausalLM, T5Config, T5ForConditionalGeneration
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.bloom import modeling_bloom
from transformers.models.t5 import modeling_t5


def llama(vocabulary: int, **fields) -> LlamaForCausalLM:
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=64,
        bos_token_id=1,
        eos_token_id=2,
        attn_implementation="eager",
        **fields,
    )
    return scatter_weights(LlamaForCausalLM(config))


def t5(vocabulary: int, **fields) -> T5ForConditionalGeneration:
    config = T5Config(
        vocab_size=vocabulary,
        d_model=16,
        d_kv=6,
        d_ff=32,
        num_layers=2,
        num_decoder_layers=3,
        num_heads=4,
        decoder_start_token_id=0,
        attn_implementation="eager",
        **fields,
    )
    model = T5ForConditionalGeneration(config)
    if fields.get("tie_word_embeddings") is False:
        model.lm_head.weight = torch.nn.Parameter(torch.empty(vocabulary, 16))
    return scatter_weights(model)


def classic_llama(model: LlamaForCausalLM, rope_theta: float, **fields) -> dict:
    """config.json as transformers 4 wrote it."""
    c = model.config
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": c.vocab_size,
        "hidden_size": c.hidden_size,
        "intermediate_size": c.intermediate_size,
        "num_hidden_layers": c.num_hidden_layers,
        "num_attention_heads": c.num_attention_heads,
        "num_key_value_heads": c.num_key_value_heads,
        "max_position_embeddings": c.max_position_embeddings,
        "rms_norm_eps": c.rms_norm_eps,
        "rope_theta": rope_theta,
        "rope_scaling": None,
        "hidden_act": "silu",
        "attention_bias": False,
        "mlp_bias": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "torch_dtype": "float32",
        **fields,
    }


def classic_t5(model: T5ForConditionalGeneration, **fields) -> dict:
    c = model.config
    names = ["vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_decoder_layers", "num_heads"]
    names += ["relative_attention_num_buckets", "relative_attention_max_distance", "feed_forward_proj", "layer_norm_epsilon"]
    return {
        "architectures": ["T5ForConditionalGeneration"],
        "model_type": "t5",
        "is_encoder_decoder": True,
        **{name: getattr(c, name) for name in names},
        "pad_token_id": 0,
        "eos_token_id": 1,
        "decoder_start_token_id": 0,
        **fields,
    }


def write_buckets() -> None:
    """T5's buckets of the distances -300 to 300 (key minus query), as transformers has them."""
    distances = torch.arange(-300, 301)
    bucket = modeling_t5.T5Attention._relative_position_bucket
    cases = [
        {
            "bidirectional": bidirectional,
            "buckets": buckets,
            "maxDistance": furthest,
            "of": bucket(distances, bidirectional, buckets, furthest).tolist(),
        }
        for bidirectional in (True, False)
        for buckets, furthest in ((32, 128), (12, 17))
    ]
    write_json(FIXTURES / "t5-buckets.json", cases)


def write_ropes() -> None:
    """Frequencies and factor of ropes with every scaling, for texts of some lengths, as transformers computes them."""
    llama3 = {"rope_type": "llama3", "factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0}
    yarn = {"rope_type": "yarn", "factor": 4.0}
    longrope = {"rope_type": "longrope", "short_factor": [1.0, 1.1, 1.5, 2.0], "long_factor": [1.2, 2.0, 8.0, 20.0]}
    cases = [
        {"width": 64, "theta": 500000.0, "scaling": {**llama3, "original_max_position_embeddings": 8192}},
        {"width": 16, "theta": 100.0, "scaling": {**llama3, "factor": 8.0, "original_max_position_embeddings": 64}},
        {"width": 16, "theta": 10000.0, "scaling": {"rope_type": "linear", "factor": 2.5}},
        {"width": 16, "theta": 10000.0, "scaling": {"rope_type": "dynamic", "factor": 4.0}, "lengths": [100, 2048, 2049, 8000]},
        {"width": 64, "theta": 1000000.0, "scaling": {**yarn, "original_max_position_embeddings": 32768}},
        {"width": 16, "theta": 10000.0, "scaling": {**yarn, "factor": 40.0, "mscale": 0.7, "mscale_all_dim": 1.3, "truncate": False}},
        {"width": 16, "theta": 10000.0, "scaling": {**yarn, "beta_fast": 8.0, "beta_slow": 2.0, "attention_factor": 0.9}},
        {"width": 16, "theta": 10000.0, "scaling": {**yarn, "mscale": 0.7, "original_max_position_embeddings": 128}},
        {"width": 8, "theta": 10000.0, "scaling": {**longrope, "original_max_position_embeddings": 128}, "lengths": [128, 129]},
        {"width": 8, "theta": 100.0, "scaling": {**longrope, "factor": 2.5, "attention_factor": 0.8}, "lengths": [2048, 2049]},
    ]
    for case in cases:
        case.setdefault("lengths", [100])
        config = LlamaConfig(
            hidden_size=case["width"],
            num_attention_heads=1,
            max_position_embeddings=2048,
            rope_parameters={**case["scaling"], "rope_theta": case["theta"]},
        )
        computed = [ROPE_INIT_FUNCTIONS[case["scaling"]["rope_type"]](config, seq_len=length) for length in case["lengths"]]
        case["frequencies"] = [frequencies.tolist() for frequencies, _ in computed]
        case["factor"] = computed[0][1]
    write_json(FIXTURES / "ropes.json", cases)


def write_slopes() -> None:
    """What ALiBi takes off each head's scores a position, for some numbers of heads, as transformers computes it for BLOOM."""
    slopes = {heads: modeling_bloom._get_alibi_slopes(heads, torch.device("cpu")).tolist() for heads in (1, 2, 6, 12, 14, 16, 112)}
    write_json(FIXTURES / "alibi-slopes.json", slopes)


def write_llamas_and_t5() -> None:
    """Storage types, shards, tied and untied heads."""
    plain, with_bos, unigram = byte_level_tokenizer(False), byte_level_tokenizer(True), unigram_tokenizer()
    size = plain.get_vocab_size()
    rope = {"rope_type": "default", "rope_theta": 500.0}

    model = llama(size, num_key_value_heads=2, head_dim=6, rope_parameters=rope, tie_word_embeddings=False)
    write_model("llama-untied", model, with_bos, classic_llama(model, 500.0, head_dim=6, tie_word_embeddings=False))

    model = llama(size, num_key_value_heads=2, tie_word_embeddings=True, rms_norm_eps=1e-5)
    write_model("llama-tied", model, plain, json.loads(model.config.to_json_string(use_diff=False)))

    model = llama(size, num_key_value_heads=1, tie_word_embeddings=True)
    write_model("llama-bf16", model, plain, classic_llama(model, 10000.0, tie_word_embeddings=True), torch.bfloat16)

    model = llama(size, num_key_value_heads=4, tie_word_embeddings=False)
    write_model("llama-sharded", model, plain, classic_llama(model, 10000.0), torch.float16, shards=3)

    model = t5(unigram.get_vocab_size(), feed_forward_proj="relu")
    write_model("t5-v1.0", model, unigram, classic_t5(model))

    model = t5(
        unigram.get_vocab_size(),
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        relative_attention_num_buckets=12,
        relative_attention_max_distance=17,
    )
    write_model("t5-v1.1", model, unigram, classic_t5(model, tie_word_embeddings=False))
    write_buckets()
    write_ropes()
    write_slopes()


def write_architectures(names: list[str]) -> None:
    """One or more of every other architecture; all of them where no names are given."""
    plain, unigram = byte_level_tokenizer(False), unigram_tokenizer()
    wanted = lambda config_of: {name: config for name, config in config_of.items() if not names or name in names}  # noqa: E731
    # As older checkpoints have their tensors.
    renamed = {
        "gpt2-untied": lambda name: name.removeprefix("transformer."),
        "opt-norm-behind": lambda name: name.removeprefix("model."),
        "gpt_neo-local": lambda name: name.removeprefix("transformer."),
        "gptj-tied": lambda name: name.removeprefix("transformer."),
        "bloom-normed-residual": lambda name: name.removeprefix("transformer."),
        "gpt_neox": lambda name: name.replace("lm_head", "embed_out"),
    }
    for name, config in wanted(CAUSAL).items():
        config = {**config, "vocab_size": plain.get_vocab_size()}
        # A dynamic rope and LongRoPE are another one for a longer text, so what is scored in one batch must not be longer than it was made for.
        scored = (0, 3, 3) if name in ("llama-dynamic", "phi3") else (0, 1, 3)
        write_model(name, build(config), plain, config, rename=renamed.get(name, str), scored=scored)
    for name, config in wanted({"gemma3": GEMMA3_WITH_IMAGES}).items():
        config = {**config, "text_config": {**config["text_config"], "vocab_size": plain.get_vocab_size()}}
        write_model(name, build(config), plain, config)
    for name, config in wanted(ENCODER_DECODER).items():
        config = {**config, "vocab_size": unigram.get_vocab_size()}
        write_model(name, build(config, untied_head=not config["tie_word_embeddings"]), unigram, config)
    for name, config in wanted(BART).items():
        tokenizer = bart_tokenizer()
        config = {**config, "vocab_size": tokenizer.get_vocab_size()}
        model = build(config)
        if name == "bart-scaled":
            model.final_logits_bias.normal_(generator=torch.Generator().manual_seed(5))
        write_model(name, model, tokenizer, config, rename=str if name == "bart-scaled" else lambda each: each.removeprefix("model."))


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    assert modeling_t5.T5LayerNorm.__module__.startswith("transformers"), "the plain layer norm, not apex's"
    names = sys.argv[1:]
    if not names:
        write_llamas_and_t5()
    write_architectures(names)


if __name__ == "__main__":
    main()
