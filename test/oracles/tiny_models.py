"""Tiny models with random weights, one or more of every architecture, each as its config.json tells it.

The files are written as the published ones are, some as transformers 4 left them, some as transformers 5 does; the model is built from
what transformers reads in them.
"""

import copy

import torch
from transformers import CONFIG_MAPPING, AutoModelForCausalLM, AutoModelForImageTextToText, AutoModelForSeq2SeqLM, PreTrainedModel

LLAMA_LIKE = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
    "hidden_act": "silu",
    "tie_word_embeddings": True,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "torch_dtype": "float32",
    "use_cache": True,
    "initializer_range": 0.02,
}

GEMMA_LIKE = {
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 6,
    "query_pre_attn_scalar": 10,
    "hidden_activation": "gelu_pytorch_tanh",
    "max_position_embeddings": 64,
    "sliding_window": 6,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
    "cache_implementation": "hybrid",
    "attention_bias": False,
    "attention_dropout": 0.0,
}

PHI3_LIKE = {
    "model_type": "phi3",
    "hidden_size": 16,
    "intermediate_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "num_key_value_heads": 1,
    "hidden_act": "silu",
    "max_position_embeddings": 64,
    "rms_norm_eps": 1e-5,
    "embd_pdrop": 0.0,
    "resid_pdrop": 0.0,
    "attention_dropout": 0.0,
    "sliding_window": None,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 0,
}

# Rotary scalings, of heads of 12 numbers: fast, middling and slow pairs.
SCALED = {**LLAMA_LIKE, "model_type": "llama", "num_hidden_layers": 2, "num_attention_heads": 2, "head_dim": 12, "rope_theta": 100.0}

CAUSAL = {
    "llama-linear": {
        **SCALED,
        "attention_bias": True,
        "mlp_bias": True,
        "rope_scaling": {"type": "linear", "factor": 2.5},
    },
    "llama-dynamic": {**SCALED, "max_position_embeddings": 24, "rope_scaling": {"type": "dynamic", "factor": 4.0}},
    "llama-llama3": {
        **SCALED,
        "rope_scaling": {
            "factor": 8.0,
            "high_freq_factor": 4.0,
            "low_freq_factor": 1.0,
            "original_max_position_embeddings": 64,
            "rope_type": "llama3",
        },
    },
    "llama-yarn": {
        **{key: value for key, value in SCALED.items() if key != "rope_theta"},
        "rope_parameters": {
            "rope_type": "yarn",
            "rope_theta": 100.0,
            "factor": 4.0,
            "original_max_position_embeddings": 32,
            "beta_fast": 4.0,
            "beta_slow": 1.0,
        },
    },
    "mistral": {**LLAMA_LIKE, "model_type": "mistral", "head_dim": 6, "rope_theta": 1000.0, "sliding_window": 7},
    "qwen2": {
        **LLAMA_LIKE,
        "model_type": "qwen2",
        "rope_theta": 1000.0,
        "use_sliding_window": True,
        "sliding_window": 6,
        "max_window_layers": 1,
    },
    "qwen3": {
        **LLAMA_LIKE,
        "model_type": "qwen3",
        "head_dim": 6,
        "attention_bias": True,
        "tie_word_embeddings": False,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0},
        "use_sliding_window": True,
        "sliding_window": 5,
        "layer_types": ["full_attention", "sliding_attention", "full_attention"],
    },
    # The two ways in which SmolLM3 tells which layers know no positions; in the second they see windows.
    "smollm3": {
        **LLAMA_LIKE,
        "model_type": "smollm3",
        "pad_token_id": 0,
        "num_hidden_layers": 4,
        "rope_theta": 1000.0,
        "no_rope_layers": [1, 0, 1, 1],
        "no_rope_layer_interval": 4,
        "layer_types": ["full_attention"] * 4,
        "max_window_layers": 28,
        "sliding_window": None,
        "use_sliding_window": False,
        "pretraining_tp": 2,
        "attention_bias": False,
        "mlp_bias": False,
    },
    "smollm3-windows": {
        **LLAMA_LIKE,
        "model_type": "smollm3",
        "pad_token_id": 0,
        "num_hidden_layers": 2,
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000.0},
        "no_rope_layer_interval": 2,
        "sliding_window": 6,
        "use_sliding_window": True,
        "attention_bias": True,
        "mlp_bias": True,
        "tie_word_embeddings": False,
    },
    "olmo2": {
        **{key: value for key, value in LLAMA_LIKE.items() if key != "rms_norm_eps"},
        "model_type": "olmo2",
        "num_hidden_layers": 2,
        "rope_theta": 1000.0,
        "rope_scaling": None,
        "attention_bias": False,
        "attention_dropout": 0.0,
        "tie_word_embeddings": False,
    },
    "granite": {
        **LLAMA_LIKE,
        "model_type": "granite",
        "num_hidden_layers": 2,
        "rope_theta": 1000.0,
        "rope_scaling": None,
        "attention_bias": True,
        "mlp_bias": True,
        "embedding_multiplier": 3.0,
        "attention_multiplier": 0.4,
        "residual_multiplier": 0.6,
        "logits_scaling": 1.7,
    },
    # LongRoPE of a part of each head (Phi-4-mini). The batch of the four examples is longer than the trained length, most of them are not.
    "phi3": {
        **PHI3_LIKE,
        "original_max_position_embeddings": 24,
        "partial_rotary_factor": 0.75,
        "rope_theta": 1000.0,
        "rope_scaling": {
            "type": "longrope",
            "short_factor": [1.0, 1.3, 1.9],
            "long_factor": [1.1, 2.5, 6.0],
        },
        "attention_bias": False,
        "mlp_bias": False,
        "lm_head_bias": False,
        "full_attn_mod": 1,
        "interpolate_factor": 1,
        "tie_word_embeddings": True,
    },
    # Short factors with a window, as Phi-3.5 has them, and as transformers 5 writes them; what counts is the outer trained length.
    "phi3-window": {
        **PHI3_LIKE,
        "max_position_embeddings": 96,
        "original_max_position_embeddings": 48,
        "sliding_window": 7,
        "rope_parameters": {
            "rope_type": "longrope",
            "rope_theta": 1000.0,
            "short_factor": [1.0, 1.2, 1.5, 2.0],
            "long_factor": [1.1, 2.5, 6.0, 9.0],
            "factor": 3.0,
            "attention_factor": 1.1,
            "original_max_position_embeddings": 16,
            "partial_rotary_factor": 1.0,
        },
    },
    "gemma": {
        **{key: value for key, value in GEMMA_LIKE.items() if key not in ("query_pre_attn_scalar", "sliding_window")},
        "model_type": "gemma",
        "num_hidden_layers": 2,
        "num_key_value_heads": 1,
        "hidden_act": "gelu",
        "hidden_activation": None,
        "rope_theta": 1000.0,
        "rope_scaling": None,
    },
    "gemma2": {
        **GEMMA_LIKE,
        "model_type": "gemma2",
        "hidden_act": "gelu_pytorch_tanh",
        "rope_theta": 1000.0,
        "attn_logit_softcapping": 3.0,
        "final_logit_softcapping": 4.0,
    },
    "gemma3_text": {
        **GEMMA_LIKE,
        "model_type": "gemma3_text",
        "rope_theta": 1000.0,
        "rope_local_base_freq": 20.0,
        "rope_scaling": {"factor": 2.0, "rope_type": "linear"},
        "sliding_window_pattern": 2,
        "attn_logit_softcapping": None,
        "final_logit_softcapping": 4.0,
    },
    "gpt2": {
        "model_type": "gpt2",
        "n_embd": 16,
        "n_head": 4,
        "n_layer": 3,
        "n_positions": 64,
        "n_ctx": 64,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "attn_pdrop": 0.1,
        "embd_pdrop": 0.1,
        "resid_pdrop": 0.1,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "summary_type": "cls_index",
    },
    "gpt2-untied": {
        "model_type": "gpt2",
        "n_embd": 16,
        "n_head": 2,
        "n_layer": 2,
        "n_inner": 40,
        "n_positions": 48,
        "activation_function": "relu",
        "layer_norm_epsilon": 1e-3,
        "scale_attn_by_inverse_layer_idx": True,
        "tie_word_embeddings": False,
        "eos_token_id": 2,
    },
    "gpt_neox": {
        "model_type": "gpt_neox",
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 2,
        "hidden_act": "gelu",
        "rotary_pct": 0.5,
        "rotary_emb_base": 1000,
        "max_position_embeddings": 64,
        "layer_norm_eps": 1e-5,
        "use_parallel_residual": True,
        "tie_word_embeddings": False,
        "eos_token_id": 2,
    },
    "gpt_neox-sequential": {
        "model_type": "gpt_neox",
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "hidden_act": "gelu_new",
        "rope_parameters": {"rope_type": "linear", "rope_theta": 500.0, "partial_rotary_factor": 0.75, "factor": 2.0},
        "max_position_embeddings": 64,
        "attention_bias": False,
        "use_parallel_residual": False,
        "tie_word_embeddings": True,
        "eos_token_id": 2,
    },
    "opt": {
        "model_type": "opt",
        "hidden_size": 16,
        "ffn_dim": 32,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "max_position_embeddings": 64,
        "word_embed_proj_dim": 16,
        "activation_function": "relu",
        "do_layer_norm_before": True,
        "_remove_final_layer_norm": False,
        "activation_dropout": 0.0,
        "layerdrop": 0.0,
        "init_std": 0.02,
        "prefix": "</s>",
        "eos_token_id": 2,
        "pad_token_id": 0,
    },
    "opt-norm-behind": {
        "model_type": "opt",
        "hidden_size": 16,
        "ffn_dim": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "max_position_embeddings": 48,
        "word_embed_proj_dim": 12,
        "activation_function": "gelu",
        "do_layer_norm_before": False,
        "eos_token_id": 2,
        "pad_token_id": 0,
    },
    "bloom": {
        "model_type": "bloom",
        "architectures": ["BloomForCausalLM"],
        "apply_residual_connection_post_layernorm": False,
        "attention_dropout": 0.0,
        "attention_softmax_in_fp32": True,
        "bias_dropout_fusion": True,
        "hidden_dropout": 0.0,
        "layer_norm_epsilon": 1e-5,
        "masked_softmax_fusion": True,
        "n_embed": 16,
        "n_inner": None,
        "n_layer": 3,
        "num_attention_heads": 4,
        "offset_alibi": 100,
        "pretraining_tp": 2,
        "seq_length": 64,
        "skip_bias_add": True,
        "skip_bias_add_qkv": False,
        "unk_token_id": 0,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
    # A number of heads that is no power of two.
    "bloom-normed-residual": {
        "model_type": "bloom",
        "apply_residual_connection_post_layernorm": True,
        "hidden_size": 18,
        "n_head": 6,
        "n_layer": 2,
        "layer_norm_epsilon": 1e-3,
        "slow_but_exact": False,
        "seq_length": 48,
        "eos_token_id": 2,
    },
    "gpt_neo": {
        "model_type": "gpt_neo",
        "hidden_size": 16,
        "num_layers": 3,
        "num_heads": 4,
        "intermediate_size": None,
        "attention_layers": ["global", "local", "local"],
        "attention_types": [[["global"], 1], [["local"], 2]],
        "window_size": 6,
        "max_position_embeddings": 64,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "attention_dropout": 0,
        "embed_dropout": 0,
        "resid_dropout": 0,
        "gradient_checkpointing": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
    "gpt_neo-local": {
        "model_type": "gpt_neo",
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 40,
        "attention_types": [[["local", "global"], 1]],
        "window_size": 4,
        "max_position_embeddings": 48,
        "activation_function": "relu",
        "layer_norm_epsilon": 1e-3,
        "eos_token_id": 2,
    },
    "gptj": {
        "model_type": "gptj",
        "n_embd": 16,
        "n_head": 2,
        "n_layer": 3,
        "n_inner": None,
        "n_positions": 64,
        "rotary": True,
        "rotary_dim": 4,
        "activation_function": "gelu_new",
        "layer_norm_epsilon": 1e-5,
        "scale_attn_weights": True,
        "attn_pdrop": 0.0,
        "tie_word_embeddings": False,
        "bos_token_id": 1,
        "eos_token_id": 2,
    },
    "gptj-tied": {
        "model_type": "gptj",
        "hidden_size": 16,
        "n_head": 2,
        "n_layer": 2,
        "n_inner": 24,
        "n_positions": 48,
        "rotary_dim": 8,
        "activation_function": "gelu",
        "layer_norm_epsilon": 1e-3,
        "tie_word_embeddings": True,
        "eos_token_id": 2,
    },
}

# What a Gemma 3 that sees images tells of its text.
GEMMA3_WITH_IMAGES = {
    "model_type": "gemma3",
    "text_config": {**GEMMA_LIKE, "model_type": "gemma3_text", "num_hidden_layers": 2, "sliding_window_pattern": 2},
    "vision_config": {
        "hidden_size": 8,
        "intermediate_size": 8,
        "num_hidden_layers": 1,
        "num_attention_heads": 1,
        "image_size": 8,
        "patch_size": 4,
        "model_type": "siglip_vision_model",
        "vision_use_head": False,
    },
    "mm_tokens_per_image": 4,
    "boi_token_index": 285,
    "eoi_token_index": 286,
    "image_token_index": 287,
    "eos_token_id": [2, 3],
}

T5_LIKE = {
    "d_model": 16,
    "d_kv": 6,
    "d_ff": 24,
    "num_layers": 2,
    "num_decoder_layers": 2,
    "num_heads": 4,
    "relative_attention_num_buckets": 12,
    "is_encoder_decoder": True,
    "pad_token_id": 0,
    "eos_token_id": 1,
    "decoder_start_token_id": 0,
}
ENCODER_DECODER = {
    # LM-adapted T5 and Flan have the shape of version 1.1; this is what else `feed_forward_proj` may say.
    "t5-silu": {**T5_LIKE, "model_type": "t5", "feed_forward_proj": "gated-silu", "tie_word_embeddings": True},
    "mt5": {
        **T5_LIKE,
        "model_type": "mt5",
        "feed_forward_proj": "gated-gelu",
        "tie_word_embeddings": False,
        "tokenizer_class": "T5Tokenizer",
    },
}

BART = {
    # As facebook/bart-base has it: a checkpoint of the base model, without a head of its own.
    "bart": {
        "model_type": "bart",
        "architectures": ["BartModel"],
        "d_model": 16,
        "encoder_layers": 2,
        "encoder_attention_heads": 4,
        "encoder_ffn_dim": 32,
        "decoder_layers": 2,
        "decoder_attention_heads": 4,
        "decoder_ffn_dim": 32,
        "num_hidden_layers": 2,
        "max_position_embeddings": 64,
        "activation_function": "gelu",
        "add_bias_logits": False,
        "add_final_layer_norm": False,
        "normalize_before": False,
        "normalize_embedding": True,
        "scale_embedding": False,
        "static_position_embeddings": False,
        "classif_dropout": 0.1,
        "decoder_layerdrop": 0.0,
        "encoder_layerdrop": 0.0,
        "is_encoder_decoder": True,
        "bos_token_id": 0,
        "pad_token_id": 1,
        "eos_token_id": 2,
        "decoder_start_token_id": 2,
        "forced_bos_token_id": 0,
        "forced_eos_token_id": 2,
    },
    "bart-scaled": {
        "model_type": "bart",
        "d_model": 12,
        "encoder_layers": 1,
        "encoder_attention_heads": 2,
        "encoder_ffn_dim": 20,
        "decoder_layers": 2,
        "decoder_attention_heads": 3,
        "decoder_ffn_dim": 28,
        "max_position_embeddings": 48,
        "activation_function": "relu",
        "scale_embedding": True,
        "is_encoder_decoder": True,
        "eos_token_id": 2,
        "decoder_start_token_id": 2,
    },
}


def build(config: dict, untied_head: bool = False) -> PreTrainedModel:
    """The model that transformers makes of a config.json. `untied_head`: give it a head of its own although transformers ties it."""
    read = CONFIG_MAPPING[config["model_type"]].from_dict(copy.deepcopy(config))
    seq2seq = dict.fromkeys(("t5", "mt5", "bart"), AutoModelForSeq2SeqLM)
    classes = {"gemma3": AutoModelForImageTextToText, **seq2seq}
    model = classes.get(config["model_type"], AutoModelForCausalLM).from_config(read, attn_implementation="eager")
    if untied_head:
        model.lm_head.weight = torch.nn.Parameter(torch.empty_like(model.lm_head.weight))
    return scatter_weights(model)


def scatter_weights(model: PreTrainedModel) -> PreTrainedModel:
    """Weights large enough that every part of the model matters to the gradient; norms around 1, biases around 0."""
    generator = torch.Generator().manual_seed(7)
    for name, parameter in model.named_parameters():
        random = torch.randn(parameter.shape, generator=generator)
        # Gemma adds 1 to the weights of its norms.
        around = 0 if name.endswith("bias") or "gemma" in model.config.model_type else 1
        # GPT-2 keeps its linear maps the other way round.
        transposed = model.config.model_type == "gpt2" and any(part in name for part in (".c_attn.", ".c_proj.", ".c_fc."))
        with torch.no_grad():
            if parameter.ndim == 1:
                parameter.copy_(around + 0.2 * random)
            elif any(part in name for part in ("embed", "shared", "relative", "wte", "wpe")):
                parameter.copy_(random)
            elif ".q." in name or ".attention.q_proj." in name:
                # T5 and GPT-Neo do not scale their attention scores, their queries are small instead.
                parameter.copy_(random * 1.3 / (6 * parameter.shape[1]) ** 0.5)
            else:
                parameter.copy_(random * 1.3 / parameter.shape[0 if transposed else 1] ** 0.5)
    return model.eval()
