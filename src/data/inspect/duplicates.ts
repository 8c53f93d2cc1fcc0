/** What a person should know of examples that are there more than once. */
import { t } from '../../protocol/l10n.js';
import type { DuplicatePair, Duplicates, SplitPart } from '../../protocol/inspection.js';
import { nearPairs } from './near.js';
import type { Looks } from './perceptual.js';

export interface Place {
  split(position: number): SplitPart;
  /** Class index, -1 without one. */
  label(position: number): number;
}

/** Pairs that are shown. */
const SHOWN = 12;
/** Bits of 64 in which the hashes of nearly identical images may differ. */
export const NEAR_BITS = 5;
/** And where what differs is noise, which turns those bits that are near the median. */
const NOISY_BITS = 12;
/** Of noise in small images, which their thumbnails smooth, about 0.2; of two things that look alike 0.4. */
const NOISE = 0.32;
/** Correlation that their thumbnails have at least. */
export const NEAR_CORRELATION = 0.995;
/** Of 8 bits, so that few of 12 bits that differ leave none alone. */
const BANDS = 8;
/** Comparisons of hashes: a few seconds. */
const BUDGET = 600_000_000;

/** @param groups positions of the same content, ascending */
export function exactDuplicates(groups: readonly (readonly number[])[], place: Place): Duplicates {
  const tally = new Tally(place);
  for (const group of groups) {
    const [first = 0] = group;
    // The partner that tells most: one of another split, else one of another class, else the first.
    for (const position of group.slice(1)) {
      const partner =
        group.find((one) => place.split(one) !== place.split(position)) ??
        group.find((one) => place.label(one) !== place.label(position)) ??
        first;
      tally.add({ first: partner, second: position, distance: 0 });
    }
    tally.join(group);
  }
  return tally.result(t('Every value is the same.'), true);
}

/** Of the images that are not the same in every value. */
export function nearDuplicates(looks: Looks, place: Place): Duplicates {
  const tally = new Tally(place);
  const complete = nearPairs(
    looks.high,
    looks.low,
    { bits: NOISY_BITS, bands: BANDS },
    BUDGET,
    ({ a, b, distance }) => {
      if (!looks.correlate(a, b, NEAR_CORRELATION)) return;
      if (distance > NEAR_BITS && looks.difference(a, b) > NOISE) return;
      const [first, second] = [looks.positions[a] as number, looks.positions[b] as number].sort((x, y) => x - y);
      tally.add({ first: first as number, second: second as number, distance });
      tally.join([first as number, second as number]);
    },
  );
  return tally.result(
    t(
      'Their 64-bit perceptual hashes differ in at most {0} bits, or in {1} where what differs is noise, and their thumbnails correlate by {2} or more.',
      NEAR_BITS,
      NOISY_BITS,
      NEAR_CORRELATION,
    ),
    complete,
  );
}

/** Counts pairs and groups; of the pairs it keeps the most telling. */
class Tally {
  private readonly parents = new Map<number, number>();
  private readonly leaked = new Set<number>();
  private readonly mislabelled = new Set<number>();
  private readonly kept: DuplicatePair[][] = [[], [], []];

  constructor(private readonly place: Place) {}

  add(pair: DuplicatePair): void {
    const { first, second } = pair;
    const splits = [this.place.split(first), this.place.split(second)];
    const between = splits[0] !== splits[1];
    const otherClass =
      this.place.label(first) !== this.place.label(second) &&
      this.place.label(first) >= 0 &&
      this.place.label(second) >= 0;
    if (between && splits.includes('train')) this.leaked.add(splits[0] === 'train' ? second : first);
    if (otherClass) this.mislabelled.add(first).add(second);
    const rank = between ? 0 : otherClass ? 1 : 2;
    const shelf = this.kept[rank] as DuplicatePair[];
    shelf.push(pair);
    if (shelf.length >= 8 * SHOWN) shelf.sort(byDistance).splice(SHOWN);
  }

  /** The members are of one group. */
  join(members: readonly number[]): void {
    const [first = 0, ...others] = members;
    for (const other of others) {
      const [a, b] = [this.root(first), this.root(other)];
      if (a !== b) this.parents.set(Math.max(a, b), Math.min(a, b));
    }
  }

  result(criterion: string, complete: boolean): Duplicates {
    const roots = new Set([...this.parents.keys()].map((member) => this.root(member)));
    return {
      criterion,
      examples: this.parents.size,
      groups: roots.size,
      betweenSplits: this.leaked.size,
      otherClass: this.mislabelled.size,
      pairs: this.kept.flatMap((shelf) => shelf.sort(byDistance)).slice(0, SHOWN),
      complete,
    };
  }

  private root(member: number): number {
    let root = member;
    for (let up; (up = this.parents.get(root)) !== undefined;) root = up;
    for (let at = member; at !== root;) {
      const next = this.parents.get(at) as number;
      this.parents.set(at, root);
      at = next;
    }
    return root;
  }
}

function byDistance(a: DuplicatePair, b: DuplicatePair): number {
  return a.distance - b.distance || a.first - b.first || a.second - b.second;
}
