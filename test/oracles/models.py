"""Writes test/fixtures/models/: tiny random-weight models and what torch and transformers compute with them.

Run with torch, transformers, peft, tokenizers and safetensors installed: `python test/oracles/models.py`.
Each model folder holds config.json, weights and a tokenizer, as a downloaded model has them, plus
  expected.json          examples and scoring requests (token ids), loss, log-probabilities, greedy flags, texts as ids
  expected.safetensors   prompt [P, D], its gradient [P, D], logits at the target positions [targets, vocabulary]
The forward pass is PEFT's: inputs_embeds = [prompt ; E(ids)], attention mask widened by ones, right padding.
"""

import json
import math
import shutil
from collections import Counter
from pathlib import Path

import torch
from peft import PromptTuningConfig, get_peft_model
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedModel, T5Config, T5ForConditionalGeneration
from transformers.models.t5 import modeling_t5

FIXTURES = Path(__file__).parent.parent / "fixtures" / "models"
PROMPT_LENGTH = 5

SENTENCES = """The soup was cold and the waiter was rude. A wonderful film, warm and funny from the first minute.
My headphones broke after two days; do not buy them! Great value: the battery lasts all week.
Is it good? It's fine, I think. The room smelled of smoke. We'll come back again, and bring our friends.
topic: animals, plants, food, weather. sentiment: positive, negative. Prices rose 12% in 2024."""
TEXTS = ["review: The film was great! sentiment:", "  two spaces, a tab\tand a line\nend", "naïve café ☕ 12.5%", "positive", ""]


def byte_level_tokenizer(bos: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=288, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    tokenizer.train_from_iterator(SENTENCES.splitlines(), trainer)
    if bos:
        tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", 1)])
    return tokenizer


def unigram_pieces(count: int) -> list[tuple[str, float]]:
    """Every character and the substrings that save most, with log probabilities; tokenizers' own trainer is not reproducible."""
    words = [f"\u2581{word}" for word in SENTENCES.split()]
    found = Counter(word[i:j] for word in words for i in range(len(word)) for j in range(i + 1, min(i + 7, len(word) + 1)))
    single = sorted(piece for piece in found if len(piece) == 1)
    several = sorted((piece for piece in found if len(piece) > 1), key=lambda piece: (-found[piece] * len(piece), piece))
    chosen = single + several[:count]
    total = sum(found[piece] for piece in chosen)
    return [(piece, math.log(found[piece] / total)) for piece in chosen]


def unigram_tokenizer() -> Tokenizer:
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(special + unigram_pieces(60), unk_id=2))
    tokenizer.add_special_tokens([piece for piece, _ in special])
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    return tokenizer


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


def scatter_weights(model: PreTrainedModel) -> PreTrainedModel:
    """Weights large enough that every part of the model matters to the gradient; norms around 1."""
    generator = torch.Generator().manual_seed(7)
    for name, parameter in model.named_parameters():
        random = torch.randn(parameter.shape, generator=generator)
        with torch.no_grad():
            if parameter.ndim == 1:
                parameter.copy_(1 + 0.2 * random)
            elif "embed" in name or "shared" in name or "relative" in name:
                parameter.copy_(random)
            elif ".q." in name:  # T5 does not scale its attention scores, its queries are small instead.
                parameter.copy_(random * 1.3 / (6 * parameter.shape[1]) ** 0.5)
            else:
                parameter.copy_(random * 1.3 / parameter.shape[1] ** 0.5)
    return model.eval()


def make_examples(vocabulary: int, seq2seq: bool) -> list[dict]:
    """Ragged: inputs of 0 to 23 tokens, targets of 1 to 4."""
    generator = torch.Generator().manual_seed(11)

    def ids(n):
        return torch.randint(3, vocabulary, (n,), generator=generator).tolist()

    lengths = [(9, 1), (23, 3), (0, 2), (14, 4)]
    end = [1] if seq2seq else []
    return [{"inputIds": ids(n) + end, "targetIds": ids(m) + end} for n, m in lengths]


def pad(rows: list[list[int]], value: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])


def forward(model, prompt: torch.Tensor, examples: list[dict]):
    """Loss (mean over target tokens) and logits at the target positions [targets, vocabulary], in the order of the examples."""
    seq2seq = model.config.is_encoder_decoder
    batch, count = len(examples), prompt.shape[0]
    sequences = [e["inputIds"] if seq2seq else e["inputIds"] + e["targetIds"] for e in examples]
    ids = pad(sequences, 0)
    mask = pad([[1] * len(s) for s in sequences], 0)
    embeddings = model.get_input_embeddings()(ids)
    inputs = torch.cat([prompt.expand(batch, -1, -1).to(embeddings.dtype), embeddings], dim=1)
    mask = torch.cat([torch.ones(batch, count, dtype=mask.dtype), mask], dim=1)
    if seq2seq:
        labels = pad([e["targetIds"] for e in examples], -100)
        output = model(inputs_embeds=inputs, attention_mask=mask, labels=labels)
        rows = [output.logits[i, : len(e["targetIds"])] for i, e in enumerate(examples)]
    else:
        labels = pad([[-100] * (count + len(e["inputIds"])) + e["targetIds"] for e in examples], -100)
        output = model(inputs_embeds=inputs, attention_mask=mask, labels=labels)
        starts = [count + len(e["inputIds"]) - 1 for e in examples]
        rows = [output.logits[i, s : s + len(e["targetIds"])] for i, (s, e) in enumerate(zip(starts, examples))]
    return output.loss, torch.cat(rows)


def check_against_peft(model, prompt: torch.Tensor, examples: list[dict], loss: torch.Tensor) -> None:
    """The manual forward pass above is PEFT's own."""
    seq2seq = model.config.is_encoder_decoder
    config = PromptTuningConfig(
        task_type="SEQ_2_SEQ_LM" if seq2seq else "CAUSAL_LM", num_virtual_tokens=len(prompt), num_transformer_submodules=1
    )
    if seq2seq:  # PEFT 0.21 still looks for the name that transformers 5.18 has changed.
        model._prepare_encoder_decoder_kwargs_for_generation = model._prepare_text_encoder_decoder_kwargs_for_generation
    tuned = get_peft_model(model, config)
    with torch.no_grad():
        tuned.prompt_encoder["default"].embedding.weight.copy_(prompt)
    sequences = [e["inputIds"] if seq2seq else e["inputIds"] + e["targetIds"] for e in examples]
    labels = [e["targetIds"] if seq2seq else [-100] * len(e["inputIds"]) + e["targetIds"] for e in examples]
    mask = pad([[1] * len(s) for s in sequences], 0)
    theirs = tuned(input_ids=pad(sequences, 0), attention_mask=mask, labels=pad(labels, -100)).loss
    assert abs(theirs.item() - loss.item()) < 1e-5, (theirs, loss)


def greedy_target(model, prompt, example: dict, length: int) -> list[int]:
    target: list[int] = []
    for _ in range(length):
        _, logits = forward(model, prompt, [{**example, "targetIds": target + [0]}])
        target.append(int(logits[-1].argmax()))
    return target


def scores(model, prompt, requests: list[dict]) -> list:
    result = []
    for request in requests:
        row = []
        for target in request["targets"]:
            _, logits = forward(model, prompt, [{"inputIds": request["inputIds"], "targetIds": target}])
            chosen = torch.log_softmax(logits.double(), -1).gather(1, torch.tensor(target)[:, None])
            row.append(
                {
                    "logProbability": chosen.sum().item(),
                    "tokens": len(target),
                    "greedy": logits.argmax(-1).tolist() == target,
                }
            )
        result.append(row)
    return result


def write_model(name: str, model, tokenizer: Tokenizer, config: dict, storage=torch.float32, shards: int = 1) -> None:
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        parameter.copy_(parameter.to(storage))

    # named_parameters() tells a tied tensor once.
    tensors = {key: value.detach().to(storage).contiguous() for key, value in model.named_parameters()}
    keys = list(tensors)
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        weight_map = {}
        for i in range(shards):
            shard = f"model-{i + 1:05}-of-{shards:05}.safetensors"
            part = keys[i * len(keys) // shards : (i + 1) * len(keys) // shards]
            save_file({key: tensors[key] for key in part}, folder / shard, metadata={"format": "pt"})
            weight_map.update(dict.fromkeys(part, shard))
        total = sum(tensor.nbytes for tensor in tensors.values())
        write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": weight_map})
    write_json(folder / "config.json", config)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_json(folder / "tokenizer_config.json", {"clean_up_tokenization_spaces": True, "model_max_length": 64})

    seq2seq = model.config.is_encoder_decoder
    vocabulary, width = model.get_input_embeddings().weight.shape
    prompt = torch.randn(PROMPT_LENGTH, width, generator=torch.Generator().manual_seed(3)).requires_grad_()
    examples = make_examples(vocabulary, seq2seq)
    loss, logits = forward(model, prompt, examples)
    loss.backward()

    end = [1] if seq2seq else []
    inputs = [example["inputIds"] for example in examples]
    one = {"inputIds": inputs[0], "targets": [greedy_target(model, prompt, examples[0], 1), [5], [40]]}
    two = {"inputIds": inputs[1], "targets": [[7], greedy_target(model, prompt, examples[1], 1)]}
    many = {"inputIds": inputs[3], "targets": [greedy_target(model, prompt, examples[3], 3), [9, 4] + end, [60] + end]}
    shared_beginnings = {"inputIds": inputs[1], "targets": [[7] + end, [7, 9] + end, [7, 9, 5] + end, [7, 12] + end, [40] + end]}
    single_token, several_tokens = [one, two], [many, one, shared_beginnings]
    bare = torch.zeros(0, width)
    tokenized = []
    for text in TEXTS:
        ids, words = tokenizer.encode(text).ids, tokenizer.encode(text, add_special_tokens=False).ids
        tokenized.append(
            {"text": text, "ids": ids, "words": words, "decoded": tokenizer.decode(words, skip_special_tokens=False)}
        )
    expected = {
        "examples": examples,
        "loss": loss.item(),
        "scoring": [
            {"prompt": prompt_given, "requests": requests, "scores": scores(model, rows, requests)}
            for prompt_given, rows in ((True, prompt.detach()), (False, bare))
            for requests in (single_token, several_tokens)
        ],
        "texts": tokenized,
    }
    write_json(folder / "expected.json", expected)
    save_file(
        {"prompt": prompt.detach(), "gradient": prompt.grad, "logits": logits.detach().contiguous()},
        folder / "expected.safetensors",
    )
    check_against_peft(model, prompt.detach(), examples, loss)
    print(f"{name}: loss {loss.item():.6f}, largest gradient {prompt.grad.abs().max().item():.4f}")


def write_json(file: Path, value) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")


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


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    assert modeling_t5.T5LayerNorm.__module__.startswith("transformers"), "the plain layer norm, not apex's"
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


main()
