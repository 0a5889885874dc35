"""Writes test/fixtures/evaluation/rows.json: what transformers says of the same rows that an evaluation is asked about.

    pip install torch transformers peft
    python test/oracles/evaluated_rows.py

For a causal model and an encoder-decoder of test/fixtures/models/, each with a prompt that PEFT saved and without one: the
log-probability of the right label words, the probability of each class by rank, and the greedy text. Every row goes through the
model alone, so that no padding is between it and the model. The rows are the first short ones of samples/amazon.jsonl.
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, AutoModelForSeq2SeqLM, GenerationConfig

ROOT = Path(__file__).resolve().parent.parent.parent
FIXTURES = ROOT / "test" / "fixtures"
TEMPLATE, WORDS = "{text} Is it good?", {"negative": "no", "positive": "it is"}
MODELS = {"llama-tied": "causal", "t5-v1.1": "encoder-decoder"}

rows = [json.loads(line) for line in (ROOT / "samples" / "amazon.jsonl").read_text().splitlines()]
rows = [row for row in rows if len(row["text"]) <= 24][:14]
assert {row["label"] for row in rows} == set(WORDS)


class Asked:
    """A model with a prompt [P, D] in front of its inputs."""

    def __init__(self, name, prompt):
        folder = FIXTURES / "models" / name
        self.seq2seq = MODELS[name] == "encoder-decoder"
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        kind = AutoModelForSeq2SeqLM if self.seq2seq else AutoModelForCausalLM
        self.model = kind.from_pretrained(folder, dtype=torch.float32).eval()
        self.prompt = prompt

    def target(self, words):
        if self.seq2seq:
            return self.tokenizer.encode(words).ids
        return self.tokenizer.encode(" " + words, add_special_tokens=False).ids

    def embedded(self, ids):
        return torch.cat([self.prompt[None], self.model.get_input_embeddings()(torch.tensor([ids]))], dim=1)

    @torch.no_grad()
    def log_probability(self, ids, target):
        if self.seq2seq:
            logits = self.model(inputs_embeds=self.embedded(ids), labels=torch.tensor([target])).logits[0]
        else:
            logits = self.model(inputs_embeds=self.embedded(ids + target)).logits[0, -len(target) - 1 : -1]
        return logits.double().log_softmax(-1)[range(len(target)), target].sum().item()

    @torch.no_grad()
    def written(self, ids, count):
        """At most `count` tokens, each the likeliest, up to the end token, or for a causal model the line's end."""
        end = self.model.config.eos_token_id
        output = self.model.generate(
            inputs_embeds=self.embedded(ids),
            attention_mask=torch.ones(1, len(self.prompt) + len(ids), dtype=torch.long),
            generation_config=GenerationConfig(
                max_new_tokens=count,
                do_sample=False,
                eos_token_id=end,
                pad_token_id=0,
                use_cache=not self.seq2seq,
                decoder_start_token_id=getattr(self.model.config, "decoder_start_token_id", None),
            ),
        )[0].tolist()
        output = output[1:] if self.seq2seq else output
        output = output[: output.index(end)] if end in output else output
        text = self.tokenizer.decode(output, skip_special_tokens=False)
        return (text if self.seq2seq else text.split("\n")[0]).strip()


def answers(asked):
    targets = {words: asked.target(words) for words in WORDS.values()}
    count = max(map(len, targets.values())) + 2
    for row in rows:
        ids = asked.tokenizer.encode(TEMPLATE.replace("{text}", row["text"])).ids
        scores = [asked.log_probability(ids, target) for target in targets.values()]
        yield {
            "logProbability": scores[list(WORDS).index(row["label"])],
            "probabilities": torch.tensor(scores, dtype=torch.float64).softmax(0).tolist(),
            "text": asked.written(ids, count),
        }


expected = {}
for name, adapter in MODELS.items():
    prompt = load_file(FIXTURES / "adapters" / "logits" / adapter / "adapter_model.safetensors")["prompt_embeddings"]
    expected[name] = {
        "adapter": adapter,
        "prompted": list(answers(Asked(name, prompt))),
        "bare": list(answers(Asked(name, prompt[:0]))),
    }
file = FIXTURES / "evaluation" / "rows.json"
file.write_text(json.dumps({"template": TEMPLATE, "words": WORDS, "rows": rows, "models": expected}, separators=(",", ":")))
print(file, file.stat().st_size)
