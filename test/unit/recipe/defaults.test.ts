import assert from 'node:assert/strict';
import type { Recipe } from '../../../src/recipe/recipe.js';
import { parse, withPretrain } from './fixture.js';

/** The primer's autoencoder, written down by hand; Adam's constants are those of Keras. */
const primer: Recipe = {
  name: 'fixture',
  engine: 'auto',
  map: 'pca',
  data: {
    path: 'digits',
    format: 'auto',
    labels: 'auto',
    labelColumn: null,
    labelSeparator: null,
    textColumn: null,
    filePattern: null,
    groups: null,
    validation: 'auto',
    test: null,
    limit: null,
    onError: 'stop',
    image: { size: null, colour: 'auto', fit: 'cover' },
    sound: {
      sampleRate: null,
      seconds: null,
      mels: 64,
      fftSize: null,
      hopLength: null,
      minFrequency: 0,
      maxFrequency: null,
    },
    table: {
      separator: null,
      decimal: null,
      header: null,
      missing: null,
      columns: null,
      scaling: 'minMax',
      mostCategories: 100,
    },
    text: {
      unit: null,
      window: 256,
      features: 'bag',
      tokenizer: 'word',
      vocabularySize: 4096,
      lowercase: true,
      length: null,
    },
  },
  encoder: { type: 'dense', units: [32], activation: 'relu' },
  pretrain: {
    method: 'autoencoder',
    options: { loss: 'binaryCrossentropy' },
    optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 },
    schedule: { name: 'constant' },
    epochs: 100,
    batchSize: 256,
    shuffle: true,
    seed: 1,
    earlyStopping: null,
    globalClipNorm: null,
    checkpointEpochs: 1,
    keepCheckpoints: 3,
  },
  finetune: {
    task: 'auto',
    mode: 'full',
    options: { freeze: [] },
    labelsPerClass: null,
    labelFraction: null,
    hidden: null,
    labelSmoothing: 0,
    classWeights: 'none',
    augmentation: null,
    optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum: 0 },
    schedule: { name: 'cosine', warmupEpochs: 0, final: 0 },
    epochs: null,
    batchSize: 32,
    shuffle: true,
    seed: 1,
    earlyStopping: null,
    globalClipNorm: null,
    checkpointEpochs: 10,
    keepCheckpoints: 3,
  },
};

describe('The defaults of a recipe', () => {
  it('are the primer', () => {
    assert.deepEqual(parse('{ "data": { "path": "digits" } }').recipe, primer);
    assert.deepEqual(parse(withPretrain('"optimizer": {}, "schedule": {}')).recipe, primer);
  });

  it('stay out of the way of what is given', () => {
    const { recipe } = parse(
      '{ "data": { "path": "a", "validation": "test", "limit": 5 }, "encoder": { "units": [64, 8] }, "engine": "wasm" }',
    );
    assert.deepEqual(recipe, {
      ...primer,
      engine: 'wasm',
      data: { ...primer.data, path: 'a', validation: 'test', limit: 5 },
      encoder: { type: 'dense', units: [64, 8], activation: 'relu' },
    });
  });

  const pretrain = (inner: string) => parse(withPretrain(inner)).recipe?.pretrain;

  it('of an optimizer are its own, by name or as an object', () => {
    const sgd = { name: 'sgd', learningRate: 0.01, momentum: 0, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
    assert.deepEqual(pretrain('"optimizer": "sgd"')?.optimizer, sgd);
    assert.deepEqual(pretrain('"optimizer": { "name": "sgd", "momentum": 0.9 }')?.optimizer, { ...sgd, momentum: 0.9 });
  });

  it('of a schedule and of early stopping are filled in where one is chosen', () => {
    assert.deepEqual(pretrain('"schedule": "cosine"')?.schedule, { name: 'cosine', warmupEpochs: 0, final: 0 });
    assert.deepEqual(pretrain('"schedule": { "name": "step" }')?.schedule, {
      name: 'step',
      everyEpochs: 30,
      factor: 0.1,
    });
    assert.deepEqual(pretrain('"earlyStopping": {}')?.earlyStopping, { patience: 10, minDelta: 0 });
    assert.equal(pretrain('"earlyStopping": false')?.earlyStopping, null);
  });

  it('of a method stand in its options, which hold nothing else', () => {
    assert.deepEqual(pretrain('"method": "denoising", "noise": 0.5')?.options, {
      loss: 'meanSquaredError',
      noise: 0.5,
    });
    assert.deepEqual(pretrain('"loss": "meanSquaredError"')?.options, { loss: 'meanSquaredError' });
  });

  it('of an encoder follow its type', () =>
    assert.deepEqual(parse('{ "data": { "path": "a" }, "encoder": { "type": "convolutional" } }').recipe?.encoder, {
      type: 'convolutional',
      kernelSize: 3,
    }));

  it('are not shared between recipes', () => {
    const first = parse('{ "data": { "path": "a" } }').recipe;
    (first?.encoder['units'] as number[]).push(1);
    assert.deepEqual(parse('{ "data": { "path": "digits" } }').recipe, primer);
  });

  it('leave nothing of "$schema" in the recipe', () =>
    assert.deepEqual(parse('{ "$schema": "x", "data": { "path": "digits" }, "finetune": {} }').recipe, primer));
});
