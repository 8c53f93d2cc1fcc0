/** Pairs of 64-bit hashes that differ in a few bits, without comparing all with all. */
import { HashList } from './hashes/kernels.js';

export interface NearBounds {
  /** Bits in which they may differ. */
  bits: number;
  /** 1..16: those that differ in fewer bits than this are all found, of others most; it takes more with each. */
  bands: number;
}

export interface NearPair {
  /** Rows. */
  a: number;
  b: number;
  /** Bits that differ. */
  distance: number;
}

/**
 * Hashes that differ in fewer bits than there are bands agree in at least one band of bits, and most that differ in a few
 * more do, so only those of a common band are compared. Small buckets come first: what many share tells little.
 * @param high,low halves of the hashes
 * @param budget comparisons after which it stops
 * @param found gets each pair once
 * @returns whether all candidates were compared
 */
export function nearPairs(
  high: ArrayLike<number>,
  low: ArrayLike<number>,
  { bits, bands: count }: NearBounds,
  budget: number,
  found: (pair: NearPair) => void,
): boolean {
  const [upper, lower] = [Int32Array.from(high), Int32Array.from(low)]; // read many times
  const bands = Array.from({ length: count }, (_, i) => mask(bandStart(i, count), bandStart(i + 1, count)));
  const buckets = bands.flatMap(([maskHigh, maskLow], band) => {
    const members = new Map<number | string, number[]>();
    for (let row = 0; row < upper.length; row++) {
      const own = (upper[row] as number) & maskHigh;
      const other = (lower[row] as number) & maskLow;
      const key = maskLow === 0 ? own : maskHigh === 0 ? other : `${own} ${other}`;
      const bucket = members.get(key);
      if (bucket) bucket.push(row);
      else members.set(key, [row]);
    }
    return [...members.values()].filter(({ length }) => length > 1).map((rows) => ({ band, rows }));
  });
  buckets.sort((x, y) => x.rows.length - y.rows.length);
  // Of a bucket beside each other: each is read as often as there are rows.
  const hashes = new HashList(buckets.at(-1)?.rows.length ?? 0);
  let left = budget;
  for (const { band, rows } of buckets) {
    left -= (rows.length * (rows.length - 1)) / 2;
    if (left < 0) return false;
    rows.forEach((row, i) => hashes.set(i, upper[row] as number, lower[row] as number));
    rows.forEach((a, i) =>
      hashes.near(i, rows.length, bits, (j, differentHigh, differentLow) => {
        // A pair that shares several bands is told in the first of them.
        for (let earlier = 0; earlier < band; earlier++) {
          const [maskHigh, maskLow] = bands[earlier] as [number, number];
          if ((differentHigh & maskHigh) === 0 && (differentLow & maskLow) === 0) return;
        }
        found({ a, b: rows[j] as number, distance: ones(differentHigh) + ones(differentLow) });
      }),
    );
  }
  return true;
}

function bandStart(band: number, bands: number): number {
  return Math.floor((64 * band) / bands);
}

/** Bits [from, to) of 64, as two halves. */
function mask(from: number, to: number): [high: number, low: number] {
  const halves: [number, number] = [0, 0];
  for (let bit = from; bit < to; bit++) halves[bit >> 5] = (halves[bit >> 5] as number) | (1 << (bit & 31));
  return halves;
}

/** How many bits are 1 (Warren 2012, "Hacker's Delight", figure 5-2). */
function ones(bits: number): number {
  bits -= (bits >>> 1) & 0x55555555;
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
