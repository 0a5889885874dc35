"""Writes test/fixtures/evaluation/squad.json: exact match and token F1 of answers as torchmetrics computes them, which follows the
SQuAD scripts (Rajpurkar et al. 2016; empty answers as in version 2.0).

    pip install torch torchmetrics
    python test/oracles/squad.py
"""

import json
import sys
from pathlib import Path

import torchmetrics
import torchmetrics.functional.text.squad  # noqa: F401

squad = sys.modules["torchmetrics.functional.text.squad"]

# Predicted answer, target.
pairs = [
    ("España", "Españ"),
    ("España", "españa!"),
    ("la España del norte", "España"),
    ("ça va", "ç va"),
    ("an élan", "élan"),
    ("thé vert", "vert"),
    ("the thé", "thé"),
    ("écran a", "ÉCRAN"),
    ("тa", "т"),
    ("東京 a 大阪", "東京 大阪"),
    ("東京a", "東京"),
    # A combining accent is no part of a word in Python.
    ("a\u0301 bas", "\u0301 bas"),
    ("a½", "½"),
    ("a²", "²"),
    ("aⅣ", "Ⅳ"),
    ("a٣", "٣"),
    ("a🎉", "🎉"),
    ("a_b", "ab"),
    ("an-other", "another"),
    ("a–b", "–b"),
    ("«the» end", "«» end"),
    ("İstanbul", "i\u0307stanbul"),
    ("ΟΔΟΣ", "οδος"),
    ("Straße", "STRASSE"),
    ("Oslo\u0085Lima", "Oslo Lima"),
    ("Oslo\u001cLima", "Oslo Lima"),
    ("Oslo\u3000Lima", "Oslo Lima"),
    ("Oslo\u200bLima", "Oslo Lima"),
    ("Oslo\ufeffLima", "Oslo Lima"),
    ("\ufeffOslo", "Oslo"),
    ("", ""),
    ("the", ""),
    ("", "gold"),
    ("the", "gold"),
    ("!?", "a an the"),
    ("no no no", "no"),
    ("Santa Clara, California", "Levi's Stadium in Santa Clara California"),
]
cases = [
    {
        "predicted": predicted,
        "target": target,
        "normalised": squad._normalize_text(predicted),
        "exactMatch": int(squad._compute_exact_match_score(predicted, target)),
        "f1": float(squad._compute_f1_score(predicted, target)),
    }
    for predicted, target in pairs
]

file = Path(__file__).parent.parent / "fixtures" / "evaluation" / "squad.json"
file.write_text(json.dumps({"torchmetrics": torchmetrics.__version__, "cases": cases}) + "\n")
