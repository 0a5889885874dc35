"""Writes test/fixtures/evaluation/metrics.json: accuracy and macro F1 as scikit-learn computes them.

    pip install scikit-learn
    python test/oracles/metrics.py
"""

import json
import random
from pathlib import Path

import sklearn
from sklearn.metrics import accuracy_score, f1_score

draw = random.Random(2021)
names = ["animal", "body", "food", "plant", "person", "place"]


def case(name, targets, predicted):
    return {
        "name": name,
        "targets": targets,
        "predicted": predicted,
        "accuracy": accuracy_score(targets, predicted),
        "macro-f1": f1_score(targets, predicted, average="macro", zero_division=0),
    }


def noisy(targets, share):
    return [target if draw.random() < share else draw.choice(names) for target in targets]


def drawn(count, weights=None):
    return draw.choices(names, weights, k=count)


balanced, skewed = drawn(200), drawn(300, [90, 5, 2, 1, 1, 1])
cases = [
    case("balanced", balanced, noisy(balanced, 0.7)),
    case("skewed", skewed, noisy(skewed, 0.5)),
    case("always the majority", skewed, ["animal"] * 300),
    case("a class that is only predicted", ["food"] * 5, ["food", "food", "plant", "food", "body"]),
    case("all right", balanced, balanced),
    case("all wrong", ["food", "plant"], ["plant", "food"]),
    case("one example", ["food"], ["food"]),
]

file = Path(__file__).parent.parent / "fixtures" / "evaluation" / "metrics.json"
file.parent.mkdir(parents=True, exist_ok=True)
file.write_text(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}) + "\n")
