import * as tf from '@tensorflow/tfjs-core';
import type { Codes } from './codes.js';
import { unit } from './knn.js';

/** One of many references. */
export interface Neighbour {
  position: number;
  /** -1..1, of the angle between both codes; 0 with a code of zeros. */
  cosine: number;
}

/**
 * The references whose codes are most similar to each query's, by cosine. References are shown batch by batch, so that
 * only one batch of their codes is held.
 */
export class Nearest {
  private readonly found: Neighbour[][];
  private readonly directions: tf.Tensor2D;

  /** @param most neighbours of each query, from 1 */
  constructor(
    { data, count, width }: Codes,
    private readonly most: number,
  ) {
    this.found = Array.from({ length: count }, () => []);
    this.directions = tf.tidy(() => unit(tf.tensor2d(data, [count, width])));
  }

  /** @param from position of the first reference; codes as wide as the queries' */
  async add({ data, count, width }: Codes, from: number): Promise<void> {
    const { most } = this;
    const best = tf.tidy(() => {
      const references = unit(tf.tensor2d(data, [count, width]));
      return tf.topk(tf.matMul(this.directions, references, false, true), Math.min(most, count));
    });
    const [cosines, indices] = await Promise.all([best.values.data(), best.indices.data()]);
    tf.dispose([best.values, best.indices]);
    const each = Math.min(most, count);
    this.found.forEach((neighbours, query) => {
      for (let i = query * each; i < (query + 1) * each; i++)
        neighbours.push({ position: from + (indices[i] as number), cosine: cosines[i] as number });
      neighbours.sort((a, b) => b.cosine - a.cosine || a.position - b.position).splice(most);
    });
  }

  /** Of each query, the nearest first; those as near by position. */
  get neighbours(): readonly (readonly Neighbour[])[] {
    return this.found;
  }

  dispose(): void {
    this.directions.dispose();
  }
}
