import { SAMPLE_DIGITS } from '../data/detect.js';
import type { Recipe } from '../recipe/recipe.js';
import { checkedRecipe } from './language.js';

/** The primer's own example: input 784, code 32 with relu, output 784 with sigmoid, Adam, binary cross-entropy. */
const PRIMER = `{
  "name": "primer-autoencoder",
  "data": { "path": "${SAMPLE_DIGITS}", "validation": "test" },
  "encoder": { "type": "dense", "units": [32], "activation": "relu" },
  "pretrain": {
    "method": "autoencoder",
    "loss": "binaryCrossentropy",
    "optimizer": { "name": "adam", "learningRate": 0.001 },
    "epochs": 100,
    "batchSize": 256,
    "shuffle": true,
    "seed": 1
  }
}`;

/** A new one each time, with all defaults filled in: it may be changed. */
export function primerRecipe(): Recipe {
  return checkedRecipe(PRIMER, 'primer.pretrain.json').recipe;
}
