/** How many examples there are of each class. */
import { formatCount, t } from '../../protocol/l10n.js';
import type { Imbalance, Named, SplitPart } from '../../protocol/inspection.js';
import { countsOfLabels } from '../labelSets.js';
import { areQuantities, numberOf } from '../quantities.js';
import type { Dataset } from '../reader.js';

/** From here on imbalance is worth a warning: what is right most often is then often the large class. */
export const STRONG_IMBALANCE = 10;
/** Below this, classes are as good as balanced. */
const SLIGHT_IMBALANCE = 1.5;

export interface ClassCounts {
  /** Of examples with several labels each counts. */
  classes: Record<string, number>;
  classesBySplit: Partial<Record<SplitPart, Record<string, number>>>;
  unlabelled: number;
  groups: Record<string, number>;
}

export function countClasses({ info, labels, groups }: Dataset): ClassCounts {
  const count = (of: Int32Array | null, names: string[] | null, from: number, to: number): number[] => {
    const counts = new Array<number>(names?.length ?? 0).fill(0);
    if (of)
      for (let i = from; i < to; i++)
        if ((of[i] as number) >= 0) counts[of[i] as number] = (counts[of[i] as number] ?? 0) + 1;
    return counts;
  };
  const named = (names: string[] | null, counts: number[]): Record<string, number> =>
    Object.fromEntries((names ?? []).map((name, i) => [name, counts[i] ?? 0]));
  const ofClasses = (from: number, to: number): Record<string, number> => {
    const { classes, labelSets } = info;
    const counts = count(labels, classes, from, to);
    return labelSets ? named(labelSets.names, countsOfLabels(counts, labelSets)) : named(classes, counts);
  };
  return {
    classes: ofClasses(0, info.count),
    classesBySplit: labels
      ? Object.fromEntries(info.splits.map(({ name, start, count }) => [name, ofClasses(start, start + count)]))
      : {},
    unlabelled: labels ? labels.reduce((sum, label) => sum + Number(label < 0), 0) : 0,
    groups: named(info.groups, count(groups, info.groups, 0, info.count)),
  };
}

/** Null where the classes are no numbers that are learned as such. */
export function rangeOf(classes: readonly string[]): { least: number; most: number } | null {
  if (!areQuantities(classes)) return null;
  const numbers = classes.map(numberOf).sort((a, b) => a - b);
  return { least: numbers[0] as number, most: numbers.at(-1) as number };
}

/** @param counts of the training examples. @returns null with fewer than two classes */
export function imbalanceOf(counts: Record<string, number>): Imbalance | null {
  const classes = Object.entries(counts).map(([name, count]): Named => ({ name, count }));
  classes.sort((a, b) => b.count - a.count);
  const [largest] = classes;
  const smallest = classes.at(-1);
  if (!largest || !smallest || classes.length < 2) return null;
  const ratio = smallest.count === 0 ? null : largest.count / smallest.count;
  return { largest, smallest, ratio, sentence: sentenceOf(largest, smallest, ratio) };
}

function sentenceOf(largest: Named, smallest: Named, ratio: number | null): string {
  if (ratio === null) return t('The class "{0}" has no training example.', smallest.name);
  if (ratio === 1) return t('All classes have the same number of training examples, {0}.', formatCount(largest.count));
  const values = [largest.name, formatCount(largest.count), smallest.name, formatCount(smallest.count)] as const;
  if (ratio < SLIGHT_IMBALANCE)
    return t('The classes are nearly balanced: "{0}" has {1} training examples, "{2}" {3}.', ...values);
  return t(
    'The classes are unbalanced: "{0}" has {1} training examples, "{2}" only {3}, {4} times fewer.',
    ...values,
    Math.round(ratio * 10) / 10,
  );
}
