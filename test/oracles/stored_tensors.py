"""Writes test/fixtures/models/stored-tensors.json: what transformers computes with a checkpoint that stores other tensors, or the same
ones under other names, than its config.json announces.

Each case is a model of test/fixtures/models with a recipe of changes, which the tests follow too, and some of the logits that
transformers computes with the files so changed: `python test/oracles/stored_tensors.py`.
"""

import json
import tempfile
from pathlib import Path

import torch
import transformers
from model_fixtures import FIXTURES, forward, write_json
from safetensors.torch import load_file, save_file

HEAD = "lm_head.weight"
# Where a model's input embeddings lie, and what the base model is called within the whole one.
CAUSAL = {
    "llama-tied": ("model.embed_tokens.weight", "model."),
    "mistral": ("model.embed_tokens.weight", "model."),
    "qwen2": ("model.embed_tokens.weight", "model."),
    "gemma": ("model.embed_tokens.weight", "model."),
    "granite": ("model.embed_tokens.weight", "model."),
    "olmo2": ("model.embed_tokens.weight", "model."),
    "smollm3": ("model.embed_tokens.weight", "model."),
    "phi3": ("model.embed_tokens.weight", "model."),
    "gemma2": ("model.embed_tokens.weight", "model."),
    "gemma3_text": ("model.embed_tokens.weight", "model."),
    "gemma3": ("model.language_model.embed_tokens.weight", "model."),
    "gpt2": ("transformer.wte.weight", "transformer."),
    "gpt_neox-sequential": ("gpt_neox.embed_in.weight", "gpt_neox."),
    "bloom": ("transformer.word_embeddings.weight", "transformer."),
    "gpt_neo": ("transformer.wte.weight", "transformer."),
    "gptj": ("transformer.wte.weight", "transformer."),
    "opt": ("model.decoder.embed_tokens.weight", "model."),
}
GEMMA3_PREFIXES = ["language_model.", "language_model.model.", "model.language_model.model."]
T5_EMBEDDINGS = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", HEAD]


def recipes() -> list[dict]:
    """`copies`: new tensor -> one that is there, and by how many rows it is rotated; `without`: tensors that are taken out after that;
    `renamed`: beginnings of names that are exchanged at last."""
    cases = []

    def case(model: str, what: str, *, config=None, copies=None, without=(), renamed=None) -> None:
        cases.append(
            {
                "model": model,
                "what": what,
                "config": config or {},
                "copies": copies or {},
                "without": list(without),
                "renamed": renamed or {},
            }
        )

    tied = {"tie_word_embeddings": True}
    for model, (embeddings, base) in CAUSAL.items():
        copy = {HEAD: [embeddings, 0]}
        case(model, "another head beside a tie", config=tied, copies={HEAD: [embeddings, 7]}, without=["embed_out.weight"])
        case(model, "names of the base model", renamed={base: ""})
        if model in ("llama-tied", "gpt2", "opt"):
            case(model, "the base model's name twice in front", renamed={base: base + base})
            case(model, "the head as a copy of the embeddings", config=tied, copies=copy)
            case(model, "the head alone", config=tied, copies=copy, without=[embeddings])
    case("gpt2", "another head where the tie is not told", copies={HEAD: ["transformer.wte.weight", 7]})
    case("gpt_neox", "another head beside a tie, by its older name", config=tied)
    case("gemma3", "an untied head", config={"tie_word_embeddings": False}, copies={HEAD: [CAUSAL["gemma3"][0], 7]})
    for prefix in GEMMA3_PREFIXES:
        case("gemma3", f"names with {prefix}", renamed={"model.language_model.": prefix})
    for name in T5_EMBEDDINGS:
        case("t5-v1.0", f"{name} in place of shared.weight", copies={name: ["shared.weight", 0]}, without=["shared.weight"])
        case("t5-v1.0", f"{name} that differs", copies={name: ["shared.weight", 7]})
    for model in ["t5-v1.0", "t5-v1.1", "mt5"]:
        case(model, "embeddings that all differ", copies={name: ["shared.weight", 5 * i + 1] for i, name in enumerate(T5_EMBEDDINGS)})
        case(
            model,
            "the embeddings of encoder and decoder, which differ, without shared.weight",
            copies={name: ["shared.weight", 5 * i + 1] for i, name in enumerate(T5_EMBEDDINGS[:2])},
            without=["shared.weight", HEAD],
        )
        case(model, "names with transformer. in front", renamed={"": "transformer."})
    for scaled in (True, False):
        case("t5-v1.0", f"scale_decoder_outputs {scaled} beside no tie", config={"tie_word_embeddings": False, "scale_decoder_outputs": scaled})
        case("t5-v1.0", f"scale_decoder_outputs {scaled} beside a tie", config={**tied, "scale_decoder_outputs": scaled})
    case("t5-v1.0", "a null tie", config={"tie_word_embeddings": None})
    return cases


def write_changed(folder: Path, case: dict) -> None:
    original = FIXTURES / case["model"]
    config = json.loads((original / "config.json").read_text())
    write_json(folder / "config.json", {**config, **case["config"]})
    tensors = load_file(original / "model.safetensors")
    tensors |= {name: tensors[of].roll(-rows, 0).clone() for name, (of, rows) in case["copies"].items()}
    for name in case["without"]:
        tensors.pop(name, None)
    for now, changed in case["renamed"].items():
        tensors = {changed + name.removeprefix(now) if name.startswith(now) else name: each for name, each in tensors.items()}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def load(folder: Path) -> transformers.PreTrainedModel:
    kind = json.loads((folder / "config.json").read_text())["model_type"]
    encoder_decoder = {"t5", "mt5"}
    classes = {
        **dict.fromkeys(encoder_decoder, transformers.AutoModelForSeq2SeqLM),
        "gemma3": transformers.AutoModelForImageTextToText,
    }
    model, report = classes.get(kind, transformers.AutoModelForCausalLM).from_pretrained(
        folder, attn_implementation="eager", dtype=torch.float32, output_loading_info=True
    )
    assert not report["missing_keys"], report["missing_keys"]
    assert not report["unexpected_keys"], report["unexpected_keys"]
    return model.eval()


def compute(case: dict) -> dict:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_changed(folder, case)
        model = load(folder)
    original = FIXTURES / case["model"]
    examples = json.loads((original / "expected.json").read_text())["examples"]
    computed = load_file(original / "expected.safetensors")
    with torch.no_grad():
        loss, logits = forward(model, computed["prompt"], examples)
    flat = logits.flatten()
    difference = (logits - computed["logits"]).abs().max().item()
    print(f"{case['model']}: {case['what']}: {difference:.2g} from the fixture's own logits")
    # T5's shared matrix is used by nothing where the others are stored.
    used = {
        each.data_ptr(): each.numel()
        for name, each in model.named_parameters(remove_duplicate=False)
        if not any(part in name for part in ("vision", "multi_modal", "shared"))
    }
    return {
        **case,
        "parameters": sum(used.values()),
        "loss": loss.item(),
        "logits": [round(each, 6) for each in flat[:: len(flat) // 60].tolist()],
    }


def main() -> None:
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    lines = [json.dumps(compute(case), separators=(",", ":")) for case in recipes()]
    (FIXTURES / "stored-tensors.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
