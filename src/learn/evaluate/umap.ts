import { streamKey } from '../../protocol/random.js';

/**
 * UMAP (McInnes, Healy & Melville 2018, "UMAP: Uniform manifold approximation and projection for dimension reduction"): a
 * layout of a plane in which near neighbours stay near. As its authors' umap-learn does it, with neighbours found exactly
 * and a start that is given. It needs no engine, so that it runs on any thread.
 */

export interface UmapInput {
  count: number;
  width: number;
  /** [count, width] */
  data: Float32Array;
  /** Where points are at the beginning, [count, 2]; a start of spread 10 lets them find their places. */
  start: Float32Array;
  epochs: number;
  seed: number;
}

/** Of each code, itself included: umap-learn's n_neighbors. */
const NEIGHBOURS = 15;
/** Of 1 / (1 + a d^2b), fitted to exp(-(d - 0.1)) from 0.1 on and 1 before: umap-learn's for min_dist=0.1, spread=1. */
const A = 1.576943460405378;
const B = 0.8950608781227859;
/** Points that each pull pushes away, and the farthest that a step leads in one direction. */
const NEGATIVES = 5;
const FARTHEST = 4;

/** @returns [count, 2]; a copy of the start where there are too few codes to have neighbours */
export function umap(input: UmapInput): Float32Array {
  const { start, count, epochs, seed } = input;
  const layout = Float64Array.from(start);
  if (count > 2) {
    const neighbours = nearestNeighbours(input, Math.min(NEIGHBOURS, count));
    optimise(layout, fuzzyGraph(neighbours, count), epochs, seed);
  }
  return Float32Array.from(layout);
}

export interface Neighbours {
  /** Of each point, itself included and first. */
  each: number;
  /** [count, each], the nearest first. */
  indices: Int32Array;
  /** Euclidean. */
  distances: Float64Array;
}

/** Exact: of some thousand codes that takes less than an approximation. */
export function nearestNeighbours(
  { count, width, data }: Pick<UmapInput, 'count' | 'width' | 'data'>,
  each: number,
): Neighbours {
  const indices = new Int32Array(count * each);
  const distances = new Float64Array(count * each).fill(Infinity);
  const offer = (to: number, index: number, squared: number): void => {
    const first = to * each;
    let place = first + each - 1;
    if (squared >= (distances[place] as number)) return;
    for (; place > first && squared < (distances[place - 1] as number); place--) {
      distances[place] = distances[place - 1] as number;
      indices[place] = indices[place - 1] as number;
    }
    distances[place] = squared;
    indices[place] = index;
  };
  for (let i = 0; i < count; i++) {
    indices[i * each] = i;
    distances[i * each] = -1; // first, also among codes that are the same
  }
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      let squared = 0;
      for (let a = i * width, b = j * width; a < (i + 1) * width; a++, b++) {
        const difference = (data[a] as number) - (data[b] as number);
        squared += difference * difference;
      }
      offer(i, j, squared);
      offer(j, i, squared);
    }
  return { each, indices, distances: distances.map((squared) => Math.sqrt(Math.max(0, squared))) };
}

/** Each pair of neighbours once in each direction. */
export interface Graph {
  from: Int32Array;
  to: Int32Array;
  /** Membership, 0..1: how surely both are neighbours. */
  weights: Float64Array;
}

/** The fuzzy union of what each point holds for near (algorithms 2 and 3 of the paper). */
export function fuzzyGraph(neighbours: Neighbours, count: number): Graph {
  const { each, indices, distances } = neighbours;
  const known = new Map<number, number>();
  const { nearest, scales } = smoothed(neighbours, count);
  for (let i = 0; i < count; i++)
    for (let k = 1; k < each; k++) {
      const beyond = (distances[i * each + k] as number) - (nearest[i] as number);
      const scale = scales[i] as number;
      const member = beyond <= 0 || scale === 0 ? 1 : Math.exp(-beyond / scale);
      known.set(i * count + (indices[i * each + k] as number), member);
    }
  const edges = new Map<number, number>();
  for (const [key, member] of known) {
    const [i, j] = [Math.floor(key / count), key % count];
    const back = known.get(j * count + i) ?? 0;
    const union = member + back - member * back;
    edges.set(i * count + j, union);
    edges.set(j * count + i, union);
  }
  const keys = [...edges.keys()].sort((a, b) => a - b);
  return {
    from: Int32Array.from(keys, (key) => Math.floor(key / count)),
    to: Int32Array.from(keys, (key) => key % count),
    weights: Float64Array.from(keys, (key) => edges.get(key) as number),
  };
}

const SEARCHES = 64;
const LEAST_SCALE = 1e-3;

/** Of each point the distance of its nearest neighbour, and the scale by which memberships add up to log2 of their number. */
function smoothed({ each, distances }: Neighbours, count: number): { nearest: Float64Array; scales: Float64Array } {
  const nearest = new Float64Array(count);
  const scales = new Float64Array(count);
  const wanted = Math.log2(each);
  const mean = distances.reduce((sum, distance) => sum + distance, 0) / distances.length;
  for (let i = 0; i < count; i++) {
    const own = distances.subarray(i * each, (i + 1) * each);
    const first = own.find((distance) => distance > 0) ?? 0;
    let [low, high, middle] = [0, Infinity, 1];
    for (let search = 0; search < SEARCHES; search++) {
      let sum = 0;
      for (let k = 1; k < each; k++) {
        const beyond = (own[k] as number) - first;
        sum += beyond > 0 ? Math.exp(-beyond / middle) : 1;
      }
      if (Math.abs(sum - wanted) < 1e-5) break;
      if (sum > wanted) [high, middle] = [middle, (low + middle) / 2];
      else [low, middle] = [middle, high === Infinity ? middle * 2 : (middle + high) / 2];
    }
    const ownMean = own.reduce((sum, distance) => sum + distance, 0) / each;
    nearest[i] = first;
    scales[i] = Math.max(middle, LEAST_SCALE * (first > 0 ? ownMean : mean));
  }
  return { nearest, scales };
}

/** Stochastic gradient descent on the cross-entropy of both graphs (algorithm 5): each edge as often as its weight says. */
function optimise(layout: Float64Array, { from, to, weights }: Graph, epochs: number, seed: number): void {
  const count = layout.length / 2;
  const largest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  const every = weights.map((weight) => (weight * epochs >= largest ? largest / weight : Infinity));
  const next = every.slice();
  const random = xorshift(streamKey(seed, 'umap')[0]);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const rate = 1 - epoch / epochs;
    for (let edge = 0; edge < from.length; edge++) {
      if ((next[edge] as number) > epoch) continue;
      next[edge] = (next[edge] as number) + (every[edge] as number);
      const [i, j] = [2 * (from[edge] as number), 2 * (to[edge] as number)];
      let dx = (layout[i] as number) - (layout[j] as number);
      let dy = (layout[i + 1] as number) - (layout[j + 1] as number);
      let squared = dx * dx + dy * dy;
      if (squared > 0) {
        const power = Math.pow(squared, B);
        const pull = (-2 * A * B * power) / squared / (A * power + 1);
        const [x, y] = [rate * clipped(pull * dx), rate * clipped(pull * dy)];
        layout[i] = (layout[i] as number) + x;
        layout[i + 1] = (layout[i + 1] as number) + y;
        layout[j] = (layout[j] as number) - x;
        layout[j + 1] = (layout[j + 1] as number) - y;
      }
      for (let negative = 0; negative < NEGATIVES; negative++) {
        const k = 2 * (random() % count);
        if (k === i) continue;
        dx = (layout[i] as number) - (layout[k] as number);
        dy = (layout[i + 1] as number) - (layout[k + 1] as number);
        squared = dx * dx + dy * dy;
        if (squared === 0) continue;
        const push = (2 * B) / ((0.001 + squared) * (A * Math.pow(squared, B) + 1));
        layout[i] = (layout[i] as number) + rate * clipped(push * dx);
        layout[i + 1] = (layout[i + 1] as number) + rate * clipped(push * dy);
      }
    }
  }
}

function clipped(step: number): number {
  return Math.max(-FARTHEST, Math.min(FARTHEST, step));
}

/** Marsaglia 2003, "Xorshift RNGs": quick, and good enough to draw points to push away. @returns 32 bits at each call */
function xorshift(seed: number): () => number {
  let state = seed === 0 ? 1 : seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
