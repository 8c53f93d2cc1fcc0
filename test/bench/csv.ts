import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { stream } from '../../src/protocol/random.js';
import { json } from './program.js';
import type { Row } from './table.js';

const BYTES = 1e9;
const MOST_MEMORY = 300e6;

interface Reading {
  rows: number;
  seconds: number;
  peak: number;
}

/** Reading a CSV of 1 GB (numbers, words, quoted text) with little memory, beside pandas' read_csv. */
export async function csv(peers: boolean): Promise<Row[]> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'pretrain-bench-'));
  try {
    const file = path.join(scratch, 'table.csv');
    await writeTable(file);
    const read = (what: string): Promise<Reading> =>
      json<Reading>(process.execPath, ['--import=tsx', 'test/bench/csvChild.ts', file, what]);
    const packed = await read('pack');
    const profiled = await read('profile');
    const rows: Row[] = [
      { what: 'reading a CSV of 1 GB into packed columns', value: speed(packed.seconds) },
      {
        what: 'its peak memory',
        value: `${(packed.peak / 1e6).toFixed(0)} MB`,
        target: { text: 'less than 300 MB', reached: packed.peak < MOST_MEMORY },
      },
      { what: 'its column types and statistics', value: speed(profiled.seconds) },
      {
        what: 'their peak memory',
        value: `${(profiled.peak / 1e6).toFixed(0)} MB`,
        target: { text: 'less than 300 MB', reached: profiled.peak < MOST_MEMORY },
      },
    ];
    if (peers) {
      const { peerPython } = await import('./peers.js');
      const pandas = await json<Reading & { chunks: number }>(await peerPython('tables'), [
        'test/bench/peers/read_csv.py',
        file,
      ]);
      if (pandas.rows !== packed.rows) throw new Error(`pandas reads ${pandas.rows} rows, not ${packed.rows}.`);
      rows.push({
        what: 'pandas read_csv, in chunks',
        value: speed(pandas.chunks),
      });
      rows.push({
        what: 'pandas read_csv, whole',
        value: `${speed(pandas.seconds)}, ${(pandas.peak / 1e6).toFixed(0)} MB`,
        target: {
          text: `ours takes ${(packed.seconds / pandas.seconds).toFixed(2)} times as long, at most twice`,
          reached: packed.seconds <= 2 * pandas.seconds,
        },
      });
    }
    return rows;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function speed(seconds: number): string {
  return `${seconds.toFixed(1)} s, ${(BYTES / 1e6 / seconds).toFixed(0)} MB/s`;
}

async function writeTable(file: string): Promise<void> {
  const out = createWriteStream(file);
  out.write('id,age,height,weight,income,city,member,score,ratio,note\n');
  const random = stream(1, 'bench csv');
  const cities = ['Berlin', 'Paris', 'Rome', '"New York, NY"', 'Oslo'];
  let written = 0;
  for (let id = 1; written < BYTES;) {
    const lines: string[] = [];
    for (let i = 0; i < 10_000; i++, id++) {
      const ratio = random.uniform();
      const weight = random.integer(50) === 0 ? '' : (50 + random.uniform() * 60).toFixed(2);
      lines.push(
        `${id},${random.integer(90)},${(150 + random.integer(500) / 10).toFixed(1)},${weight},${(random.uniform() * 1e5).toFixed(2)},${cities[random.integer(5)]},${ratio < 0.5 ? 'yes' : 'no'},${(2 * ratio - 1).toFixed(6)},${ratio},${id % 7 ? 'fine' : '"said ""no"" twice"'}\n`,
      );
    }
    const text = lines.join('');
    written += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
