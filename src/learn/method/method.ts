import type * as tf from '@tensorflow/tfjs-core';
import type { LabelSets } from '../../data/labelSets.js';
import type { Preparation } from '../../data/prepare/preparation.js';
import type { NamedTensor } from '../../protocol/safetensors.js';
import type { SampleView } from '../../protocol/sample.js';
import type { MethodDescription } from '../../recipe/description.js';
import type { Arrays, Values } from '../engine/engine.js';
import type { Contents, EncoderFamily } from '../encoder/encoder.js';
import type { Labelled } from '../evaluate/knn.js';
import type { Finding } from '../../recipe/finding.js';
import type { EncoderOptions } from '../../recipe/recipe.js';
import type { Network, Pass } from '../network.js';

/** What one example is. */
export interface ExampleFacts extends Contents {
  shape: number[];
  /** Missing where nothing is prepared. */
  kind?: Preparation['kind'];
  /** Of texts; missing for anything else. */
  features?: Preparation['features'];
  /** Null or missing where the examples have none. */
  labels?: Labels | null;
  /** Null or missing where nobody teaches. */
  teacher?: TeacherFacts | null;
}

/** Who says something of each example, for a method that learns from it. */
export interface TeacherFacts {
  /** Shape of the examples it takes; null when it is no network but a file. */
  shape: number[] | null;
  /** Names of the classes it tells apart; null when it tells none apart. */
  classes: string[] | null;
  /** Width of its code; null when it has none. */
  code: number | null;
}

export interface Labels {
  /** Names, by number. */
  classes: string[];
  /** Examples without a label, for training or validation. */
  unlabelled: number;
  /** Labelled training examples of each class. */
  counts: number[];
  /** Where examples may have several labels: what the classes, their combinations, are made of. */
  sets?: LabelSets;
}

/** What a method builds upon. */
export interface Setting extends ExampleFacts {
  family: EncoderFamily;
  encoder: EncoderOptions;
  /** The method's own options from the recipe, defaults filled in. */
  options: Record<string, unknown>;
  /** Examples in a step; missing where it is not known. */
  batchSize?: number;
}

/** One way to pretrain. */
export interface Method {
  description: MethodDescription;
  /** Whether it learns from ids; missing for one that learns from quantities. */
  takesIds?: true;
  /** What cannot work, or hardly can, in this setting. It is not built where there is an error. */
  check?(setting: Setting): Finding[];
  build(setting: Setting): Learner;
}

/** A method built for an encoder and a shape of data. */
export interface Learner {
  /** Shape of each value by path name. What is to be kept and transferred is named `encoder/...`. */
  shapes: Record<string, number[]>;
  /** Names of those that no gradient trains: running means, moving averages. */
  untrained: readonly string[];
  /** One line that names the network and its loss. */
  summary: string;
  /** Floating-point numbers that one example's pass keeps for its gradient: the cost shown before a run. */
  activationsPerExample: number;
  /** What a step needs besides the examples. */
  needs: Needs;
  init: (seed: number) => Arrays;
  /** What is made small, one after the other in each step, each over parameters of its own. Usually one. */
  objectives: readonly Objective[];
  /** What the encoder makes of examples. @returns [batch, width] */
  encode(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D;
  /** Logits of the classes, [batch, classes]; only of what was taught to name classes. */
  classify?(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D;
  /** Whether the loss of an example is its own, whatever else is in the batch: then it may be measured in larger ones. */
  independent?: true;
  /** Factor of the learning rate of a trained value at an epoch; missing: 1 of each. */
  rate?(name: string, epoch: number): number;
  /**
   * Finds some values at once from the codes of all training examples, before any step: heads that have a solution.
   * Missing where there is nothing to find.
   * @param onIteration awaited after each iteration; the values found so far are given up when it throws
   * @returns new content by name
   */
  solve?(examples: Labelled, onIteration: (loss: number) => void | Promise<void>): Promise<Arrays>;
  /** New content of untrained values after a step, kept (tf.keep); missing where there is nothing to do. */
  afterStep?(values: Values): Map<string, tf.Tensor>;
  /** What the monitor shows for a fixed batch of examples. */
  preview(values: Values, inputs: Inputs, from: string, pass: Pass): Promise<Preview>;
}

export interface Needs {
  /** The class of each example. */
  labels?: boolean;
  /** Each example twice, changed at random in two ways, also where it is only measured or shown. */
  views?: boolean;
  /** While it trains, each example changed at random. */
  augmented?: boolean;
  /** What a teacher says of each example. */
  targets?: boolean;
}

/** One batch. */
export type Inputs = {
  /** [batch, ...shape]: float32, prepared to 0..1, or int32 ids. Where views are needed, the first one. */
  input: tf.Tensor;
  /** [batch] int32, -1 for none; only where labels are needed. */
  labels?: tf.Tensor1D;
  /** As `input`: the second view; only where views are needed. */
  view?: tf.Tensor;
  /** [batch, width] float32, what the teacher says: logits of classes, or a code; only where targets are needed. */
  targets?: tf.Tensor2D;
};

export interface Objective {
  /** Under which its loss is measured; that of the first is "loss". */
  metric: string;
  /** Names of what it trains. No two objectives share any. */
  parameters: readonly string[];
  /**
   * Meant over the batch. A pure function of its arguments, so that an engine may repeat it as a fixed graph: it fetches
   * no value and branches on none.
   */
  loss(values: Values, inputs: Inputs, pass: Pass): Losses;
}

/** `loss` is what the gradient is of; the others are its terms, measured under their names. */
export type Losses = { loss: tf.Scalar } & Record<string, tf.Scalar>;

export interface Preview {
  views: SampleView[];
  tensors: Record<string, NamedTensor>;
}

/** The one objective over all that gradients train. */
export function soleObjective(
  networks: readonly Pick<Network, 'shapes' | 'untrained'>[],
  loss: Objective['loss'],
): readonly [Objective] {
  return [{ metric: 'loss', parameters: networks.flatMap((network) => Object.keys(trainedShapes(network))), loss }];
}

/** Shapes of what gradients train, by name. */
export function trainedShapes({ shapes, untrained }: Pick<Network, 'shapes' | 'untrained'>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(shapes).filter(([name]) => !untrained.includes(name)));
}
