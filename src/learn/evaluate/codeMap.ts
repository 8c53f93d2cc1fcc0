import { stream } from '../../protocol/random.js';
import type { Values } from '../engine/engine.js';
import type { Job, Source } from '../loop.js';
import type { Preview } from '../method/method.js';
import { codesOf, type Codes } from './codes.js';
import { kMeans } from './kMeans.js';
import { principalComponents, type Principal } from './pca.js';
import { aligned } from './procrustes.js';

/** Examples on a map. */
const MOST_EXAMPLES = 2000;
/** Part of the time so far that drawing maps may take. */
const FRACTION = 0.02;
/** Clusters are found among so many principal components, which hold what separates them (Ding & He 2004, "K-means clustering via principal component analysis"). */
const COMPONENTS = 8;
const CLUSTERS = 8;

/** Where examples are on a map. */
export interface Places {
  /** [count, 2] */
  points: Float32Array;
  /** Of each example. */
  clusters: Uint8Array;
}

/** Lays codes out anew while training goes on. */
export interface Layouts {
  /**
   * Codes as they are at a step, and their map by principal components, [count, 2], neither of which anybody changes. It may
   * pass over them, where those of an earlier step are not laid out yet.
   */
  offer(codes: Codes, points: Float32Array, step: number): void;
  /** The newest that is complete; null while there is none. */
  newest: Layout | null;
}

export interface Layout {
  /** [count, 2] */
  points: Float32Array;
  step: number;
}

export interface MapOptions {
  /** The map that the run drew last, for the new one to be like; null where there is none. */
  before: Places | null;
  /** Null where principal components are enough. */
  layouts: Layouts | null;
}

/** Positions of the examples that a run's maps show, ascending: the same at each time. */
export function mappedPositions({ count }: Pick<Source, 'count'>, seed: number): Int32Array {
  return stream(seed, 'map').permutation(count).subarray(0, MOST_EXAMPLES).sort();
}

/**
 * Codes of the same examples, seen as points of a plane: their first two principal components, turned so that the map is
 * like the one before. Nothing here trains, and no random number that training draws depends on it.
 */
export class CodeMap {
  private readonly positions: Int32Array;
  private before: Places | null;
  private shown: { step: number; shares: number[] } | null = null;
  /** Milliseconds, of all times and of the last one. */
  private spent = 0;
  private last = 0;

  constructor(
    private readonly job: Pick<Job, 'engine' | 'learner' | 'options' | 'training' | 'validation'>,
    private readonly options: MapOptions,
  ) {
    this.positions = mappedPositions(this.source, job.options.seed);
    this.before = options.before?.clusters.length === this.positions.length ? options.before : null;
  }

  private get source(): Source {
    return this.job.validation ?? this.job.training;
  }

  /** Whether drawing once more takes a small part of the time so far, in milliseconds; always for the first time. */
  isDue(milliseconds: number): boolean {
    return this.spent + this.last <= FRACTION * milliseconds;
  }

  /** @param values the learner's, as they are now */
  async draw(values: Values, { step, epoch }: { step: number; epoch: number }): Promise<void> {
    const began = performance.now();
    const codes = await codesOf(this.job, this.source, this.positions, values, epoch);
    const principal = await principalComponents(codes, COMPONENTS);
    if (principal) {
      const { components, scores, shares } = principal;
      const points = planeOf(principal);
      const clusters = kMeans(
        { count: codes.count, width: components, data: scores },
        CLUSTERS,
        this.before?.clusters ?? null,
        stream(this.job.options.seed, 'clusters'),
      );
      this.before = { points: this.before ? aligned(points, this.before.points) : points, clusters };
      this.shown = { step, shares: shares.slice(0, 2) };
      this.options.layouts?.offer(codes, this.before.points, step);
    }
    this.last = performance.now() - began;
    this.spent += this.last;
  }

  /** What was drawn last; nothing where codes were never finite numbers. */
  preview(): Preview {
    const { before, shown } = this;
    if (!before || !shown) return { views: [], tensors: {} };
    const from = this.job.validation ? 'validation' : 'training';
    const { points, clusters } = before;
    const layout = this.options.layouts?.newest;
    const pca: Preview = {
      views: [
        {
          kind: 'map',
          method: 'pca',
          from,
          step: shown.step,
          points: 'map/pca',
          clusters: 'map/clusters',
          shares: shown.shares,
        },
      ],
      tensors: {
        'map/pca': { shape: [clusters.length, 2], data: points },
        'map/clusters': { shape: [clusters.length], data: clusters },
      },
    };
    if (!layout) return pca;
    const laid = layoutPreview(layout, from);
    return { views: [...pca.views, ...laid.views], tensors: { ...pca.tensors, ...laid.tensors } };
  }
}

/** What goes beside the map by principal components of the same examples. */
export function layoutPreview({ points, step }: Layout, from: string): Preview {
  return {
    views: [{ kind: 'map', method: 'umap', from, step, points: 'map/umap', clusters: 'map/clusters' }],
    tensors: { 'map/umap': { shape: [points.length / 2, 2], data: points } },
  };
}

/** [count, 2] of the first two components; where there is one only, all lie on a line. */
function planeOf({ components, scores }: Principal): Float32Array {
  const count = scores.length / components;
  const points = new Float32Array(2 * count);
  for (let i = 0; i < count; i++)
    for (let k = 0; k < Math.min(2, components); k++) points[2 * i + k] = scores[i * components + k] as number;
  return points;
}
