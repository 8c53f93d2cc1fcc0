/** Which examples train and which validate. */
import { stream } from '../protocol/random.js';
import type { DataOptions } from '../recipe/recipe.js';
import { formatCount, joinList } from './files.js';
import { DataError, type DatasetInfo, type Split } from './reader.js';
import type { SplitName } from './splitNames.js';

export interface ChosenSplits {
  /** Positions in the dataset, ascending. */
  training: Int32Array;
  /** Positions in the dataset, ascending; empty when the fraction is 0. */
  validation: Int32Array;
  /** A split that came with the data, or "fraction": drawn from the training split. */
  validationFrom: SplitName | 'fraction';
}

/** For "auto" when the data brings no validation split. */
const DEFAULT_FRACTION = 0.1;

/**
 * A fraction is drawn from the training split, each class in proportion where there are labels, and at least one
 * example. `limit` then keeps the first so many of the remaining training examples in a random order; validation stays
 * the same whatever the limit. Both depend on the seed and the data only.
 * @param labels class of each example of the dataset, -1 for none; null to draw regardless of classes
 * @throws DataError when a split is asked for that the data has not, or when nothing is left to train on
 */
export function chooseSplits(
  info: DatasetInfo,
  labels: Int32Array | null,
  { validation, limit }: Pick<DataOptions, 'validation' | 'limit'>,
  seed: number,
): ChosenSplits {
  const given = (name: SplitName): Split | undefined => info.splits.find((split) => split.name === name);
  const train = given('train');
  if (!train || train.count === 0)
    throw new DataError(
      `${info.path} has no training examples, only ${joinList(info.splits.map(({ name }) => `"${name}"`))}.`,
      info.path,
      'Name the files or folder of the training part "train".',
    );
  const choice = validation === 'auto' ? (given('validation') ? 'validation' : DEFAULT_FRACTION) : validation;
  if (typeof choice === 'number') {
    const { drawn, rest } = draw(positionsOf(train), labels, choice, seed);
    if (rest.length === 0)
      throw new DataError(
        `${info.path} has ${formatCount(train.count)} training examples; with ${choice} of them for validation none is left to train on.`,
        info.path,
        'Use a smaller fraction for validation, or more data.',
      );
    return { training: limited(rest, limit, seed), validation: drawn, validationFrom: 'fraction' };
  }
  const split = given(choice);
  if (!split)
    throw new DataError(
      `${info.path} has no split "${choice}", only ${joinList(info.splits.map(({ name }) => `"${name}"`))}.`,
      info.path,
      'Set "validation" to a fraction such as 0.1, or add that part to the data.',
    );
  return { training: limited(positionsOf(train), limit, seed), validation: positionsOf(split), validationFrom: choice };
}

function positionsOf({ start, count }: Split): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => start + i);
}

function limited(positions: Int32Array, limit: number | null, seed: number): Int32Array {
  if (limit === null || limit >= positions.length) return positions;
  const order = stream(seed, 'limit').permutation(positions.length);
  return order
    .subarray(0, limit)
    .map((i) => positions[i] as number)
    .sort();
}

/** Takes round(fraction × count) positions, shared out among the classes by largest remainder. */
function draw(
  positions: Int32Array,
  labels: Int32Array | null,
  fraction: number,
  seed: number,
): { drawn: Int32Array; rest: Int32Array } {
  const classes = new Map<number, number[]>();
  for (const position of positions) {
    const label = labels ? (labels[position] ?? -1) : -1;
    const members = classes.get(label);
    if (members) members.push(position);
    else classes.set(label, [position]);
  }
  const groups = [...classes].sort(([a], [b]) => a - b);
  const total = fraction > 0 ? Math.max(1, Math.round(fraction * positions.length)) : 0;
  const shares = shareOut(
    groups.map(([, members]) => members.length),
    total,
  );
  const isDrawn = new Set<number>();
  groups.forEach(([label, members], i) => {
    const order = stream(seed, 'validation', label + 1).permutation(members.length);
    for (const index of order.subarray(0, shares[i])) isDrawn.add(members[index] as number);
  });
  return {
    drawn: positions.filter((position) => isDrawn.has(position)),
    rest: positions.filter((position) => !isDrawn.has(position)),
  };
}

/** Whole shares of `total` in proportion to the sizes; what rounding leaves goes to the largest remainders. */
function shareOut(sizes: number[], total: number): number[] {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (all === 0 ? 0 : (total * size) / all));
  const shares = exact.map(Math.floor);
  const byRemainder = exact.map((share, i) => ({ i, remainder: share - Math.floor(share) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  let left = total - shares.reduce((sum, share) => sum + share, 0);
  for (const { i } of byRemainder) if (left-- > 0) shares[i] = (shares[i] ?? 0) + 1;
  return shares;
}
