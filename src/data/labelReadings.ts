/** What else the labels of a table could be: which column is taken, others, or several labels in one cell. */
import { t } from '../protocol/l10n.js';
import { labelSeparatorIn } from './joinedLabels.js';
import { NO_READINGS, type NameReadings } from './otherReadings.js';
import { DataError, type Reading } from './reader.js';
import { cellText } from './table/cell.js';
import { profileColumns, type ColumnProfile } from './table/columns.js';
import { openCsv, type Csv } from './table/csv.js';
import { textColumns } from './table/dataset.js';
import { labelColumns, possibleLabels } from './table/labelColumns.js';
import { chooseTextColumns } from './text/textColumns.js';

/** Of a file: enough for its first rows, and quickly looked at, as the extension host does this. */
const LOOKED_BYTES = 4096;
/** Of a cell that is shown. */
const SHOWN = 60;

/** Gives the first so many bytes of a file. */
type StartOf = (bytes: number) => Promise<Buffer>;

/** Of a CSV file that is the data. */
export async function readingsOfColumns(startOf: StartOf): Promise<NameReadings> {
  const { profiles, cells } = await firstRows(startOf);
  const texts = textColumns(profiles, {});
  const taken = texts ? texts.label : labelColumns(profiles)[0];
  const several = severalIn(cells, taken, texts?.text);
  if (texts) return several.length === 0 ? NO_READINGS : { taken: takenFrom(taken), others: several };
  const others = possibleLabels(profiles).filter((name) => name !== taken);
  return {
    taken: takenFrom(taken),
    others: [
      ...several,
      ...others.map((name) => ({
        title: fromColumn(name),
        reason: t('The label could also be the column "{0}".', name),
        data: { labelColumn: name },
      })),
    ],
  };
}

/** Of a CSV file that names other files: columns that could hold several labels of each. */
export async function severalLabels(startOf: StartOf): Promise<Reading[]> {
  return severalIn((await firstRows(startOf)).cells);
}

/** Of a JSON Lines file. */
export async function readingsOfLines(startOf: StartOf): Promise<NameReadings> {
  const cells = new Map<string, string[]>();
  for (const line of wholeLines(await startOf(LOOKED_BYTES))
    .toString('utf8')
    .split('\n'))
    for (const [name, value] of Object.entries(objectIn(line)))
      if (typeof value === 'string') cells.set(name, [...(cells.get(name) ?? []), value]);
  const columns = chooseTextColumns([...cells.keys()]);
  const others = columns ? severalIn(cells, columns.label, columns.text) : [];
  return others.length === 0 ? NO_READINGS : { taken: takenFrom(columns?.label), others };
}

/** What the first rows of a CSV file hold; nothing where they cannot be read, which opening it tells. */
async function firstRows(startOf: StartOf): Promise<{ profiles: ColumnProfile[]; cells: Map<string, string[]> }> {
  try {
    const start = wholeLines(await startOf(LOOKED_BYTES));
    const profiles = await profileColumns(await openCsv(once(start), ''));
    return { profiles, cells: await cellsOf(await openCsv(once(start), '')) };
  } catch (error) {
    if (error instanceof DataError) return { profiles: [], cells: new Map() };
    throw error;
  }
}

async function cellsOf({ names, blocks }: Csv): Promise<Map<string, string[]>> {
  const cells = names.map((): string[] => []);
  for await (const { bytes, starts, ends, rows, columns } of blocks)
    for (let field = 0; field < rows * columns; field++)
      cells[field % columns]?.push(cellText(bytes, starts[field] as number, ends[field] as number));
  return new Map(names.map((name, i) => [name, cells[i] ?? []]));
}

/** @param first is looked at before the others @param text holds no labels */
function severalIn(
  cells: ReadonlyMap<string, readonly string[]>,
  first: string | null = null,
  text: string | null = null,
): Reading[] {
  const names = [...cells.keys()].filter((name) => name !== text);
  names.sort((a, b) => Number(b === first) - Number(a === first));
  return names.flatMap((name) => {
    const found = labelSeparatorIn(cells.get(name) ?? []);
    if (!found) return [];
    const { separator, example } = found;
    const shown = example.length > SHOWN ? `${example.slice(0, SHOWN)}…` : example;
    return {
      title: t('Several labels from the column "{0}", such as "{1}"', name, shown),
      reason: t('The column "{0}" could hold several labels, parted by "{1}", such as "{2}".', name, separator, shown),
      data: { labelColumn: name, labelSeparator: separator },
    };
  });
}

function takenFrom(name: string | null | undefined): Reading | null {
  if (name === undefined || name === null) return null;
  return {
    title: fromColumn(name),
    reason: t('The label is taken from the column "{0}".', name),
    data: { labelColumn: name },
  };
}

function fromColumn(name: string): string {
  return t('Label from the column "{0}"', name);
}

/** A line that is cut off is none. */
function wholeLines(start: Buffer): Buffer {
  return start.length < LOOKED_BYTES ? start : start.subarray(0, start.lastIndexOf('\n'));
}

function objectIn(line: string): object {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  } catch {
    return {}; // opening it tells what is wrong
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
