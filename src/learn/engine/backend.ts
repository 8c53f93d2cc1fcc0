import * as tf from '@tensorflow/tfjs-core';

/** Frees a back end's memory. Its factory, which TensorFlow.js drops too, goes back, so that it can be started again. */
export function disposeBackend(name: string): void {
  const factory = tf.findBackendFactory(name);
  tf.removeBackend(name);
  tf.registerBackend(name, factory);
}
