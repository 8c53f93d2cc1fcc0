import * as tf from '@tensorflow/tfjs-core';
import { MEASURED_BATCH, tensorsOf } from '../batches.js';
import type { Values } from '../engine/engine.js';
import type { Job, Source } from '../loop.js';
import type { Pass } from '../network.js';
import { randomTensors } from '../random.js';
import type { Classifier, MultiLabelClassifier, Regressor } from '../task/task.js';

/** What of a network predicting needs. */
export type ClassPredictor = Pick<Classifier | MultiLabelClassifier, 'task' | 'classes' | 'classify'>;
export type NumberPredictor = Pick<Regressor, 'task' | 'estimate'>;

export interface Predicting<Learner = ClassPredictor | NumberPredictor> extends Pick<Job, 'engine'> {
  learner: Learner;
  options: Pick<Job['options'], 'seed'>;
}

/**
 * What a network says of all examples of a source, as they are.
 * @returns a classifier's probabilities [count, classes], which sum to 1 where an example has one class; in regression estimates [count], in the unit of the labels
 */
export async function predict(
  { engine, learner, options: { seed } }: Predicting,
  source: Source,
  values: Values,
  epoch: number,
): Promise<Float32Array> {
  const width = learner.task === 'regression' ? 1 : learner.classes.length;
  const predictions = new Float32Array(source.count * width);
  for (let from = 0; from < source.count; from += MEASURED_BATCH) {
    const count = Math.min(MEASURED_BATCH, source.count - from);
    const positions = Int32Array.from({ length: count }, (_, i) => from + i);
    const inputs = tensorsOf(
      { count, input: await source.batch(positions), view: null, labels: null, targets: null },
      source.shape,
    );
    const random = randomTensors(engine, seed, from / MEASURED_BATCH, 'prediction');
    const pass: Pass = { engine, training: false, epoch, random, updates: null };
    const found = tf.tidy(() => answersOf(learner, values, inputs.input, pass));
    predictions.set(await found.data<'float32'>(), from * width);
    tf.dispose([found, inputs]);
  }
  return predictions;
}

function answersOf(learner: Predicting['learner'], values: Values, input: tf.Tensor, pass: Pass): tf.Tensor {
  if (learner.task === 'regression') return learner.estimate(values, input, pass);
  return probabilitiesOf(learner, learner.classify(values, input, pass));
}

/** Of the classes, or of each label by itself. @param logits [batch, classes] */
export function probabilitiesOf({ task }: Pick<ClassPredictor, 'task'>, logits: tf.Tensor2D): tf.Tensor2D {
  return task === 'multiLabel' ? tf.sigmoid(logits) : tf.softmax(logits);
}
