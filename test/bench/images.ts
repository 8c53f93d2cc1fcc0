import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as functions from '../../src/data/work/functions.js';
import { Pool } from '../../src/data/work/pool.js';
import { json, output } from './program.js';
import { median, type Row } from './table.js';

const ARCHIVE = path.resolve('../shared/data/clothing-small/clothing-small.tar.gz');
const THREADS = 2;

/** Seconds to read, decode and resize the photos of clothing-small on two threads, beside Pillow on two. */
export async function images(peers: boolean): Promise<Row[]> {
  if (!existsSync(ARCHIVE)) return [{ what: 'decoding photos', value: `not measured: there is no ${ARCHIVE}` }];
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pretrain-images-'));
  try {
    await output('tar', ['-xzf', ARCHIVE, '-C', folder]);
    const names = await readdir(folder, { recursive: true });
    const files = names.filter((name) => name.endsWith('.jpg')).map((name) => path.join(folder, name));
    const own = await decode(files);
    const row = { what: `decoding ${files.length} JPEG files to 64 × 64 RGB`, value: `${own.toFixed(2)} s` };
    if (!peers) return [row];
    const { peerPython } = await import('./peers.js');
    const { seconds } = await json<{ seconds: number }>(await peerPython('images'), [
      'test/bench/peers/images.py',
      String(THREADS),
      folder,
    ]);
    const text = `at most as long as Pillow on ${THREADS} threads or processes (${seconds.toFixed(2)} s)`;
    return [{ ...row, target: { text, reached: own <= seconds } }];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The median of five, without the start of the threads. */
async function decode(files: string[]): Promise<number> {
  const pool = new Pool(() => Promise.resolve(functions), { file: path.resolve('dist/worker.js'), threads: THREADS });
  const resizing = { width: 64, height: 64, fit: 'stretch' } as const;
  const work = (part: string[]): Promise<unknown> =>
    Promise.all(
      part.map((file) =>
        pool.run('decodeImage', async () => ({ bytes: await readFile(file), channels: 3 as const, resizing })),
      ),
    );
  try {
    await work(files.slice(0, 20));
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await work(files);
      times.push((performance.now() - start) / 1000);
    }
    return median(times);
  } finally {
    await pool.close();
  }
}
