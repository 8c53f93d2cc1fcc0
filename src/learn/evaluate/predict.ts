import * as tf from '@tensorflow/tfjs-core';
import { MEASURED_BATCH, tensorsOf } from '../batches.js';
import type { Values } from '../engine/engine.js';
import type { Job, Source } from '../loop.js';
import type { Pass } from '../network.js';
import { randomTensors } from '../random.js';
import type { Classifier, Regressor } from '../task/task.js';

/** What of a network predicting needs. */
export type ClassPredictor = Pick<Classifier, 'task' | 'classes' | 'classify'>;
export type NumberPredictor = Pick<Regressor, 'task' | 'estimate'>;

export interface Predicting<Learner = ClassPredictor | NumberPredictor> extends Pick<Job, 'engine'> {
  learner: Learner;
  options: Pick<Job['options'], 'seed'>;
}

/**
 * What a network says of all examples of a source, as they are.
 * @returns a classifier's probabilities [count, classes]; in regression estimates [count], in the unit of the labels
 */
export async function predict(
  { engine, learner, options: { seed } }: Predicting,
  source: Source,
  values: Values,
  epoch: number,
): Promise<Float32Array> {
  const width = learner.task === 'classification' ? learner.classes.length : 1;
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
    const found = tf.tidy(() =>
      learner.task === 'classification'
        ? tf.softmax(learner.classify(values, inputs.input, pass))
        : learner.estimate(values, inputs.input, pass),
    );
    predictions.set(await found.data<'float32'>(), from * width);
    tf.dispose([found, inputs]);
  }
  return predictions;
}
