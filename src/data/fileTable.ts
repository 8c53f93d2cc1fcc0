/**
 * Labels of files from tables beside them: CSV files with a column of file names, as Hugging Face's "imagefolder"
 * (metadata.csv with file_name) and Kaggle's competitions (train.csv with image ids) have them.
 */
import * as path from 'node:path';
import { counted, formatCount, t } from '../protocol/l10n.js';
import type { FileLayout, LaidOutFile } from './fileLayout.js';
import { CSV_NAME } from './fileNames.js';
import { LeftOut, type LeaveOut } from './leftOut.js';
import { mayNameFiles, NamedFiles, type NotNamed } from './namedFiles.js';
import { splitOfName } from './namedParts.js';
import { DataError, type DatasetOptions, type UnreadableFile } from './reader.js';
import { splitName, SPLIT_ORDER, type SplitName } from './splitNames.js';
import { cellText } from './table/cell.js';
import { openCsv, type Csv } from './table/csv.js';
import type { RecordBlock } from './table/csvScan.js';
import { LABEL_NAMES } from './text/textColumns.js';
import type { DataFile, Tree } from './tree/tree.js';

/** Tables that are looked at, and lines of each. */
const MAX_TABLES = 100;
const MAX_LOOKED = 2000;
/** More different values than this part of the lines are no classes, where no name says so. */
const MOST_CLASSES = 0.5;
const SPLIT_NAMES = ['split', 'set', 'subset', 'partition'];
/** Names of tables that are about the files beside them. */
const ABOUT_FILES = /meta|label|annotation|class|target|train|valid|test|dev/i;

interface Columns {
  file: number;
  label: number | null;
  split: number | null;
  group: number | null;
}

interface LabelTable {
  table: DataFile;
  /** By its name or the folder it is in; null when neither tells one. */
  split: SplitName | null;
  names: string[];
  columns: Columns;
  /** Files it names, as far as it was looked at. */
  found: number;
}

interface Named {
  label: string | null;
  split: SplitName;
  group: string | null;
  where: string;
}

/**
 * Null when no table names files here, or names tell by a pattern. What a table does not name is left out and told.
 * @param files that may be examples
 * @throws DataError with the line for a file that is not there, or named with two labels, unless such are skipped; when a
 *   table is damaged, or has no column that is asked for
 */
export async function layoutByTables(
  tree: Tree,
  files: readonly DataFile[],
  options: DatasetOptions,
): Promise<FileLayout | null> {
  if (typeof options.filePattern === 'string' || files.length === 0) return null;
  const candidates = tree.files.filter(({ name }) => CSV_NAME.test(name)).slice(0, MAX_TABLES);
  const problems: UnreadableFile[] = [...tree.problems];
  const named = new NamedFiles(files);
  const found: LabelTable[] = [];
  for (const table of candidates) {
    const seen = await lookAt(table, named, options, problems);
    if (seen) found.push(seen);
  }
  const chosen = choose(found, problems);
  checkColumns(tree, chosen, options);
  if (!chosen.some(({ columns }) => columns.label !== null || columns.group !== null)) return null;
  const rows = new Map<DataFile, Named>();
  for (const table of chosen) await readTable(table, named, rows, options, problems);
  const laidOut = files.flatMap((file): LaidOutFile[] => {
    const row = rows.get(file);
    return row ? [{ file, label: row.label, split: row.split, group: row.group }] : [];
  });
  laidOut.sort((a, b) => SPLIT_ORDER.indexOf(a.split) - SPLIT_ORDER.indexOf(b.split));
  const [first] = chosen;
  const [unnamed] = files.filter((file) => !rows.has(file));
  if (first && unnamed)
    problems.push({
      file: first.table.path,
      reason: counted(
        files.length - laidOut.length,
        'Left out: {0} file is not named in it ({1}).',
        'Left out: {0} files are not named in it, for example {1}.',
        unnamed.name,
      ),
    });
  return { files: laidOut, problems, pattern: null, tables: chosen.map(({ table }) => table) };
}

/** Null for a table that is about something else. */
async function lookAt(
  table: DataFile,
  named: NamedFiles,
  options: DatasetOptions,
  problems: UnreadableFile[],
): Promise<LabelTable | null> {
  try {
    const { names, blocks } = await open(table, options, new LeftOut(options).line);
    for await (const block of blocks) {
      const split = splitOfName(table.name) ?? splitOfPath(table.name);
      const rows = Math.min(block.rows, MAX_LOOKED);
      const cells = names.map((_, column) => Array.from({ length: rows }, (_, row) => cell(block, row, column)));
      const hits = cells.map((values, i) =>
        mayNameFiles(names[i] ?? '', values) ? hitsIn(values, named, table.name, split) : 0,
      );
      const file = hits.indexOf(Math.max(1, ...hits));
      const isAlike = (value: string): boolean => named.looksAlike(value);
      if (file < 0) {
        const written = cells.find((values) => values.length > 0 && 2 * values.filter(isAlike).length >= values.length);
        if (written)
          problems.push({
            file: table.path,
            reason: t('It names files, such as {0}, but none that is here.', written[0] ?? ''),
          });
        return null;
      }
      return { table, split, names, columns: columnsOf(names, cells, file, options), found: hits[file] as number };
    }
    return null;
  } catch (error) {
    const isAboutFiles = ABOUT_FILES.test(path.posix.basename(table.name));
    if (!(error instanceof DataError) || (isAboutFiles && options.onError !== 'skip')) throw error;
    problems.push({ file: table.path, reason: error.message });
    return null;
  }
}

/** Different files that a column names; 0 when it is not a column of file names. */
function hitsIn(values: readonly string[], named: NamedFiles, table: string, split: SplitName | null): number {
  const filled = values.filter((value) => value !== '');
  const found = new Set<DataFile>();
  let alike = 0;
  for (const value of filled) {
    const file = named.find(value, table, split);
    if (typeof file === 'object') found.add(file);
    if (typeof file === 'object' || named.looksAlike(value)) alike++;
  }
  return 2 * alike >= filled.length ? found.size : 0;
}

function columnsOf(names: string[], cells: string[][], file: number, options: DatasetOptions): Columns {
  const lower = names.map((name) => name.trim().toLowerCase());
  const isSplit = (column: number): boolean =>
    column >= 0 && column !== file && (cells[column] ?? []).every((value) => splitName(value) !== null);
  const split = SPLIT_NAMES.map((name) => lower.indexOf(name)).find(isSplit) ?? null;
  const group = indexOrNull(names, options.groups);
  const others = names.flatMap((_, column) =>
    column === file || column === split || column === group ? [] : [column],
  );
  const usual = LABEL_NAMES.map((name) => lower.indexOf(name)).find((column) => others.includes(column));
  const isClass = (column: number): boolean => {
    const values = cells[column] ?? [];
    const distinct = new Set(values).size;
    return distinct <= Math.max(10, MOST_CLASSES * values.length) && (distinct > 1 || others.length === 1);
  };
  const label =
    options.labelColumn === undefined || options.labelColumn === null
      ? (usual ?? others.find(isClass) ?? null)
      : indexOrNull(names, options.labelColumn);
  return { file, label, split, group };
}

function indexOrNull(names: string[], name: string | null | undefined): number | null {
  const index = names.indexOf(name ?? '');
  return index < 0 ? null : index;
}

/**
 * Beside tables that are named as splits, others are about something else; of several of one kind in a folder, one with
 * labels is taken, then the one that names most.
 */
function choose(found: readonly LabelTable[], problems: UnreadableFile[]): LabelTable[] {
  const placeOf = ({ table, split }: LabelTable): string =>
    `${path.posix.dirname(table.name)}/${splitOfName(table.name) === null ? '' : split}`;
  const places = new Set(found.map(placeOf));
  const isBesideSplits = (one: LabelTable): boolean => {
    const folder = path.posix.dirname(one.table.name);
    return splitOfName(one.table.name) === null && SPLIT_ORDER.some((split) => places.has(`${folder}/${split}`));
  };
  const best = found.toSorted(
    (a, b) => Number(b.columns.label !== null) - Number(a.columns.label !== null) || b.found - a.found,
  );
  const chosen = best.filter((one, i) => {
    const place = placeOf(one);
    const takes = !isBesideSplits(one) && best.findIndex((other) => placeOf(other) === place) === i;
    if (!takes)
      problems.push({ file: one.table.path, reason: t('Left out: labels are taken from a table beside it.') });
    return takes;
  });
  const order = ({ split }: LabelTable): number => (split === null ? -1 : SPLIT_ORDER.indexOf(split));
  return chosen.sort((a, b) => order(a) - order(b));
}

function checkColumns(tree: Tree, tables: readonly LabelTable[], { labelColumn, groups }: DatasetOptions): void {
  const [first] = tables;
  if (!first && typeof labelColumn === 'string')
    throw new DataError(
      t('There is no column "{0}": no table in {1} names its files.', labelColumn, tree.path),
      tree.path,
      t('Put a CSV file there with a column of file names, or leave out "labelColumn".'),
    );
  for (const wanted of [labelColumn, groups])
    if (first && typeof wanted === 'string' && !tables.some(({ names }) => names.includes(wanted)))
      throw new DataError(
        t('{0} has no column "{1}".', first.table.name, wanted),
        first.table.path,
        t('Its columns are {0}.', first.names.slice(0, 20).join(', ')),
      );
}

async function readTable(
  { table, split, names, columns }: LabelTable,
  named: NamedFiles,
  rows: Map<DataFile, Named>,
  options: DatasetOptions,
  problems: UnreadableFile[],
): Promise<void> {
  const leftOut = new LeftOut(options);
  const csv = await open(table, options, leftOut.line);
  const tell = (line: number, what: string): void => {
    const message = t('{0}, line {1}: {2}.', path.posix.basename(table.name), formatCount(line), what);
    leftOut.line(new DataError(message, table.path, t('Mend the table.')));
  };
  for await (const block of csv.blocks)
    for (let row = 0; row < block.rows; row++) {
      const line = block.lines[row] as number;
      const at = (column: number | null): string => (column === null ? '' : cell(block, row, column));
      const name = at(columns.file);
      const file = named.find(name, table.name, split);
      if (typeof file !== 'object') {
        tell(line, whyNot(file, name));
        continue;
      }
      const own = at(columns.split);
      const told = own === '' ? (split ?? splitOfPath(file.name) ?? 'train') : splitName(own);
      if (told === null) {
        tell(line, t('"{0}" in column "{1}" is no split', own, names[columns.split ?? 0] ?? ''));
        continue;
      }
      const where = t('{0}, line {1}', table.name, formatCount(line));
      const now = { label: at(columns.label) || null, split: told, group: at(columns.group) || null, where };
      const before = rows.get(file);
      if (!before) rows.set(file, now);
      else if (typeof options.labelSeparator === 'string' && before.split === now.split && before.group === now.group)
        before.label = [before.label, now.label].filter(Boolean).join(options.labelSeparator) || null;
      else if (before.label !== now.label || before.split !== now.split || before.group !== now.group)
        tell(line, t('it says something else of {0} than {1} does', file.name, before.where));
    }
  problems.push(...leftOut.problems());
}

function whyNot(why: NotNamed, name: string): string {
  const words: Record<NotNamed, () => string> = {
    empty: () => t('it names no file'),
    outside: () => t('it names {0}, which leads out of the dataset’s folder', name),
    missing: () => t('it names {0}, which is not there', name),
    several: () => t('it names {0}, and there are several of that name', name),
  };
  return words[why]();
}

function open(table: DataFile, { signal }: DatasetOptions, leaveOut: LeaveOut): Promise<Csv> {
  return openCsv(table.stream(signal ? { signal } : {}), table.path, { leaveOut });
}

function cell({ bytes, starts, ends, columns }: RecordBlock, row: number, column: number): string {
  const field = row * columns + column;
  return cellText(bytes, starts[field] as number, ends[field] as number).trim();
}

/** The innermost folder that is named as a split. */
function splitOfPath(name: string): SplitName | null {
  const folders = name.split('/').slice(0, -1).reverse();
  return folders.map(splitName).find((split) => split !== null) ?? null;
}
