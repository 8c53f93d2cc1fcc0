/** Reads the CSV that is named, numbers and categories packed block by block, and prints seconds and peak memory. */
import { createReadStream } from 'node:fs';
import { profileColumns } from '../../src/data/table/columns.js';
import { openCsv } from '../../src/data/table/csv.js';
import { ColumnPacker, type Packing } from '../../src/data/table/pack.js';

async function main(file: string, profile: boolean): Promise<void> {
  const start = performance.now();
  const csv = await openCsv(createReadStream(file, { highWaterMark: 1024 ** 2 }), file);
  let rows = 0;
  if (profile) rows = (await profileColumns(csv))[0]?.count ?? 0;
  else {
    const words = new Set(['city', 'member', 'note']);
    const packings = csv.names.map((name): [string, Packing] => [name, words.has(name) ? 'category' : 'number']);
    const packer = new ColumnPacker(csv, new Map(packings), file);
    for await (const block of csv.blocks) rows += packer.pack(block).rows;
  }
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ rows, seconds, peak })}\n`);
}

const [, , file, what] = process.argv;
void main(file ?? '', what === 'profile');
