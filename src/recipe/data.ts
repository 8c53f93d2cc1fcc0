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

/** Tokens of the smallest vocabulary of byte pairs: each byte, and five special ones. */
export const LEAST_BYTE_PAIRS = 261;

const textOptions: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  default: {},
  ...words('How texts become numbers: by a tokenizer, which splits them into tokens and knows each by its id.'),
  properties: {
    unit: {
      default: null,
      ...words(
        'What is one example in .txt files. Null looks: one file is paragraphs where blank lines part them, else lines; each of many files is a document.',
      ),
      anyOf: [
        {
          enum: ['line', 'paragraph', 'document', 'window'],
          enumDescriptions: [
            'Each line.',
            'What stands between blank lines.',
            'Each file.',
            'Each stretch of so many characters as "window" says, one after the other: what a language model learns to write from. Validation is the end of the text.',
          ],
        },
        { type: 'null' },
      ],
    },
    window: {
      type: 'integer',
      minimum: 2,
      maximum: 65_536,
      default: 256,
      ...words('Characters of each example, for "unit": "window".'),
    },
    features: {
      enum: ['bag', 'ids'],
      default: 'bag',
      enumDescriptions: [
        'Which tokens occur, 0 or 1 each, in no order: a bag of words. What an autoencoder learns from.',
        'The ids of the tokens in their order: what a language model learns from.',
      ],
      ...words('What a network sees of a text.', 'TextVectorization(output_mode)'),
    },
    tokenizer: {
      default: 'word',
      examples: ['tokenizer.json'],
      ...words(
        'What splits texts into tokens: a kind, which is trained on the training texts, or the path of a tokenizer.json, as Hugging Face has them, relative to this recipe.',
        'TextVectorization(split)',
      ),
      anyOf: [
        {
          enum: ['word', 'character', 'bytePair'],
          enumDescriptions: [
            'Words and marks between them; rare words are unknown.',
            'Single characters.',
            'Frequent words whole, rare ones in pieces; nothing is unknown. As in GPT-2.',
          ],
        },
        {
          type: 'string',
          pattern: '\\.json$',
          patternErrorMessage: 'must be "word", "character", "bytePair" or the path of a tokenizer.json',
          maxLength: 4096,
        },
      ],
    },
    vocabularySize: {
      type: 'integer',
      minimum: 6,
      maximum: 1_000_000,
      default: 4096,
      ...words(
        'Tokens at most, the most frequent ones, of a tokenizer that is trained; five are special ones, such as the unknown. Byte pairs need 261. A tokenizer.json has its own.',
        'TextVectorization(max_tokens)',
      ),
    },
    lowercase: {
      type: 'boolean',
      default: true,
      ...words(
        'Whether capitals are made small first. Only for words; other tokenizers keep them as they are.',
        'TextVectorization(standardize)',
      ),
    },
    length: {
      ...nullOrNumber('integer', 1, 65_536),
      ...words(
        'Ids of each text, for "features": "ids": longer texts are cut off, shorter ones filled with the id of padding. Null keeps windows whole, of other texts 95 %, with at most 256.',
        'TextVectorization(output_sequence_length)',
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
    ...words(
      'Column that holds the labels, in tables, texts, and tables that name images or sounds. Null looks for it.',
    ),
  },
  labelSeparator: {
    default: null,
    examples: [';'],
    anyOf: [{ type: 'string', minLength: 1, maxLength: 20 }, { type: 'null' }],
    ...words(
      'What stands between the labels of an example that may have several, such as `cat;dog`. Rows that name the same file add up. Null where each example has one label; lists in JSON Lines and Parquet need none.',
    ),
  },
  textColumn: {
    ...nullOrText('question'),
    ...words('Column that holds the text, or member of JSON Lines. Null looks for it.'),
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
  text: textOptions,
};
