/** From prepared rows back to what a person can read: the inverse of prepare.ts. */
import { decimal, t } from '../../protocol/l10n.js';
import type { ShownColumn } from '../../protocol/sample.js';
import { outputWidths, type TablePreparation } from './prepare.js';

/** More would not be read. */
const SHOWN_COLUMNS = 40;

/** Numbers went through 32-bit floats: more digits would show their rounding. */
const DIGITS = 5;

/**
 * The cells of a row that a network gets, of the preparation's first columns: numbers in their own unit, the likeliest
 * category by its name, empty where none is.
 * @param row as many values as the preparation has outputs, at `from`
 */
export function shownCells({ columns }: TablePreparation, row: ArrayLike<number>, from = 0): string[] {
  let at = from;
  return columns.slice(0, SHOWN_COLUMNS).map((column) => {
    const start = at;
    if (column.kind === 'number') {
      at += 1 + Number(column.indicator);
      if (column.indicator && (row[start + 1] as number) > 0.5) return t('missing');
      return decimal((row[start] as number) * column.scale + column.shift, DIGITS);
    }
    const names = [
      ...column.categories,
      ...(column.missing ? [t('missing')] : []),
      ...(column.other ? [t('other')] : []),
    ];
    at += names.length;
    let likeliest = -1;
    names.forEach((_, i) => {
      const value = row[start + i] as number;
      if (value > (likeliest < 0 ? 0.5 : (row[start + likeliest] as number))) likeliest = i;
    });
    return names[likeliest] ?? '';
  });
}

/** The columns that {@link shownCells} are of. */
export function shownColumns(preparation: TablePreparation): ShownColumn[] {
  const widths = outputWidths(preparation);
  return preparation.columns.slice(0, SHOWN_COLUMNS).map(({ name }, i) => ({ name, width: widths[i] ?? 0 }));
}
