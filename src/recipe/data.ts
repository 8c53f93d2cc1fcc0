import type { JsonSchema } from './description.js';
import { words } from './training.js';

/** How data are read and prepared, where looking at them is not enough. */

const imageOptions: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How images become pixels of one size.'),
  properties: {
    size: {
      default: null,
      ...words(
        'Side of a square, or [height, width], in pixels. Null takes the size that nearly all images have, else a square of at most 64.',
        'image_dataset_from_directory(image_size)',
      ),
      anyOf: [
        { type: 'integer', minimum: 1, maximum: 4096 },
        { type: 'array', items: { type: 'integer', minimum: 1, maximum: 4096 }, minItems: 2, maxItems: 2 },
        { type: 'null' },
      ],
    },
    colour: {
      enum: ['auto', 'grey', 'rgb'],
      default: 'auto',
      enumDescriptions: ['Grey when all images are grey, else RGB.', 'One channel.', 'Three channels.'],
      ...words('Channels of the pixels.', 'image_dataset_from_directory(color_mode)'),
    },
    fit: {
      enum: ['cover', 'contain', 'stretch'],
      default: 'cover',
      enumDescriptions: [
        'Keeps the proportions and cuts off what stands over.',
        'Keeps the proportions and adds a black border.',
        'Changes the proportions.',
      ],
      ...words('How an image of other proportions fits.', [
        'image_dataset_from_directory(crop_to_aspect_ratio)',
        'image_dataset_from_directory(pad_to_aspect_ratio)',
      ]),
    },
  },
};

const nullOrNumber = (type: 'integer' | 'number', minimum: number, maximum: number): JsonSchema => ({
  default: null,
  anyOf: [{ type, minimum, maximum }, { type: 'null' }],
});

const soundOptions: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words(
    'How sounds become spectrograms of one size: log-mel, in decibels below the loudest, as librosa makes them.',
  ),
  properties: {
    sampleRate: {
      ...nullOrNumber('integer', 100, 768_000),
      ...words('Samples a second to which sounds are brought. Null takes the most frequent rate.'),
    },
    seconds: {
      ...nullOrNumber('number', 0.01, 3600),
      ...words(
        'Length of each sound: longer ones are cut off, shorter ones followed by silence. Null keeps 95 % whole.',
      ),
    },
    mels: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: 64,
      ...words('Bands of the spectrogram. librosa: n_mels.'),
    },
    fftSize: {
      ...nullOrNumber('integer', 16, 65_536),
      ...words('Samples of one transform. Null takes a power of two of at least 25 ms. librosa: n_fft.'),
    },
    hopLength: {
      ...nullOrNumber('integer', 1, 65_536),
      ...words('Samples from one frame to the next. Null takes half of fftSize. librosa: hop_length.'),
    },
    minFrequency: {
      type: 'number',
      minimum: 0,
      maximum: 384_000,
      default: 0,
      ...words('Where the lowest band begins, in Hz. librosa: fmin.'),
    },
    maxFrequency: {
      ...nullOrNumber('number', 1, 384_000),
      ...words('Where the highest band ends, in Hz. Null takes half the sample rate. librosa: fmax.'),
    },
  },
};

const nullOrOneOf = (values: string[], descriptions: string[]): JsonSchema => ({
  default: null,
  enum: [null, ...values],
  enumDescriptions: ['Found by looking.', ...descriptions],
});

const listOfTexts = (maxItems: number, example: string[]): JsonSchema => ({
  default: null,
  examples: [example],
  anyOf: [{ type: 'array', items: { type: 'string', maxLength: 1000 }, maxItems }, { type: 'null' }],
});

const tableOptions: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How a table is read, and how its rows become numbers.'),
  properties: {
    separator: {
      ...nullOrOneOf([',', ';', '\t', '|', ' '], ['Comma.', 'Semicolon.', 'Tab.', 'Bar.', 'Space.']),
      ...words('What separates the columns of a CSV file. Null looks at it. pandas: sep.'),
    },
    decimal: {
      ...nullOrOneOf(['.', ','], ['As in 1.5.', 'As in 1,5.']),
      ...words('Decimal mark of the numbers in a CSV file. Null looks at it. pandas: decimal.'),
    },
    header: {
      default: null,
      anyOf: [{ type: 'boolean' }, { type: 'null' }],
      ...words('Whether the first row of a CSV file names the columns. Null looks at it.'),
    },
    missing: {
      ...listOfTexts(100, ['NA', '-999']),
      ...words(
        'What stands for a missing value in a CSV file, besides empty cells. Null takes the usual words, such as NA, NaN, null and "?". pandas: na_values.',
      ),
    },
    columns: {
      ...listOfTexts(65_536, ['age', 'city']),
      ...words('Names of the columns to learn from. Null takes all that hold numbers or categories.'),
    },
    scaling: {
      enum: ['minMax', 'standard', 'none'],
      default: 'minMax',
      enumDescriptions: [
        'The smallest training value becomes 0, the largest 1; what lies beyond is 0 or 1. scikit-learn: MinMaxScaler(clip=True).',
        'Mean 0 and standard deviation 1 over the training rows. Needs a loss for any number, such as meanSquaredError. scikit-learn: StandardScaler.',
        'As they are. Needs a loss for any number, such as meanSquaredError.',
      ],
      ...words('How each column of numbers is scaled, by its training rows.'),
    },
    mostCategories: {
      type: 'integer',
      minimum: 2,
      maximum: 10_000,
      default: 100,
      ...words(
        'Numbers that one column of categories becomes at most; the rarest categories are one of them. scikit-learn: OneHotEncoder(max_categories).',
      ),
    },
  },
};

const nullOrText = (example: string): JsonSchema => ({
  default: null,
  examples: [example],
  anyOf: [{ type: 'string', minLength: 1, maxLength: 200 }, { type: 'null' }],
});

export const dataProperties: Record<string, JsonSchema> = {
  format: {
    type: 'string',
    default: 'auto',
    maxLength: 40,
    examples: ['auto'],
    ...words('Format of the data, where "auto" takes the wrong one. `pretrain inspect` lists what is possible.'),
  },
  filePattern: {
    ...nullOrText('{label}_{speaker}_{index}.wav'),
    ...words('What the names of files tell, in braces. Null takes labels from the folders.'),
  },
  labelColumn: {
    ...nullOrText('category'),
    ...words('Column that holds the labels, in tables and texts. Null looks for it.'),
  },
  groups: {
    ...nullOrText('speaker'),
    ...words(
      'Part of the file names, or column, whose examples belong together: the same speaker or source is never both in training and in validation.',
    ),
  },
  onError: {
    enum: ['stop', 'skip'],
    default: 'stop',
    enumDescriptions: [
      'Tells the first file that cannot be read, before anything is trained.',
      'Leaves out what cannot be read, and tells how many and which.',
    ],
    ...words('What happens to files that cannot be read.'),
  },
  image: imageOptions,
  sound: soundOptions,
  table: tableOptions,
};
