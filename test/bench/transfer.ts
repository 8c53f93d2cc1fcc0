import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { EfficiencyPoint, EfficiencySummary } from '../../src/protocol/efficiency.js';
import type { RunSummary } from '../../src/protocol/trainer.js';
import type { Json } from '../../src/recipe/description.js';
import { json } from './program.js';
import { meanAndDeviation } from './table.js';

/**
 * npm run bench:transfer [-- --seeds 5] [-- NAME ...]: of each data set one pretraining without labels, then its label
 * efficiency, by the two commands that anybody has. Writes docs/transfer.md, a data set as soon as it is measured; what
 * docs/transfer.json holds by the same recipe is not measured again.
 */

interface Transfer {
  data: Record<string, Json>;
  encoder: Record<string, Json>;
  pretrain: Record<string, Json>;
}

const data = path.resolve('../shared/data');
const MODES = ['scratch', 'probe', 'full', 'neighbours'];
const BUDGETS = [1, 5, 10, 50];
/** More than any class has: all labels. */
const ALL = 100_000;

const small = { type: 'convolutional', filters: [32, 64], blocks: 0, code: 128 };
const photographs = { type: 'convolutional', size: 'small' };
const cosine = { name: 'cosine', warmupEpochs: 1 };
const contrastive = (epochs: number, more: Record<string, Json> = {}): Record<string, Json> => ({
  method: 'contrastive',
  temperature: 0.2,
  schedule: cosine,
  epochs,
  ...more,
});

const sets: Record<string, Transfer> = {
  penguins: {
    data: { path: 'penguins/penguins.csv', labelColumn: 'species', test: 0.3 },
    encoder: { type: 'dense', units: [128] },
    pretrain: contrastive(100),
  },
  fsdd: {
    data: { path: 'fsdd/recordings.tar.gz', filePattern: '{label}_{speaker}_{index}.wav', test: 0.2 },
    encoder: photographs,
    pretrain: contrastive(60),
  },
  'sign-language-digits': {
    data: { path: 'sign-language-digits/sign-language-digits.tar.gz', image: { size: 32 }, test: 0.2 },
    encoder: photographs,
    pretrain: contrastive(60),
  },
  'clothing-small': {
    data: { path: 'clothing-small/clothing-small.tar.gz', image: { size: 48 } },
    encoder: photographs,
    pretrain: contrastive(60),
  },
  banking77: {
    data: { path: 'banking77', text: { features: 'ids' } },
    encoder: { type: 'tokenTransformer', size: 'small' },
    pretrain: { method: 'maskedLanguageModel', optimizer: { name: 'adam', learningRate: 0.001 }, epochs: 20 },
  },
  mnist: {
    data: { path: 'mnist', validation: 0.02 },
    encoder: small,
    pretrain: contrastive(10, { augmentation: { image: { crop: 0.7, flip: false, rotation: 10 } } }),
  },
  'fashion-mnist': {
    data: { path: 'fashion-mnist', validation: 0.02 },
    encoder: small,
    pretrain: contrastive(15, {
      augmentation: { image: { crop: 0.7, flip: true, brightness: 0.4, contrast: 0.4, erasing: 0.2 } },
    }),
  },
};

interface Result {
  set: string;
  recipe: Transfer;
  from: string;
  sentence: string;
  points: EfficiencyPoint[];
}

const FILE = 'docs/transfer.json';
const PAGE = 'docs/transfer.md';

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { seeds: { type: 'string', default: '5' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !(name in sets));
  if (unknown.length > 0)
    throw new Error(`There is no set ${unknown.join(', ')}; there are ${Object.keys(sets).join(', ')}.`);
  const seeds = Number(values.seeds);
  const results = await readResults();
  for (const [set, recipe] of Object.entries(sets)) {
    if (positionals.length > 0 && !positionals.includes(set)) continue;
    const there = results.find((result) => result.set === set);
    if (there && new Set(there.points.map(({ seed }) => seed)).size >= seeds) continue;
    if (!existsSync(path.join(data, recipe.data['path'] as string))) {
      process.stdout.write(`${set}: skipped, it is not in ../shared/data\n`);
      continue;
    }
    const result = await measure(set, recipe, seeds);
    results.splice(there ? results.indexOf(there) : results.length, there ? 1 : 0, result);
    await writeFile(FILE, `${JSON.stringify(results, null, 1)}\n`);
    await writeFile(PAGE, page(results));
    process.stdout.write(`${set}: ${result.sentence}\n`);
  }
}

/** Those that belong to the recipes as they are. */
async function readResults(): Promise<Result[]> {
  if (!existsSync(FILE)) return [];
  const found = JSON.parse(await readFile(FILE, 'utf8')) as Result[];
  return found.filter(({ set, recipe }) => JSON.stringify(recipe) === JSON.stringify(sets[set]));
}

async function measure(set: string, recipe: Transfer, seeds: number): Promise<Result> {
  const scratch = path.join(os.tmpdir(), 'pretrain-bench-transfer');
  await mkdir(scratch, { recursive: true });
  const file = path.join(scratch, `${set}.pretrain.json`);
  const place = path.join(data, recipe.data['path'] as string);
  await writeFile(file, JSON.stringify({ ...recipe, data: { ...recipe.data, path: place } }, null, 2));
  const trainer = (...args: string[]): [string, string[]] => [process.execPath, ['dist/trainer.js', ...args, '--json']];
  const { run } = await json<RunSummary>(...trainer('run', file, '--out', path.join(scratch, 'runs')));
  const asked = ['--labels', [...BUDGETS, ALL].join(), '--seeds', String(seeds), '--modes', MODES.join()];
  const { folder, sentence, points } = await json<EfficiencySummary>(
    ...trainer('efficiency', file, '--from', run, ...asked),
  );
  const { from } = JSON.parse(await readFile(path.join(folder, 'efficiency.json'), 'utf8')) as { from: string };
  return { set, recipe, from, sentence, points };
}

function page(results: readonly Result[]): string {
  const head = ['data', 'measured on', 'labels per class', ...MODES, 'seeds'];
  const lines = Object.keys(sets).flatMap((name) =>
    results
      .filter(({ set }) => set === name)
      .flatMap(({ set, from, points }) => {
        const budgets = [...new Set(points.map(({ labelsPerClass }) => labelsPerClass))].sort((a, b) => a - b);
        return budgets.map((budget) => {
          const own = points.filter(({ labelsPerClass }) => labelsPerClass === budget);
          const cells = MODES.map((mode) =>
            meanAndDeviation(own.filter((point) => point.mode === mode).map(({ score }) => score)),
          );
          const label = BUDGETS.includes(budget) ? String(budget) : 'all';
          return [set, from, label, ...cells, String(new Set(own.map(({ seed }) => seed)).size)];
        });
      }),
  );
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${INTRODUCTION}\n\n${table}\n`;
}

const INTRODUCTION = `# What pretraining is worth on each data set

\`npm run bench:transfer\` makes this table: of each data set one pretraining without labels, by the recipe in [transfer.ts](../test/bench/transfer.ts), then \`pretrain efficiency\` with 1, 5, 10, 50 and all labels of each class. Accuracy in percent on the test split, or on the validation split where there is no test split; mean and deviation over seeds, each of which draws the labels, the initial weights and the order. \`scratch\` is the same network with nothing pretrained.`;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
