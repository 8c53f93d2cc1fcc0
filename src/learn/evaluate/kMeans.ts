import type { RandomStream } from '../../protocol/random.js';

const MOST_ITERATIONS = 50;

/** Points, one row after the other: [count, width]. */
export interface Points {
  count: number;
  width: number;
  data: Float32Array;
}

/**
 * Lloyd's algorithm for k-means.
 * @param start the cluster of each point, [count], from which it begins, so that clusters keep their numbers from time to
 * time; null begins as k-means++ does (Arthur & Vassilvitskii 2007)
 * @param clusters 1..256
 * @returns the cluster of each point, 0..clusters - 1
 */
export function kMeans(points: Points, clusters: number, start: Uint8Array | null, random: RandomStream): Uint8Array {
  let assigned = start ?? assign(points, seeds(points, clusters, random));
  for (let iteration = 0; iteration < MOST_ITERATIONS; iteration++) {
    const next = assign(points, centresOf(points, assigned, clusters));
    if (next.every((cluster, i) => cluster === assigned[i])) return next;
    assigned = next;
  }
  return assigned;
}

/** Points far from those that were drawn before are drawn more likely: by their squared distance. */
function seeds(points: Points, clusters: number, random: RandomStream): Float64Array[] {
  const { count } = points;
  const centres = [rowOf(points, random.integer(count))];
  const nearest = new Float64Array(count).fill(Infinity);
  while (centres.length < clusters) {
    const last = centres[centres.length - 1] as Float64Array;
    let total = 0;
    for (let i = 0; i < count; i++) {
      nearest[i] = Math.min(nearest[i] as number, distance(points, i, last));
      total += nearest[i] as number;
    }
    if (total === 0) break; // no more different points
    let rest = random.uniform() * total;
    const drawn = nearest.findIndex((squared) => (rest -= squared) < 0);
    centres.push(rowOf(points, drawn < 0 ? count - 1 : drawn));
  }
  return centres;
}

/** Means; of a cluster without points null. */
function centresOf(points: Points, assigned: Uint8Array, clusters: number): (Float64Array | null)[] {
  const { count, width, data } = points;
  const sums = Array.from({ length: clusters }, () => new Float64Array(width));
  const sizes = new Float64Array(clusters);
  for (let i = 0; i < count; i++) {
    const cluster = assigned[i] as number;
    const sum = sums[cluster];
    if (!sum) continue;
    sizes[cluster] = (sizes[cluster] as number) + 1;
    for (let k = 0; k < width; k++) sum[k] = (sum[k] as number) + (data[i * width + k] as number);
  }
  return sums.map((sum, cluster) =>
    sizes[cluster] === 0 ? null : sum.map((value) => value / (sizes[cluster] as number)),
  );
}

function assign(points: Points, centres: readonly (Float64Array | null)[]): Uint8Array {
  return Uint8Array.from({ length: points.count }, (_, i) => {
    let [best, least] = [0, Infinity];
    centres.forEach((centre, cluster) => {
      const squared = centre ? distance(points, i, centre) : Infinity;
      if (squared < least) [best, least] = [cluster, squared];
    });
    return best;
  });
}

function rowOf({ width, data }: Points, i: number): Float64Array {
  return Float64Array.from(data.subarray(i * width, (i + 1) * width));
}

/** Squared. */
function distance({ width, data }: Points, i: number, centre: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < width; k++) sum += ((data[i * width + k] as number) - (centre[k] as number)) ** 2;
  return sum;
}
