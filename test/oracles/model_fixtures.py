"""Writes a model folder as a downloaded one has it, and beside it what torch, transformers and PEFT compute with the model."""

import json
import shutil
from pathlib import Path

import torch
from peft import PromptTuningConfig, get_peft_model
from safetensors.torch import save_file
from tokenizers import Tokenizer
from tiny_tokenizers import TEXTS

FIXTURES = Path(__file__).parent.parent / "fixtures" / "models"
PROMPT_LENGTH = 5


def ends_of_texts(config) -> tuple[list[int], list[int]]:
    """What the tokenizer puts before and behind every text."""
    if config.model_type == "bart":
        return [0], [2]
    return [], [1] if config.is_encoder_decoder else []


def make_examples(vocabulary: int, config) -> list[dict]:
    """Ragged: inputs of 0 to 23 tokens, targets of 1 to 4."""
    begin, end = ends_of_texts(config)
    generator = torch.Generator().manual_seed(11)

    def ids(n):
        return torch.randint(3, vocabulary, (n,), generator=generator).tolist()

    lengths = [(9, 1), (23, 3), (0, 2), (14, 4)]
    return [{"inputIds": begin + ids(n) + end, "targetIds": begin + ids(m) + end} for n, m in lengths]


def pad(rows: list[list[int]], value: int) -> torch.Tensor:
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])


def forward(model, prompt: torch.Tensor, examples: list[dict]):
    """Loss (mean over target tokens) and logits at the target positions [targets, vocabulary], in the order of the examples."""
    forget_longer_texts(model)
    seq2seq = model.config.is_encoder_decoder
    batch, count = len(examples), prompt.shape[0]
    sequences = [e["inputIds"] if seq2seq else e["inputIds"] + e["targetIds"] for e in examples]
    ids = pad(sequences, 0)
    mask = pad([[1] * len(s) for s in sequences], 0)
    # Where the embeddings of encoder and decoder differ, PEFT takes the encoder's.
    embeddings = (model.get_encoder() if seq2seq else model).get_input_embeddings()(ids)
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


def forget_longer_texts(model) -> None:
    """A dynamic rope keeps the frequencies of the longest text it has met; here every text is the first."""
    rope = getattr(getattr(model, "model", None), "rotary_emb", None)
    if getattr(rope, "rope_type", None) == "dynamic":
        rope.max_seq_len_cached = rope.original_max_seq_len
        rope.inv_freq = rope.original_inv_freq


def check_reloaded(model, folder: Path, prompt: torch.Tensor, examples: list[dict], logits: torch.Tensor) -> None:
    """What is written is the model that transformers reads there."""
    reloaded = type(model).from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        _, theirs = forward(reloaded, prompt, examples)
    assert (theirs - logits).abs().max() < 1e-5, (folder.name, (theirs - logits).abs().max())


def check_against_peft(model, prompt: torch.Tensor, examples: list[dict], loss: torch.Tensor) -> None:
    """The manual forward pass above is PEFT's own."""
    seq2seq = model.config.is_encoder_decoder
    config = PromptTuningConfig(
        task_type="SEQ_2_SEQ_LM" if seq2seq else "CAUSAL_LM",
        num_virtual_tokens=len(prompt),
        num_transformer_submodules=1,
        token_dim=prompt.shape[1],
    )
    if seq2seq:  # PEFT 0.21 still looks for the name that transformers 5.18 has changed.
        model._prepare_encoder_decoder_kwargs_for_generation = model._prepare_text_encoder_decoder_kwargs_for_generation
    tuned = get_peft_model(model, config)
    with torch.no_grad():
        tuned.prompt_encoder["default"].embedding.weight.copy_(prompt)
    sequences = [e["inputIds"] if seq2seq else e["inputIds"] + e["targetIds"] for e in examples]
    labels = [e["targetIds"] if seq2seq else [-100] * len(e["inputIds"]) + e["targetIds"] for e in examples]
    mask = pad([[1] * len(s) for s in sequences], 0)
    forget_longer_texts(model)
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


def write_model(
    name: str, model, tokenizer: Tokenizer, config: dict, storage=torch.float32, shards: int = 1, rename=str, scored=(0, 1, 3)
) -> None:
    """`rename`: the name of a tensor in the file; `scored`: which examples' inputs the scoring requests have."""
    folder = FIXTURES / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
        parameter.copy_(parameter.to(storage))

    # named_parameters() tells a tied tensor once.
    tensors = {rename(key): value.detach().to(storage).contiguous() for key, value in model.named_parameters()}
    # BART's is no parameter, and is stored all the same.
    tensors |= {key: value for key, value in model.named_buffers() if key == "final_logits_bias" and value.any()}
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

    vocabulary, width = model.get_input_embeddings().weight.shape
    prompt = torch.randn(PROMPT_LENGTH, width, generator=torch.Generator().manual_seed(3)).requires_grad_()
    examples = make_examples(vocabulary, model.config)
    loss, logits = forward(model, prompt, examples)
    loss.backward()

    _, end = ends_of_texts(model.config)
    first, second, third = (examples[i] for i in scored)
    one = {"inputIds": first["inputIds"], "targets": [greedy_target(model, prompt, first, 1), [5], [40]]}
    two = {"inputIds": second["inputIds"], "targets": [[7], greedy_target(model, prompt, second, 1)]}
    many = {"inputIds": third["inputIds"], "targets": [greedy_target(model, prompt, third, 3), [9, 4] + end, [60] + end]}
    shared_beginnings = {"inputIds": second["inputIds"], "targets": [[7] + end, [7, 9] + end, [7, 9, 5] + end, [7, 12] + end, [40] + end]}
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
    check_reloaded(model, folder, prompt.detach(), examples, logits.detach())
    check_against_peft(model, prompt.detach(), examples, loss)
    print(f"{name}: loss {loss.item():.6f}, largest gradient {prompt.grad.abs().max().item():.4f}")


def write_json(file: Path, value) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n")
