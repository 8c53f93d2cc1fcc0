"""Writes a Parquet table of some 300 MB, or reads it as people do, and prints seconds and peak memory.

parquet.py write|read FILE
"""

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

what, file = sys.argv[1:]
if what == "write":
    rows = 6_000_000
    random = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            **{f"x{i}": random.normal(size=rows) for i in range(5)},
            "weight": np.where(random.random(rows) < 0.02, np.nan, random.normal(70, 9, rows).round(2)),
            "age": random.integers(0, 90, rows),
            "city": random.choice(["Berlin", "Paris", "Rome", "New York, NY", "Oslo"], rows),
            "member": random.random(rows) < 0.5,
        }
    )
    table.to_parquet(file)
else:
    start = time.perf_counter()
    table = pd.read_parquet(file)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"rows": len(table), "seconds": seconds, "peak": peak}))
