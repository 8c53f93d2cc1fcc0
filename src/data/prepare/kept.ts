/** The preparation of an earlier run, for data that is to be prepared in the same way. */
import { t } from '../../protocol/l10n.js';
import { DataError, isReader, type Collection, type Like, type Reader } from '../reader.js';
import type { TableCollection } from '../table/collection.js';
import { packings } from '../table/dataset.js';
import type { ColumnRanges } from './columns.js';
import type { ImagePreparation } from './image.js';
import type { KeptPlan, Preparation } from './preparation.js';
import type { SoundPreparation } from './sound.js';
import type { TablePreparation } from './table.js';

/** Of arrays. */
export interface NumbersPreparation extends Preparation {
  kind: 'numbers';
  /** Columns that are each scaled by their own range, before `range`. */
  columns?: ColumnRanges;
}

/** Of everything but texts, whose plan has files of its own (text.ts). */
type Kept = NumbersPreparation | ImagePreparation | SoundPreparation | TablePreparation;

/**
 * Arrays of pixels and files of images may stand for each other.
 * @throws DataError when the run's record is damaged, or the data cannot be prepared so
 */
export function keptPreparation(dataset: Reader | Collection, { preparation, folder }: KeptPlan): Kept {
  const { path } = dataset.info;
  const refuse = (message: string): DataError =>
    new DataError(message, path, t('Give data like those that the run {0} began with.', folder));
  if (!isKept(preparation))
    throw new DataError(t('The run {0} says nothing readable of how its data were prepared.', folder), folder);
  const shape = preparation.shape.join(' × ');
  if (isReader(dataset)) {
    const fits = preparation.kind === 'numbers' || preparation.kind === 'image';
    if (!fits || dataset.info.shape.join() !== preparation.shape.join())
      throw refuse(
        t('{0} holds arrays of {1}, and the run was trained on {2}.', path, dataset.info.shape.join(' × '), shape),
      );
    if (preparation.kind === 'numbers') return preparation;
    return { kind: 'numbers', shape: preparation.shape, range: preparation.range };
  }
  if (dataset.kind === 'image' && isPixels(preparation))
    return { kind: 'image', shape: preparation.shape, range: preparation.range, fit: 'contain' };
  if (dataset.kind !== preparation.kind)
    throw refuse(
      t(
        '{0} is of the kind "{1}", and the run was trained on data of the kind "{2}".',
        path,
        dataset.kind,
        preparation.kind,
      ),
    );
  if (preparation.kind === 'table') checkColumns(dataset as TableCollection, preparation, refuse);
  return preparation;
}

/** How data are to be read that are prepared so; null where the run's record says nothing that reading depends on. */
export function likeOf({ preparation }: Pick<KeptPlan, 'preparation'>): Like | null {
  if (isRecord(preparation) && preparation['kind'] === 'text') return { kind: 'text' };
  if (!isKept(preparation) || preparation.kind !== 'table') return null;
  return { kind: 'table', columns: new Map(preparation.columns.columns.map(({ name, kind }) => [name, kind])) };
}

/** Arrays that images can take the place of. */
function isPixels(preparation: Kept): preparation is NumbersPreparation & Pick<ImagePreparation, 'shape' | 'range'> {
  const { kind, shape, range } = preparation;
  const [, , channels = 0] = shape;
  return kind === 'numbers' && shape.length === 3 && [1, 3].includes(channels) && range?.join() === '0,255';
}

function checkColumns(
  { columns, info }: TableCollection,
  kept: TablePreparation,
  refuse: (message: string) => DataError,
): void {
  const learned = kept.columns.columns;
  const kinds = new Map(columns.map(({ name, type }) => [name, packings[type]]));
  for (const { name, kind } of learned)
    if (kinds.get(name) !== kind)
      throw refuse(
        t('{0} has no column "{1}" of the kind "{2}", which the run was trained on.', info.path, name, kind),
      );
  const names = columns.map(({ name }) => name);
  if (names.join('\n') !== learned.map(({ name }) => name).join('\n'))
    throw refuse(
      t(
        '{0} has other columns, or these in another order, than the run was trained on: {1}.',
        info.path,
        names.join(', '),
      ),
    );
}

/** What run.json holds is foreign until it was looked at. */
function isKept(value: unknown): value is Kept {
  if (!isRecord(value) || !isShape(value['shape'])) return false;
  const { kind, shape, range } = value;
  switch (kind) {
    case 'numbers':
      return isRange(range) && (value['columns'] === undefined || isColumns(value['columns'], shape));
    case 'image':
      return shape.length === 3 && isRange(range) && ['cover', 'contain', 'stretch'].includes(String(value['fit']));
    case 'sound':
      return (
        shape.length === 3 &&
        isRange(range) &&
        ['sampleRate', 'samples', 'fftSize', 'hopLength', 'fmax'].every((name) => isPositive(value[name])) &&
        Number.isFinite(value['fmin'])
      );
    case 'table':
      return (range === null || isRange(range)) && isTable(value['columns']);
    default:
      return false;
  }
}

/** Whether it can be what was learned of a table's columns. */
export function isTable(value: unknown): value is TablePreparation['columns'] {
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['columns'])) return false;
  return value['columns'].every((column: unknown) => {
    if (!isRecord(column) || typeof column['name'] !== 'string') return false;
    const isFlag = (name: string): boolean => typeof column[name] === 'boolean';
    if (column['kind'] === 'number')
      return ['shift', 'scale', 'fill'].every((name) => Number.isFinite(column[name])) && isFlag('indicator');
    const { categories } = column;
    return (
      column['kind'] === 'category' &&
      Array.isArray(categories) &&
      categories.every((one) => typeof one === 'string') &&
      isFlag('missing') &&
      isFlag('other')
    );
  });
}

function isColumns(value: unknown, [width]: number[]): boolean {
  return (
    isRecord(value) &&
    [value['low'], value['high']].every(
      (ends) => Array.isArray(ends) && ends.length === width && ends.every(Number.isFinite),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** More numbers are no example: the bound keeps a damaged record from asking for all memory. */
const MOST_NUMBERS = 2 ** 28;

/** Whether it can be the shape of one example. */
export function isShape(value: unknown): value is number[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return (
    value.every((side) => Number.isInteger(side) && side > 0) &&
    value.reduce((product: number, side: number) => product * side, 1) <= MOST_NUMBERS
  );
}

function isRange(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isFinite);
}

function isPositive(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}
