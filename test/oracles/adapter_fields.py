"""Writes test/fixtures/adapters/fields.json: the fields that versions of PEFT write for prompt tuning and p-tuning.

    pip download --no-deps peft==0.3.0 -d WHEELS      # likewise each version that is to be looked at
    python test/oracles/adapter_fields.py WHEELS

The configuration classes are parsed, never imported: an old PEFT does not run with today's transformers.
"""
import ast
import json
import sys
import zipfile
from pathlib import Path

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "adapters" / "fields.json"
CLASSES = {"PROMPT_TUNING": "PromptTuningConfig", "P_TUNING": "PromptEncoderConfig"}


def classes(wheel):
    """Name -> (bases, annotated fields) of every class in the wheel's Python files; tuners' classes have unique names."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("peft/") and name.endswith(".py"):
                for node in ast.walk(ast.parse(archive.read(name))):
                    if isinstance(node, ast.ClassDef) and node.name.endswith(("Config", "ConfigMixin")):
                        fields = [part.target.id for part in node.body if isinstance(part, ast.AnnAssign)]
                        found[node.name] = ([base.id for base in node.bases if isinstance(base, ast.Name)], fields)
    return found


def fields(found, name):
    bases, own = found.get(name, ([], []))
    return sorted({*own, *(field for base in bases for field in fields(found, base))})


def main(folder):
    versions = {}
    for wheel in sorted(Path(folder).glob("peft-*.whl"), key=lambda path: [int(n) for n in path.name.split("-")[1].split(".")]):
        found = classes(wheel)
        versions[wheel.name.split("-")[1]] = {method: fields(found, name) for method, name in CLASSES.items()}
    FIXTURE.write_text(json.dumps(versions, indent=1) + "\n")
    print({version: {method: len(names) for method, names in each.items()} for version, each in versions.items()})


if __name__ == "__main__":
    main(sys.argv[1])
