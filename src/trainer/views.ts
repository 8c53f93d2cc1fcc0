import { availableParallelism } from 'node:os';
import { mixes, othersAt, type Augmentation, type ViewKey } from '../data/augment/index.js';
import { openPool } from '../data/work/pool.js';
import type { ExampleData } from '../learn/loop.js';

/** Fewer examples are not worth a task of their own. */
const LEAST_IN_TASK = 32;

/** Makes views of examples on other threads. */
export class Views {
  private readonly pool = openPool();
  private readonly mixing: boolean;

  /** @param read the examples at those positions of the dataset, one after the other */
  constructor(
    private readonly augmentation: Augmentation,
    private readonly read: (positions: Int32Array) => ExampleData | Promise<ExampleData>,
  ) {
    this.mixing = mixes(augmentation);
  }

  /**
   * Of ids come ids.
   * @param positions in the dataset
   * @param among positions of examples that may be mixed in
   * @param count views of each example
   */
  async of(
    positions: Int32Array,
    among: Int32Array,
    seed: number,
    step: number,
    count: number,
  ): Promise<ExampleData[]> {
    const examples = await this.read(positions);
    const values = asFloats(examples);
    const views = await Promise.all(
      Array.from({ length: count }, (_, view) => this.one(positions, values, among, { seed, step, view })),
    );
    return examples instanceof Int32Array ? views.map((view) => Int32Array.from(view)) : views;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private async one(
    positions: Int32Array,
    values: Float32Array,
    among: Int32Array,
    key: ViewKey,
  ): Promise<Float32Array> {
    const { augmentation } = this;
    const others = this.mixing
      ? asFloats(await this.read(othersAt(key, positions, among.length).map((index) => among[index] as number)))
      : new Float32Array();
    const size = values.length / positions.length;
    const tasks = Math.max(1, Math.min(availableParallelism(), Math.floor(positions.length / LEAST_IN_TASK)));
    const each = Math.ceil(positions.length / tasks);
    const out = new Float32Array(values.length);
    await Promise.all(
      Array.from({ length: tasks }, async (_, task) => {
        const [from, to] = [task * each, Math.min(positions.length, (task + 1) * each)];
        // The pool takes what it is given: parts of their own.
        const made = await this.pool.run('augmentExamples', () => ({
          augmentation,
          key,
          positions: positions.slice(from, to),
          values: values.slice(from * size, to * size),
          others: others.slice(from * size, to * size),
        }));
        out.set(made, from * size);
      }),
    );
    return out;
  }
}

/** Ids are below 2^24, and so the same. */
function asFloats(examples: ExampleData): Float32Array {
  return examples instanceof Int32Array ? Float32Array.from(examples) : examples;
}
