import type { JsonSchema } from './description.js';
import { words } from './training.js';

/** How examples are changed at random, by the kind of data. A strength of 0 leaves them as they are in that respect. */

export interface AugmentationOptions {
  image: ImageAugmentation;
  sound: SoundAugmentation;
  table: TableAugmentation;
  text: TextAugmentation;
}

export interface ImageAugmentation {
  /** Most of the area that a crop leaves out, 0..1. */
  crop: number;
  /** Null: images of three channels are mirrored, those of one are not. */
  flip: boolean | null;
  /** Parts of height and width. */
  shift: number;
  /** Degrees. */
  rotation: number;
  brightness: number;
  contrast: number;
  saturation: number;
  /** Parts of a turn, 0..0.5. */
  hue: number;
  /** Probability. */
  grey: number;
  /** Standard deviation in pixels. */
  blur: number;
  /** Most of the area. */
  erasing: number;
}

export interface SoundAugmentation {
  /** Parts of the frames. */
  timeMask: number;
  /** Parts of the bands. */
  frequencyMask: number;
  /** Parts of the frames. */
  shift: number;
  /** Parts of the range from silence to the loudest. */
  gain: number;
  /** Standard deviation, in the same parts. */
  noise: number;
}

export interface TableAugmentation {
  /** Probability. */
  mask: number;
  replacement: 'other' | 'zero';
  /** Standard deviation. */
  noise: number;
}

export interface TextAugmentation {
  /** Probability. */
  deletion: number;
  /** Part of the tokens. */
  span: number;
}

const strength = (standard: number, maximum: number, description: string, keras?: string): JsonSchema => ({
  type: 'number',
  minimum: 0,
  maximum,
  default: standard,
  ...words(description, keras),
});

const image: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How images are changed.'),
  properties: {
    crop: strength(
      0.6,
      0.99,
      'A random part of the image is cut out and brought back to the full size; at most so much of its area is left out.',
      'RandomCrop',
    ),
    flip: {
      default: null,
      anyOf: [{ type: 'boolean' }, { type: 'null' }],
      ...words(
        'Half of the images are mirrored left to right. Null: only those in colour, since mirrored digits and letters are others.',
        'RandomFlip("horizontal")',
      ),
    },
    shift: strength(0, 1, 'Moved by at most this part of height and width.', 'RandomTranslation'),
    rotation: strength(0, 180, 'Turned by at most so many degrees.', 'RandomRotation'),
    brightness: strength(0.4, 1, 'Made darker or brighter by at most this factor more or less.', 'RandomBrightness'),
    contrast: strength(0.4, 1, 'Differences from the mean made smaller or larger by at most this.', 'RandomContrast'),
    saturation: strength(0.4, 1, 'Colours made paler or stronger by at most this; of images in colour.'),
    hue: strength(0.1, 0.5, 'Colours turned by at most this part of the colour wheel; of images in colour.'),
    grey: strength(0.2, 1, 'Part of the images in colour that are made grey.'),
    blur: strength(0, 32, 'Blurred by a Gaussian whose standard deviation is at most so many pixels.'),
    erasing: strength(0, 0.9, 'A rectangle of at most this part of the area gets one brightness.', 'RandomErasing'),
  },
};

const sound: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How spectrograms are changed. 1 is the whole range, from silence to the loudest.'),
  properties: {
    timeMask: strength(0.2, 0.9, 'A stretch of at most this part of the time becomes the mean.'),
    frequencyMask: strength(0.2, 0.9, 'Neighbouring bands, at most this part of all, become the mean.'),
    shift: strength(0.1, 1, 'Begins earlier or later by at most this part of the time; silence follows or precedes.'),
    gain: strength(0.1, 1, 'Made quieter or louder by at most this part of the range.'),
    noise: strength(0.02, 1, 'Standard deviation of the noise that is added.', 'GaussianNoise(stddev)'),
  },
};

const table: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How rows of tables are changed, and arrays that are no images.'),
  properties: {
    mask: strength(0.3, 0.99, 'Each column is replaced with this probability.'),
    replacement: {
      enum: ['other', 'zero'],
      default: 'other',
      enumDescriptions: ['By the value of another row, drawn at random.', 'By 0.'],
      ...words('What columns are replaced by.'),
    },
    noise: strength(
      0.02,
      10,
      'Standard deviation of the noise that is added to scaled values.',
      'GaussianNoise(stddev)',
    ),
  },
};

const text: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How texts are changed that are learned from as ids of tokens.'),
  properties: {
    deletion: strength(0.1, 0.9, 'Each token is removed with this probability.'),
    span: strength(
      0.2,
      0.9,
      'A stretch of at most this part of the tokens is hidden, or removed where the tokenizer has no token for that.',
    ),
  },
};

/** A method's option "augmentation". */
export const augmentationOption: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words(
    'How examples are changed at random. What belongs to another kind of data is passed over; 0 turns a change off.',
  ),
  properties: { image, sound, table, text },
};
