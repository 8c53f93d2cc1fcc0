import path from 'node:path';
import { SAMPLE_DIGITS } from '../../data/detect.js';
import { openDataset } from '../../data/index.js';
import { factsOf } from '../../data/inspect/describe.js';
import { inspectDataset } from '../../data/inspect/index.js';
import { inspectionMarkdown } from '../../data/inspect/markdown.js';
import { formatCount, t } from '../../protocol/l10n.js';
import type { DuplicatePair, Inspection } from '../../protocol/inspection.js';
import { encodeSafetensors } from '../../protocol/safetensors.js';
import type { AugmentationOptions } from '../../recipe/augmentation.js';
import type { DataOptions } from '../../recipe/recipe.js';
import { writeAsked } from '../askedFile.js';
import { UserError } from '../errors.js';
import { checkedRecipe, dataPathOf, loadRecipe } from '../language.js';
import type { Output } from '../output.js';
import { augmentationOptions, pretraining } from '../work.js';
import { jsonOption, type Command, type Options } from './command.js';

const RECIPE_ENDING = '.pretrain.json';
const BAR = 40;
/** Rows of a list in the terminal. */
const MAX_ROWS = 30;
const MAX_NAME = 40;
/** Exit code, as shells have it for a program that Ctrl-C ended. */
const CANCELLED = 130;
const OPENING_SHARE = 0.2;

export const inspect: Command = {
  name: 'inspect',
  summary: t('Tells what is in a dataset: classes, sizes, values, duplicates, and what cannot be read.'),
  usage: 'PATH|RECIPE',
  words: [1, 1],
  options: {
    format: { type: 'string', value: 'NAME', summary: t('read it as this format') },
    'file-pattern': { type: 'string', value: 'PATTERN', summary: t('what file names tell, as "{label}_{index}.wav"') },
    'label-column': { type: 'string', value: 'NAME', summary: t('the column that holds the labels') },
    'label-separator': {
      type: 'string',
      value: 'TEXT',
      summary: t('what stands between the labels of an example that may have several'),
    },
    groups: { type: 'string', value: 'NAME', summary: t('the column or part of the names that no split tears apart') },
    markdown: { type: 'string', value: 'FILE', summary: t('also write it as a Markdown document') },
    samples: { type: 'string', value: 'FILE', summary: t('also write pictures of some examples, as safetensors') },
    ...jsonOption,
  },
  example: 'pretrain inspect digits --markdown digits.md',

  async run([target], { markdown, samples, ...options }, output) {
    const { file, seed, ...wants } = await wanted(target as string, options);
    const abort = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
    const { signal } = abort;
    const progress = (message: string, fraction: number): void => {
      output.object({ type: 'progress', message, fraction });
      output.transient(`${message} ${Math.round(100 * fraction)} %`);
    };
    const step = steps(progress);
    try {
      const dataset = await openDataset(file, {
        ...wants.data,
        onError: 'skip',
        signal,
        onProgress: (fraction) => step(t('Opening the data'), OPENING_SHARE * fraction),
      });
      try {
        const { inspection, pictures } = await inspectDataset(dataset, {
          ...wants,
          seed,
          signal,
          onProgress: (fraction) => step(t('Looking at the examples'), OPENING_SHARE + (1 - OPENING_SHARE) * fraction),
        });
        if (typeof markdown === 'string') await writeAsked(markdown, inspectionMarkdown(inspection));
        if (typeof samples === 'string') await writeAsked(samples, encodeSafetensors(pictures));
        output.object(inspection);
        report(inspection, output);
        if (typeof markdown === 'string') output.line(`\n${t('Written to {0}.', markdown)}`);
        return 0;
      } finally {
        await dataset.close();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      output.error(new UserError(t('The inspection was cancelled.')));
      return CANCELLED;
    }
  },
};

/** Options by what a recipe's `data` calls them. */
const DATA_OPTIONS = {
  format: 'format',
  'file-pattern': 'filePattern',
  'label-column': 'labelColumn',
  'label-separator': 'labelSeparator',
  groups: 'groups',
} as const;

interface Wanted {
  file: string;
  data: DataOptions;
  /** Draws the splits, and what changes in views. */
  seed: number;
  /** As the recipe's method makes views, null where it makes none; missing without a recipe. */
  augmentation?: AugmentationOptions | null;
}

/** Of data, or of a recipe's data as the recipe reads them; options stand before what the recipe says. */
async function wanted(target: string, options: Options): Promise<Wanted> {
  const said = Object.entries(DATA_OPTIONS).flatMap(([option, name]) => {
    const value = options[option];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  if (target.endsWith(RECIPE_ENDING)) {
    const recipePath = path.resolve(target);
    const { recipe } = await loadRecipe(recipePath);
    const { data, pretrain } = recipe;
    return {
      file: dataPathOf(data, recipePath),
      data: { ...data, ...Object.fromEntries(said) },
      seed: pretrain.seed,
      augmentation: augmentationOptions(recipe, pretraining) ?? recipe.finetune.augmentation,
    };
  }
  const file = target === SAMPLE_DIGITS ? SAMPLE_DIGITS : path.resolve(target);
  const text = JSON.stringify({ data: { path: file, ...Object.fromEntries(said) } });
  const { data, pretrain } = checkedRecipe(text, file).recipe;
  return { file, data, seed: pretrain.seed };
}

/** Whole hundredths only: a dataset has more examples than anybody wants lines. */
function steps(progress: (message: string, fraction: number) => void): typeof progress {
  let last = -1;
  return (message, fraction) => {
    const hundredth = Math.floor(100 * fraction);
    if (hundredth === last) return;
    last = hundredth;
    progress(message, fraction);
  };
}

function report(inspection: Inspection, output: Output): void {
  const facts = factsOf(inspection);
  const width = Math.max(...facts.map(({ label }) => label.length));
  output.line(inspection.path);
  output.line();
  for (const { label, value } of facts) output.line(`  ${label.padEnd(width)}  ${value}`);
  histogram(inspection.classes, output);
  list(
    t('What to know'),
    inspection.findings.map(({ severity, text }) => `${severity === 'warning' ? '!' : '-'} ${text}`),
    output,
  );
  const { exact, near } = inspection.duplicates;
  list(t('Exact duplicates'), exact.pairs.map(pairText(inspection)), output);
  list(t('Near duplicates'), near?.pairs.map(pairText(inspection)) ?? [], output);
  list(
    t('Cannot be used'),
    inspection.problems.map(({ file, reason }) => `${file}: ${reason}`),
    output,
    inspection.problemCount,
  );
}

function histogram(classes: Record<string, number>, output: Output): void {
  const rows = Object.entries(classes);
  if (rows.length === 0) return;
  const shown = rows.slice(0, MAX_ROWS);
  const name = (text: string): string => (text.length > MAX_NAME ? `${text.slice(0, MAX_NAME - 1)}…` : text);
  const nameWidth = Math.max(...shown.map(([text]) => name(text).length));
  const countWidth = Math.max(...shown.map(([, count]) => formatCount(count).length));
  const most = Math.max(1, ...rows.map(([, count]) => count));
  list(
    t('Classes'),
    shown.map(
      ([text, count]) =>
        `${name(text).padEnd(nameWidth)}  ${formatCount(count).padStart(countWidth)}  ${'█'.repeat(Math.ceil((BAR * count) / most))}`,
    ),
    output,
    rows.length,
  );
}

function pairText({ examples }: Inspection): (pair: DuplicatePair) => string {
  const shown = new Map(examples.map((example) => [example.position, example]));
  const name = (position: number): string => {
    const example = shown.get(position);
    if (!example) return String(position);
    return `${example.name} (${[example.split, example.class].filter((part) => part !== null).join(', ')})`;
  };
  return ({ first, second }) => `${name(first)} = ${name(second)}`;
}

function list(title: string, lines: string[], output: Output, total = lines.length): void {
  if (lines.length === 0) return;
  output.line();
  output.line(title);
  for (const line of lines.slice(0, MAX_ROWS)) output.line(`  ${line}`);
  if (total > MAX_ROWS) output.line(`  ${t('... and {0} more', formatCount(total - MAX_ROWS))}`);
}
