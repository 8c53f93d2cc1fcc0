"""Writes the small data sets of test/fixtures/parquet by pyarrow, in the layouts that the library "datasets" has.

sets.py FOLDER
"""

import json
import math
import struct
import sys
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

folder = Path(sys.argv[1])


def png(width, height, value):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = b"".join(b"\0" + bytes([value]) * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels)) + chunk(b"IEND", b"")


def wav(count, rate=8000):
    data = b"".join(struct.pack("<h", int(9000 * math.sin(i / 3))) for i in range(count))
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    return b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data


def save(name, columns, features=None, **options):
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    table = pa.table(columns)
    if features:
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, file, **options)


label = {"names": ["cat", "dog", "ant"], "_type": "ClassLabel"}


def pictures(name, start, count, **options):
    numbers = range(start, start + count)
    images = [{"bytes": png(4 + i % 2, 3, 10 * i), "path": f"{i}.png"} for i in numbers]
    save(name, {"image": images, "label": pa.array([i % 3 if i % 5 else -1 for i in numbers], pa.int64())}, {"image": {"_type": "Image"}, "label": label}, **options)


pictures("pictures/data/train-00000-of-00002.parquet", 0, 5, row_group_size=2, data_page_size=64)
pictures("pictures/data/train-00001-of-00002.parquet", 5, 3)
pictures("pictures/data/test-00000-of-00001.parquet", 8, 2)
save("sounds.parquet", {"audio": [{"bytes": wav(400 + 100 * i), "path": None} for i in range(4)], "label": ["a", "b", "a", "b"]})
save("texts.parquet", {"text": ["How do I, please, pay?", "Line\nbreak", None, "NA"], "label": pa.array([0, 1, 1, -1])}, {"label": label})
n = 40
table = {
    "size": [None if i % 9 == 8 else i / 4 for i in range(n)],
    "colour": [["red", "green", "blue"][i * i % 3] for i in range(n)],
    "count": pa.array([i * i % 17 for i in range(n)], pa.int32()),
    "ripe": [i % 3 == 0 for i in range(n)],
    "day": pa.array([i * 31 for i in range(n)], pa.date32()),
    "kind": pa.array([i % 2 for i in range(n)]),
}
save("table.parquet", table, {"kind": label}, row_group_size=15)
several = [[0, 2], [1], [], None, [2, 0, 0]]
for name, feature in {"sequence": {"_type": "Sequence", "feature": label}, "list": {"_type": "List", "feature": label}, "old": [label]}.items():
    columns = {"text": [f"This is text {i}" for i in range(5)], "labels": pa.array(several, pa.list_(pa.int64()))}
    save(f"several/{name}.parquet", columns, {"labels": feature}, row_group_size=2)
tags = [None if one is None else [label["names"][i] for i in one] for one in several]
numbers = {"size": [i / 4 for i in range(5)], "count": pa.array([3, 1, 2, 3, 1], pa.int32())}
others = {"vector": [[i / 2, 1.5] for i in range(5)], "deep": [[[i]] for i in range(5)], "map": pa.array([[("a", i)] for i in range(5)], pa.map_(pa.string(), pa.int64()))}
save("several/table.parquet", {**numbers, "labels": tags, **others})
images = {"image": [{"bytes": png(4, 3, 10 * i), "path": f"{i}.png"} for i in range(5)]}
save("several/pictures/train.parquet", {**images, "tags": tags})
save("several/pictures/test.parquet", images)
