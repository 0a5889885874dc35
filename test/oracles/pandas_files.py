"""Writes test/fixtures/datasets/pandas.json: small texts of many kinds and the rows that pandas reads from them, as text.

    pip install pandas
    python test/oracles/pandas_files.py
"""

import io
import json
from pathlib import Path

import pandas as pd

target = Path(__file__).parent.parent / "fixtures" / "datasets" / "pandas.json"
frame = pd.DataFrame(
    {
        "text": ['a, "b"', "two\nlines", "x;y\tz|", 'ends with "', '"', "", "back\\slash", "two,commas\nand,lines,here"],
        "label": [1, 0, 1, 0, 1, 0, 1, 0],
    }
)


def rows(read):
    """Every value as the text that pandas prints; missing ones are left out."""
    return [{str(k): str(v) for k, v in row.items() if not pd.isna(v)} for row in read.to_dict("records")]


def csv(name, text, **options):
    options = {"keep_default_na": False, "dtype": str, **options}
    return {"name": name, "text": text, "rows": rows(pd.read_csv(io.StringIO(text), **options))}


cases = [
    csv("comma.csv", frame.to_csv(index=False)),
    csv("all-quoted.csv", frame.to_csv(index=False, quoting=1)),
    csv("semicolon.csv", frame.to_csv(index=False, sep=";"), sep=";"),
    csv("pipe.csv", frame.to_csv(index=False, sep="|"), sep="|"),
    csv("tabs.csv", frame.to_csv(index=False, sep="\t"), sep="\t"),
    csv("tabs.tsv", frame.to_csv(index=False, sep="\t"), sep="\t"),
    csv("backslash.csv", frame.to_csv(index=False, doublequote=False, escapechar="\\"), escapechar="\\"),
    csv("unquoted.csv", frame.iloc[[0, 2]].to_csv(index=False, quoting=3, escapechar="\\"), escapechar="\\"),
    csv("letters.csv", 'text,label\n"Dear all,\nthe mail, it came\nyours, me",1\n"Hello, you\nthere",0\nb,1\nc,0\n'),
    csv("inches.csv", 'text,label\n5" disk,1\nThe 20" one,0\n"a ""5"""" b",1\n'),
    csv("blank-lines.csv", "\n\ntext,label\n\na,1\n   \nb,0\n\n"),
]

target.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
