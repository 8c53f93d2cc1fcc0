import type * as tf from '@tensorflow/tfjs-core';
import type { LabelSets } from '../../data/labelSets.js';
import type { FinetuneOptions, EncoderOptions } from '../../recipe/recipe.js';
import type { EncoderFamily } from '../encoder/encoder.js';
import type { Arrays, Values } from '../engine/engine.js';
import type { ExampleFacts, Learner } from '../method/method.js';
import type { Pass } from '../network.js';

/** What a task builds upon. */
export interface TaskSetting extends ExampleFacts {
  family: EncoderFamily;
  encoder: EncoderOptions;
  options: FinetuneOptions;
  /** What another run has learned, by name; values besides the encoder's are passed over. Null where there is no such run. */
  start: Arrays | null;
}

/** A network that answers something about an example. */
export type TaskLearner = Classifier | MultiLabelClassifier | Regressor;

/** That names a number. */
export interface Regressor extends Learner {
  task: 'regression';
  /** The number that each label is, in its own unit. */
  numbers: Float64Array;
  /** @returns estimates [batch], in the unit of the labels */
  estimate(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor1D;
}

/** That names a class. */
export interface Classifier extends Learner {
  task: 'classification';
  classes: readonly string[];
  /** @returns logits [batch, classes], whose softmax are probabilities */
  classify(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D;
  /** The same of codes, [batch, width], that are there already. */
  classifyCodes(values: Values, codes: tf.Tensor2D, pass: Pass): tf.Tensor2D;
}

/** That says of each label whether an example has it. */
export interface MultiLabelClassifier extends Learner {
  task: 'multiLabel';
  /** Names of the labels. */
  classes: readonly string[];
  sets: LabelSets;
  /** @returns logits [batch, labels], whose sigmoids are probabilities */
  classify(values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D;
  /** As {@link Classifier.classifyCodes}. */
  classifyCodes(values: Values, codes: tf.Tensor2D, pass: Pass): tf.Tensor2D;
}
