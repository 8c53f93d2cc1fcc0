/** How examples become numbers of one shape: kept with a run, so that later data is prepared as the training data was. */
import type { DataOptions } from '../../recipe/recipe.js';
import type { Collection, ExampleData, OpenOptions, Stored, StoredKind } from '../reader.js';

/** JSON. What a kind adds is in its own file. */
export interface Preparation {
  kind: 'numbers' | StoredKind;
  /** Of a prepared example, e.g. [28, 28, 1]. */
  shape: number[];
  /** Prepared values from..to are mapped to 0..1 for the network; what lies outside is clamped. */
  range: [number, number];
}

export interface Plan<P extends Preparation> {
  preparation: P;
  /** What a person should know of what was decided for them. */
  notes: string[];
}

/** One kind of stored examples. `prepare` depends on the preparation and the example alone. */
export interface Preparer<Kind extends StoredKind, P extends Preparation & { kind: Kind }> {
  kind: Kind;
  /** Type in which prepared values are kept. */
  type: 'uint8' | 'float32';
  /** Whether it takes long enough to be worth other threads: then work/functions.ts prepares this kind. */
  parallel: boolean;
  /**
   * Decides what the recipe leaves open, from the training examples alone where it is learned from values.
   * @param training positions
   */
  plan(
    collection: Collection<Kind>,
    options: DataOptions,
    training: ArrayLike<number>,
    open: OpenOptions,
  ): Promise<Plan<P>> | Plan<P>;
  /**
   * @returns as many values as the shape has
   * @throws DataError, or Error with the reason alone, when the example cannot be used
   */
  prepare(preparation: P, example: Stored[Kind], name: string): ExampleData;
}
