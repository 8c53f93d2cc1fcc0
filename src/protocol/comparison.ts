import type { RunRecord, RunState } from './run.js';

/** Runs side by side: what differs in their recipes, and what they came to. */

/** One of the runs. */
export interface ComparedRun {
  run: RunRecord;
  /** The effective one. */
  state: RunState;
  /** `recipe.json`, whatever it holds; null where it cannot be read. */
  recipe: unknown;
  /** Lowest loss after any epoch; null where none was measured. */
  best: { training: number | null; validation: number | null };
}

/** A row: one field of the recipes. */
export interface FieldRow {
  /** e.g. "pretrain.optimizer.learningRate". */
  path: string;
  /** Of each run, as JSON has it; null where its recipe has no such field. */
  values: (string | null)[];
  differs: boolean;
}

/** What names a recipe or is for editors. */
const NO_FIELDS: ReadonlySet<string> = new Set(['$schema', 'name']);
/** By the stage of a run: the sections that it does not follow. */
const UNUSED = { pretrain: 'finetune', finetune: 'pretrain' } as const;

/** All fields that the runs followed, those that differ first, each in the order of the recipes. */
export function fieldRows(runs: readonly Pick<ComparedRun, 'run' | 'recipe'>[]): FieldRow[] {
  const fields = runs.map(({ run, recipe }) => fieldsOf(recipe, UNUSED[run.stage]));
  const paths = new Set(fields.flatMap((one) => [...one.keys()]));
  const rows = [...paths].map((path): FieldRow => {
    const values = fields.map((one) => one.get(path) ?? null);
    return { path, values, differs: values.some((value) => value !== values[0]) };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function fieldsOf(recipe: unknown, unused: string): Map<string, string> {
  const fields = new Map<string, string>();
  const visit = (value: unknown, path: string): void => {
    if (isObject(value) && Object.keys(value).length > 0)
      for (const [name, inner] of Object.entries(value)) visit(inner, `${path}.${name}`);
    else fields.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  };
  if (isObject(recipe))
    for (const [name, value] of Object.entries(recipe)) if (!NO_FIELDS.has(name) && name !== unused) visit(value, name);
  return fields;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How the values of a column are written. */
export type ResultKind = 'text' | 'count' | 'loss' | 'share' | 'rate' | 'seconds';

/** A column of the table of results. */
export interface ResultColumn {
  /** Names its title. */
  id: string;
  kind: ResultKind;
  /** What is better; null where nothing is. */
  better: 'higher' | 'lower' | null;
}

export interface ResultTable {
  columns: ResultColumn[];
  /** A row a run; null where it has none. */
  rows: (string | number | null)[][];
  /** Whether a value is the best of its column; of equal ones all are. */
  best: boolean[][];
}

type Value = (one: ComparedRun) => string | number | null | undefined;

const columns: (ResultColumn & { value: Value })[] = [
  text('method', ({ run }) => run.method),
  text('state', ({ state }) => state),
  { id: 'trainingLoss', kind: 'loss', better: 'lower', value: ({ run }) => run.metrics['loss'] },
  { id: 'bestTrainingLoss', kind: 'loss', better: 'lower', value: ({ best }) => best.training },
  { id: 'validationLoss', kind: 'loss', better: 'lower', value: ({ run }) => run.metrics['validationLoss'] },
  { id: 'bestValidationLoss', kind: 'loss', better: 'lower', value: ({ best }) => best.validation },
  metric('probeAccuracy', 'share', 'higher'),
  ...(['test', 'validation'] as const).flatMap((split) => [
    metric(`${split}Accuracy`, 'share', 'higher'),
    metric(`${split}BalancedAccuracy`, 'share', 'higher'),
    metric(`${split}MacroF1`, 'share', 'higher'),
    metric(`${split}MicroF1`, 'share', 'higher'),
    metric(`${split}MeanAveragePrecision`, 'share', 'higher'),
    metric(`${split}SubsetAccuracy`, 'share', 'higher'),
    metric(`${split}HammingLoss`, 'share', 'lower'),
    metric(`${split}LogLoss`, 'rate', 'lower'),
    metric(`${split}MeanAbsoluteError`, 'rate', 'lower'),
    metric(`${split}RootMeanSquaredError`, 'rate', 'lower'),
    metric(`${split}R2`, 'rate', 'higher'),
  ]),
  { id: 'epochs', kind: 'rate', better: null, value: ({ run }) => run.epoch },
  { id: 'steps', kind: 'count', better: null, value: ({ run }) => run.step },
  { id: 'time', kind: 'seconds', better: 'lower', value: ({ run }) => run.seconds },
  {
    id: 'stepsPerSecond',
    kind: 'rate',
    better: 'higher',
    value: ({ run }) => (run.seconds > 0 ? run.step / run.seconds : null),
  },
  { id: 'parameters', kind: 'count', better: null, value: ({ run }) => run.parameters },
  text('engine', ({ run }) => run.engine && `${run.engine.name} ${run.engine.version}`),
  text('data', ({ run }) => lastPart(run.dataset?.path)),
  { id: 'examples', kind: 'count', better: null, value: ({ run }) => run.dataset?.trainingCount },
  { id: 'seed', kind: 'text', better: null, value: ({ run }) => String(run.seed) },
];

/** @param path what a record has there: it may be damaged */
function lastPart(path: unknown): string | undefined {
  return typeof path === 'string' ? path.split(/[/\\]/).findLast((part) => part !== '') : undefined;
}

function text(id: string, value: Value): ResultColumn & { value: Value } {
  return { id, kind: 'text', better: null, value };
}

function metric(id: string, kind: ResultKind, better: 'higher' | 'lower'): ResultColumn & { value: Value } {
  return { id, kind, better, value: ({ run }) => run.metrics[id] };
}

/** What the runs came to: the columns that any of them has a value for. */
export function resultTable(runs: readonly ComparedRun[]): ResultTable {
  const found = columns
    .map((column) => ({ column, values: runs.map((one) => known(column.value(one))) }))
    .filter(({ values }) => values.some((value) => value !== null));
  const areComparable = haveComparableLosses(runs);
  const best = found.map(({ column, values }) =>
    column.kind === 'loss' && !areComparable ? values.map(() => false) : bestOf(values, column.better),
  );
  return {
    columns: found.map(({ column: { id, kind, better } }) => ({ id, kind, better })),
    rows: runs.map((_, row) => found.map(({ values }) => values[row] ?? null)),
    best: runs.map((_, row) => best.map((marks) => marks[row] ?? false)),
  };
}

/** Losses of other methods, tasks or data measure something else: none of them is better than another. */
export function haveComparableLosses(runs: readonly Pick<ComparedRun, 'run' | 'recipe'>[]): boolean {
  const kinds = runs.map(({ run: { stage, method, dataset }, recipe }) => {
    const loss = fieldsOf(recipe, UNUSED[stage]).get(`${stage}.options.loss`) ?? null;
    return JSON.stringify([stage, stage === 'pretrain' ? method : null, loss, dataset?.fingerprint ?? null]);
  });
  return new Set(kinds).size <= 1;
}

function known(value: string | number | null | undefined): string | number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return value ?? null;
}

/** No value is the best where all that are known are the same. */
function bestOf(values: readonly (string | number | null)[], better: ResultColumn['better']): boolean[] {
  const numbers = values.filter((value) => typeof value === 'number');
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (better === null || numbers.length < 2 || low === high) return values.map(() => false);
  return values.map((value) => value === (better === 'higher' ? high : low));
}

/** What texts are written with, by the language of whoever reads them. */
export interface Wording {
  /** Of a column by its id; "run" and "recipe" of the first columns. */
  title: (id: string) => string;
  /** A value of the table as people read it. */
  cell: (value: string | number | null, kind: ResultKind) => string;
}

/** A run a line: its id, what it came to as plain numbers, and the fields of its recipe that differ, quoted as RFC 4180 has it. */
export function comparisonCsv(runs: readonly ComparedRun[]): string {
  const { columns, rows } = resultTable(runs);
  const fields = fieldRows(runs).filter(({ differs }) => differs);
  const head = ['id', 'name', ...columns.map(({ id }) => id), ...fields.map(({ path }) => path)];
  const lines = runs.map(({ run }, index) => [
    run.id,
    run.name,
    ...(rows[index] ?? []),
    ...fields.map(({ values }) => values[index] ?? null),
  ]);
  return [head, ...lines].map((cells) => cells.map(csvCell).join(',') + '\n').join('');
}

function csvCell(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Two tables: what the runs came to, the best in bold, and what differs in their recipes. */
export function comparisonMarkdown(runs: readonly ComparedRun[], { title, cell }: Wording): string {
  const { columns, rows, best } = resultTable(runs);
  const fields = fieldRows(runs).filter(({ differs }) => differs);
  const names = runs.map(({ run }) => escaped(run.id));
  const results = [
    [title('run'), ...columns.map(({ id }) => title(id))],
    ...rows.map((cells, row) => [
      names[row] ?? '',
      ...cells.map((value, index) => {
        const shown = escaped(cell(value, columns[index]?.kind ?? 'text'));
        return best[row]?.[index] === true ? `**${shown}**` : shown;
      }),
    ]),
  ];
  const recipes = [[title('recipe'), ...names], ...fields.map(({ path, values }) => [path, ...values.map(shownField)])];
  const tables = fields.length === 0 ? [results] : [results, recipes];
  return tables.map(markdownTable).join('\n');
}

function shownField(value: string | null): string {
  return value === null ? '' : escaped(value);
}

function markdownTable([head = [], ...rows]: string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

/** Names come from anybody: none of them is markup. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|]/g, '\\$&').replace(/\s+/g, ' ');
}
