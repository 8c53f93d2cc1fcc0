import type { JsonSchema } from '../../recipe/description.js';
import type { Mode, Plan } from './mode.js';

/** Every way to fine-tune. */

const layerDecay: JsonSchema = {
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1,
  default: 1,
  description:
    'Factor of the learning rate from each layer to the one before it: below 1, layers near the input change less.',
};

const freeze: JsonSchema = {
  type: 'array',
  items: { type: 'string', minLength: 1, maxLength: 200 },
  maxItems: 256,
  default: [],
  markdownDescription:
    'Layers of the encoder that stay as they are, by their names in the weights, such as `encoder/dense_1`; a name ending in `*` means all that begin so.',
};

const penalty: JsonSchema = {
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1_000_000,
  default: 1,
  markdownDescription:
    'Strength of the L2 penalty on the weights of the head, which keeps them small where labels are few.\n\nscikit-learn: `1 / LogisticRegression(C)`.',
};

/** Nothing of the encoder changes. */
const still: Mode['plan'] = (_, layers) => ({ frozen: layers, rate: () => 0, headRate: 0 });

/** All layers that are not frozen learn, each with its own rate. */
function learning({ layerDecay = 1, freeze = [] }: Record<string, unknown>, layers: readonly string[]): Plan {
  const decay = layerDecay as number;
  const frozen = layers.filter((layer) => (freeze as string[]).some((name) => isNamed(layer, name)));
  return { frozen, rate: (layer) => decay ** (layers.length - layers.indexOf(layer)), headRate: 1 };
}

/** Whether a name of `freeze` means the layer. */
export function isNamed(layer: string, name: string): boolean {
  return name.endsWith('*') ? layer.startsWith(name.slice(0, -1)) : layer === name;
}

const full: Mode = {
  description: {
    name: 'full',
    title: 'Full',
    summary: 'The encoder and its new head learn together. The best where labels are not too few.',
    paper: {
      authors: 'Yosinski, Clune, Bengio & Lipson',
      year: 2014,
      title: 'How transferable are features in deep neural networks?',
    },
    options: { layerDecay, freeze },
  },
  startsFromRun: true,
  solves: null,
  plan: learning,
};

const probe: Mode = {
  description: {
    name: 'probe',
    title: 'Linear probe',
    summary:
      'The encoder stays as it is; a linear head is solved on its codes to the end. Takes seconds, and shows what the codes are worth.',
    paper: {
      authors: 'Alain & Bengio',
      year: 2017,
      title: 'Understanding intermediate layers using linear classifier probes',
    },
    options: { penalty },
  },
  startsFromRun: true,
  solves: 'head',
  plan: still,
};

const probeThenFull: Mode = {
  description: {
    name: 'probeThenFull',
    title: 'Probe, then full',
    summary: 'First the linear head is solved, then all learns from there. A head of chance would spoil the encoder.',
    paper: {
      authors: 'Kumar, Raghunathan, Jones, Ma & Liang',
      year: 2022,
      title: 'Fine-tuning can distort pretrained features and underperform out-of-distribution',
    },
    options: { penalty, layerDecay, freeze },
  },
  startsFromRun: true,
  solves: 'head',
  plan: learning,
};

const gradual: Mode = {
  description: {
    name: 'gradual',
    title: 'Gradual unfreezing',
    summary: 'First the head learns alone, then the encoder joins, layer by layer. It begins at the code.',
    paper: {
      authors: 'Howard & Ruder',
      year: 2018,
      title: 'Universal language model fine-tuning for text classification',
    },
    options: {
      unfreezeEpochs: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1_000_000,
        default: 1,
        description: 'Epochs from one layer to the next. Parts of an epoch are allowed.',
      },
      layerDecay,
    },
  },
  startsFromRun: true,
  solves: null,
  plan(options, layers) {
    const all = learning(options, layers);
    const each = options['unfreezeEpochs'] as number;
    const joins = (layer: string): number => each * (layers.length - layers.indexOf(layer));
    return { ...all, rate: (layer, epoch) => (epoch < joins(layer) ? 0 : all.rate(layer, epoch)) };
  },
};

const neighbours: Mode = {
  description: {
    name: 'neighbours',
    title: 'Nearest neighbours',
    summary:
      'Nothing is trained: an example gets the class of those that are nearest to it. What is compared are codes.',
    paper: {
      authors: 'Wu, Xiong, Yu & Lin',
      year: 2018,
      title: 'Unsupervised feature learning via non-parametric instance discrimination',
    },
    options: {
      neighbours: {
        type: 'integer',
        minimum: 1,
        maximum: 1000,
        default: 20,
        description: 'How many neighbours vote; fewer where there are not so many labels.',
      },
    },
  },
  startsFromRun: true,
  solves: 'neighbours',
  plan: still,
};

const scratch: Mode = {
  description: {
    name: 'scratch',
    title: 'From scratch',
    summary: 'The same network, not pretrained, learns from the labels alone. It is what the others must beat.',
    paper: null,
    options: {},
  },
  startsFromRun: false,
  solves: null,
  plan: learning,
};

/** Every mode, by the name a recipe uses; the first is the default. */
export const modes = { probeThenFull, full, probe, gradual, neighbours, scratch } satisfies Record<string, Mode>;
