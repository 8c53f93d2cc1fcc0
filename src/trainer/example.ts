import { isShape, isTable } from '../data/prepare/kept.js';
import type { Preparation, Vocabulary } from '../data/prepare/preparation.js';
import type { TablePreparation } from '../data/prepare/table.js';
import { outputWidths } from '../data/table/prepare.js';
import type { ExampleFacts } from '../learn/method/method.js';

/** What networks are told of examples that are prepared so. */
export function exampleOf(preparation: Preparation): ExampleFacts {
  const { kind, shape, vocabulary, features } = preparation;
  return {
    kind,
    shape,
    ...(vocabulary && { vocabulary }),
    ...(kind === 'table' && { columns: (preparation as TablePreparation).columns }),
    ...(features && { features }),
  };
}

/** The same of a preparation that a run's record holds, which is foreign until it was looked at; null where it is damaged. */
export function exampleIn(preparation: unknown): ExampleFacts | null {
  if (typeof preparation !== 'object' || preparation === null) return null;
  const { kind, shape, vocabulary } = preparation as Partial<Preparation>;
  if (!isShape(shape) || !isVocabulary(vocabulary)) return null;
  if (kind === 'table' && !isRowOf(preparation, shape)) return null;
  return exampleOf(preparation as Preparation);
}

function isVocabulary(value: Vocabulary | undefined): boolean {
  if (value === undefined) return true;
  const isId = (id: unknown): boolean => Number.isSafeInteger(id) && Number(id) >= 0 && Number(id) < value.size;
  return isShape([value.size]) && isId(value.pad) && (value.mask === null || isId(value.mask));
}

function isRowOf({ columns }: Partial<TablePreparation>, [width]: number[]): boolean {
  return isTable(columns) && outputWidths(columns).reduce((sum, one) => sum + one, 0) === width;
}
