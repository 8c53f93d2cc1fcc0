/** How examples become numbers of one shape: kept with a run, so that later data is prepared as the training data was. */
import type { DataOptions, TextOptions } from '../../recipe/recipe.js';
import type { ValueType } from '../pack/values.js';
import type { Collection, ExampleData, OpenOptions, Stored, StoredKind } from '../reader.js';

/** JSON, and small: the editor reads it for every run. What a kind adds is in its own file. */
export interface Preparation {
  kind: 'numbers' | StoredKind;
  /** Of a prepared example, e.g. [28, 28, 1]. */
  shape: number[];
  /**
   * Prepared values from..to are mapped to 0..1 for the network; what lies outside is clamped. Null for what reaches the
   * network as it is: ids, which are names rather than quantities, and columns of a table that have a scale of their own.
   */
  range: [number, number] | null;
  /** Of ids of tokens; missing for quantities. */
  vocabulary?: Vocabulary;
  /** Of texts: for each token of a vocabulary whether it occurs, or the ids of a text. */
  features?: TextOptions['features'];
}

/** What ids of tokens may be. */
export interface Vocabulary {
  /** Ids are 0..size - 1. */
  size: number;
  /** Fills up short texts. */
  pad: number;
  /** Stands for a token that is hidden; null where the tokenizer has none. */
  mask: number | null;
}

/** Files that a preparation needs and that are kept beside it, by name: their contents. */
export type Assets = Readonly<Record<string, string>>;

export interface Plan<P extends Preparation> {
  preparation: P;
  /** What a person should know of what was decided for them. */
  notes: string[];
  assets?: Assets;
}

/** A plan of earlier, as it was found in the folder of its run. */
export interface KeptPlan {
  preparation: unknown;
  assets: Assets;
  /** Where it was found, for messages. */
  folder: string;
}

export interface PlanOptions extends OpenOptions {
  /** Only looks: what takes long to learn is learned from a small part, and may come out a little different. */
  glance?: boolean;
  /** Stands for a plan that has assets: nothing is decided again. */
  kept?: KeptPlan | null;
}

/**
 * @returns as many values as the shape has
 * @throws DataError, or Error with the reason alone, when the example cannot be used
 */
export type Prepare<Kind extends StoredKind> = (example: Stored[Kind], name: string) => ExampleData;

export interface PreparedBlock {
  /** Of the next examples, one after the other. */
  values: ExampleData;
  /** Those of them that cannot be used, by their number in the block, with the reason alone. */
  unusable: { index: number; reason: string }[];
}

/** One kind of stored examples. */
export interface Preparer<Kind extends StoredKind, P extends Preparation & { kind: Kind }> {
  kind: Kind;
  /** Type in which prepared values are kept. */
  typeOf(preparation: P): ValueType;
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
    open: PlanOptions,
  ): Promise<Plan<P>> | Plan<P>;
  /** Many examples at a time, in the order of `positions`, where that takes less than each by itself. */
  blocks?(
    collection: Collection<Kind>,
    preparation: P,
    positions: Int32Array,
    open: OpenOptions,
  ): AsyncIterable<PreparedBlock>;
  /** Makes once what many examples need. What it returns depends on preparation, assets and example alone. */
  open(preparation: P, assets: Assets): Prepare<Kind>;
}
