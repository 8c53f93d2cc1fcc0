/** Batches as the loop takes them: drawn from a source, ahead where that takes time, and made tensors. */
import * as tf from '@tensorflow/tfjs-core';
import type { ExampleData, Source } from './loop.js';
import type { Inputs, Needs } from './method/method.js';

/** Examples that do not depend on each other are measured so many at a time, where steps take fewer. */
export const MEASURED_BATCH = 512;

/** What a source gives for one batch. */
export interface Drawn {
  count: number;
  input: ExampleData;
  view: ExampleData | null;
  labels: Int32Array | null;
  /** [count, width], what a teacher says. */
  targets: Float32Array | null;
}

/** @param step names the random numbers of views */
export function draw(
  needs: Needs,
  source: Source,
  positions: Int32Array,
  seed: number,
  step: number,
): Drawn | Promise<Drawn> {
  const labels = needs.labels ? labelsOf(source, positions) : null;
  const targets = needs.targets ? targetsOf(source, positions) : null;
  const drawn = (input: ExampleData, view: ExampleData | null): Drawn | Promise<Drawn> => {
    const batch = { count: positions.length, input, view, labels };
    return targets instanceof Promise
      ? targets.then((resolved) => ({ ...batch, targets: resolved }))
      : { ...batch, targets };
  };
  const views = needs.views ? 2 : needs.augmented ? 1 : 0;
  if (views > 0) {
    if (!source.views) throw new Error('The source makes no views of its examples.');
    return source
      .views(positions, seed, step, views)
      .then(([input, view]) => drawn(input as ExampleData, view ?? null));
  }
  const batch = source.batch(positions);
  return batch instanceof Promise ? batch.then((data) => drawn(data, null)) : drawn(batch, null);
}

/** @param shape of one example */
export function tensorsOf({ count, input, view, labels, targets }: Drawn, shape: number[]): Inputs {
  const tensor = (data: ExampleData): tf.Tensor =>
    tf.tensor(data, [count, ...shape], data instanceof Int32Array ? 'int32' : 'float32');
  return {
    input: tensor(input),
    ...(labels && { labels: tf.tensor1d(labels, 'int32') }),
    ...(view && { view: tensor(view) }),
    ...(targets && { targets: tf.tensor2d(targets, [count, targets.length / count]) }),
  };
}

function labelsOf({ labels }: Source, positions: Int32Array): Int32Array {
  return Int32Array.from(positions, (position) => labels?.[position] ?? -1);
}

function targetsOf(source: Source, positions: Int32Array): Float32Array | Promise<Float32Array> {
  if (!source.targets) throw new Error('Nobody says anything of the source’s examples.');
  return source.targets(positions);
}

/**
 * Draws one batch ahead of the one that is taken, where drawing takes time: a source that reads or computes elsewhere
 * does so while this thread computes.
 */
export class Ahead {
  private next: { index: number; drawn: Promise<Drawn> } | null = null;

  /**
   * @param drawAt always gives the same for the same index
   * @param end index after the last one
   */
  constructor(
    private readonly drawAt: (index: number) => Drawn | Promise<Drawn>,
    private readonly end: number,
  ) {}

  take(index: number): Drawn | Promise<Drawn> {
    const drawn = this.next?.index === index ? this.next.drawn : this.drawAt(index);
    this.next = null;
    if (!(drawn instanceof Promise)) return drawn;
    if (index + 1 < this.end) {
      const next = Promise.resolve(this.drawAt(index + 1));
      next.catch(() => undefined); // told when it is taken, or never
      this.next = { index: index + 1, drawn: next };
    }
    return drawn;
  }
}
