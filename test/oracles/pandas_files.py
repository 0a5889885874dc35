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

small = pd.DataFrame({"text": ["fine", "dull", "n\u00efce"], "label": [1, 0, 1], "score": [0.5, float("nan"), 2.25]}, index=[3, 7, 20])
as_lines = small.to_json(orient="records", lines=True)
objects = [json.loads(line) for line in as_lines.splitlines()]


def json_case(name, text, read_from=None, **options):
    read = pd.read_json(io.StringIO(read_from or text), **{"dtype": False, **options})
    return {"name": name, "text": text, "rows": rows(read)}


cases += [json_case(f"{orient}.json", small.to_json(orient=orient), orient=orient) for orient in ["split", "index", "records", "columns", "values"]]
cases += [
    json_case("named-index.json", small.set_axis(["a", "b", "c"]).to_json(orient="index"), orient="index"),
    json_case("named-columns.json", small.set_axis(["a", "b", "c"]).to_json(orient="columns"), orient="columns"),
    json_case("lines.jsonl", as_lines, lines=True),
    json_case("array.jsonl", small.to_json(orient="records"), orient="records"),
    json_case("array-by-line.jsonl", "[\n" + as_lines.strip().replace("\n", ",\n") + "\n]\n"),
    json_case("commas.jsonl", as_lines.strip().replace("\n", ",\n") + ",\n", as_lines, lines=True),
    json_case("indented.jsonl", "\n".join(json.dumps(each, indent=2) for each in objects), as_lines, lines=True),
    json_case("indented-commas.json", ",\n".join(json.dumps(each, indent=2) for each in objects), as_lines, lines=True),
    json_case("version.json", json.dumps({"version": "1.1", "data": objects}), as_lines, lines=True),
    json_case("nested.json", json.dumps({"result": {"count": 3, "items": objects}}), as_lines, lines=True),
    json_case("hub.json", json.dumps({"features": [{"name": "text"}], "rows": [{"row_idx": i, "row": each, "truncated_cells": []} for i, each in enumerate(objects)], "num_rows_total": 3}), as_lines, lines=True),
    json_case("python.jsonl", '{"text":"fine","label":1,"score":NaN}\n{"text":"NaN","label":0,"score":-Infinity}\n{"text":"ok","label":1,"score":0.5}\n', lines=True),
]

target.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
