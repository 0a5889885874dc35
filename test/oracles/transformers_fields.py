"""Writes extension/engine/models/fieldsOfTransformers.ts: the names of configuration fields that code of transformers declares or reads.

A field of a config.json that is in no such code changes nothing there. The list goes without names that speak of what a network
computes (`rope`, `norm`, `scale`, ...; see `speaksOfComputing` in fieldsWithoutEffect.ts): those are refused in any case.
Run it with the version of transformers that the product is compared with: `python test/oracles/transformers_fields.py`.
"""

import ast
import re
import textwrap
from pathlib import Path

import transformers

ROOT = Path(transformers.__file__).parent
MODELS = Path(__file__).parents[2] / "extension" / "engine" / "models"


def fields_of(tree: ast.AST, declares: bool) -> set[str]:
    """What is read of an object whose name says that it is a configuration, and what the class of a configuration declares."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
            if re.search("config|cfg", name) or (declares and name == "self"):
                names.add(node.attr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("getattr", "hasattr"):
            if len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                names.add(str(node.args[1].value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "pop") and node.args:
            if isinstance(node.args[0], ast.Constant):
                names.add(str(node.args[0].value))
        elif isinstance(node, ast.ClassDef) and declares:
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    names.add(line.target.id)
                elif isinstance(line, ast.Assign) and isinstance(line.value, ast.Dict):
                    names.update(str(key.value) for key in line.value.keys if isinstance(key, ast.Constant))
    return names


def main() -> None:
    source = (MODELS / "fieldsWithoutEffect.ts").read_text()
    speaks_of_computing = re.compile(re.search(r"speaksOfComputing =\s*/(.*)/;", source)[1])
    names = set()
    for file in ROOT.rglob("*.py"):
        names |= fields_of(ast.parse(file.read_text()), "configuration" in file.name)
    plain = sorted(name for name in names if re.fullmatch("[a-z_][a-z0-9_]*", name) and not name.startswith("__") and not speaks_of_computing.search(name))
    lines = "\n".join(textwrap.wrap(" ".join(plain), 130, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))
    (MODELS / "fieldsOfTransformers.ts").write_text(
        f"""/**
 * Names of configuration fields that transformers {transformers.__version__} declares or reads, of any model, without those that speak of computing.
 * Written by test/oracles/transformers_fields.py.
 */
export const fieldsOfTransformers: ReadonlySet<string> = new Set(
  `
{lines}`
    .trim()
    .split(/\\s+/),
);
"""
    )
    print(f"{len(names)} names, {len(plain)} of them plain")


if __name__ == "__main__":
    main()
