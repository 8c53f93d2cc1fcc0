/** Several labels an example: each combination that occurs is a class, so that an example still has one number. */
import { grouped, t } from '../protocol/l10n.js';
import { compareNames } from './files.js';
import { labelIndex, labelName } from './labelIndex.js';
import { DataError, type Dataset } from './reader.js';

/** What the combinations are made of. */
export interface LabelSets {
  /** Of the labels, by UTF-16 units. */
  names: string[];
  /** Of each combination, by its number: its labels, ascending; none for examples that have none of them. */
  sets: number[][];
}

/** A table of all combinations with a number for each label has at most so many numbers. */
const MOST_CELLS = 2 ** 24;

/**
 * Where class names are lists, makes combinations of labels of the dataset's classes, in place: each once, whatever the
 * order and the spaces in which its labels were written. A name is a list when it is a JSON array of strings, or, with a
 * separator, any text: what is between separators. A name beside such arrays that is none is one label.
 * @param separator null where only arrays are lists
 * @throws DataError where there are too many combinations
 */
export function withLabelSets<D extends Pick<Dataset, 'info' | 'labels'>>(dataset: D, separator: string | null): D {
  const { info, labels } = dataset;
  if (!labels || !info.classes) return dataset;
  const arrays = info.classes.map(arrayIn);
  if (separator === null && arrays.every((array) => array === null)) return dataset;
  const lists = info.classes.map((name, i) => arrays[i] ?? (separator === null ? [name] : name.split(separator)));
  const combined = lists.map((list) =>
    [...new Set(list.flatMap((label) => labelName(label) ?? []))].sort(compareNames),
  );
  // As JSON: two combinations may look alike to people.
  const index = labelIndex(combined.map((list) => JSON.stringify(list)));
  if (!index) return dataset;
  const names = [...new Set(combined.flat())].sort(compareNames);
  if (index.names.length * names.length > MOST_CELLS)
    throw new DataError(
      t(
        '{0} has {1} labels in {2} combinations, more than can be kept.',
        info.path,
        grouped(names.length),
        grouped(index.names.length),
      ),
      info.path,
      t('Leave out rare labels, or name another column as "labelColumn" in the recipe’s data.'),
    );
  const place = new Map(names.map((name, i) => [name, i]));
  const sets: number[][] = [];
  const classes: string[] = [];
  combined.forEach((list, old) => {
    const at = index.indexes[old] as number;
    sets[at] = list.map((name) => place.get(name) as number);
    classes[at] = list.length === 0 ? t('(none)') : list.join(', ');
  });
  for (let i = 0; i < labels.length; i++) labels[i] = index.indexes[labels[i] as number] ?? -1;
  info.classes = classes;
  info.labelSets = { names, sets };
  return dataset;
}

/** The strings of a JSON array of strings; null for any other text. */
function arrayIn(text: string): string[] | null {
  if (!text.startsWith('[')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : null;
  } catch {
    return null; // a name that begins with a bracket
  }
}

/**
 * Of each example its rarest label, of equally rare ones the first; one more than all where it has none of them, -1 where
 * it has no labels at all.
 * @param labels combination of each example, -1 for none
 */
export function rarestLabels(labels: Int32Array, { names, sets }: LabelSets): Int32Array {
  const counts = new Int32Array(names.length);
  for (const combination of labels)
    for (const label of sets[combination] ?? []) counts[label] = (counts[label] as number) + 1;
  const rarest = sets.map((set) =>
    set.reduce((best, label) => ((counts[label] as number) < (counts[best] ?? Infinity) ? label : best), names.length),
  );
  return labels.map((combination) => rarest[combination] ?? -1);
}

/** Of each label how many examples have it. @param counts of the examples of each combination */
export function countsOfLabels(counts: readonly number[], { names, sets }: LabelSets): number[] {
  const of = names.map(() => 0);
  counts.forEach((count, combination) => {
    for (const label of sets[combination] ?? []) of[label] = (of[label] ?? 0) + count;
  });
  return of;
}
