"""Writes test/fixtures/datasets/*.parquet: the same rows in every codec that Parquet files come in.

    pip install pyarrow pandas
    python test/oracles/parquet.py
"""

import datetime
import decimal
import json
from pathlib import Path

import pandas as pd
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

# Every kind of value, and what pandas prints of each; missing ones are left out. Repeated texts compress, so LZ4 has copies to make.
moment = datetime.datetime(2021, 4, 18, 12, 30, 5, 250000)
D = decimal.Decimal
values = pa.table(
    {
        "text": ["a fine film, a fine film, a fine film", "dull", None],
        "day": pa.array([datetime.date(2021, 4, 18), datetime.date(1969, 12, 31), None], pa.date32()),
        "seconds": pa.array([moment.replace(microsecond=0), datetime.datetime(1950, 1, 1), None], pa.timestamp("ms")),
        "micro": pa.array([moment, datetime.datetime(1969, 12, 31, 23, 59, 59, 1), None], pa.timestamp("us")),
        "nano": pa.array([1618749005000000001, 0, None], pa.timestamp("ns")),
        "utc": pa.array([moment, moment, None], pa.timestamp("us", tz="UTC")),
        "clock": pa.array([datetime.time(12, 30), datetime.time(0, 0, 1, 5), None], pa.time64("us")),
        "price": pa.array([D("1.10"), D("-0.05"), None], pa.decimal128(5, 2)),
        "huge": pa.array([D("12345678901234567890.123"), D("-1.000"), None], pa.decimal128(30, 3)),
        "whole": pa.array([D("7"), D("-7"), None], pa.decimal128(9, 0)),
        "half": pa.array([0.1, -2.5, None], pa.float32()),
        "large": pa.array([2**62 + 1, -1, None], pa.int64()),
        "category": pa.array(["b", "a", None]).dictionary_encode(),
    }
)
pq.write_table(values, folder / "values.parquet", compression="lz4")
pq.write_table(values, folder / "values-v2.parquet", compression="lz4", data_page_version="2.0", use_dictionary=False)
columns = {name: values[name].to_pandas(types_mapper=pd.ArrowDtype if name == "large" else None) for name in values.column_names}
printed = [{name: str(column[row]) for name, column in columns.items() if not pd.isna(column[row])} for row in range(2)]
(folder / "values.json").write_text(json.dumps(printed, indent=1) + "\n")
