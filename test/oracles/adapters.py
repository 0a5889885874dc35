"""Writes test/fixtures/adapters/ and proves that adapters move between PEFT and us without a changed digit.

    python test/oracles/adapters.py            # write the fixtures, run the unit tests that compare our logits with
                                               # PEFT's and write adapters of ours, load those in PEFT and compare again
    python test/oracles/adapters.py FOLDER [EXAMPLES.json]
                                               # load a checkpoint of ours; prints the prompt's SHA-256 and PEFT's loss

- causal/, encoder-decoder/: adapters as PEFT itself saves them, and their prompts as plain numbers
- logits/: adapters that PEFT saved for models of test/fixtures/models/, and the logits that PEFT gives with them
- arrays/: prompts as numpy saves them, and what must be refused

PEFT 0.21, transformers 5.18, torch 2.13. The models are tiny and random: nothing is downloaded.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import numpy as np
import torch
from peft import (
    PeftModel,
    PromptEncoderConfig,
    PromptTuningConfig,
    PromptTuningInit,
    TaskType,
    get_peft_model,
)
from safetensors.torch import load_file, save_file
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)
from transformers.utils import logging

ROOT = Path(__file__).resolve().parent.parent.parent
logging.disable_progress_bar()
logging.set_verbosity_error()
FIXTURES = ROOT / "test" / "fixtures" / "adapters"
#: Where test/unit/prompts/logits.test.ts leaves adapters of ours with our logits.
OURS = ROOT / "out" / "adapters"
LENGTH = 5

# PEFT 0.21 looks for the name that transformers 5 dropped.
if not hasattr(T5ForConditionalGeneration, "_prepare_encoder_decoder_kwargs_for_generation"):
    T5ForConditionalGeneration._prepare_encoder_decoder_kwargs_for_generation = getattr(
        T5ForConditionalGeneration, "_prepare_text_encoder_decoder_kwargs_for_generation", None
    )


def causal(heads=4):
    return LlamaForCausalLM(
        LlamaConfig(vocab_size=64, hidden_size=16, intermediate_size=32, num_hidden_layers=3,
                    num_attention_heads=heads, num_key_value_heads=2)
    ), TaskType.CAUSAL_LM


def seq2seq():
    return T5ForConditionalGeneration(
        T5Config(vocab_size=64, d_model=16, d_kv=4, d_ff=32, num_layers=2, num_heads=4)
    ), TaskType.SEQ_2_SEQ_LM


MODELS = {"causal": causal, "encoder-decoder": seq2seq}


def write():
    shutil.rmtree(FIXTURES, ignore_errors=True)
    for kind, make in MODELS.items():
        torch.manual_seed(0)
        base, task = make()
        base.name_or_path = base.config._name_or_path = "models/tiny"
        config = PromptTuningConfig(
            task_type=task, num_virtual_tokens=5, prompt_tuning_init=PromptTuningInit.RANDOM,
            num_transformer_submodules=1, base_model_name_or_path="models/tiny",
        )
        model = get_peft_model(base, config)
        with torch.no_grad():
            model.prompt_encoder["default"].embedding.weight.copy_(torch.randn(5, 16))
        folder = FIXTURES / kind
        with tempfile.TemporaryDirectory() as temporary:
            model.save_pretrained(temporary)
            folder.mkdir(parents=True)
            for name in ("adapter_config.json", "adapter_model.safetensors"):
                shutil.copy(Path(temporary) / name, folder / name)
        # The same prompt as plain numbers, so that a reader is checked against numbers and not against itself.
        prompt = model.prompt_encoder["default"].embedding.weight.detach().numpy()
        (folder / "prompt.json").write_text(json.dumps({"shape": prompt.shape, "values": prompt.flatten().tolist()}))
        print(kind, (folder / "adapter_config.json").read_text())


#: Model, PEFT's configuration and its options. The two of T5 hold the same prompt, as [P, D] and as [2P, D].
LOGITS = {
    "causal": ("llama-tied", PromptTuningConfig, {}),
    "causal-p-tuning": ("llama-tied", PromptEncoderConfig, {"encoder_hidden_size": 8}),
    "encoder-decoder": ("t5-v1.1", PromptTuningConfig, {"num_transformer_submodules": 1}),
    "encoder-decoder-two": ("t5-v1.1", PromptTuningConfig, {}),
    "encoder-decoder-p-tuning": ("t5-v1.1", PromptEncoderConfig, {"encoder_hidden_size": 8}),
}


def pad(rows, value):
    width = max(map(len, rows))
    return torch.tensor([row + [value] * (width - len(row)) for row in rows])


def target_logits(model, examples):
    """PEFT's logits where a target token is predicted, [targets, V]; rows of different length are padded on the right and masked."""
    seq2seq = model.get_base_model().config.is_encoder_decoder
    sequences = [e["inputIds"] if seq2seq else e["inputIds"] + e["targetIds"] for e in examples]
    labels = [e["targetIds"] if seq2seq else [-100] * len(e["inputIds"]) + e["targetIds"] for e in examples]
    with torch.no_grad():
        logits = model(
            input_ids=pad(sequences, 0), attention_mask=pad([[1] * len(row) for row in sequences], 0), labels=pad(labels, -100)
        ).logits
    firsts = [0 if seq2seq else LENGTH + len(e["inputIds"]) - 1 for e in examples]
    return torch.cat([logits[i, at : at + len(e["targetIds"])] for i, (at, e) in enumerate(zip(firsts, examples))])


def base_model(name):
    seq2seq = name.startswith("t5")
    auto = AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM
    return auto.from_pretrained(f"test/fixtures/models/{name}").eval(), seq2seq


def examples_of(name):
    return json.loads((ROOT / "test" / "fixtures" / "models" / name / "expected.json").read_text())["examples"]


def write_logits():
    for case, (name, config, options) in LOGITS.items():
        base, seq2seq = base_model(name)
        torch.manual_seed(7)
        prompt, unused = torch.randn(LENGTH, base.get_input_embeddings().embedding_dim), torch.randn(LENGTH, 1)
        model = get_peft_model(
            base, config(task_type=TaskType.SEQ_2_SEQ_LM if seq2seq else TaskType.CAUSAL_LM, num_virtual_tokens=LENGTH, **options)
        )
        if config is PromptTuningConfig:
            weight = model.prompt_encoder["default"].embedding.weight
            with torch.no_grad():
                weight.copy_(torch.cat([prompt, prompt * unused])[: len(weight)])
        folder = FIXTURES / "logits" / case
        folder.mkdir(parents=True)
        with tempfile.TemporaryDirectory() as temporary:
            model.save_pretrained(temporary)
            for file in ("adapter_config.json", "adapter_model.safetensors"):
                shutil.copy(Path(temporary) / file, folder / file)
        # What a loader gets, not what was in memory: p-tuning saves the output of its network.
        loaded = PeftModel.from_pretrained(base_model(name)[0], folder).eval()
        save_file({"logits": target_logits(loaded, examples_of(name)).contiguous()}, folder / "logits.safetensors")
        print(case, "written")


def write_arrays():
    folder = FIXTURES / "arrays"
    folder.mkdir(parents=True, exist_ok=True)
    numbers = (np.arange(15, dtype=np.float32).reshape(3, 5) - 7) / 4
    (folder / "numbers.json").write_text(json.dumps(numbers.flatten().tolist()))
    for name, array in {
        "f4": numbers,
        "f8": numbers.astype("<f8"),
        "f2": numbers.astype("<f2"),
        "fortran": np.asfortranarray(numbers),
        "big-endian": numbers.astype(">f4"),
        "batch": numbers[None],
        "fortran-batch-f2": np.asfortranarray(numbers.astype(">f2"))[None],
        "integers": numbers.astype("<i8"),
        "objects": numbers.astype(object),
        "structured": np.zeros(3, dtype=[("a", "<f4"), ("b", "<f4")]),
        "vector": numbers.flatten(),
    }.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=True)
    with open(folder / "version-2.npy", "wb") as file:
        np.lib.format.write_array(file, numbers, version=(2, 0))
    with open(folder / "version-3.npy", "wb") as file:
        np.lib.format.write_array(file, numbers, version=(3, 0))


def check_ours():
    for case in sorted(OURS.iterdir()):
        name = json.loads((case / "adapter_config.json").read_text())["base_model_name_or_path"].split("/")[-1]
        model = PeftModel.from_pretrained(base_model(name)[0], case).eval()
        theirs = target_logits(model, examples_of(name))
        ours = load_file(case / "logits.safetensors")["logits"]
        difference = (theirs - ours).abs().max().item()
        print(f"ours in PEFT, {case.name}: logits {list(ours.shape)}, largest difference {difference:.2e}")
        assert ours.shape == theirs.shape and difference < 1e-4


def prove():
    os.chdir(ROOT)
    write()
    write_logits()
    write_arrays()
    shutil.rmtree(OURS, ignore_errors=True)
    subprocess.run(["node", "esbuild.mjs", "--tests=unit"], check=True)
    subprocess.run(["npm", "run", "-s", "test:unit", "--", "prompts"], check=True)
    check_ours()


def load(folder, examples=None):
    """Loads an adapter into the model its configuration names; with a JSON file of examples, prints PEFT's loss on them."""
    config = json.loads((Path(folder) / "adapter_config.json").read_text())
    is_causal = config["task_type"] == "CAUSAL_LM"
    auto = AutoModelForCausalLM if is_causal else AutoModelForSeq2SeqLM
    model = PeftModel.from_pretrained(auto.from_pretrained(config["base_model_name_or_path"]), folder).eval()
    prompt = model.prompt_encoder["default"].embedding.weight.detach().numpy().astype(np.float32)
    found = {"shape": prompt.shape, "sha256": hashlib.sha256(prompt.tobytes()).hexdigest()}
    if examples:
        total, tokens = 0.0, 0
        for example in json.loads(Path(examples).read_text()):
            text, target = example["inputIds"], example["targetIds"]
            ids = torch.tensor([text + target if is_causal else text])
            labels = torch.tensor([[-100] * len(text) + target if is_causal else target])
            with torch.no_grad():
                output = model(input_ids=ids, attention_mask=torch.ones_like(ids), labels=labels)
            total += output.loss.item() * len(target)
            tokens += len(target)
        found["loss"] = total / tokens
    print(json.dumps(found))


if __name__ == "__main__":
    load(*sys.argv[1:]) if len(sys.argv) > 1 else prove()
