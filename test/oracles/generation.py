"""Writes test/fixtures/generation/: the greedy texts of transformers' own `generate` for every model in test/fixtures/models/.

Run after models.py with torch, transformers, peft and safetensors installed: `python test/oracles/generation.py`, or with names of
models to write only those.
Each row is generated alone, so that no padding is between it and the model. NAME.json holds
  prompted   behind the soft prompt of expected.safetensors, as inputs_embeds = [prompt ; E(ids)]
  bare       without a prompt
  ended      as prompted, with another end token, which some rows meet
where each is a list of {inputIds, ids, text}; `ids` without the start token and the end token. sampling.json holds the
distributions that transformers draws from.
"""

import json
import sys
from pathlib import Path

import torch
from model_fixtures import ends_of_texts
from peft import PromptTuningConfig, get_peft_model
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, GenerationConfig
from transformers.generation import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

FIXTURES = Path(__file__).parent.parent / "fixtures"
NEW_TOKENS = 12


def make_inputs(vocabulary: int, config) -> list[list[int]]:
    generator = torch.Generator().manual_seed(13)
    begin, end = ends_of_texts(config)
    return [begin + torch.randint(3, vocabulary, (n,), generator=generator).tolist() + end for n in (9, 0, 23, 1, 14)]


def generate(model, prompt: torch.Tensor, ids: list[int], end_token: int) -> list[int]:
    rows = torch.tensor([ids], dtype=torch.long)
    embedded = torch.cat([prompt[None], model.get_input_embeddings()(rows)], dim=1)
    if model.config.model_type == "gemma3":
        return likeliest_tokens(model, embedded, end_token)
    # The token that every text begins with is no part of the text.
    forced = model.text_begin
    output = model.generate(
        inputs_embeds=embedded,
        attention_mask=torch.ones(embedded.shape[:2], dtype=torch.long),
        generation_config=GenerationConfig(
            max_new_tokens=NEW_TOKENS + (forced is not None),
            forced_bos_token_id=forced,
            do_sample=False,
            eos_token_id=end_token,
            pad_token_id=0,
            # The cache of transformers 5.18 has as many layers as the encoder, which is wrong where the decoder has more.
            use_cache=not model.config.is_encoder_decoder,
            decoder_start_token_id=getattr(model.config, "decoder_start_token_id", None),
        ),
    )[0].tolist()
    if model.config.is_encoder_decoder:
        output = output[1 + (forced is not None) :]
    return output[: output.index(end_token)] if end_token in output else output


def likeliest_tokens(model, embedded: torch.Tensor, end_token: int) -> list[int]:
    """The same by hand, for the model with eyes, whose `generate` takes no embeddings."""
    ids: list[int] = []
    while len(ids) < NEW_TOKENS:
        chosen = int(model(inputs_embeds=embedded).logits[0, -1].argmax())
        if chosen == end_token:
            break
        ids.append(chosen)
        embedded = torch.cat([embedded, model.get_input_embeddings()(torch.tensor([[chosen]]))], dim=1)
    return ids


def peft_generate(model, prompt: torch.Tensor, inputs: list[list[int]], end_token: int) -> list[list[int]]:
    """PEFT's own way to the same texts; causal models only."""
    tuned = get_peft_model(model, PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=len(prompt)))
    tuned.prompt_encoder["default"].embedding.weight.data.copy_(prompt)
    # PEFT 0.21 looks for a cache under the name that transformers 5.24 has changed.
    settings = GenerationConfig(
        max_new_tokens=NEW_TOKENS, do_sample=False, eos_token_id=end_token, pad_token_id=0, use_cache=False
    )
    texts = []
    for ids in inputs:
        rows = torch.tensor([ids])
        output = tuned.generate(input_ids=rows, attention_mask=torch.ones_like(rows), generation_config=settings)
        output = output[0, len(ids) :].tolist()
        texts.append(output[: output.index(end_token)] if end_token in output else output)
    return texts


def write(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    seq2seq = config.get("is_encoder_decoder", False) or config["model_type"] in ("t5", "mt5")
    loader = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    model = loader.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    # transformers 5 takes what config.json says of writing out of it; of that, only this token is of interest.
    model.text_begin = config.get("forced_bos_token_id")
    model.generation_config = GenerationConfig()
    prompt = load_file(folder / "expected.safetensors")["prompt"]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    end_token = config.get("text_config", config)["eos_token_id"]
    vocabulary, width = model.get_input_embeddings().weight.shape
    inputs = make_inputs(vocabulary, model.config)

    def rows(prompt: torch.Tensor, given: list[list[int]], end_token: int) -> list[dict]:
        found = [(ids, generate(model, prompt, ids, end_token)) for ids in given]
        return [
            {"inputIds": ids, "ids": new, "text": tokenizer.decode(new, skip_special_tokens=False)} for ids, new in found
        ]

    with torch.no_grad():
        prompted = rows(prompt, inputs, end_token)
        bare = rows(torch.zeros(0, width), [ids for ids in inputs if ids], end_token)
        other_end = prompted[0]["ids"][4]
        ended = rows(prompt, inputs, other_end)
        # PEFT makes a prompt as wide as the layers, which OPT's embeddings may not be.
        if not seq2seq and model.config.model_type != "gemma3" and width == model.config.hidden_size:
            theirs = peft_generate(model, prompt, [ids for ids in inputs if ids], end_token)
            assert theirs == [row["ids"] for row in prompted if row["inputIds"]], folder.name
    content = {"newTokens": NEW_TOKENS, "prompted": prompted, "bare": bare, "ended": {"endToken": other_end, "rows": ended}}
    write_json(folder.name, content)
    print(folder.name, [len(row["ids"]) for row in prompted], [len(row["ids"]) for row in ended])


def write_sampling() -> None:
    """The distribution that transformers draws a token from, for one list of logits."""
    logits = torch.tensor([1.5, -0.5, 2, 0, 1.2, -1.5, 0.7, 2.4])
    settings = [{}, {"temperature": 0.8}, {"topK": 3}, {"topP": 0.8}, {"temperature": 2.0, "topK": 5, "topP": 0.6}]
    cases = []
    for setting in settings:
        warpers = [TemperatureLogitsWarper(setting.get("temperature", 1.0))]
        if "topK" in setting:
            warpers.append(TopKLogitsWarper(setting["topK"]))
        if "topP" in setting:
            warpers.append(TopPLogitsWarper(setting["topP"]))
        scores = logits[None]
        for warper in warpers:
            scores = warper(None, scores)
        cases.append({"sampling": {"temperature": 1.0, **setting}, "probabilities": scores.softmax(-1)[0].tolist()})
    write_json("sampling", {"logits": logits.tolist(), "cases": cases})


def write_json(name: str, content) -> None:
    file = FIXTURES / "generation" / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n")


def main() -> None:
    torch.set_num_threads(1)
    names = sys.argv[1:]
    if not names:
        write_sampling()
    for config in sorted((FIXTURES / "models").glob("*/config.json")):
        if not names or config.parent.name in names:
            write(config.parent)


main()
