/** From an opened dataset of any kind to numbers that a network takes. */
import { counted, grouped, t } from '../../protocol/l10n.js';
import type { DataOptions } from '../../recipe/recipe.js';
import { PackedReader } from '../pack/packed.js';
import { MEMORY_BYTES, pack, packedBytes, type PackOptions } from '../pack/pack.js';
import { MemoryReader } from '../memory.js';
import {
  isReader,
  type Collection,
  type DatasetInfo,
  type OpenOptions,
  type Reader,
  type StoredKind,
} from '../reader.js';
import type { ChosenSplits } from '../split.js';
import { columnRanges, scaledColumns } from './columns.js';
import { image } from './image.js';
import { keptPreparation, type NumbersPreparation } from './kept.js';
import type { Assets, KeptPlan, Plan, PlanOptions, Preparation, Preparer } from './preparation.js';
import { networkValues, rangeOf } from './scale.js';
import { sound } from './sound.js';
import { table } from './table.js';
import { text } from './text.js';

/** Every preparer, by kind. */
const preparers = {
  image,
  sound,
  table,
  text,
};

/** Names of the first so many examples that were left out. */
const NAMED = 3;

export interface Prepared {
  /** Numbers of the preparation's shape, at the dataset's positions. Closing it closes the dataset. */
  reader: Reader;
  preparation: Preparation;
  /** Files that belong to the preparation. */
  assets: Assets;
  /** As chosen, without examples that could not be read. */
  splits: ChosenSplits;
  /** Examples that were left out because they cannot be prepared. */
  unreadable: { position: number; reason: string }[];
  /** What a person should know: what was decided for them, what was left out. */
  notes: string[];
}

export interface PrepareOptions extends Omit<PackOptions, 'positions' | 'assets' | 'onError'> {
  /** Of a run that goes on, or that this one starts from. */
  kept?: KeptPlan | null | undefined;
  /** Hears what will be made of the examples before any is prepared, which may take long; what it throws ends that. */
  onPlanned?: ((preparation: Preparation, splits: ChosenSplits, heldBytes: number) => void) | undefined;
}

/** What will be made of the data, without reading more than is needed to tell. @throws DataError */
export function planPreparation(
  dataset: Reader | Collection,
  options: DataOptions,
  { training }: ChosenSplits,
  open: PlanOptions = {},
): Promise<Plan<Preparation>> | Plan<Preparation> {
  if (open.kept && (isReader(dataset) || dataset.kind !== 'text'))
    return { preparation: keptPreparation(dataset, open.kept), notes: [] };
  if (isReader(dataset)) return numbers(dataset, training, open.signal);
  return preparerOf(dataset).plan(dataset, options, training, open);
}

/** Bytes of the examples that training holds in memory; 0 when they stay in a file. */
export function heldBytes(
  dataset: Reader | Collection,
  preparation: Preparation,
  { training, validation, test }: ChosenSplits,
): number {
  if (isReader(dataset)) return dataset instanceof MemoryReader ? dataset.bytes : 0;
  const bytes = packedBytes(
    preparerOf(dataset),
    preparation as Preparation & { kind: StoredKind },
    training.length + validation.length + (test?.length ?? 0),
  );
  return bytes <= MEMORY_BYTES ? bytes : 0;
}

/** @throws DataError */
export async function prepareDataset(
  dataset: Reader | Collection,
  options: DataOptions,
  chosen: ChosenSplits,
  { kept = null, onPlanned, ...packing }: PrepareOptions,
): Promise<Prepared> {
  const plan = await planPreparation(dataset, options, chosen, { ...packing, kept });
  const { preparation, assets = {} } = plan;
  const notes = [...leftOutNotes(dataset.info), ...plan.notes];
  onPlanned?.(preparation, chosen, heldBytes(dataset, preparation, chosen));
  if (isReader(dataset)) {
    const { columns } = preparation as NumbersPreparation;
    const reader = columns ? scaledColumns(dataset, columns) : dataset;
    return { reader, preparation, assets, splits: chosen, unreadable: [], notes };
  }
  const { training, validation, test = new Int32Array() } = chosen;
  const positions = new Int32Array(training.length + validation.length + test.length);
  positions.set(training);
  positions.set(validation, training.length);
  positions.set(test, training.length + validation.length);
  positions.sort();
  const { values, unreadable, notKept } = await pack(
    dataset,
    preparerOf(dataset),
    preparation as Preparation & { kind: StoredKind },
    { ...packing, positions, assets, onError: options.onError },
  );
  if (unreadable.size > 0) {
    const names = [...unreadable].slice(0, NAMED).map(([position, reason]) => `${dataset.name(position)}: ${reason}`);
    if (unreadable.size > NAMED) names.push('…');
    notes.push(t('{0} examples that cannot be read were left out ({1}).', grouped(unreadable.size), names.join('; ')));
  }
  if (notKept !== null) notes.push(t('The prepared examples were not kept for the next run: {0}', notKept));
  const readable = (positions: Int32Array): Int32Array =>
    unreadable.size === 0 ? positions : positions.filter((position) => !unreadable.has(position));
  return {
    reader: new PackedReader(dataset, values, preparation),
    preparation,
    assets,
    splits: {
      ...chosen,
      training: readable(training),
      validation: readable(validation),
      ...(chosen.test && { test: readable(test) }),
    },
    unreadable: [...unreadable].map(([position, reason]) => ({ position, reason })),
    notes,
  };
}

/**
 * A few examples as a network takes them, by position; those that cannot be read or prepared are left out.
 * @param positions each once
 * @throws DataError when the tokenizer or the file of a whole dataset cannot be read
 */
export async function prepareFew(
  dataset: Reader | Collection,
  { preparation, assets = {} }: Plan<Preparation>,
  positions: Int32Array,
  open: OpenOptions = {},
): Promise<Map<number, Int32Array | Float32Array>> {
  const prepared = new Map<number, Int32Array | Float32Array>();
  if (isReader(dataset)) {
    const { columns } = preparation as NumbersPreparation;
    const { data } = await (columns ? scaledColumns(dataset, columns) : dataset).read(positions);
    const width = data.length / positions.length;
    positions.forEach((position, i) =>
      prepared.set(position, networkValues({ data: data.subarray(i * width, (i + 1) * width) }, preparation)),
    );
    return prepared;
  }
  const prepare = preparerOf(dataset).open(preparation as Preparation & { kind: StoredKind }, assets);
  await dataset.visit(
    positions,
    (position, stored) => {
      if (stored instanceof Error) return;
      try {
        prepared.set(position, networkValues({ data: prepare(stored, dataset.name(position)) }, preparation));
      } catch {
        // Why it cannot be prepared is told with all others that cannot, by whoever looks at all.
      }
    },
    open,
  );
  return prepared;
}

/** What was left out when the dataset was opened. */
function leftOutNotes({ problems }: DatasetInfo): string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, NAMED).map(({ file, reason }) => `${file}: ${reason}`);
  if (problems.length > NAMED) shown.push('…');
  const all = shown.join(' ');
  return [
    counted(
      problems.length,
      '{0} file, or a part of it, is not used: {1}',
      '{0} files, or parts of them, are not used: {1}',
      all,
    ),
  ];
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

function preparerOf<Kind extends StoredKind>({ kind }: Collection<Kind>): AnyPreparer<Kind> {
  return preparers[kind] as unknown as AnyPreparer<Kind>; // the one of its kind
}

type AnyPreparer<Kind extends StoredKind> = Preparer<Kind, Preparation & { kind: Kind }>;
