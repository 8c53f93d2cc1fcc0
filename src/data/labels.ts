/** From labels as stored to class names and an index for each example. */
import { counted, formatCount, t } from '../protocol/l10n.js';
import { labelName } from './labelIndex.js';
import { DataError } from './reader.js';

/** Labels as a file stores them: numbers of any shape [count], [count, 1] or one-hot [count, classes], or names. */
export interface StoredLabels {
  /** For messages: the file's name, with the array's if it holds several. */
  name: string;
  file: string;
  shape: number[];
  values: ArrayLike<number> | string[];
}

/** More classes than this are taken for something else than classes. */
const MAX_CLASSES = 20_000;

export interface ClassLabels {
  /** Class index of each example, -1 for those of parts without labels. */
  labels: Int32Array;
  classes: string[];
}

/**
 * Classes are the values that occur, numbers in ascending order: 0..9 become "0".."9". A negative number means that the
 * example has no label.
 * @param parts in the order of positions; null where a part has no labels
 * @returns null when no part has labels; text that says why when the values are no classes (e.g. fractions)
 * @throws DataError when a part's labels are not as many as its examples
 */
export function classLabels(
  parts: { count: number; name: string; labels: StoredLabels | null }[],
): ClassLabels | string | null {
  if (parts.every(({ labels }) => labels === null)) return null;
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const values: (number | string | null)[] = new Array<number | string | null>(total).fill(null);
  let start = 0;
  for (const { count, name, labels } of parts) {
    if (labels) {
      const column = classColumn(labels);
      if (column === null) return t('{0} holds no class for each example', labels.name);
      if (column.length !== count)
        throw new DataError(
          t(
            '{0} has {1}, but {2} has {3}.',
            labels.name,
            counted(column.length, '{0} label', '{0} labels'),
            name,
            counted(count, '{0} example', '{0} examples'),
          ),
          labels.file,
          t('Use images and labels of the same dataset and part, both complete.'),
        );
      for (let i = 0; i < count; i++) {
        const value = column[i] as number | string;
        if (typeof value === 'number' && !Number.isSafeInteger(value))
          return t('{0} holds fractions, not classes', labels.name);
        values[start + i] = typeof value === 'string' ? labelName(value) : value < 0 ? null : value;
      }
    }
    start += count;
  }
  return indexed(values);
}

function indexed(values: (number | string | null)[]): ClassLabels | string {
  const distinct = [...new Set(values)].filter((value) => value !== null);
  if (distinct.length > MAX_CLASSES) return t('the labels have {0} different values', formatCount(distinct.length));
  const numeric = distinct.every((value) => typeof value === 'number');
  distinct.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (String(a) < String(b) ? -1 : 1));
  const classes = distinct.map(String);
  const index = new Map<number | string | null, number>(distinct.map((value, i) => [value, i]));
  return { labels: Int32Array.from(values, (value) => index.get(value) ?? -1), classes };
}

function classColumn({ shape, values }: StoredLabels): ArrayLike<number> | string[] | null {
  const width = shape.slice(1).reduce((product, dimension) => product * dimension, 1);
  if (width === 1) return values;
  return shape.length === 2 && !Array.isArray(values) ? fromOneHot(values, width) : null;
}

/** The column of the one in each row; null when the rows are not one-hot. */
function fromOneHot(values: ArrayLike<number>, width: number): Int32Array | null {
  const out = new Int32Array(width === 0 ? 0 : values.length / width);
  for (let row = 0; row < out.length; row++) {
    let found = -1;
    for (let column = 0; column < width; column++) {
      const value = values[row * width + column];
      if (value === 0) continue;
      if (value !== 1 || found >= 0) return null;
      found = column;
    }
    if (found < 0) return null;
    out[row] = found;
  }
  return out;
}
