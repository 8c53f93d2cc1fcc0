import type { JsonSchema } from './description.js';
import { augmentationOption } from './augmentation.js';
import { trainingProperties, words } from './training.js';

/** What every fine-tuning has beside its mode's own options, without optimizer and schedule. */
export const finetuneProperties: Record<string, JsonSchema> = {
  task: {
    enum: ['auto', 'classification', 'multiLabel', 'regression'],
    default: 'auto',
    enumDescriptions: [
      'Several labels an example where the data has such; regression where all labels are numbers, with a fraction among them or more than 50 different ones that are not just counted from 0 or 1; else classification.',
      'Each label is a class; of examples with several each combination is one.',
      'An example may have several labels, or none: each has a probability of its own.',
      'Each label is a number, and what is learned is to come near it.',
    ],
    ...words('What is learned from the labels.'),
  },
  labelsPerClass: {
    default: null,
    ...words(
      'Uses only so many labelled examples of each class, drawn with the seed: the first five are among the first ten. Of several labels an example: at least so many that have each, and that have none. Null for all.',
    ),
    anyOf: [{ type: 'integer', minimum: 1, maximum: 1_000_000_000 }, { type: 'null' }],
  },
  labelFraction: {
    default: null,
    ...words(
      'Uses only this part of the labelled examples, in regression of all, else of each class, drawn with the seed. Null for all.',
    ),
    anyOf: [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, { type: 'null' }],
  },
  hidden: {
    default: null,
    ...words(
      'Units of a hidden layer between the code and what is learned. Null puts the classes, or the number, right on the code.',
    ),
    anyOf: [{ type: 'integer', minimum: 1, maximum: 65_536 }, { type: 'null' }],
  },
  labelSmoothing: {
    type: 'number',
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
    ...words(
      'Part of each target that is spread evenly over all classes, so that the network is less sure of itself. Of several labels an example: between having each label and not.',
      'CategoricalCrossentropy(label_smoothing=0.0)',
    ),
  },
  classWeights: {
    enum: ['none', 'balanced'],
    default: 'none',
    enumDescriptions: [
      'Each example counts as much as any other.',
      'Examples of rare classes count more, so that all classes count the same. Of several labels an example: those that have a label as much as those that have it not.',
    ],
    ...words('How much examples of each class count.', 'fit(class_weight)'),
  },
  augmentation: {
    default: null,
    ...words('How examples are changed at random while the encoder learns. Null leaves them as they are.'),
    anyOf: [augmentationOption, { type: 'null' }],
  },
  ...trainingProperties,
  epochs: {
    default: null,
    ...words(
      'How often the training goes through all labelled examples. Null: some 1,500 steps, in 15 to 200 epochs.',
      'fit(epochs)',
    ),
    anyOf: [{ type: 'integer', minimum: 1, maximum: 1_000_000 }, { type: 'null' }],
  },
  batchSize: { ...trainingProperties['batchSize'], default: 32 },
  checkpointEpochs: { ...trainingProperties['checkpointEpochs'], default: 10 },
};
