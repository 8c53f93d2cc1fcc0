import * as tf from '@tensorflow/tfjs-core';
import { MEASURED_BATCH, tensorsOf } from '../batches.js';
import type { Values } from '../engine/engine.js';
import type { Job, Source } from '../loop.js';
import type { Pass } from '../network.js';
import { randomTensors } from '../random.js';
import type { TaskLearner } from '../task/task.js';

export type Predicting = Pick<Job, 'engine'> & {
  learner: Pick<TaskLearner, 'classes' | 'classify'>;
  options: Pick<Job['options'], 'seed'>;
};

/**
 * What a classifier says of all examples of a source, as they are.
 * @returns probabilities [count, classes]
 */
export async function predict(
  { engine, learner, options: { seed } }: Predicting,
  source: Source,
  values: Values,
  epoch: number,
): Promise<Float32Array> {
  const width = learner.classes.length;
  const probabilities = new Float32Array(source.count * width);
  for (let from = 0; from < source.count; from += MEASURED_BATCH) {
    const count = Math.min(MEASURED_BATCH, source.count - from);
    const positions = Int32Array.from({ length: count }, (_, i) => from + i);
    const inputs = tensorsOf(
      { count, input: await source.batch(positions), view: null, labels: null, targets: null },
      source.shape,
    );
    const random = randomTensors(engine, seed, from / MEASURED_BATCH, 'prediction');
    const pass: Pass = { engine, training: false, epoch, random, updates: null };
    const found = tf.tidy(() => tf.softmax(learner.classify(values, inputs.input, pass)));
    probabilities.set(await found.data<'float32'>(), from * width);
    tf.dispose([found, inputs]);
  }
  return probabilities;
}
