/** Which examples train and which validate. */
import { formatCount, t } from '../protocol/l10n.js';
import { stream } from '../protocol/random.js';
import type { DataOptions } from '../recipe/recipe.js';
import { joinList } from './files.js';
import { rarestLabels, type LabelSets } from './labelSets.js';
import { DataError, type Dataset, type Split } from './reader.js';
import type { SplitName } from './splitNames.js';

export interface ChosenSplits {
  /** Positions in the dataset, ascending. */
  training: Int32Array;
  /** Positions in the dataset, ascending; empty when the fraction is 0. */
  validation: Int32Array;
  /** Positions in the dataset, ascending, of the split that no choice depends on; missing where there is none. */
  test?: Int32Array;
  /** A split that came with the data, or "fraction": drawn from the training split. */
  validationFrom: SplitName | 'fraction';
}

/** For "auto" when the data brings no validation split. */
const DEFAULT_FRACTION = 0.1;
/** What is drawn for the test is the same whatever the seed of a stage, or a later one would learn from it. */
const TEST_SEED = 0;

/**
 * A fraction is drawn from the training split, each class in proportion where there are labels (of examples with several,
 * by the rarest of them), and at least one example; with groups, whole groups are drawn instead, as near to the fraction
 * as they allow; of examples that go on one after the other, the last ones of each class are taken. Where the validation
 * split comes with the data, training examples of its groups are left out. What `test` holds out is drawn first, from the
 * data alone. `limit` then keeps the first so many of the remaining training examples in a random order; validation stays
 * the same whatever the limit. Both depend on the seed and the data only.
 * @param labels class of each example of the dataset, -1 for none; null to draw regardless of classes
 * @throws DataError when a split is asked for that the data has not, or when nothing is left to train on
 */
export function chooseSplits(
  { info, groups }: Pick<Dataset, 'info' | 'groups'>,
  labels: Int32Array | null,
  { validation, test = null, limit }: Pick<DataOptions, 'validation' | 'limit'> & Partial<Pick<DataOptions, 'test'>>,
  seed: number,
): ChosenSplits {
  const given = (name: SplitName): Split | undefined => info.splits.find((split) => split.name === name);
  const train = given('train');
  if (!train || train.count === 0)
    throw new DataError(
      t('{0} has no training examples, only {1}.', info.path, joinList(info.splits.map(({ name }) => `"${name}"`))),
      info.path,
      t('Name the files or folder of the training part "train".'),
    );
  if (test !== null && given('test'))
    throw new DataError(
      t(
        '{0} brings a split "test" of its own, and a part {1} is to be held out for the test besides.',
        info.path,
        test,
      ),
      info.path,
      t('Remove "test" from the recipe’s data: the split of the data is used.'),
    );
  const choice = validation === 'auto' ? (given('validation') ? 'validation' : DEFAULT_FRACTION) : validation;
  const split = typeof choice === 'number' ? null : given(choice);
  if (split === undefined)
    throw new DataError(
      t('{0} has no split "{1}", only {2}.', info.path, choice, joinList(info.splits.map(({ name }) => `"${name}"`))),
      info.path,
      t('Set "validation" to a fraction such as 0.1, or add that part to the data.'),
    );
  const validating = split && positionsOf(split);
  const taken = new Set(groups && validating ? Array.from(validating, (position) => groups[position]) : []);
  const training = positionsOf(train).filter((position) => !groups || !taken.has(groups[position]));
  if (training.length === 0)
    throw new DataError(
      t(
        'All groups of the training examples in {0} are also in the split "{1}": none is left to train on.',
        info.path,
        choice,
      ),
      info.path,
      t('Choose other groups, or set "validation" to a fraction such as 0.1.'),
    );
  const strata = labels && info.labelSets ? rarestLabels(labels, info.labelSets) : labels;
  const part = (positions: Int32Array, fraction: number, seed: number, purpose: string): Drawn =>
    groups
      ? drawGroups(positions, groups, fraction, seed, purpose)
      : info.sequential
        ? last(positions, strata, fraction)
        : draw(positions, strata, fraction, seed, purpose);
  const held = test === null ? null : part(training, test, TEST_SEED, 'test');
  const left = held?.rest ?? training;
  const { drawn, rest } = validating
    ? { drawn: validating, rest: left }
    : part(left, choice as number, seed, 'validation');
  if (rest.length === 0)
    throw new DataError(
      test === null
        ? t(
            '{0} has {1} training examples; with {2} of them for validation none is left to train on.',
            info.path,
            formatCount(train.count),
            choice,
          )
        : t(
            '{0} has {1} training examples; with {2} of them for the test and {3} of the rest for validation none is left to train on.',
            info.path,
            formatCount(train.count),
            test,
            choice,
          ),
      info.path,
      t('Use smaller fractions, or more data.'),
    );
  return {
    training: limited(rest, limit, seed),
    validation: drawn,
    ...(held && { test: held.drawn }),
    validationFrom: typeof choice === 'number' ? 'fraction' : choice,
  };
}

interface Drawn {
  drawn: Int32Array;
  rest: Int32Array;
}

/** How many labels are to be used: so many of each class, or a fraction (0..1) of each class, at least one. */
export type LabelBudget = { perClass: number } | { fraction: number };

/**
 * A seeded choice of labelled examples, each class by itself. Choices of one seed are nested: those of a smaller budget
 * are among those of a larger one. A class with fewer examples gives all it has. Of examples with several labels so many
 * of each label are chosen, and there may be more of it among those that are chosen for others; a fraction is taken of
 * those whose rarest label is the same.
 * @param positions ascending
 * @param labels class of each example of the dataset, -1 for none: these are never chosen
 * @param sets null where each example has one label
 * @returns ascending
 */
export function drawLabels(
  positions: Int32Array,
  labels: Int32Array,
  budget: LabelBudget,
  seed: number,
  sets: LabelSets | null = null,
): Int32Array {
  const isChosen = new Uint8Array(end(positions));
  const members = !sets
    ? byLabel(positions, labels)
    : 'perClass' in budget
      ? byEachLabel(positions, labels, sets)
      : byLabel(positions, rarestLabels(labels, sets));
  for (const [label, own] of members) {
    if (label < 0) continue;
    const count = 'perClass' in budget ? budget.perClass : Math.max(1, Math.round(budget.fraction * own.length));
    const order = stream(seed, 'labels', label).permutation(own.length);
    for (const index of order.subarray(0, count)) isChosen[own[index] as number] = 1;
  }
  return positions.filter((position) => isChosen[position] === 1);
}

/**
 * The splits of a task: training examples that have a label, as many as the budget allows, and for the test what was
 * held out, or the split that came with the data, unless it validates. With the same seed validation is that of the pretraining.
 * @param chosen by {@link chooseSplits}
 * @param budget null for all labels
 * @param sets null where each example has one label
 * @throws DataError when no training example has a label
 */
export function labelledSplits(
  { info: { path, splits } }: Pick<Dataset, 'info'>,
  labels: Int32Array,
  chosen: ChosenSplits,
  budget: LabelBudget | null,
  seed: number,
  sets: LabelSets | null = null,
): ChosenSplits {
  const isLabelled = (position: number): boolean => (labels[position] as number) >= 0;
  const labelled = chosen.training.filter(isLabelled);
  if (labelled.length === 0)
    throw new DataError(
      t('No training example in {0} has a label.', path),
      path,
      t('Name where labels stand ("filePattern" or "labelColumn" in the recipe’s data).'),
    );
  const given = chosen.validationFrom === 'test' ? undefined : splits.find(({ name }) => name === 'test');
  const test = chosen.test ?? (given && positionsOf(given));
  return {
    ...chosen,
    training: budget ? drawLabels(labelled, labels, budget, seed, sets) : labelled,
    validation: chosen.validation.filter(isLabelled),
    ...(test && { test: test.filter(isLabelled) }),
  };
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

/** Takes the last of each class. */
function last(positions: Int32Array, labels: Int32Array | null, fraction: number): Drawn {
  return take(positions, labels, fraction, (_, members, count) => members.subarray(members.length - count));
}

function draw(
  positions: Int32Array,
  labels: Int32Array | null,
  fraction: number,
  seed: number,
  purpose: string,
): Drawn {
  return take(positions, labels, fraction, (label, members, count) =>
    stream(seed, purpose, label + 1)
      .permutation(members.length)
      .subarray(0, count)
      .map((index) => members[index] as number),
  );
}

/** Takes round(fraction × count) positions, at least one, shared out among the classes by largest remainder. */
function take(
  positions: Int32Array,
  labels: Int32Array | null,
  fraction: number,
  choose: (label: number, members: Int32Array, count: number) => Int32Array,
): Drawn {
  const classes = byLabel(positions, labels);
  const total = fraction > 0 ? Math.max(1, Math.round(fraction * positions.length)) : 0;
  const shares = shareOut(
    classes.map(([, members]) => members.length),
    total,
  );
  const isDrawn = new Uint8Array(end(positions));
  classes.forEach(([label, members], i) => {
    for (const position of choose(label, members, shares[i] ?? 0)) isDrawn[position] = 1;
  });
  return {
    drawn: positions.filter((position) => isDrawn[position] === 1),
    rest: positions.filter((position) => isDrawn[position] !== 1),
  };
}

/** Positions of each label, ascending; all under -1 without labels. */
function byLabel(positions: Int32Array, labels: Int32Array | null): [label: number, members: Int32Array][] {
  const labelOf = (position: number): number => labels?.[position] ?? -1;
  const counts = new Map<number, number>();
  for (const position of positions) counts.set(labelOf(position), (counts.get(labelOf(position)) ?? 0) + 1);
  const classes = new Map(
    Array.from(counts, ([label, count]) => [label, { members: new Int32Array(count), filled: 0 }]),
  );
  for (const position of positions) {
    const found = classes.get(labelOf(position));
    if (found) found.members[found.filled++] = position;
  }
  return Array.from(classes, ([label, { members }]): [number, Int32Array] => [label, members]).sort(
    ([a], [b]) => a - b,
  );
}

/** Positions under each of their labels, ascending; those with none of them under one more than all. */
function byEachLabel(
  positions: Int32Array,
  labels: Int32Array,
  { names, sets }: LabelSets,
): [label: number, members: Int32Array][] {
  const members = Array.from({ length: names.length + 1 }, (): number[] => []);
  for (const position of positions) {
    const set = sets[labels[position] as number];
    for (const label of set?.length === 0 ? [names.length] : (set ?? [])) members[label]?.push(position);
  }
  return members.map((own, label) => [label, Int32Array.from(own)]);
}

/** After the last of ascending positions. */
function end(positions: Int32Array): number {
  return (positions.at(-1) ?? -1) + 1;
}

/** Takes groups in a random order, each as long as it brings the sum nearer to the fraction; at least one, never all. */
function drawGroups(positions: Int32Array, groups: Int32Array, fraction: number, seed: number, purpose: string): Drawn {
  const members = byLabel(positions, groups);
  const wanted = fraction * positions.length;
  const order = stream(seed, `${purpose} groups`).permutation(members.length);
  const taken = new Set<number>();
  let sum = 0;
  for (const index of order) {
    const [group, { length }] = members[index] as [number, Int32Array];
    if (taken.size > 0 && Math.abs(sum + length - wanted) >= Math.abs(sum - wanted)) continue;
    if (taken.size + 1 === members.length) break;
    taken.add(group);
    sum += length;
  }
  const isTaken = (position: number): boolean => taken.has(groups[position] as number);
  return { drawn: positions.filter(isTaken), rest: positions.filter((position) => !isTaken(position)) };
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
