/** From an opened dataset of any kind to numbers that a network takes. */
import { grouped, t } from '../../protocol/l10n.js';
import type { DataOptions } from '../../recipe/recipe.js';
import { PackedReader } from '../pack/packed.js';
import { pack, type PackOptions } from '../pack/pack.js';
import { DataError, isReader, type Collection, type OpenOptions, type Reader, type StoredKind } from '../reader.js';
import type { ChosenSplits } from '../split.js';
import { columnRanges, scaledColumns, type ColumnRanges } from './columns.js';
import { image } from './image.js';
import type { Plan, Preparation, Preparer } from './preparation.js';
import { rangeOf } from './scale.js';
import { sound } from './sound.js';
import { table } from './table.js';

/** Every preparer, by kind. */
const preparers = {
  image,
  sound,
  table,
};

/** Names of the first so many examples that were left out. */
const NAMED = 3;

/** Of arrays. */
interface NumbersPreparation extends Preparation {
  kind: 'numbers';
  /** Columns that are each scaled by their own range, before `range`. */
  columns?: ColumnRanges;
}

export interface Prepared {
  /** Numbers of the preparation's shape, at the dataset's positions. Closing it closes the dataset. */
  reader: Reader;
  preparation: Preparation;
  /** As chosen, without examples that could not be read. */
  splits: ChosenSplits;
  /** What a person should know: what was decided for them, what was left out. */
  notes: string[];
}

/** What will be made of the data, without reading more than is needed to tell. @throws DataError */
export function planPreparation(
  dataset: Reader | Collection,
  options: DataOptions,
  { training }: ChosenSplits,
  open: OpenOptions = {},
): Promise<Plan<Preparation>> | Plan<Preparation> {
  if (isReader(dataset)) return numbers(dataset, training, open.signal);
  return preparerOf(dataset).plan(dataset, options, training, open);
}

/** @throws DataError */
export async function prepareDataset(
  dataset: Reader | Collection,
  options: DataOptions,
  chosen: ChosenSplits,
  packing: Omit<PackOptions, 'positions' | 'onError'>,
): Promise<Prepared> {
  const { preparation, notes } = await planPreparation(dataset, options, chosen, packing);
  if (isReader(dataset)) {
    const { columns } = preparation as NumbersPreparation;
    const reader = columns ? scaledColumns(dataset, columns) : dataset;
    return { reader, preparation, splits: chosen, notes };
  }
  const positions = new Int32Array(chosen.training.length + chosen.validation.length);
  positions.set(chosen.training);
  positions.set(chosen.validation, chosen.training.length);
  positions.sort();
  const { values, unreadable, notKept } = await pack(
    dataset,
    preparerOf(dataset),
    preparation as Preparation & { kind: StoredKind },
    { ...packing, positions, onError: options.onError },
  );
  if (unreadable.size > 0) {
    const names = [...unreadable].slice(0, NAMED).map(([position, reason]) => `${dataset.name(position)}: ${reason}`);
    if (unreadable.size > NAMED) names.push('…');
    notes.push(t('{0} examples that cannot be read were left out ({1}).', grouped(unreadable.size), names.join('; ')));
  }
  if (notKept !== null) notes.push(t('The prepared examples were not kept for the next run: {0}', notKept));
  const isReadable = (position: number): boolean => !unreadable.has(position);
  return {
    reader: new PackedReader(dataset, values, preparation),
    preparation,
    splits: {
      ...chosen,
      training: chosen.training.filter(isReadable),
      validation: chosen.validation.filter(isReadable),
    },
    notes,
  };
}

async function numbers(
  reader: Reader,
  training: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<Plan<NumbersPreparation>> {
  const { shape } = reader.info;
  const columns = await columnRanges(reader, training, signal);
  if (columns) return { preparation: { kind: 'numbers', shape, range: [0, 1], columns }, notes: [] };
  return { preparation: { kind: 'numbers', shape, range: await rangeOf(reader, training, signal) }, notes: [] };
}

/** @throws DataError for texts, which no method learns from yet */
function preparerOf<Kind extends StoredKind>({ kind, info }: Collection<Kind>): AnyPreparer<Kind> {
  const preparer = (preparers as Partial<Record<StoredKind, unknown>>)[kind];
  if (!preparer)
    throw new DataError(
      t('{0} holds texts, and no method of this version learns from texts.', info.path),
      info.path,
      t('Choose images, sounds, a table or arrays of numbers; texts can be looked at.'),
    );
  return preparer as AnyPreparer<Kind>; // the one of its kind
}

type AnyPreparer<Kind extends StoredKind> = Preparer<Kind, Preparation & { kind: Kind }>;
