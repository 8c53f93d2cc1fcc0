import { mkdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { RunSummary } from '../../../src/protocol/trainer.js';
import { json } from '../program.js';
import { dataOf, rows, sets, type BenchMethod } from './plan.js';
import { keyOf, known, names, readResults, writeResults, type Probed } from './results.js';

/**
 * npm run bench:methods [-- --seeds 5] [-- NAME ...]: pretrains by each method, measures the encoders by a linear probe,
 * and writes docs/methods.md. What docs/methods.json holds already is not measured again, so it goes on where it was.
 */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { seeds: { type: 'string', default: '5' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !(name in rows));
  if (unknown.length > 0)
    throw new Error(`There is no row ${unknown.join(', ')}; there are ${Object.keys(rows).join(', ')}.`);
  const chosen = Object.entries(rows).filter(([name]) => positionals.length === 0 || positionals.includes(name));
  const scratch = path.join(os.tmpdir(), 'pretrain-bench-methods');
  await mkdir(scratch, { recursive: true });
  const results = await readResults();
  await writeResults(results); // what belongs to other recipes is gone
  // All rows of one seed before the next, so that what is stopped early is a whole table.
  for (let seed = 1; seed <= Number(values.seeds); seed++)
    for (const [name, method] of chosen) {
      const key = keyOf(method, seed);
      if (results.some((result) => result.key === key)) continue;
      const data = dataOf(sets[method.set]);
      if (data === null) {
        process.stdout.write(`${name}: skipped, ${sets[method.set].title} is not in ../shared/data\n`);
        continue;
      }
      const began = performance.now();
      const { run, seconds } = await pretrain(name, method, seed, data, scratch);
      const before = known(results, method, seed);
      const asked = names.filter((one) => before[one] === undefined);
      const probe = ['--import=tsx', 'test/bench/methods/probeChild.ts', path.join(scratch, 'runs'), run, data];
      const measured = await json<Partial<Probed>>(process.execPath, [...probe, ...asked]);
      const probed = { ...before, ...measured } as Probed;
      results.push({ row: name, seed, key, seconds, ...probed });
      await writeResults(results);
      const accuracies = names.map((one) => `${one} ${(100 * probed[one]).toFixed(1)}`).join(', ');
      const whole = ((performance.now() - began) / 1000).toFixed(0);
      process.stdout.write(
        `${name}, seed ${seed}: ${accuracies}; ${seconds.toFixed(0)} s of training, ${whole} s in all\n`,
      );
    }
}

/** @returns the folder of the run, and the seconds that it trained */
async function pretrain(
  name: string,
  { set, encoder, pretrain: options, teacher }: BenchMethod,
  seed: number,
  data: string,
  scratch: string,
): Promise<{ run: string; seconds: number }> {
  const taught = teacher === undefined ? {} : { teacher: await teacherOf(teacher, seed, data, scratch) };
  const file = path.join(scratch, `${name.replaceAll(' ', '-')}-${seed}.pretrain.json`);
  const recipe = {
    data: { ...sets[set].data, path: data },
    encoder,
    pretrain: { ...options, ...taught, seed, keepCheckpoints: 0 },
  };
  await writeFile(file, JSON.stringify(recipe, null, 2));
  const args = ['dist/trainer.js', 'run', file, '--json', '--out', path.join(scratch, 'runs')];
  const { run, seconds } = await json<RunSummary>(process.execPath, args);
  return { run, seconds };
}

async function teacherOf(name: string, seed: number, data: string, scratch: string): Promise<string> {
  const { run } = await pretrain(`${name} as a teacher`, rows[name] as BenchMethod, seed, data, scratch);
  return run;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
