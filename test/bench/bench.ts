import { parseArgs } from 'node:util';
import { host } from './host.js';
import { csv } from './csv.js';
import { parquet } from './parquet.js';
import { hostBundle } from './bundle.js';
import { finding } from './finding.js';
import { epochTimes } from './epochs.js';
import { images } from './images.js';
import { reading } from './reading.js';
import { size } from './size.js';
import { sound } from './sound.js';
import { wholeJob } from './wholeJob.js';
import { table, type Row } from './table.js';

/**
 * npm run bench [-- --peers] [-- NAME ...]: figures of this machine, as a table. With --peers the programs that people
 * use instead are installed by pip into a folder of their own and measured in the same run.
 */
const parts: Record<string, (peers: boolean) => Promise<Row[]>> = {
  bundle: hostBundle,
  host,
  finding,
  reading,
  sound,
  csv,
  parquet,
  images,
  epochs: epochTimes,
  size,
  job: wholeJob,
};

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { peers: { type: 'boolean' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in parts));
  if (unknown.length > 0)
    throw new Error(`There is no part ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
  for (const [name, measure] of Object.entries(parts)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    process.stdout.write(`\n${name}\n${table(await measure(values.peers === true))}\n`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
