import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { JsonSchema } from '../../recipe/description.js';
import type { Values } from '../engine/engine.js';
import { together, type Network, type Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import { idRows, shownExamples, type Looks } from './examples.js';
import type { Learner, Preview, Setting } from './method.js';
import { imagePixels, imageShape, weightPictures } from './pictures.js';

/** What the autoencoders share: the network, how far a reconstruction is from its example, what the monitor shows. */

export const lossOption: JsonSchema = {
  enum: ['binaryCrossentropy', 'meanSquaredError'],
  default: 'binaryCrossentropy',
  markdownEnumDescriptions: [
    'Each value is a probability between 0 and 1, as in bright and dark pixels.',
    'Squared difference: for values that are not probabilities.',
  ],
  description: 'How the difference between an example and its reconstruction is measured.',
};

/** Options of the methods whose encoder and decoder mirror each other. */
export const mirrorOptions: Record<'loss' | 'tied', JsonSchema> = {
  loss: lossOption,
  tied: {
    type: 'boolean',
    default: false,
    description:
      'Whether the decoder goes back by the encoder’s own weights, transposed, of a dense encoder: about half as many parameters.',
  },
};

export interface Autoencoder {
  encoder: Network;
  /** Its last layer is linear; see {@link Measure.shown}. */
  decoder: Network;
  /** From input to output, e.g. "784 → 32 → 784". */
  widths: string;
  measure: Measure;
  show: ReconstructionPreview;
}

/**
 * What the monitor shows of examples and their reconstructions.
 * @param rebuild what the model saw, if that is something else than the examples, and what it made of it, shown
 */
export type ReconstructionPreview = (
  values: Values,
  input: tf.Tensor,
  from: string,
  rebuild: () => { seen?: tf.Tensor; output: tf.Tensor },
) => Promise<Preview>;

/** How far the decoder's output z is from an example x. */
export interface Measure {
  /** Its name, for people. */
  words: string;
  /** Meant over all elements: crossentropy(x, sigmoid(z)) or (x - z)². Examples get no gradient. */
  difference(output: tf.Tensor, example: tf.Tensor, pass: Pass): tf.Scalar;
  /** sigmoid(z) or z: what is comparable with an example. */
  shown(output: tf.Tensor): tf.Tensor;
}

/** @throws Error for weights that cannot be tied, which {@link untied} tells before */
export function autoencoderOf(setting: Setting): Autoencoder {
  const { family, encoder: options, shape, kind, features, options: own } = setting;
  const { loss, tied } = own;
  const tiedDecoder = tied === true ? family.tiedDecoder?.(options, shape) : null;
  if (tied === true && !tiedDecoder)
    throw new Error(`The weights of a ${family.description.name} encoder cannot be tied.`);
  const widths = family.summary(options, shape);
  return {
    encoder: family.encoder(options, shape, setting),
    decoder: tiedDecoder ?? family.decoder(options, shape),
    widths: `${widths.encoder} → ${widths.decoder}`,
    measure: loss === 'meanSquaredError' ? meanSquaredError() : binaryCrossentropy(),
    show: features === 'bag' ? bagPreview : kind === 'table' ? rowsPreview : picturePreview,
  };
}

function binaryCrossentropy(): Measure {
  return {
    words: t('binary cross-entropy'),
    difference: (output, example, { engine }) => engine.sigmoidCrossEntropy(output, example),
    shown: (output) => tf.sigmoid(output),
  };
}

function meanSquaredError(): Measure {
  return {
    words: t('mean squared error'),
    difference: (output, example, { engine }) => engine.meanSquaredError(output, example),
    shown: (output) => output,
  };
}

/** The part of a learner that follows from its networks, the encoder first. */
export function learnerOf(
  networks: readonly [encoder: Network, ...Network[]],
): Pick<Learner, 'shapes' | 'untrained' | 'init' | 'activationsPerExample' | 'needs' | 'encode'> {
  const [encoder] = networks;
  const { activations, ...common } = together(networks);
  return {
    ...common,
    activationsPerExample: 2 * sizeOf(encoder.inputShape) + activations,
    needs: {},
    encode: (values, input, pass) => flat(encoder.apply(values, input, pass)),
  };
}

/** [batch, ...] as [batch, width]. */
export function flat(code: tf.Tensor): tf.Tensor2D {
  return code.rank === 2 ? (code as tf.Tensor2D) : tf.reshape<tf.Rank.R2>(code, [code.shape[0], -1]);
}

/** Pictures beside their reconstructions, and the first layer's weights where they are pictures. */
const picturePreview: ReconstructionPreview = async (values, input, from, rebuild) => {
  const shape = input.shape.slice(1);
  const picture = imageShape(shape);
  const { seen, output } = tf.tidy(rebuild);
  const weights = await weightPictures(values, shape);
  const preview: Preview = {
    views: [
      { kind: 'reconstruction', from, input: 'input', ...(seen && { seen: 'seen' }), output: 'output' },
      ...(weights ? [weights.view] : []),
    ],
    tensors: {
      input: await imagePixels(input, picture),
      ...(seen && { seen: await imagePixels(seen, picture) }),
      output: await imagePixels(output, picture),
      ...(weights && { [weights.view.tensor]: weights.tensor }),
    },
  };
  tf.dispose([seen, output].filter((tensor) => tensor !== undefined));
  return preview;
};

/** Rows of a table beside their reconstructions. */
const rowsPreview: ReconstructionPreview = async (_, input, from, rebuild) => {
  const { seen, output } = tf.tidy(rebuild);
  const preview: Preview = {
    views: [{ kind: 'cells', from, input: 'input', ...(seen && { seen: 'seen' }), output: 'output' }],
    tensors: {
      input: await shownExamples(input, ROW),
      ...(seen && { seen: await shownExamples(seen, ROW) }),
      output: await shownExamples(output, ROW),
    },
  };
  tf.dispose([seen, output].filter((tensor) => tensor !== undefined));
  return preview;
};

const ROW: Looks = { kind: 'table' };

/** Tokens of texts beside as many that the network holds for the likeliest. */
const bagPreview: ReconstructionPreview = async (_, input, from, rebuild) => {
  const { seen, output } = tf.tidy(rebuild);
  const [occurs, likely] = await Promise.all([input.data<'float32'>(), output.data<'float32'>()]);
  tf.dispose([seen, output].filter((tensor) => tensor !== undefined));
  const [count, size] = input.shape as [number, number];
  const texts: number[][] = [];
  const guesses: number[][] = [];
  for (let row = 0; row < count; row++) {
    const [own, chances] = [occurs, likely].map((all) => all.subarray(row * size, (row + 1) * size)) as [
      Float32Array,
      Float32Array,
    ];
    const order = Array.from(chances.keys()).sort((a, b) => (chances[b] as number) - (chances[a] as number) || a - b);
    const tokens = order.filter((id) => own[id] === 1);
    texts.push(tokens);
    guesses.push(order.slice(0, tokens.length));
  }
  return {
    views: [{ kind: 'tokens', content: 'bag', from, input: 'texts', output: 'guesses' }],
    tensors: { texts: idRows(texts), guesses: idRows(guesses) },
  };
};
