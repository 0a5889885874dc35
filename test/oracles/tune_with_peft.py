"""Tunes a prompt with PEFT on the rows and steps of a run of ours, and prints what both reach.

    pip install torch transformers peft
    python test/oracles/tune_with_peft.py RUN_FOLDER [OTHER.jsonl ...]

The run (of a causal model, optimiser AdamW, schedule linear) says which rows are dev and test; all others of its file are
training rows. The model is the folder that the run used, so both have the same weights. PEFT's loop is the usual one: right padding,
`labels` of -100 before the target, torch.optim.AdamW, a linear schedule, one full batch a step. Label words are ranked by their
log-probability, as in the run. Other files are evaluated with all their rows.
"""

import json
import resource
import sys
import time
from pathlib import Path

import torch
from peft import PromptTuningConfig, PromptTuningInit, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, get_linear_schedule_with_warmup

run = Path(sys.argv[1])
record = json.loads((run / "run.json").read_text())
experiment, folder = record["experiment"], record["model"]["folder"]
task, training = experiment["task"], experiment["training"]
optimizer = training["optimizer"]
assert optimizer["name"] == "adamw" and training["schedule"]["name"] == "linear"
words = list(dict.fromkeys(task["label"]["words"].values()))
torch.manual_seed(training["seed"])

tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
pad = model.config.eos_token_id if isinstance(model.config.eos_token_id, int) else 0


def examples(file):
    """(row number, input ids, class) of every row of a JSON Lines file."""
    for number, line in enumerate(Path(file).read_text().splitlines(), 1):
        row = json.loads(line)
        text = task["template"].format(**row).rstrip()
        yield number, tokenizer(text).input_ids[: task["maxTokens"]], words.index(task["label"]["words"][row[task["label"]["column"]]])


targets = [tokenizer(" " + each, add_special_tokens=False).input_ids for each in words]
data = record["data"]["files"][0]["path"]
rows = {part: {json.loads(line)["row"] for line in (run / "evaluations" / part / "examples.jsonl").read_text().splitlines()} for part in ("dev", "test")}
everything = list(examples(data))
dev = [each for each in everything if each[0] in rows["dev"]]
test = [each for each in everything if each[0] in rows["test"]]
train = [each for each in everything if each[0] not in rows["dev"] | rows["test"]]

tuned = get_peft_model(
    model,
    PromptTuningConfig(
        task_type="CAUSAL_LM",
        num_virtual_tokens=experiment["prompt"]["length"],
        prompt_tuning_init=PromptTuningInit.TEXT,
        prompt_tuning_init_text=" ".join(words),
        tokenizer_name_or_path=folder,
    ),
)


def batch(inputs, outputs):
    """Rows of input and output ids, padded on the right."""
    both = [i + o for i, o in zip(inputs, outputs)]
    width = max(map(len, both))
    ids = torch.tensor([each + [pad] * (width - len(each)) for each in both])
    mask = torch.tensor([[1] * len(each) + [0] * (width - len(each)) for each in both])
    labels = torch.tensor([[-100] * len(i) + o + [-100] * (width - len(i) - len(o)) for i, o in zip(inputs, outputs)])
    return ids, mask, labels


@torch.no_grad()
def accuracy(part, size=32):
    right = 0
    for start in range(0, len(part), size):
        some = part[start : start + size]
        scores = []
        for target in targets:
            ids, mask, labels = batch([ids for _, ids, _ in some], [target] * len(some))
            logits = tuned(input_ids=ids, attention_mask=mask).logits[:, experiment["prompt"]["length"] :]
            chosen = torch.log_softmax(logits[:, :-1].float(), -1).gather(2, labels[:, 1:].clamp(min=0)[..., None])[..., 0]
            scores.append((chosen * (labels[:, 1:] >= 0)).sum(1))
        right += (torch.stack(scores).argmax(0) == torch.tensor([label for _, _, label in some])).sum().item()
    return right / len(part)


steps = training["steps"]
parameters = [each for each in tuned.parameters() if each.requires_grad]
adamw = torch.optim.AdamW(
    parameters,
    lr=optimizer["learningRate"],
    betas=(optimizer["beta1"], optimizer["beta2"]),
    eps=optimizer["epsilon"],
    weight_decay=optimizer["weightDecay"],
)
schedule = get_linear_schedule_with_warmup(adamw, training["schedule"]["warmUpSteps"], steps)
order = torch.Generator().manual_seed(training["seed"])
best, kept, seconds, waiting, queue = -1.0, None, 0.0, 0, []
for step in range(1, steps + 1):
    if len(queue) < training["batchSize"]:
        queue += torch.randperm(len(train), generator=order).tolist()
    chosen, queue = [train[i] for i in queue[: training["batchSize"]]], queue[training["batchSize"] :]
    started = time.perf_counter()
    ids, mask, labels = batch([ids for _, ids, _ in chosen], [targets[label] for _, _, label in chosen])
    loss = tuned(input_ids=ids, attention_mask=mask, labels=labels).loss
    loss.backward()
    adamw.step()
    schedule.step()
    adamw.zero_grad()
    seconds += time.perf_counter() - started
    if step % training["evaluateEvery"] == 0 or step == steps:
        reached = accuracy(dev)
        print(f"step {step} loss {loss.item():.3f} dev {reached:.3f} {seconds:.0f} s of steps", flush=True)
        waiting = 0 if reached > best else waiting + 1
        if reached > best:
            best, kept = reached, tuned.prompt_encoder["default"].embedding.weight.detach().clone()
        if training["patience"] and waiting >= training["patience"]:
            break
with torch.no_grad():
    tuned.prompt_encoder["default"].embedding.weight.copy_(kept)
result = {
    "steps": step,
    "secondsPerStep": seconds / step,
    "test": accuracy(test),
    **{Path(file).stem: accuracy(list(examples(file))) for file in sys.argv[2:]},
    "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "ours": {"test": record.get("test", {}).get("accuracy"), "seconds": record["seconds"], "steps": record["step"], "peakMemoryBytes": record.get("peakMemoryBytes")},
}
print(json.dumps(result))
