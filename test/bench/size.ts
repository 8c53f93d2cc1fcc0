import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PNG } from 'pngjs';
import { drawStrokeDigits } from '../../src/data/strokeDigits.js';
import type { RunSummary } from '../../src/protocol/trainer.js';
import type { Row } from './table.js';

const GIB = 1024 ** 3;
const LARGE = 10 * GIB;
/** 64 × 64 grey. */
const SIDE = 64;
const EPOCHS = 8;

/** Data beyond memory, and images in folders beside the same in one array. */
export async function size(): Promise<Row[]> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'pretrain-bench-'));
  try {
    return [...(await folders(scratch)), ...(await beyondMemory(scratch))];
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function beyondMemory(scratch: string): Promise<Row[]> {
  const what = 'memory of the trainer, 10 GiB of 64 × 64 images in one .npy, one epoch in full shuffle';
  const { bavail, bsize } = await statfs(scratch);
  if (bavail * bsize < 1.2 * LARGE) return [{ what, value: 'not measured: the disk has less than 12 GiB free' }];
  const count = Math.floor(LARGE / SIDE ** 2);
  await writeNpy(path.join(scratch, 'large.npy'), [count, SIDE, SIDE], LARGE);
  const { peak, summary } = await train(scratch, 'large', { path: 'large.npy' }, { epochs: 1, batchSize: 1024 });
  return [
    {
      what,
      value: `${(peak / GIB).toFixed(2)} GiB, ${Math.round(summary.examplesPerSecond).toLocaleString('en')} examples/s`,
      target: { text: 'at most 1 GiB', reached: peak <= GIB },
    },
  ];
}

/** Random bytes, the same 64 MiB again and again: what is in the file does not matter here. */
async function writeNpy(file: string, shape: number[], bytes: number, values?: Uint8Array): Promise<void> {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const text = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(text.length, 8);
  const block = values ?? Buffer.from(Array.from({ length: 1 << 16 }, () => Math.floor(Math.random() * 256)));
  function* pieces(): Generator<Uint8Array> {
    yield Buffer.concat([start, Buffer.from(text, 'latin1')]);
    for (let written = 0; written < bytes; written += block.length) yield block.subarray(0, bytes - written);
  }
  await pipeline(Readable.from(pieces()), createWriteStream(file));
}

async function folders(scratch: string): Promise<Row[]> {
  const { images, labels } = await drawStrokeDigits();
  const side = 28;
  for (let digit = 0; digit < 10; digit++)
    await mkdir(path.join(scratch, 'images', String(digit)), { recursive: true });
  for (const [i, digit] of labels.entries()) {
    const png = new PNG({ width: side, height: side, colorType: 0, inputColorType: 0 });
    png.data = Buffer.from(images.subarray(i * side * side, (i + 1) * side * side));
    await writeFile(
      path.join(scratch, 'images', String(digit), `${i}.png`),
      PNG.sync.write(png, { colorType: 0, inputColorType: 0 }),
    );
  }
  await writeNpy(path.join(scratch, 'digits.npy'), [labels.length, side, side], images.length, images);
  // One after the other and again, as the machine has its moods.
  const speeds: Record<string, number[]> = { images: [], 'digits.npy': [] };
  for (let round = 0; round < 2; round++)
    for (const [data, found] of Object.entries(speeds)) {
      const { speed } = await train(scratch, `${data} ${round}`, { path: data }, { epochs: EPOCHS });
      found.push(speed);
    }
  const [ours = 0, array = 1] = Object.values(speeds).map((found) => Math.max(...found));
  return [
    {
      what: `training on 6,000 PNG images in folders, after the first epoch`,
      value: `${Math.round(ours).toLocaleString('en')} examples/s`,
      target: {
        text: `at least 90 % of one .npy (${Math.round(array).toLocaleString('en')} examples/s)`,
        reached: ours >= 0.9 * array,
      },
    },
  ];
}

interface Measured {
  summary: RunSummary;
  /** Most memory in RAM, in bytes. */
  peak: number;
  /** Examples a second in the best epoch after the first. */
  speed: number;
}

async function train(scratch: string, name: string, data: object, pretrain: object): Promise<Measured> {
  const recipe = path.join(scratch, `${name}.pretrain.json`);
  await writeFile(recipe, JSON.stringify({ data, pretrain }));
  const child = spawn(
    process.execPath,
    ['dist/trainer.js', 'run', recipe, '--json', '--out', path.join(scratch, 'runs')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let peak = 0;
  const watch = setInterval(() => {
    void readFile(`/proc/${String(child.pid)}/status`, 'utf8').then(
      (status) => (peak = Math.max(peak, 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0))),
      () => undefined, // it has ended, or this is no Linux
    );
  }, 200);
  let output = '';
  for await (const piece of child.stdout) output += String(piece);
  clearInterval(watch);
  const summary = JSON.parse(output.trim().split('\n').pop() ?? '') as RunSummary & { error?: string };
  if (summary.error !== undefined) throw new Error(summary.error);
  const lines = (await readFile(path.join(summary.run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  const speeds = lines.flatMap((line) => {
    const { values } = JSON.parse(line) as { values: Record<string, number> };
    return values['examplesPerSecond'] ?? [];
  });
  return { summary, peak, speed: Math.max(...speeds.slice(1)) };
}
