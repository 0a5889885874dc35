"""Writes test/fixtures/adapters/: prompt-tuning adapters as PEFT itself saves them, and proves that PEFT loads ours.

    python test/oracles/adapters.py            # write the fixtures
    python test/oracles/adapters.py FOLDER [EXAMPLES.json]
                                               # load a checkpoint of ours; prints the prompt's SHA-256 and PEFT's loss

PEFT 0.21, transformers 5.18, torch 2.13. The models are tiny and random: nothing is downloaded.
"""
import hashlib
import json
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import numpy as np
import torch
from peft import PeftModel, PromptTuningConfig, PromptTuningInit, TaskType, get_peft_model
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
)

FIXTURES = Path(__file__).parent.parent / "fixtures" / "adapters"

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
    load(*sys.argv[1:]) if len(sys.argv) > 1 else write()
