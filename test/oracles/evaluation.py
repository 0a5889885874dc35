"""Writes test/fixtures/evaluation/statistics.json: what scikit-learn and scipy compute of evaluations.

    pip install scikit-learn scipy
    python test/oracles/evaluation.py
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest, bootstrap
from sklearn.metrics import confusion_matrix, log_loss, matthews_corrcoef, precision_recall_fscore_support

random = np.random.default_rng(2021)


def classification(name, classes, count, skill, illegal=0.0):
    """Predictions that are right with probability `skill`; class `classes` stands for an output that is none."""
    targets = random.choice(classes, count, p=np.arange(1, classes + 1) / np.arange(1, classes + 1).sum())
    predicted = np.where(random.random(count) < skill, targets, random.integers(classes, size=count))
    predicted = np.where(random.random(count) < illegal, classes, predicted)
    labels = list(range(classes))
    precision, recall, f1, support = precision_recall_fscore_support(targets, predicted, labels=labels, zero_division=0)
    probabilities = random.dirichlet(np.ones(classes) * 0.3, count)
    return {
        "name": name,
        "classes": classes,
        "targets": targets.tolist(),
        "predicted": [-1 if each == classes else int(each) for each in predicted],
        "confusion": confusion_matrix(targets, predicted, labels=[*labels, classes])[:classes].tolist(),
        "perClass": [
            {"precision": p, "recall": r, "f1": f, "support": int(s)} for p, r, f, s in zip(precision, recall, f1, support)
        ],
        "matthews": matthews_corrcoef(targets, predicted),
        "probabilities": probabilities.tolist(),
        "logLoss": log_loss(targets, probabilities, labels=labels),
    }


cases = [
    classification("two classes", 2, 60, 0.8),
    classification("five classes, some outputs none of them", 5, 80, 0.6, 0.1),
    classification("no better than chance", 3, 50, 0.0),
]
pairs = [(0, 0), (1, 0), (3, 9), (20, 20), (5, 31), (700, 640), (2000, 1700)]
correct = (random.random(300) < 0.8).astype(float)
interval = bootstrap((correct,), np.mean, method="percentile", n_resamples=20000, random_state=0).confidence_interval

file = Path(__file__).parent.parent / "fixtures" / "evaluation" / "statistics.json"
file.write_text(
    json.dumps(
        {
            "scikit-learn": sklearn.__version__,
            "scipy": scipy.__version__,
            "cases": cases,
            "mcnemar": [
                {"first": a, "second": b, "p": binomtest(min(a, b), a + b, 0.5).pvalue if a + b else 1.0} for a, b in pairs
            ],
            "bootstrap": {"correct": correct.astype(int).tolist(), "low": interval.low, "high": interval.high},
        }
    )
    + "\n"
)
