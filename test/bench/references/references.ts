import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { RunSummary } from '../../../src/protocol/trainer.js';
import { json } from '../program.js';
import { references, type Reference } from './plan.js';
import type { Drawn } from './drawnChild.js';

/**
 * npm run bench:references [-- NAME ...]: measures what plan.ts names by the commands that anybody has, and writes
 * docs/references.md. What docs/references.json holds of the same recipe is not measured again.
 */

interface Result {
  name: string;
  key: string;
  value: number;
  /** What else was found. */
  note: string;
  /** Of training. */
  seconds: number;
}

const data = path.resolve('../shared/data');
const scratch = path.join(os.tmpdir(), 'pretrain-bench-references');
const FILE = 'docs/references.json';
const PAGE = 'docs/references.md';

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.filter((name) => !(name in references));
  if (unknown.length > 0)
    throw new Error(`There is no ${unknown.join(', ')}; there are ${Object.keys(references).join(', ')}.`);
  await mkdir(scratch, { recursive: true });
  const results = await readResults();
  for (const [name, reference] of Object.entries(references)) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    if (results.some((result) => result.name === name)) continue;
    if (!existsSync(placeOf(reference))) {
      process.stdout.write(`${name}: skipped, ${placeOf(reference)} is not there\n`);
      continue;
    }
    const result = await measure(name, reference);
    results.push(result);
    await writeFile(FILE, `${JSON.stringify(results, null, 1)}\n`);
    await writeFile(PAGE, page(results));
    process.stdout.write(
      `${name}: ${valueText(reference, result.value)} ${result.note}; ${duration(result.seconds)}\n`,
    );
  }
}

function placeOf({ recipe }: Reference): string {
  return path.join(data, recipe.data['path'] as string);
}

function keyOf({ recipe, stage, judge }: Reference): string {
  const depends = { recipe, stage, judge: judge === undefined ? null : references[judge]?.recipe };
  return createHash('sha256').update(JSON.stringify(depends)).digest('hex').slice(0, 8);
}

/** Those that belong to the recipes as they are. */
async function readResults(): Promise<Result[]> {
  if (!existsSync(FILE)) return [];
  const found = JSON.parse(await readFile(FILE, 'utf8')) as Result[];
  return found.filter(({ name, key }) => references[name] !== undefined && keyOf(references[name]) === key);
}

async function measure(name: string, reference: Reference): Promise<Result> {
  const { run, seconds, metrics } = await train(name, reference);
  const key = keyOf(reference);
  if (reference.judge !== undefined) {
    const judge = await train(reference.judge, references[reference.judge] as Reference);
    const child = ['--import=tsx', 'test/bench/references/drawnChild.ts', path.join(scratch, 'runs'), run, judge.run];
    const { recognised, least, count } = await json<Drawn>(process.execPath, child);
    const note = `of ${count}; the rarest digit ${valueText(reference, least)}`;
    return { name, key, value: recognised, note, seconds };
  }
  const value = metrics[reference.stage === 'pretrain' ? 'validationLoss' : 'testAccuracy'];
  if (value === undefined) throw new Error(`${run} has measured ${Object.keys(metrics).join(', ')}.`);
  return { name, key, value, note: '', seconds };
}

const trained = new Map<string, Promise<RunSummary>>();

function train(name: string, reference: Reference): Promise<RunSummary> {
  const key = keyOf(reference);
  const there = trained.get(key);
  if (there) return there;
  const started = start(name, reference);
  trained.set(key, started);
  return started;
}

async function start(name: string, { recipe, stage, prepare }: Reference): Promise<RunSummary> {
  const file = path.join(scratch, `${name}.pretrain.json`);
  const place = path.join(data, recipe.data['path'] as string);
  const used = prepare ? await prepare(place, scratch) : place;
  await writeFile(file, JSON.stringify({ ...recipe, data: { ...recipe.data, path: used } }, null, 2));
  const command = stage === 'pretrain' ? 'run' : 'finetune';
  return json<RunSummary>(process.execPath, [
    ...['dist/trainer.js', command, file, '--json', '--out', path.join(scratch, 'runs')],
  ]);
}

function valueText({ unit }: Reference, value: number): string {
  return unit === '%' ? `${(100 * value).toFixed(2)} %` : `${value.toFixed(value < 10 ? 3 : 1)} nats`;
}

function duration(seconds: number): string {
  return seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(1)} min`;
}

function page(results: readonly Result[]): string {
  const lines = Object.entries(references).flatMap(([name, reference]) =>
    results
      .filter((result) => result.name === name)
      .map(({ value, note, seconds }) => {
        const { title, goal, less, unit } = reference;
        const reached = less ? value <= goal : value >= goal / (unit === '%' ? 100 : 1);
        const wanted = `${less ? 'at most' : 'at least'} ${goal} ${unit}`;
        const told = `${reached ? '✓' : '✗'} ${valueText(reference, value)} ${note}`.trim();
        return [title, wanted, told, duration(seconds)];
      }),
  );
  const head = ['what', 'wanted', 'reached', 'training, two cores'];
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${INTRODUCTION}\n\n${table}\n`;
}

const INTRODUCTION = `# Points of reference

\`npm run bench:references\` makes this table, by the recipes in [plan.ts](../test/bench/references/plan.ts): what papers and other programs reach with such networks, and what is reached here, by one run each with seed 1. Test splits were used for no choice.`;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
