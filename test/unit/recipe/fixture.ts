import type { EncoderDescription, MethodDescription, ModeDescription } from '../../../src/recipe/description.js';
import { parseRecipe, type ParsedRecipe } from '../../../src/recipe/parse.js';
import type { Fix } from '../../../src/protocol/trainer.js';
import { recipeSchema } from '../../../src/recipe/schema.js';
import { compileValidator } from '../../../src/recipe/validator.js';

/** Two methods, encoders and modes, so that choosing among them can be tested whatever the product has. */

const dense: EncoderDescription = {
  name: 'dense',
  title: 'Dense',
  summary: 'Fully connected layers.',
  paper: null,
  options: {
    units: {
      type: 'array',
      items: { type: 'integer', minimum: 1, maximum: 65536 },
      minItems: 1,
      maxItems: 64,
      default: [32],
      markdownDescription: 'Units of each layer; the last is the width of the `code`.',
    },
    activation: {
      enum: ['relu', 'gelu', 'tanh', 'sigmoid', 'linear'],
      default: 'relu',
      description: 'Activation after each layer.',
    },
  },
};

const convolutional: EncoderDescription = {
  name: 'convolutional',
  title: 'Convolutional',
  summary: 'Filters over images.',
  paper: { authors: 'LeCun et al.', year: 1989, title: 'Backpropagation applied to handwritten zip code recognition' },
  options: { kernelSize: { type: 'integer', minimum: 1, maximum: 15, default: 3, description: 'Width of a filter.' } },
};

const autoencoder: MethodDescription = {
  name: 'autoencoder',
  title: 'Autoencoder',
  summary: 'Squeezes each example into a short code and learns to rebuild it.',
  paper: {
    authors: 'Hinton & Salakhutdinov',
    year: 2006,
    title: 'Reducing the dimensionality of data with neural networks',
  },
  options: {
    loss: {
      enum: ['binaryCrossentropy', 'meanSquaredError'],
      default: 'binaryCrossentropy',
      markdownEnumDescriptions: ['For values from 0 to 1.', 'For any values.'],
      description: 'How the difference is measured.',
    },
  },
};

const denoising: MethodDescription = {
  name: 'denoising',
  title: 'Denoising autoencoder',
  summary: 'Learns to rebuild an example from a spoilt copy.',
  paper: {
    authors: 'Vincent et al.',
    year: 2008,
    title: 'Extracting and composing robust features with denoising autoencoders',
  },
  options: {
    loss: {
      enum: ['meanSquaredError'],
      default: 'meanSquaredError',
      description: 'How the difference is measured.',
    },
    noise: { type: 'number', minimum: 0, maximum: 1, default: 0.3, description: 'Part of the values that is spoilt.' },
  },
};

const full: ModeDescription = {
  name: 'full',
  title: 'Full',
  summary: 'Everything learns.',
  paper: null,
  options: { freeze: { type: 'array', items: { type: 'string' }, default: [], description: 'What stays as it is.' } },
};

const probe: ModeDescription = {
  name: 'probe',
  title: 'Linear probe',
  summary: 'Only the head learns.',
  paper: null,
  options: { penalty: { type: 'number', exclusiveMinimum: 0, default: 1, description: 'Of large weights.' } },
};

export const descriptions = {
  encoders: [dense, convolutional],
  methods: [autoencoder, denoising],
  modes: [full, probe],
};
export const schema = recipeSchema(descriptions);
export const language = { schema, validate: compileValidator(schema) };

export function parse(text: string): ParsedRecipe {
  return parseRecipe(text, language, 'fixture');
}

/** A recipe on one line with something in its "pretrain". */
export function withPretrain(inner: string): string {
  return `{ "data": { "path": "digits" }, "pretrain": { ${inner} } }`;
}

/** `line:column message` of each problem. */
export function messages(text: string): string[] {
  return parse(text).problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

export function applied(text: string, { offset, length, text: replacement }: Fix): string {
  return text.slice(0, offset) + replacement + text.slice(offset + length);
}

/** The text after the first fix of its first problem. */
export function fixed(text: string): string {
  const fix = parse(text).problems[0]?.fixes[0];
  if (!fix) throw new Error(`There is no fix for ${text}`);
  return applied(text, fix);
}
