"""Reads the CSV that is named by pandas, whole and in chunks: rows, seconds and peak bytes of memory, as JSON."""
import json, resource, sys, time
import pandas as pd

start = time.perf_counter()
rows = sum(len(chunk) for chunk in pd.read_csv(sys.argv[1], engine="c", chunksize=100_000))
chunks = time.perf_counter() - start
start = time.perf_counter()
rows = len(pd.read_csv(sys.argv[1], engine="c"))
print(json.dumps({"rows": rows, "chunks": chunks, "seconds": time.perf_counter() - start, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
