import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { findDatasets } from '../../src/data/find.js';
import { median, type Row } from './table.js';

const FILES = 100_000;

/** Finding the datasets of a workspace with 100,000 files: sources, many images, sounds, tables, ignored outputs. */
export async function finding(): Promise<Row[]> {
  const workspace = mkdtempSync(path.join(os.tmpdir(), 'pretrain-bench-'));
  try {
    const datasets = fill(workspace);
    const times: number[] = [];
    const firsts: number[] = [];
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      let first: number | null = null;
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const start = performance.now();
      const { found, cut } = await findDatasets(workspace, {
        exclude: ['**/.git', '**/*.pyc'],
        onFound: () => (first ??= performance.now()),
      });
      const end = performance.now();
      delay.disable();
      if (found.length !== datasets || cut !== null)
        throw new Error(`${found.length} of ${datasets} datasets were found (${cut ?? 'all looked at'}).`);
      if (i === 0) continue; // the program itself is still being compiled
      times.push(end - start);
      firsts.push((first ?? Infinity) - start);
      pauses.push(delay.max / 1e6);
    }
    const whole = median(times);
    const longest = median(pauses);
    return [
      {
        what: `finding ${datasets} datasets among ${FILES.toLocaleString('en')} files`,
        value: `${(whole / 1000).toFixed(2)} s`,
        target: { text: 'under 3 s', reached: whole < 3000 },
      },
      { what: 'the first of them', value: `${median(firsts).toFixed(0)} ms` },
      {
        what: "longest pause of the thread's other work meanwhile",
        value: `${longest.toFixed(1)} ms`,
        target: { text: 'under 50 ms', reached: longest < 50 },
      },
    ];
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** @returns how many datasets there are to be found */
function fill(workspace: string): number {
  let files = 0;
  const put = (name: string, content = 'x'): void => {
    const file = path.join(workspace, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    files++;
  };
  put('.gitignore', 'build/\n*.log\n/outputs\n!important.log\n**/cache/*.tmp\n*.py[cod]\n');
  for (let i = 0; i < 12_000; i++) put(`data/pets/${['cat', 'dog', 'fox'][i % 3] ?? ''}/${i}.jpg`);
  for (let i = 0; i < 3000; i++) put(`data/recordings/${i % 10}_${['ann', 'bob', 'eve'][i % 3] ?? ''}_${i}.wav`);
  for (let i = 0; i < 10_000; i++) put(`data/loose/${i}.png`);
  for (const split of ['train', 'test']) put(`data/table/${split}.csv`, 'a,b,label\n1,2,x\n'.repeat(200));
  for (let i = 0; i < 15_000; i++) put(`outputs/${i % 100}/${i}.png`);
  for (let i = 0; files < FILES; i++)
    put(`src/${i % 40}/${i % 400}/${i % 4000}/file${i}.${['ts', 'py', 'json', 'log', 'md'][i % 5] ?? ''}`);
  return 4;
}
