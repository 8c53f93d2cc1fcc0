import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { meanAndDeviation } from '../table.js';
import { rows, sets, type BenchMethod } from './plan.js';

/** Labels of each class, where there are but some. */
export const SOME = 10;

const whats = ['pretrained', 'untrained', 'raw'] as const;
export const budgets = ['some', 'all'] as const;
export type What = (typeof whats)[number];
type Budget = (typeof budgets)[number];
export type Name = `${What}.${Budget}`;
export const names = whats.flatMap((what) => budgets.map((budget): Name => `${what}.${budget}`));
/** Accuracies. */
export type Probed = Record<Name, number>;

export interface Result extends Probed {
  row: string;
  seed: number;
  key: string;
  /** Of pretraining. */
  seconds: number;
}

const FILE = 'docs/methods.json';
const PAGE = 'docs/methods.md';

/** Names all that a result depends on: of another recipe it is measured anew. */
export function keyOf({ set, encoder, pretrain, teacher }: BenchMethod, seed: number): string {
  const teaching = teacher === undefined ? null : rows[teacher];
  const depends = { data: sets[set].data, encoder, pretrain, teacher: teaching, seed };
  return createHash('sha256').update(JSON.stringify(depends)).digest('hex').slice(0, 8);
}

/** Those that belong to the rows as they are. */
export async function readResults(): Promise<Result[]> {
  const text = await readFile(FILE, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '[]';
    throw error;
  });
  return (JSON.parse(text) as Result[]).filter(({ row, seed, key }) => {
    const method = rows[row];
    return method !== undefined && keyOf(method, seed) === key;
  });
}

/** Writes the results and the page of them. */
export async function writeResults(results: readonly Result[]): Promise<void> {
  const sorted = Object.keys(rows).flatMap((name) =>
    results.filter(({ row }) => row === name).sort((a, b) => a.seed - b.seed),
  );
  await writeFile(FILE, `${JSON.stringify(sorted, null, 1)}\n`);
  await writeFile(PAGE, page(sorted));
}

const columns = budgets.flatMap((budget) => whats.map((what): Name => `${what}.${budget}`));

/** Accuracies that another row has measured already: the raw examples are the same, and so is the same network untrained. */
export function known(results: readonly Result[], { set, encoder }: BenchMethod, seed: number): Partial<Probed> {
  const found: Partial<Probed> = {};
  for (const result of results) {
    const other = rows[result.row];
    if (other?.set !== set) continue;
    found['raw.all'] = result['raw.all']; // no seed draws anything
    if (result.seed !== seed) continue;
    found['raw.some'] = result['raw.some'];
    if (JSON.stringify(other.encoder) !== JSON.stringify(encoder)) continue;
    found['untrained.some'] = result['untrained.some'];
    found['untrained.all'] = result['untrained.all'];
  }
  return found;
}

function page(results: readonly Result[]): string {
  const lines = Object.entries(rows).flatMap(([name, { set }]) => {
    const own = results.filter(({ row }) => row === name);
    if (own.length === 0) return [];
    return [
      [
        name,
        sets[set].title,
        ...columns.map((column) => meanAndDeviation(own.map((result) => result[column]))),
        String(own.length),
      ],
    ];
  });
  const head = [
    'method',
    'data',
    '10 per class: pretrained',
    'untrained',
    'raw input',
    'all labels: pretrained',
    'untrained',
    'raw input',
    'seeds',
  ];
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${INTRODUCTION}\n\n${table}\n`;
}

const INTRODUCTION = `# What each method is worth

\`npm run bench:methods\` makes this table. Each method pretrains an encoder, by the recipe in [plan.ts](../test/bench/methods/plan.ts); then a linear probe (logistic regression, solved to convergence) tells the classes apart by its codes, with 10 labels of each class and with all of them. Beside it: the codes of the same encoder untrained, and the examples themselves (pixels; a text as a bag of its tokens). Accuracy in percent on the test split, or on the validation split where there is none; mean and deviation over seeds, each of which draws the initial weights, the order, the changes and the labels. It goes on where it was: rows of fewer seeds are not finished.`;
