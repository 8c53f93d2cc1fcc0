import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { json, output } from './program.js';
import type { Row } from './table.js';

interface Reading {
  rows: number;
  seconds: number;
  peak: number;
}

/** Opening a Parquet table of 300 MB, what its columns are included, beside pandas' read_parquet; pandas writes it. */
export async function parquet(peers: boolean): Promise<Row[]> {
  if (!peers) return [];
  const { peerPython } = await import('./peers.js');
  const python = await peerPython('parquet');
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'pretrain-bench-'));
  try {
    const file = path.join(scratch, 'table.parquet');
    await output(python, ['test/bench/peers/parquet.py', 'write', file]);
    const megabytes = (await stat(file)).size / 1e6;
    const own = await json<Reading>(process.execPath, ['--import=tsx', 'test/bench/parquetChild.ts', file]);
    const pandas = await json<Reading>(python, ['test/bench/peers/parquet.py', 'read', file]);
    if (pandas.rows !== own.rows) throw new Error(`pandas reads ${pandas.rows} rows, not ${own.rows}.`);
    const told = ({ seconds, peak }: Reading): string => `${seconds.toFixed(1)} s, ${(peak / 1e6).toFixed(0)} MB`;
    return [
      { what: `opening a Parquet table of ${megabytes.toFixed(0)} MB, its column types included`, value: told(own) },
      { what: 'pandas read_parquet, on all cores', value: told(pandas) },
    ];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
