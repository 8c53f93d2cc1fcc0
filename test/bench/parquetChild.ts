/** Opens the Parquet table that is named, and prints seconds and peak memory. */
import { openDataset } from '../../src/data/index.js';

async function main(file: string): Promise<void> {
  const start = performance.now();
  const dataset = await openDataset(file);
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(`${JSON.stringify({ rows: dataset.info.count, seconds, peak })}\n`);
  await dataset.close();
}

void main(process.argv[2] ?? '');
