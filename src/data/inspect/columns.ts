/** What the columns of a table hold, as an inspection tells it. */
import type { ColumnStatistics } from '../../protocol/inspection.js';
import type { ColumnProfile } from '../table/columns.js';

/** Most frequent values that are told. */
const SHOWN = 5;

export function columnStatistics({
  name,
  count,
  missing,
  distinct,
  exactDistinct,
  numeric,
  numbers,
  top,
}: ColumnProfile): ColumnStatistics {
  const present = count - missing;
  const found = numeric === present ? numbers : null;
  return {
    name,
    type: present === 0 ? 'empty' : found ? 'number' : 'text',
    missing,
    distinct,
    distinctIsBound: !exactDistinct,
    minimum: found?.min ?? null,
    maximum: found?.max ?? null,
    mean: found?.mean ?? null,
    // The page speaks of the values themselves, not of a sample: divided by n.
    deviation: found && (numeric < 2 ? 0 : found.std * Math.sqrt((numeric - 1) / numeric)),
    frequent: top
      .filter((value) => value.count > 1)
      .slice(0, SHOWN)
      .map((value) => ({ name: value.value, count: value.count })),
  };
}
