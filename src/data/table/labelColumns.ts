/** Which columns of a table could hold its labels. */
import { LABEL_NAMES } from '../text/textColumns.js';
import type { ColumnProfile } from './columns.js';

/** The likeliest first: those with a usual name, then the first column and the last where they are categories. */
export function labelColumns(profiles: readonly ColumnProfile[]): string[] {
  const named = LABEL_NAMES.flatMap((name) =>
    profiles.filter((column) => column.name.trim().toLowerCase() === name && column.distinct > 1),
  );
  const categories = [profiles[0], profiles[profiles.length - 1]].filter(
    (column) => column?.type === 'categorical' || column?.type === 'boolean',
  );
  return [...new Set([...named, ...categories].flatMap((column) => column?.name ?? []))];
}
