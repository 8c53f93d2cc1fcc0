import type {
  Description,
  EncoderDescription,
  Json,
  JsonSchema,
  MethodDescription,
  ModeDescription,
  Needs,
  Snippet,
} from './description.js';
import { dataProperties } from './data.js';
import { finetuneProperties } from './finetune.js';
import { optimizers, schedules, trainingProperties, words } from './training.js';

/**
 * The one schema of `*.pretrain.json` (JSON Schema draft-07): completion, hover and squiggles in the editor, the check
 * before a run, the defaults and the reference all come from it. Names follow Keras where Keras has the thing; the
 * description of each property says which name that is.
 * @throws RangeError when a description cannot stand in a recipe: none at all, a name twice, or an option without a
 * default or with the name of a property that all choices share.
 */
export function recipeSchema(parts: {
  encoders: EncoderDescription[];
  methods: MethodDescription[];
  modes: ModeDescription[];
}): JsonSchema {
  const encoder = choice('type', 'Kind of encoder.', parts.encoders, {});
  const pretrain = choice('method', 'How the pretraining learns.', parts.methods, {
    optimizer: nameOrOptions(optimizers, words('Turns gradients into steps.', 'compile(optimizer)')),
    schedule: nameOrOptions(schedules, words('How the learning rate changes while it trains.', 'optimizers.schedules')),
    ...trainingProperties,
  });
  const finetune = choice('mode', 'What of the network learns from the labels.', parts.modes, {
    ...finetuneProperties,
    optimizer: nameOrOptions(optimizers, words('Turns gradients into steps.', 'compile(optimizer)')),
    schedule: nameOrOptions(
      // Cosine first: what is kept are the weights of the last step, which should have come to rest.
      schedules.toSorted((a, b) => Number(b.name === 'cosine') - Number(a.name === 'cosine')),
      words('How the learning rate changes while it trains.', 'optimizers.schedules'),
    ),
  });
  const encoderSnippets = parts.encoders.map((part) => snippetOf('type', part));
  const pretrainSnippets = parts.methods.map((part) => snippetOf('method', part, primerTraining()));
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Pretrain Studio recipe',
    description: 'What to learn from, what learns, and how. Everything but the path of the data has a default.',
    type: 'object',
    allowComments: true,
    allowTrailingCommas: true,
    additionalProperties: false,
    required: ['data'],
    properties: {
      $schema: { type: 'string', ...words('Where an editor without Pretrain Studio finds the schema of this file.') },
      name: {
        type: 'string',
        maxLength: 200,
        pattern: '\\S',
        patternErrorMessage: 'must have a letter or digit',
        ...words('What runs of this recipe are called. Without it: the name of the file.'),
      },
      engine: {
        enum: ['auto', 'tensorflow', 'wasm', 'cpu'],
        default: 'auto',
        enumDescriptions: [
          'The fastest that loads on this machine.',
          'TensorFlow itself, as native code.',
          'WebAssembly: works everywhere.',
          'Plain JavaScript: slow, for comparison.',
        ],
        ...words('What computes.', 'keras.config.set_backend'),
      },
      map: {
        enum: ['pca', 'umap', 'off'],
        default: 'pca',
        enumDescriptions: [
          'The first two principal components.',
          'Also laid out by UMAP, on a thread of its own while training goes on: slower, and shows better what is near what.',
          'None is drawn.',
        ],
        ...words('How the monitor shows the codes of up to 2,000 examples as points of a plane.'),
      },
      data,
      encoder: {
        ...encoder,
        default: {},
        ...words('The part that is kept after the pretraining. What it puts out is the code.'),
        defaultSnippets: encoderSnippets,
      },
      pretrain: {
        ...pretrain,
        default: {},
        ...words('How the encoder learns from the data before it gets a task.', ['Model.compile', 'Model.fit']),
        defaultSnippets: pretrainSnippets,
      },
      finetune: {
        ...finetune,
        default: {},
        ...words('How the pretrained encoder learns a task from labels.', ['Model.compile', 'Model.fit']),
        defaultSnippets: parts.modes.map((part) => snippetOf('mode', part, { labelsPerClass: '^${1:10}' })),
      },
    },
    defaultSnippets: parts.methods.map(({ title, summary, needs, starts }, i) => ({
      label: `Recipe: ${title}`,
      description: summary,
      body: {
        data: { path: '${1:data}', ...needs?.data, validation: 'auto' },
        encoder: encoderFor(needs, parts.encoders, encoderSnippets),
        pretrain: pretrainSnippets[i]?.body ?? {},
      },
      ...(needs === undefined ? {} : { kinds: needs.kinds }),
      ...(starts && { starts }),
    })),
  };
}

const data: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['path'],
  ...words('Examples to learn from.', 'fit(x)'),
  properties: {
    path: {
      type: 'string',
      maxLength: 4096,
      pattern: '\\S',
      patternErrorMessage: 'must name a file or folder',
      examples: ['data'],
      ...words('File or folder with the examples, relative to this recipe.'),
    },
    labels: {
      enum: ['auto', 'none'],
      default: 'auto',
      enumDescriptions: ['Labels are used to colour and measure, where the data has some.', 'Labels are passed over.'],
      ...words('Which labels are used. Pretraining never learns from them unless its method says so.', 'fit(y)'),
    },
    validation: {
      default: 'auto',
      ...words(
        'Examples the training never sees, to measure how well it does on new ones: a part of the training examples (0.1 is a tenth), or a split that comes with the data.',
        ['fit(validation_split)', 'fit(validation_data)'],
      ),
      anyOf: [
        { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
        {
          enum: ['auto', 'validation', 'test'],
          enumDescriptions: [
            "The data's validation split where there is one, else a tenth of the training examples.",
            "The data's validation split.",
            "The data's test split.",
          ],
        },
      ],
    },
    test: {
      default: null,
      ...words(
        'Part of the training examples that no stage learns from and no choice depends on: fine-tuning is measured on it in the end (0.1 is a tenth). It is the same whatever the seed. Null takes the test split that comes with the data, if any.',
      ),
      anyOf: [{ type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }, { type: 'null' }],
    },
    limit: {
      default: null,
      ...words('Trains on only so many examples, drawn with the seed. Null for all.'),
      anyOf: [{ type: 'integer', minimum: 1, maximum: 4_294_967_295 }, { type: 'null' }],
    },
    ...dataProperties,
  },
  defaultSnippets: [
    { label: 'data', description: 'Where the examples are.', body: { path: '${1:data}', validation: 'auto' } },
  ],
};

/**
 * An object whose property `key` names one of the choices, which decides what other properties it may have beside the
 * common ones. The first choice is the default.
 */
function choice(
  key: string,
  description: string,
  choices: Description[],
  common: Record<string, JsonSchema>,
): JsonSchema {
  const shared = Object.fromEntries([key, ...Object.keys(common)].map((name) => [name, true as const]));
  verify(choices, shared);
  return {
    type: 'object',
    properties: { [key]: { ...names(choices), ...words(description) }, ...common },
    allOf: choices.map(({ name, options }, i) => ({
      // Without the key the first choice holds; any other must be named.
      if: { properties: { [key]: { const: name } }, ...(i > 0 ? { required: [key] } : {}) },
      then: { properties: { ...shared, ...options }, additionalProperties: false },
    })),
  };
}

/** Either only the name of one of the choices, or an object with "name" and its options. */
function nameOrOptions(choices: Description[], description: ReturnType<typeof words>): JsonSchema {
  const { default: first, ...named } = names(choices);
  return {
    ...(first === undefined ? {} : { default: first }),
    ...description,
    anyOf: [{ type: 'string', ...named }, choice('name', 'Which one.', choices, {})],
    defaultSnippets: choices.map((one) => snippetOf('name', one)),
  };
}

function names(choices: Description[]): JsonSchema {
  return {
    enum: choices.map(({ name }) => name),
    ...(choices[0] ? { default: choices[0].name } : {}),
    enumDescriptions: choices.map(({ summary }) => summary),
    markdownEnumDescriptions: choices.map(
      ({ title, summary, paper }) =>
        `**${title}**: ${summary}${paper ? `\n\n${paper.authors} (${paper.year}): *${paper.title}*` : ''}`,
    ),
  };
}

/** The primer's training as places to fill in, with this schema's own defaults. */
function primerTraining(): Record<string, Json> {
  const standard = (name: string) => trainingProperties[name]?.default ?? null;
  const place = (index: number, value: Json) => `^\${${index}:${JSON.stringify(value)}}`;
  const [adam] = optimizers;
  return {
    optimizer: { name: adam?.name ?? null, learningRate: place(3, adam?.options['learningRate']?.default ?? null) },
    epochs: place(4, standard('epochs')),
    batchSize: place(5, standard('batchSize')),
    shuffle: standard('shuffle'),
    seed: standard('seed'),
  };
}

/** A choice with all its options at their defaults. */
function snippetOf(
  key: string,
  { name, title, summary, options }: Description,
  more: Record<string, Json> = {},
): Snippet {
  const defaults = Object.entries(options).map(([option, schema]): [string, Json] => [option, schema.default ?? null]);
  return { label: title, description: summary, body: { [key]: name, ...Object.fromEntries(defaults), ...more } };
}

/** The encoder that a method needs, else the first. */
function encoderFor(needs: Needs | undefined, encoders: EncoderDescription[], snippets: Snippet[]): Json {
  const index = needs === undefined ? 0 : encoders.findIndex(({ name }) => name === needs.encoder.type);
  const snippet = snippets[index];
  if (snippet === undefined) throw new RangeError(`There is no encoder "${needs?.encoder.type ?? ''}" for a method`);
  return { ...(snippet.body as Record<string, Json>), ...needs?.encoder };
}

function verify(choices: Description[], shared: Record<string, true>): void {
  if (choices.length === 0) throw new RangeError('A recipe needs at least one choice of each kind');
  const seen = new Set<string>();
  for (const { name, options } of choices) {
    if (seen.has(name)) throw new RangeError(`Two choices are called "${name}"`);
    seen.add(name);
    for (const [option, schema] of Object.entries(options)) {
      if (Object.hasOwn(shared, option))
        throw new RangeError(`Option "${option}" of "${name}" has the name of a property that all choices share`);
      if (schema.default === undefined) throw new RangeError(`Option "${option}" of "${name}" has no default`);
    }
  }
}
