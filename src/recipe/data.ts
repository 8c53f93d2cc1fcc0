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
};
