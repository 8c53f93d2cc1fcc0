import type { Description, JsonSchema } from './description.js';

/** What every pretraining has beside its method's own options: optimizer, schedule, epochs, checkpoints. */

/**
 * Plain words for comments and lists, and the same with what Keras calls it for hovers and the reference.
 * @param keras code
 * @param difference from Keras, as a clause
 */
export function words(
  description: string,
  keras?: string | string[],
  difference?: string,
): { description: string; markdownDescription: string } {
  if (keras === undefined) return { description, markdownDescription: description };
  const names = [keras].flat().map((name) => `\`${name}\``);
  const clause = difference === undefined ? '' : `, ${difference}`;
  return { description, markdownDescription: `${description}\n\nKeras: ${names.join(', ')}${clause}.` };
}

const learningRate = (standard: number, keras: string): JsonSchema => ({
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1000,
  default: standard,
  ...words('Size of one step down the gradient, before the schedule changes it.', keras),
});

export const optimizers: Description[] = [
  {
    name: 'adam',
    title: 'Adam',
    summary: 'Adapts the step of each weight to its gradients so far. Works well without tuning.',
    paper: { authors: 'Kingma & Ba', year: 2015, title: 'Adam: A method for stochastic optimization' },
    options: {
      learningRate: learningRate(0.001, 'Adam(learning_rate=0.001)'),
      beta1: {
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.9,
        ...words('How slowly the mean of the gradients forgets.', 'Adam(beta_1=0.9)'),
      },
      beta2: {
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.999,
        ...words('How slowly the mean of the squared gradients forgets.', 'Adam(beta_2=0.999)'),
      },
      epsilon: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 1e-7,
        ...words('Keeps the division by the root of the squared gradients stable.', 'Adam(epsilon=1e-7)'),
      },
    },
  },
  {
    name: 'sgd',
    title: 'SGD',
    summary: 'Plain stochastic gradient descent, with momentum if wanted. Needs a well chosen learning rate.',
    paper: { authors: 'Robbins & Monro', year: 1951, title: 'A stochastic approximation method' },
    options: {
      learningRate: learningRate(0.01, 'SGD(learning_rate=0.01)'),
      momentum: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0,
        ...words('How much of the last step is kept in the next one.', 'SGD(momentum=0.0)'),
      },
    },
  },
];

export const schedules: Description[] = [
  {
    name: 'constant',
    title: 'Constant',
    summary: 'The learning rate stays as it is.',
    paper: null,
    options: {},
  },
  {
    name: 'cosine',
    title: 'Cosine',
    summary: 'Falls along half a cosine until the last step, after a linear rise if wanted.',
    paper: {
      authors: 'Loshchilov & Hutter',
      year: 2017,
      title: 'SGDR: Stochastic gradient descent with warm restarts',
    },
    options: {
      warmupEpochs: {
        type: 'number',
        minimum: 0,
        maximum: 1_000_000,
        default: 0,
        ...words(
          'Epochs in which the learning rate first rises in a straight line. Parts of an epoch are allowed.',
          'CosineDecay(warmup_steps=0)',
          'in epochs',
        ),
      },
      final: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0,
        ...words('Part of the learning rate that is left at the end.', 'CosineDecay(alpha=0.0)'),
      },
    },
  },
  {
    name: 'step',
    title: 'Step',
    summary: 'Multiplies the learning rate by a factor after every so many epochs.',
    paper: null,
    options: {
      everyEpochs: {
        type: 'integer',
        minimum: 1,
        maximum: 1_000_000,
        default: 30,
        ...words('Epochs between two changes.', 'ExponentialDecay(decay_steps, staircase=True)', 'in epochs'),
      },
      factor: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 0.1,
        ...words('What the learning rate is multiplied by.', 'ExponentialDecay(decay_rate)'),
      },
    },
  },
];

const earlyStopping: JsonSchema = {
  default: null,
  ...words(
    'Ends the training when the validation loss no longer falls, and brings the best weights back. Null for never.',
    'EarlyStopping(monitor="val_loss", restore_best_weights=True)',
  ),
  anyOf: [
    {
      type: 'object',
      additionalProperties: false,
      properties: {
        patience: {
          type: 'integer',
          minimum: 0,
          maximum: 1_000_000,
          default: 10,
          ...words('Epochs without improvement before the training ends.', 'EarlyStopping(patience)'),
        },
        minDelta: {
          type: 'number',
          minimum: 0,
          maximum: 1_000_000,
          default: 0,
          ...words('Smallest fall of the validation loss that counts as improvement.', 'EarlyStopping(min_delta=0)'),
        },
      },
    },
    { enum: [null, false], enumDescriptions: ['Trains for all epochs.', 'Trains for all epochs.'] },
  ],
  defaultSnippets: [
    {
      label: 'stop when it no longer improves',
      description: 'Ends the training after so many epochs without improvement.',
      body: { patience: '^${1:10}' },
    },
  ],
};

/** Properties of a stage that do not depend on its method, without optimizer and schedule. */
export const trainingProperties: Record<string, JsonSchema> = {
  epochs: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 100,
    ...words('How often the training goes through all examples.', 'fit(epochs)'),
  },
  batchSize: {
    type: 'integer',
    minimum: 1,
    maximum: 1_048_576,
    default: 256,
    ...words('Examples in one step. The last batch of an epoch may be smaller.', 'fit(batch_size)'),
  },
  shuffle: {
    type: 'boolean',
    default: true,
    ...words('Whether each epoch takes the examples in a new order, which the seed determines.', 'fit(shuffle=True)'),
  },
  seed: {
    type: 'integer',
    minimum: 0,
    maximum: 4_294_967_295,
    default: 1,
    ...words(
      'Determines initial weights, order and noise: the same recipe and seed on the same engine give the same weights, bit by bit.',
      'utils.set_random_seed(seed)',
    ),
  },
  earlyStopping,
  globalClipNorm: {
    default: null,
    ...words(
      'All gradients are scaled down together when their norm is above this. Null for never.',
      'Optimizer(global_clipnorm)',
    ),
    anyOf: [{ type: 'number', exclusiveMinimum: 0, maximum: 1_000_000_000 }, { type: 'null' }],
  },
  checkpointEpochs: {
    type: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    default: 1,
    ...words(
      'Epochs between two checkpoints. A crash costs at most the time since the last one.',
      'ModelCheckpoint(save_freq)',
      'in epochs',
    ),
  },
  keepCheckpoints: {
    type: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    default: 3,
    ...words('How many checkpoints are kept besides the last and the best.'),
  },
};
