"""Writes test/fixtures/models/default-configurations.json: the config.json that transformers writes for every supported class, with its defaults.

`python test/oracles/default_configurations.py`; the classes are those that the table of architectures names, and some that may come.
"""

import json
import re
from pathlib import Path

from model_fixtures import FIXTURES
from transformers import CONFIG_MAPPING

TABLE = Path(__file__).parents[2] / "extension" / "engine" / "models" / "architectures" / "table.ts"


def supported() -> list[str]:
    table = re.search(r"const architectures = \{(.*?)\}", TABLE.read_text(), re.DOTALL)[1]
    return re.findall(r"^\s*(\w+)[,:]", table, re.MULTILINE)


def main() -> None:
    names = sorted({*supported(), "bart", "gpt_neo", "gptj", "mixtral", "phi", "qwen3_moe"})
    defaults = {name: json.loads(CONFIG_MAPPING[name]().to_json_string(use_diff=False)) for name in names}
    lines = [f"{json.dumps(name)}:{json.dumps(fields, separators=(',', ':'))}" for name, fields in defaults.items()]
    (FIXTURES / "default-configurations.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(*defaults)


if __name__ == "__main__":
    main()
