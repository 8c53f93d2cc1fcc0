"""Writes Parquet files by pyarrow into a folder, and beside them expected.json: what pyarrow reads in each column.

write.py FOLDER ROWS
"""

import datetime
import decimal
import json
import struct
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

folder, rows = Path(sys.argv[1]), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
expected = {}


def some(values, every):
    return [None if i % every == every - 1 else value for i, value in enumerate(values)]


numbers = {
    "int32": pa.array(some([i * i * 7919 % 2**31 - 2**30 for i in range(rows)], 7), pa.int32()),
    "extreme32": pa.array([[-(2**31), 2**31 - 1, 0, -1][i % 4] for i in range(rows)], pa.int32()),
    "int64": pa.array(some([(-1) ** i * (i % 300) ** 5 * 977 for i in range(rows)], 5), pa.int64()),
    "extreme64": pa.array([[-(2**63), 2**63 - 1, 2**53 + 1, -1, 2**32][i % 5] for i in range(rows)], pa.int64()),
    "float": pa.array(some([i / 7 - 3 for i in range(rows)], 11), pa.float32()),
    "double": pa.array(some([(i - 9) * 1e-7 * 3.0**i if i < 300 else i / 3 for i in range(rows)], 3), pa.float64()),
}
texts = {
    "text": pa.array(some([["red", "green", "bl\u00fc", "NA", "", "a longer one, with a comma"][i * i % 6] for i in range(rows)], 17)),
    "name": pa.array([f"prefix/common/{i // 3}/{'x' * (i % 5)}{i}" for i in range(rows)]),
}
others = {
    "uint8": pa.array([i % 256 for i in range(rows)], pa.uint8()),
    "uint32": pa.array([2**32 - 1 - i for i in range(rows)], pa.uint32()),
    "uint64": pa.array([2**64 - 1 - 3 * i for i in range(rows)], pa.uint64()),
    "half": pa.array([struct.unpack("e", struct.pack("e", i / 8 - 4))[0] for i in range(rows)], pa.float16()),
    "boolean": pa.array(some([i % 3 == 0 for i in range(rows)], 13)),
    "decimal": pa.array([decimal.Decimal(i * 37 - 500) / 100 for i in range(rows)], pa.decimal128(20, 2)),
    "day": pa.array([datetime.date(1969, 12, 1) + datetime.timedelta(days=i * 31) for i in range(rows)]),
    "millis": pa.array([datetime.datetime(1969, 12, 31) + datetime.timedelta(milliseconds=i * 977_123) for i in range(rows)], pa.timestamp("ms")),
    "micros": pa.array([datetime.datetime(2020, 1, 1) + datetime.timedelta(seconds=i * 977) for i in range(rows)], pa.timestamp("us")),
    "time": pa.array([datetime.time(i % 24, i % 60, 30) for i in range(rows)], pa.time64("us")),
    "inside": pa.array([None if i % 4 == 3 else {"x": i / 2, "y": None if i % 3 else i} for i in range(rows)]),
    "nothing": pa.array([None] * rows, pa.float64()),
    "codes": pa.array([f"c{i % 3}" for i in range(rows)]).dictionary_encode(),
}


# Also lists that go on from page to page, and all that a row may be instead of a list with values.
lists = {
    "tags": pa.array([[[], None, ["one"], ["a", "b\"ü", ""], [f"tag {j % 7}" for j in range(i % 90)]][i % 5] for i in range(rows)]),
    "numbers": pa.array([[(i * j) % 11 - 1 for j in range(i % 4)] for i in range(rows)], pa.list_(pa.field("item", pa.int64(), nullable=False))),
    "large": pa.array([[2**63 - 1 - i] for i in range(rows)], pa.large_list(pa.int64())),
    "inside": pa.array([{"tags": [str(i % 3)]} if i % 3 else None for i in range(rows)], pa.struct({"tags": pa.list_(pa.string())})),
}


def written(value):
    if isinstance(value, list):
        return json.dumps([str(one) for one in value], ensure_ascii=False, separators=(",", ":"))
    if value is None or value != value:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, datetime.time):
        return value.isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def save(name, columns, **options):
    table = pa.table(columns)
    pq.write_table(table, folder / name, **options)
    read = pq.read_table(folder / name).flatten()
    expected[name] = {column: [written(value) for value in read[column].to_pylist()] for column in read.column_names}


everything = {**numbers, **texts, **others}
group = max(1, rows * 2 // 5)
for codec in ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]:
    save(f"codec-{codec}.parquet", everything, compression=codec, row_group_size=group)
for version in ["1.0", "2.0"]:
    small = dict(data_page_version=version, data_page_size=256, row_group_size=group, write_page_checksum=True)
    save(f"pages-{version}.parquet", everything, **small)
    for name, encodings in {
        "plain": {},
        "delta": {"int32": "DELTA_BINARY_PACKED", "extreme32": "DELTA_BINARY_PACKED", "int64": "DELTA_BINARY_PACKED", "extreme64": "DELTA_BINARY_PACKED", "text": "DELTA_LENGTH_BYTE_ARRAY", "name": "DELTA_BYTE_ARRAY"},
        "split": {column: "BYTE_STREAM_SPLIT" for column in numbers},
    }.items():
        save(f"{name}-{version}.parquet", {**numbers, **texts}, use_dictionary=False, column_encoding=encodings or None, **small)
save("int96.parquet", {"micros": others["micros"]}, use_deprecated_int96_timestamps=True)
save("decimal64.parquet", {"decimal": others["decimal"].cast(pa.decimal128(15, 2))}, store_decimal_as_integer=True)
save("lists.parquet", {"list": pa.array([[i, i] for i in range(rows)]), "x": pa.array(range(rows))})
for version in ["1.0", "2.0"]:
    small = dict(data_page_version=version, data_page_size=256, write_batch_size=50)
    save(f"labels-{version}.parquet", lists, row_group_size=group, write_page_checksum=True, **small)
    save(f"labels-plain-{version}.parquet", lists, use_dictionary=False, **small)

(folder / "expected.json").write_text(json.dumps(expected))
