"""Writes test/fixtures/gguf/: GGUF files made by the gguf package as llama.cpp's converter makes them, and what they hold.

Run with gguf, numpy, safetensors, sentencepiece, tokenizers, torch and transformers installed: `python test/oracles/gguf_models.py`, or with names of
models, "blocks" or "parts" to write only those.
  blocks.gguf, blocks.safetensors   one tensor of every supported type, and the numbers that the gguf package makes of them
  NAME.gguf                         the model of test/fixtures/models/NAME, its configuration and tokenizer as metadata
  NAME.expected.safetensors         its loss, the prompt and its gradient by transformers, with what GGUF can say of the configuration
  llama-tied.parts-0000N-of-00004.gguf  the same in parts
  llama-tied.q8_0.gguf, .safetensors  quantised, and its weights as float16
  tokenizer-KIND.gguf, .json        a tiny model with a tokenizer of that kind; ids of awkward texts by tokenizers or SentencePiece
"""

import io
import json
import math
import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import sentencepiece
import torch
from model_fixtures import forward
from safetensors.numpy import load_file, save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, LlamaConfig
from transformers.convert_slow_tokenizer import TikTokenConverter
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

ROOT = Path(__file__).parent.parent / "fixtures"
FIXTURES = ROOT / "gguf"
Type = gguf.GGMLQuantizationType
NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6

SENTENCES = """The soup was cold and the waiter was rude. A wonderful film, warm and funny from the first minute.
My headphones broke after two days; do not buy them! Great value: the battery lasts all week.
Is it good? It's fine, I think. The room smelled of smoke. We'll come back again, and bring our friends.
topic: animals, plants, food, weather. sentiment: positive, negative. Prices rose 12% in 2024."""
TEXTS = [
    "review: The film was great! sentiment:",
    "  two spaces, a tab\tand a line\nend  ",
    "naïve café ☕ 12.5% of 20245",
    "I'LL can't WE'RE it's\r\n\r\n  x\n\n",
    "cafe\u0301 \ufb01ne \u2460 日本語 Привет мир",
    "a  b   c    d",
    "hello</s>world <s>",
    "CamelCase snake_case x=1;y+=2 //--==>",
    "",
    " ",
    "\U0001f600\U0001f44d\U0001f3fd",
]


def finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_json(file: Path, value) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


# Blocks


HALVES = {
    Type.Q2_K: (80, 82),
    Type.Q3_K: (108,),
    Type.Q4_K: (0, 2),
    Type.Q5_K: (0, 2),
    Type.Q6_K: (208,),
    Type.IQ4_NL: (0,),
    Type.IQ4_XS: (0,),
}


def random_blocks(kind: Type, rows: int, blocks: int, generator: np.random.Generator) -> np.ndarray:
    """Any bytes are a valid block, but for the halves in it, which are made finite."""
    halves = HALVES[kind]
    size = gguf.GGML_QUANT_SIZES[kind][1]
    data = generator.integers(0, 256, (rows, blocks, size), dtype=np.uint8)
    for at in halves:
        scale = (generator.standard_normal((rows, blocks, 1)) / 100).astype(np.float16)
        data[:, :, at : at + 2] = scale.view(np.uint8)
    return data.reshape(rows, blocks * size)


def write_blocks() -> None:
    generator = np.random.default_rng(5)
    random = generator.standard_normal((3, 64)).astype(np.float32)
    random[1, :32] = 0  # A block whose scale is 0.
    writer = gguf.GGUFWriter(FIXTURES / "blocks.gguf", "llama")
    expected = {}
    plain = ("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "MXFP4")
    for name in (*plain, *(kind.name for kind in HALVES)):
        kind = Type[name]
        stored = random_blocks(kind, 3, 2, generator) if kind in HALVES else gguf.quants.quantize(random, kind)
        writer.add_tensor(name, stored, raw_dtype=None if name in ("F32", "F16") else kind)
        expected[name] = gguf.quants.dequantize(stored, kind).astype(np.float32)
    finish(writer)
    save_file(expected, FIXTURES / "blocks.safetensors")


# Models


def rotary_pairs(array: np.ndarray, heads: int) -> np.ndarray:
    return array.reshape(heads, 2, -1, *array.shape[1:]).swapaxes(1, 2).reshape(array.shape)


def parts_together(array: np.ndarray, heads: int) -> np.ndarray:
    """GPT-NeoX and BLOOM: [heads, 3, width, ...] -> [3, heads, width, ...]."""
    return array.reshape(heads, 3, -1, *array.shape[1:]).swapaxes(0, 1).reshape(array.shape)


def converted(arch: str, name: str, array: np.ndarray, config: dict) -> np.ndarray:
    """What llama.cpp's converter does to a tensor of a checkpoint."""
    heads = config.get("num_attention_heads")
    part = name.split(".")[-2]
    if arch in ("llama", "smollm3", "granite") and part in ("q_proj", "k_proj"):
        return rotary_pairs(array, heads if part == "q_proj" else config.get("num_key_value_heads", heads))
    if arch in ("gptneox", "bloom") and part == "query_key_value":
        return parts_together(array, heads)
    if arch == "gpt2" and part in ("c_attn", "c_proj", "c_fc") and array.ndim == 2:
        return array.T
    if arch in ("gemma", "gemma2", "gemma3") and "norm" in name:
        return array + 1
    return array


def add_byte_level(writer: gguf.GGUFWriter, tokenizer: dict, pre: str) -> None:
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    tokens = sorted(vocabulary, key=vocabulary.get)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([CONTROL if i in special else NORMAL for i in range(len(tokens))])
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]])


def add_unigram(writer: gguf.GGUFWriter, tokenizer: dict) -> None:
    vocabulary = tokenizer["model"]["vocab"]
    special = {token["id"] for token in tokenizer["added_tokens"]}
    unknown = tokenizer["model"]["unk_id"]
    writer.add_tokenizer_model("t5")
    writer.add_token_list([token for token, _ in vocabulary])
    writer.add_token_scores([score for _, score in vocabulary])
    writer.add_token_types([UNKNOWN if i == unknown else CONTROL if i in special else NORMAL for i in range(len(vocabulary))])
    writer.add_unk_token_id(unknown)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)


def add_decoder(writer: gguf.GGUFWriter, config: dict) -> None:
    heads, width = config["num_attention_heads"], config["hidden_size"]
    head = config.get("head_dim") or width // heads
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(width)
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads", heads))
    writer.add_key_length(head)
    writer.add_value_length(head)
    scaling = config.get("rope_scaling") or config.get("rope_parameters") or {}
    writer.add_rope_dimension_count(int(head * config.get("partial_rotary_factor", 1)))
    writer.add_layer_norm_rms_eps(config.get("rms_norm_eps", 1e-5 if config["model_type"] == "olmo2" else 1e-6))
    theta = scaling.get("rope_theta") or config.get("rope_theta", 10000.0)
    writer.add_rope_freq_base(theta)
    if config["model_type"] == "granite":
        writer.add_attention_scale(config["attention_multiplier"])
        writer.add_embedding_scale(config["embedding_multiplier"])
        writer.add_residual_scale(config["residual_multiplier"])
        writer.add_logit_scale(config["logits_scaling"])
    if config["model_type"] == "phi3":
        trained = config["original_max_position_embeddings"]
        scale = config["max_position_embeddings"] / trained
        writer.add_rope_scaling_orig_ctx_len(trained)
        writer.add_sliding_window(config["sliding_window"] or 0)
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(scale) / math.log(trained)))
        for length in ("long", "short"):
            writer.add_tensor(f"rope_factors_{length}.weight", np.array(scaling[f"{length}_factor"], np.float32))
    if config["model_type"] in ("gemma2", "gemma3_text"):
        writer.add_sliding_window(config["sliding_window"])
        writer.add_final_logit_softcapping(config["final_logit_softcapping"])
    if config["model_type"] == "gemma2":
        writer.add_attn_logit_softcapping(config["attn_logit_softcapping"])
    if config["model_type"] == "gemma3_text":
        writer.add_rope_freq_base_swa(config["rope_local_base_freq"])
        writer.add_sliding_window_pattern(config["sliding_window_pattern"])
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(kind))
        writer.add_rope_scaling_factor(scaling["factor"])
    if kind == "yarn":
        writer.add_rope_scaling_orig_ctx_len(scaling["original_max_position_embeddings"])
        writer.add_rope_scaling_yarn_beta_fast(scaling["beta_fast"])
        writer.add_rope_scaling_yarn_beta_slow(scaling["beta_slow"])
    if kind == "llama3":
        writer.add_tensor("rope_freqs.weight", llama3_divisors(head, theta, scaling))


def llama3_divisors(head: int, theta: float, scaling: dict) -> np.ndarray:
    """transformers' own rule, as the ratio of plain to scaled frequencies."""
    config = LlamaConfig(head_dim=head, hidden_size=4 * head, num_attention_heads=4, rope_parameters={**scaling, "rope_theta": theta})
    scaled, _ = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
    plain = theta ** -(np.arange(0, head, 2) / head)
    return (plain / scaled.double().numpy()).astype(np.float32)


def add_gpt2(writer: gguf.GGUFWriter, config: dict) -> None:
    writer.add_context_length(config["n_positions"])
    writer.add_embedding_length(config["n_embd"])
    writer.add_feed_forward_length(config.get("n_inner") or 4 * config["n_embd"])
    writer.add_block_count(config["n_layer"])
    writer.add_head_count(config["n_head"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])


def add_gpt_neox(writer: gguf.GGUFWriter, config: dict) -> None:
    rope = config.get("rope_parameters") or {}
    share = rope.get("partial_rotary_factor") or config.get("rotary_pct", 1.0)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_rope_dimension_count(int(share * (config["hidden_size"] // config["num_attention_heads"])))
    writer.add_rope_freq_base(rope.get("rope_theta") or config.get("rotary_emb_base", 10000.0))
    writer.add_parallel_residual(config.get("use_parallel_residual", True))
    writer.add_layer_norm_eps(config.get("layer_norm_eps", 1e-5))


def add_bloom(writer: gguf.GGUFWriter, config: dict) -> None:
    writer.add_context_length(config["seq_length"])
    writer.add_embedding_length(config["n_embed"])
    writer.add_feed_forward_length(4 * config["n_embed"])
    writer.add_block_count(config["n_layer"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_epsilon"])


def add_t5(writer: gguf.GGUFWriter, config: dict) -> None:
    writer.add_context_length(config.get("n_positions", 512))
    writer.add_embedding_length(config["d_model"])
    writer.add_feed_forward_length(config["d_ff"])
    writer.add_block_count(config["num_layers"])
    writer.add_decoder_block_count(config["num_decoder_layers"])
    writer.add_head_count(config["num_heads"])
    writer.add_key_length(config["d_kv"])
    writer.add_value_length(config["d_kv"])
    writer.add_layer_norm_rms_eps(config["layer_norm_epsilon"])
    writer.add_relative_attn_buckets_count(config["relative_attention_num_buckets"])
    writer.add_decoder_start_token_id(config["decoder_start_token_id"])


ARCHITECTURES = {
    "llama": (gguf.MODEL_ARCH.LLAMA, add_decoder),
    "mistral": (gguf.MODEL_ARCH.LLAMA, add_decoder),
    "qwen2": (gguf.MODEL_ARCH.QWEN2, add_decoder),
    "qwen3": (gguf.MODEL_ARCH.QWEN3, add_decoder),
    "smollm3": (gguf.MODEL_ARCH.SMOLLM3, add_decoder),
    "olmo2": (gguf.MODEL_ARCH.OLMO2, add_decoder),
    "granite": (gguf.MODEL_ARCH.GRANITE, add_decoder),
    "phi3": (gguf.MODEL_ARCH.PHI3, add_decoder),
    "gemma": (gguf.MODEL_ARCH.GEMMA, add_decoder),
    "gemma2": (gguf.MODEL_ARCH.GEMMA2, add_decoder),
    "gemma3_text": (gguf.MODEL_ARCH.GEMMA3, add_decoder),
    "gpt2": (gguf.MODEL_ARCH.GPT2, add_gpt2),
    "gpt_neox": (gguf.MODEL_ARCH.GPTNEOX, add_gpt_neox),
    "bloom": (gguf.MODEL_ARCH.BLOOM, add_bloom),
    "t5": (gguf.MODEL_ARCH.T5, add_t5),
}


# What of a fixture's configuration GGUF cannot say is set to what llama.cpp takes for it.
LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
SOURCES = {
    "llama-untied": {},
    "llama-tied": {},
    "llama-linear": {},
    "llama-yarn": {},
    "llama-llama3": {
        "rope_theta": 500000.0,
        "rope_scaling": {**LLAMA3, "original_max_position_embeddings": 8192, "rope_theta": 500000.0},
    },
    "mistral": {"sliding_window": None},
    "qwen2": {"use_sliding_window": False},
    "qwen3": {"use_sliding_window": False, "layer_types": None, "attention_bias": False},
    # llama.cpp takes every fourth layer to be without rope.
    "smollm3": {"no_rope_layers": None, "no_rope_layer_interval": 4},
    "olmo2": {},
    "granite": {},
    "phi3": {},
    "gemma": {},
    "gemma2": {"query_pre_attn_scalar": 6},
    "gemma3_text": {"query_pre_attn_scalar": 6},
    "gpt2": {},
    "gpt2-untied": {"activation_function": "gelu_new", "scale_attn_by_inverse_layer_idx": False},
    "gpt_neox": {},
    "gpt_neox-sequential": {
        "hidden_act": "gelu",
        "rope_parameters": {"rope_type": "default", "rope_theta": 500.0, "partial_rotary_factor": 0.75},
    },
    "bloom": {},
    "t5-v1.0": {},
    "t5-v1.1": {"relative_attention_max_distance": 128},
}


def write_model(source: str, kind: Type = Type.F32, suffix: str = "", tensors_a_part: int = 0) -> None:
    folder = ROOT / "models" / source
    config = {**json.loads((folder / "config.json").read_text()), **SOURCES[source]}
    weights = load_file(folder / "model.safetensors")
    if config["model_type"] == "qwen3":
        weights = {name: array for name, array in weights.items() if not name.endswith(".bias")}
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    arch, describe = ARCHITECTURES[config["model_type"]]
    arch_name = gguf.MODEL_ARCH_NAMES[arch]
    layers = config.get("num_hidden_layers") or config.get("n_layer") or config["num_layers"]
    names = gguf.get_tensor_name_map(arch, max(layers, config.get("num_decoder_layers", 0)))
    writer = gguf.GGUFWriter(FIXTURES / f"{source}{suffix}.gguf", arch_name, split_max_tensors=tensors_a_part)
    writer.add_name(source)
    describe(writer, config)
    if tokenizer["model"]["type"] == "BPE":
        add_byte_level(writer, tokenizer, "gpt-2")
    else:
        add_unigram(writer, tokenizer)
    if config.get("bos_token_id") is not None:
        writer.add_bos_token_id(config["bos_token_id"])
    if config.get("eos_token_id") is not None:
        writer.add_eos_token_id(config["eos_token_id"])
    post = tokenizer["post_processor"]
    if post is not None and post["type"] == "TemplateProcessing":
        special = [i for i, part in enumerate(post["single"]) if "SpecialToken" in part]
        writer.add_add_bos_token(0 in special)
        writer.add_add_eos_token(len(post["single"]) - 1 in special)
    quantised = {}
    for key, array in weights.items():
        short = key.removeprefix("transformer.") if arch_name == "bloom" else key
        name = names.get_name(short, try_suffixes=(".weight", ".bias"))
        assert name is not None, key
        stored = np.ascontiguousarray(converted(arch_name, key, array, config))
        # Rows must be whole blocks: narrow tensors stay as they are, as llama.cpp does it too.
        if kind == Type.F32 or array.ndim == 1 or stored.shape[-1] % 32 != 0:
            writer.add_tensor(name, stored)
            quantised[key] = array
        else:
            writer.add_tensor(name, gguf.quants.quantize(stored, kind), raw_dtype=kind)
            quantised[key] = gguf.quants.dequantize(gguf.quants.quantize(array, kind), kind).astype(np.float16)
    finish(writer)
    if tensors_a_part > 0:
        return
    if kind != Type.F32:
        save_file(quantised, FIXTURES / f"{source}{suffix}.safetensors")
    else:
        write_expected(source, config, weights)


def write_expected(source: str, config: dict, weights: dict[str, np.ndarray]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_json(Path(folder) / "config.json", config)
        save_file(weights, Path(folder) / "model.safetensors", metadata={"format": "pt"})
        auto = AutoModelForSeq2SeqLM if config.get("is_encoder_decoder") else AutoModelForCausalLM
        model = auto.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    examples = json.loads((ROOT / "models" / source / "expected.json").read_text())["examples"]
    prompt = torch.randn(5, model.get_input_embeddings().weight.shape[1], generator=torch.Generator().manual_seed(3)).requires_grad_()
    loss, _ = forward(model, prompt, examples)
    loss.backward()
    numbers = {"prompt": prompt.detach().numpy(), "gradient": prompt.grad.numpy(), "loss": loss.detach().numpy().reshape(1)}
    save_file(numbers, FIXTURES / f"{source}.expected.safetensors")


# Tokenizers


def tiny_model(name: str, size: int) -> gguf.GGUFWriter:
    """A Llama of one layer, width 8, around a tokenizer."""
    writer = gguf.GGUFWriter(FIXTURES / f"tokenizer-{name}.gguf", "llama")
    config = {"num_attention_heads": 1, "hidden_size": 8, "num_hidden_layers": 1, "intermediate_size": 8}
    add_decoder(writer, {**config, "max_position_embeddings": 128, "rms_norm_eps": 1e-6, "model_type": "llama"})
    generator = np.random.default_rng(1)
    writer.add_tensor("token_embd.weight", generator.standard_normal((size, 8)).astype(np.float16))
    for part in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{part}.weight", generator.standard_normal((8, 8)).astype(np.float16))
    for part in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{part}.weight", np.ones(8, np.float32))
    return writer


def byte_level(steps: list, normalizer=None, ignore_merges: bool = False) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(steps)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<unk>", "<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(SENTENCES.splitlines() * 3 + ["20245 202 45 0.5 123"] * 3, trainer)
    return tokenizer


def split(pattern: str) -> list:
    return [
        pre_tokenizers.Split(Regex(pattern), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]


def write_byte_level_tokenizers() -> None:
    plain = pre_tokenizers.ByteLevel(add_prefix_space=False)
    # Mistral's, from tokenizer.json of Mistral-Nemo.
    tekken = (
        r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
        r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
        r"|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    llama3 = TikTokenConverter.__init__.__defaults__[1]
    kinds = {
        "gpt-2": byte_level([plain]),
        "olmo": byte_level([plain], normalizers.NFC()),
        "smollm": byte_level([pre_tokenizers.Digits(individual_digits=True), plain]),
        "llama-bpe": byte_level(split(llama3), ignore_merges=True),
        "qwen2": byte_level(split(PRETOKENIZE_REGEX), normalizers.NFC()),
        "tekken": byte_level(split(tekken), ignore_merges=True),
    }
    for name, tokenizer in kinds.items():
        writer = tiny_model(name, tokenizer.get_vocab_size())
        add_byte_level(writer, json.loads(tokenizer.to_str()), name)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_add_bos_token(False)
        finish(writer)
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in TEXTS]
        decoded = [tokenizer.decode(each, skip_special_tokens=False) for each in ids]
        write_json(FIXTURES / f"tokenizer-{name}.json", [{"text": t, "ids": i, "decoded": d} for t, i, d in zip(TEXTS, ids, decoded)])


def write_sentencepiece_tokenizers() -> None:
    rules = FIXTURES / "rules.tsv"
    # Of SentencePiece's NMT_NFKC what the texts need; the whole of it takes 240 kB.
    rules.write_text("FB01\t66 69\n2460\t31\n65 301\tE9\n9\t20\nA\t20\nD\t20\n")
    kinds = {
        # As Llama has it, and as Gemma has it, which puts no space in front.
        "llama": dict(model_type="bpe", byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False),
        "gemma": dict(
            model_type="bpe",
            byte_fallback=True,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            add_dummy_prefix=False,
            user_defined_symbols=["<tag>"],
        ),
        "t5": dict(model_type="unigram", normalization_rule_tsv=str(rules), remove_extra_whitespaces=True),
    }
    for name, options in kinds.items():
        trained = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(SENTENCES.splitlines() * 3),
            model_writer=trained,
            vocab_size=220 if name == "t5" else 420,
            hard_vocab_limit=False,
            minloglevel=2,
            **options,
        )
        pieces = sentencepiece.SentencePieceProcessor(model_proto=trained.getvalue())
        size = pieces.vocab_size()
        writer = tiny_model(name, size)
        kinds_of = [
            UNKNOWN if pieces.is_unknown(i) else CONTROL if pieces.is_control(i) else BYTE if pieces.is_byte(i) else NORMAL
            for i in range(size)
        ]
        tokens = [pieces.id_to_piece(i) for i in range(size)]
        kinds_of = [USER_DEFINED if token in options.get("user_defined_symbols", []) else k for token, k in zip(tokens, kinds_of)]
        writer.add_tokenizer_model("t5" if name == "t5" else "llama")
        writer.add_token_list(tokens)
        writer.add_token_scores([pieces.get_score(i) for i in range(size)])
        writer.add_token_types(kinds_of)
        writer.add_unk_token_id(0)
        writer.add_bos_token_id(1)
        writer.add_eos_token_id(2)
        writer.add_add_space_prefix(options.get("add_dummy_prefix", True))
        writer.add_remove_extra_whitespaces(options["remove_extra_whitespaces"])
        if name == "t5":
            proto = gguf_precompiled_map(trained.getvalue())
            writer.add_precompiled_charsmap(proto)
        finish(writer)
        # SentencePiece knows no special tokens in a text, tokenizer.json does: such texts are left to tokenizers' own rules.
        texts = [text for text in TEXTS if "<s>" not in text] + (["see <tag>this<tag>"] if name == "gemma" else [])
        ids = [pieces.encode(text) for text in texts]
        write_json(
            FIXTURES / f"tokenizer-{name}.json",
            # SentencePiece shows what is unknown in its own way.
            [{"text": t, "ids": i, "decoded": pieces.decode(i).replace(" \u2047 ", "<unk>")} for t, i in zip(texts, ids)],
        )
    rules.unlink()


def gguf_precompiled_map(model: bytes) -> bytes:
    from sentencepiece import sentencepiece_model_pb2

    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model)
    return proto.normalizer_spec.precompiled_charsmap


def main() -> None:
    torch.manual_seed(0)
    names = sys.argv[1:]
    for name in names:
        if name == "blocks":
            write_blocks()
        elif name == "parts":
            write_model("llama-tied", suffix=".parts", tensors_a_part=8)
        else:
            write_model(name)
    if names:
        return
    FIXTURES.mkdir(parents=True, exist_ok=True)
    for file in FIXTURES.iterdir():
        if file.name != "pre-tokenizers.json":
            file.unlink()
    write_blocks()
    for source in SOURCES:
        write_model(source)
    write_model("llama-tied", Type.Q8_0, ".q8_0")
    write_model("llama-tied", suffix=".parts", tensors_a_part=8)
    write_byte_level_tokenizers()
    write_sentencepiece_tokenizers()


main()
