/** Which columns of a table could hold its labels. */
import { LABEL_NAMES } from '../text/textColumns.js';
import type { ColumnProfile } from './columns.js';

/** The likeliest first: those with a usual name, then the first column and the last where they are categories. */
export function labelColumns(profiles: readonly ColumnProfile[]): string[] {
  const named = LABEL_NAMES.flatMap((name) =>
    profiles.filter((column) => column.name.trim().toLowerCase() === name && column.distinct > 1),
  );
  const ends = [profiles[0], profiles[profiles.length - 1]].filter((column) => column && isCategory(column));
  return namesOf([...named, ...ends]);
}

/** All that could be meant: those, then every other column of categories. */
export function possibleLabels(profiles: readonly ColumnProfile[]): string[] {
  return [...new Set([...labelColumns(profiles), ...namesOf(profiles.filter(isCategory))])];
}

function isCategory({ type }: ColumnProfile): boolean {
  return type === 'categorical' || type === 'boolean';
}

function namesOf(columns: readonly (ColumnProfile | undefined)[]): string[] {
  return [...new Set(columns.flatMap((column) => column?.name ?? []))];
}
