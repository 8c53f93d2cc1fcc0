import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as functions from '../../src/data/work/functions.js';
import { Pool } from '../../src/data/work/pool.js';
import { json, output } from './program.js';
import { median, type Row } from './table.js';

const ARCHIVE = path.resolve('../shared/data/clothing-small/clothing-small.tar.gz');
const THREADS = 2;
const BATCH = 32;

/** Seconds to read, decode and resize the photos of clothing-small on two threads, beside Pillow on two. */
export async function images(peers: boolean): Promise<Row[]> {
  if (!existsSync(ARCHIVE)) return [{ what: 'decoding photos', value: `not measured: there is no ${ARCHIVE}` }];
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pretrain-images-'));
  try {
    await output('tar', ['-xzf', ARCHIVE, '-C', folder]);
    const names = await readdir(folder, { recursive: true });
    const files = names.filter((name) => name.endsWith('.jpg')).map((name) => path.join(folder, name));
    const pillow = peers ? await pillowSeconds(folder) : null;
    const rows: Row[] = [];
    for (const work of ['decode', 'resize'] as const) {
      const [own, processor] = await measure(files, work === 'resize');
      const what = `${files.length} JPEG files to RGB${work === 'resize' ? ' of 64 × 64' : ''}`;
      const row = { what, value: `${own.toFixed(2)} s` };
      const busy = { what: `${what}, processor time`, value: `${processor.toFixed(2)} s` };
      if (!pillow) rows.push(row, busy);
      else {
        const text = `at most as long as Pillow on ${THREADS} threads or processes (${pillow[work].toFixed(2)} s)`;
        const least = `at most as much as Pillow on ${THREADS} threads (${pillow[`${work}Processor`].toFixed(2)} s)`;
        rows.push({ ...row, target: { text, reached: own <= pillow[work] } });
        rows.push({ ...busy, target: { text: least, reached: processor <= pillow[`${work}Processor`] } });
      }
    }
    return rows;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pillowSeconds(
  folder: string,
): Promise<Record<'decode' | 'resize' | 'decodeProcessor' | 'resizeProcessor', number>> {
  const { peerPython } = await import('./peers.js');
  return json(await peerPython('images'), ['test/bench/peers/images.py', String(THREADS), folder]);
}

/**
 * Medians of five, without the start of the threads: seconds, and seconds of processor time of all threads, which other
 * programs disturb less.
 */
async function measure(files: string[], resize: boolean): Promise<[seconds: number, processor: number]> {
  const pool = new Pool(() => Promise.resolve(functions), { file: path.resolve('dist/worker.js'), threads: THREADS });
  const resizing = resize ? { resizing: { width: 64, height: 64, fit: 'stretch' as const } } : {};
  const work = (part: string[]): Promise<unknown> => {
    const batches = Array.from({ length: Math.ceil(part.length / BATCH) }, (_, i) =>
      part.slice(i * BATCH, (i + 1) * BATCH),
    );
    // Read at once: asynchronous reading takes longer than decoding such small files.
    const load = (file: string) => ({ bytes: readFileSync(file), channels: 3 as const, ...resizing });
    return Promise.all(batches.map((batch) => pool.run('decodeImages', () => batch.map(load))));
  };
  try {
    await work(files.slice(0, 20));
    const times: number[] = [];
    const processorTimes: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      const before = process.cpuUsage();
      await work(files);
      times.push((performance.now() - start) / 1000);
      const { user, system } = process.cpuUsage(before);
      processorTimes.push((user + system) / 1e6);
    }
    return [median(times), median(processorTimes)];
  } finally {
    await pool.close();
  }
}
