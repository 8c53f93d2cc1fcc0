import * as tf from '@tensorflow/tfjs-core';
import { encoders } from '../../src/learn/encoder/index.js';
import { startEngine } from '../../src/learn/engine/index.js';
import { train, type Source } from '../../src/learn/loop.js';
import { autoencoder } from '../../src/learn/method/autoencoder.js';
import { stream } from '../../src/protocol/random.js';
import type { EngineName } from '../../src/protocol/run.js';
import { enginePlaces } from '../../src/trainer/places.js';
import { openDataset } from '../../src/data/index.js';
import { scaled } from '../../src/data/prepare/scale.js';
import type { Reader } from '../../src/data/reader.js';
import { mnistFolder } from './mnist.js';

/** A process of its own for each measurement: ENGINE|modelFit EPOCHS. Prints the seconds of each epoch. */

const COUNT = 60_000;
const WIDTH = 784;

async function images(): Promise<(positions: ArrayLike<number>) => Float32Array> {
  const folder = mnistFolder();
  if (folder !== null) {
    const reader = (await openDataset(folder)) as Reader;
    return (positions) => scaled(reader.read(positions) as { data: Uint8Array }, [0, 255]);
  }
  const random = stream(1, 'benchmark');
  const noise = Float32Array.from({ length: 256 * WIDTH }, () => random.uniform());
  return (positions) =>
    Float32Array.from({ length: positions.length * WIDTH }, (_, i) => noise[i % noise.length] as number);
}

async function ours(name: EngineName, epochs: number): Promise<number[]> {
  const { engine } = await startEngine(name, enginePlaces());
  const batch = await images();
  const training: Source = { count: COUNT, shape: [WIDTH], labels: null, batch };
  const seconds: number[] = [];
  let last = 0;
  await train({
    engine,
    learner: autoencoder.build({
      family: encoders.dense,
      encoder: { type: 'dense', units: [32], activation: 'relu' },
      shape: [WIDTH],
      options: { loss: 'binaryCrossentropy' },
    }),
    options: {
      optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 },
      schedule: { name: 'constant' },
      epochs,
      batchSize: 256,
      shuffle: true,
      seed: 1,
      earlyStopping: null,
      globalClipNorm: null,
      checkpointEpochs: epochs + 1,
      keepCheckpoints: 0,
    },
    training,
    validation: null,
    previewPositions: Int32Array.of(0),
    start: null,
    observer: {
      beforeStep({ step }) {
        if (step === 0) last = performance.now();
        return 'go';
      },
      afterStep: () => undefined,
      afterEpoch() {
        const now = performance.now();
        seconds.push((now - last) / 1000);
        last = now;
      },
      checkpoint: () => Promise.resolve(),
      wantsPreview: () => false,
      preview: () => undefined,
      wentBack: () => undefined,
      diagnosis: () => undefined,
    },
  });
  return seconds;
}

/** TensorFlow.js' own way: layers, compile, fit. */
async function modelFit(epochs: number): Promise<number[]> {
  const { engine } = await startEngine('tensorflow', enginePlaces());
  const layers = await import('@tensorflow/tfjs-layers');
  const model = layers.sequential({
    layers: [
      layers.layers.dense({ units: 32, activation: 'relu', inputShape: [WIDTH] }),
      layers.layers.dense({ units: WIDTH, activation: 'sigmoid' }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(), loss: 'binaryCrossentropy' });
  const x = tf.tensor2d((await images())(Int32Array.from({ length: COUNT }, (_, i) => i)), [COUNT, WIDTH]);
  const seconds: number[] = [];
  let last = performance.now();
  await model.fit(x, x, {
    epochs,
    batchSize: 256,
    shuffle: true,

    callbacks: {
      onEpochEnd: async () => {
        const now = performance.now();
        seconds.push((now - last) / 1000);
        last = now;
        await Promise.resolve();
      },
    },
  });
  engine.dispose();
  return seconds;
}

const [who, epochs] = process.argv.slice(2);
void (who === 'modelFit' ? modelFit(Number(epochs)) : ours(who as EngineName, Number(epochs))).then((seconds) => {
  process.stdout.write(JSON.stringify({ seconds }) + '\n');
});
