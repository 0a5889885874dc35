"""Writes test/fixtures/datasets/*.parquet: the same rows in every codec that Parquet files come in.

    pip install pyarrow
    python test/oracles/parquet.py
"""

import datetime
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(__file__).parent.parent / "fixtures" / "datasets"
rows = {
    "text": ["a good film", "dull", "", None, "schön 😀"] * 3,
    "label": pa.array([1, 0, 1, 0, 1] * 3, pa.int64()),
    "score": pa.array([0.5, 2.0, None, -1.25, 1e-3] * 3, pa.float64()),
    "seen": [True, False, True, None, False] * 3,
    "tokens": [["a", "b"], [], None, ["c"], ["d", None]] * 3,
    "day": [datetime.date(2021, 4, 18)] * 15,
}
names = {"info": {"features": {"label": {"names": ["negative", "positive"], "_type": "ClassLabel"}, "text": {"dtype": "string", "_type": "Value"}}}}
table = pa.table(rows).replace_schema_metadata({"huggingface": json.dumps(names)})

folder.mkdir(parents=True, exist_ok=True)
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    # Two row groups, so that row numbers have to go on over them.
    pq.write_table(table, folder / f"{codec}.parquet", compression=codec, row_group_size=10)
