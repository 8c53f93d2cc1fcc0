import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Values } from '../engine/engine.js';
import type { PatchEncoder } from '../encoder/encoder.js';
import { pointwise } from '../layer/pointwise.js';
import { transformer } from '../layer/transformer.js';
import { sequence, together, type Part, type Pass } from '../network.js';
import { parameter, zeros } from '../parameters.js';
import { soleObjective, type Method, type Setting } from './method.js';
import { imagePixels, imageShape } from './pictures.js';
import { learnerOf } from './reconstruction.js';

const MASK = 'decoder/mask_token';

/**
 * Masked autoencoder (He et al. 2022, "Masked autoencoders are scalable vision learners"): most patches of an image or
 * spectrogram are hidden; the encoder sees the visible ones only, a small decoder guesses the hidden ones from them.
 *   loss = mean over hidden patches of (guess - patch)², the patch normalised by its own mean and deviation if asked.
 */
export const masked: Method = {
  description: {
    name: 'masked',
    needs: { kinds: ['image', 'sound'], encoder: { type: 'patchTransformer' } },
    title: 'Masked autoencoder',
    summary:
      'Hides most of each image and learns to fill it in from what is left. Needs the patch transformer; for images and spectrograms.',
    paper: {
      authors: 'He, Chen, Xie, Li, Dollár & Girshick',
      year: 2022,
      title: 'Masked autoencoders are scalable vision learners',
    },
    options: {
      maskRatio: {
        type: 'number',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.75,
        description: 'Part of the patches that is hidden.',
      },
      normalised: {
        type: 'boolean',
        default: false,
        description: 'Whether each patch is guessed relative to its own mean and deviation: details count more.',
      },
      decoderWidth: {
        type: 'integer',
        minimum: 8,
        maximum: 2048,
        default: 64,
        description: 'Numbers for each patch in the decoder: a multiple of 8.',
      },
      decoderBlocks: {
        type: 'integer',
        minimum: 1,
        maximum: 16,
        default: 1,
        description: 'Transformer blocks of the decoder, which is thrown away after the pretraining.',
      },
    },
  },

  check(setting) {
    const { family, encoder, shape, options } = setting;
    if (!family.patches)
      return [
        {
          path: ['encoder', 'type'],
          severity: 'error',
          code: 'no-patches',
          message: t('A masked autoencoder hides patches, and this encoder has none: use "patchTransformer".'),
          fixes: ['patchTransformer'],
        },
      ];
    const { count } = family.patches(encoder, shape).grid;
    const visible = visibleOf(count, options['maskRatio'] as number);
    if (visible < 1 || visible >= count)
      return [
        {
          path: ['pretrain', 'maskRatio'],
          severity: 'error',
          code: 'mask-of-all-or-nothing',
          message: t('Of {0} patches {1} stay visible: there must be visible and hidden ones.', count, visible),
          fixes: [0.75],
        },
      ];
    if ((options['decoderWidth'] as number) % DECODER_WIDTH_STEP === 0) return [];
    return [
      {
        path: ['pretrain', 'decoderWidth'],
        severity: 'error',
        code: 'width-not-shared',
        message: t('The width of the decoder is not a multiple of {0}.', DECODER_WIDTH_STEP),
        fixes: [64],
      },
    ];
  },

  build(setting) {
    const { family, encoder: encoderOptions, shape, options } = setting;
    const ratio = options['maskRatio'] as number;
    const patches = patchesOf(setting);
    const { grid } = patches;
    const visibleCount = visibleOf(grid.count, ratio);
    const encoder = family.encoder(encoderOptions, shape);
    const decoder = decoderOf(setting, patches);
    const target = (hidden: tf.Tensor): tf.Tensor => (options['normalised'] === true ? standardised(hidden) : hidden);

    /** Guesses for the hidden patches, and which those are. */
    function guess(
      values: Values,
      input: tf.Tensor,
      pass: Pass,
    ): { order: tf.Tensor2D; hidden: tf.Tensor; guesses: tf.Tensor } {
      const batch = input.shape[0];
      const all = grid.split(input);
      // A random order of each example's patches: the first ones stay visible.
      const order = tf.topk(pass.random.uniform('mask', [batch, grid.count]), grid.count).indices as tf.Tensor2D;
      const [seen, hidden] = parted(gathered(all, order), visibleCount);
      const places = gathered(repeated(patches.positions(), batch), order);
      const code = patches.encode(values, seen, parted(places, visibleCount)[0], pass);
      return { order, hidden, guesses: decoder.guess(values, code, order, pass) };
    }

    return {
      ...learnerOf([encoder]),
      ...together([encoder, decoder]),
      // The encoder sees the visible patches only.
      activationsPerExample: (1 - ratio) * encoder.activations + decoder.activations,
      summary: t(
        'Masked autoencoder {0} · {1} of {2} patches hidden · mean squared error of these',
        family.summary(encoderOptions, shape).encoder,
        grid.count - visibleCount,
        grid.count,
      ),
      objectives: soleObjective([encoder, decoder], (values, { input }, pass) => {
        const { hidden, guesses } = guess(values, input, pass);
        return { loss: pass.engine.meanSquaredError(guesses, target(hidden)) };
      }),

      async preview(values, { input }, from, pass) {
        const { seen, output } = tf.tidy(() => {
          const { order, hidden, guesses } = guess(values, input, pass);
          const shown = options['normalised'] === true ? unstandardised(guesses, hidden) : guesses;
          const visible = parted(gathered(grid.split(input), order), visibleCount)[0];
          const back = inverse(order);
          const join = (rest: tf.Tensor) => grid.join(gathered(tf.concat([visible, rest], 1), back));
          return { seen: join(tf.fill(hidden.shape, HIDDEN_SHADE)), output: join(shown) };
        });
        const picture = imageShape(shape);
        const tensors = {
          input: await imagePixels(input, picture),
          seen: await imagePixels(seen, picture),
          output: await imagePixels(output, picture),
        };
        tf.dispose([seen, output]);
        return { views: [{ kind: 'reconstruction', from, input: 'input', seen: 'seen', output: 'output' }], tensors };
      },
    };
  },
};

/** Hidden patches are drawn in the middle between black and white. */
const HIDDEN_SHADE = 0.5;
/** The decoder has two heads, and positions take four numbers each. */
const DECODER_WIDTH_STEP = 8;
const DECODER_HEADS = 2;
const TINY = 1e-6;

function patchesOf({ family, encoder, shape }: Setting): PatchEncoder {
  if (!family.patches) throw new Error(`${family.description.name} has no patches`);
  return family.patches(encoder, shape);
}

function visibleOf(count: number, ratio: number): number {
  return Math.round((1 - ratio) * count);
}

interface Decoder extends Part {
  /**
   * @param code of the visible patches [batch, visible, width] @param order patches of each example, visible ones first
   * @returns [batch, hidden, numbers of a patch], in the same order
   */
  guess(values: Values, code: tf.Tensor, order: tf.Tensor2D, pass: Pass): tf.Tensor;
}

/**
 * Codes of the visible patches and one learned token for all hidden ones, each with its position, through a small
 * transformer. It does not matter in which order they stand, so they need not be put back.
 */
function decoderOf({ options }: Setting, patches: PatchEncoder): Decoder {
  const { grid, width: codeWidth } = patches;
  const width = options['decoderWidth'] as number;
  const embedding = pointwise('decoder/embedding', width, 'linear')([grid.count, codeWidth]);
  const body = sequence(
    [grid.count, width],
    [
      transformer('decoder', { blocks: options['decoderBlocks'] as number, heads: DECODER_HEADS }),
      pointwise('decoder/pixels', grid.width, 'linear'),
    ],
  );
  const { shapes, untrained, activations, init } = together([embedding, body]);
  return {
    shapes: { ...shapes, [MASK]: [width] },
    untrained,
    activations,
    init: (seed) => ({ ...init(seed), [MASK]: zeros([width]) }),
    guess(values, code, order, pass) {
      const [batch, visible] = code.shape as [number, number, number];
      const seen = embedding.apply(values, code, pass);
      const token = tf.reshape(parameter(values, MASK), [1, 1, width]);
      const hidden = tf.mul(tf.ones([batch, grid.count - visible, 1]), token);
      const places = gathered(repeated(patches.positions(width), batch), order);
      const out = body.apply(values, tf.add(tf.concat([seen, hidden], 1), places), pass);
      return parted(out, visible)[1];
    },
  };
}

/** The rows of each example in an order of its own: [batch, count, width] by [batch, count]. */
function gathered(rows: tf.Tensor, order: tf.Tensor2D): tf.Tensor {
  const [batch, count, width] = rows.shape as [number, number, number];
  const starts = tf.mul(tf.range(0, batch, 1, 'int32'), count);
  const flat = tf.reshape(tf.add(order, tf.expandDims(starts, 1)), [-1]);
  const found = tf.gather(tf.reshape(rows, [batch * count, width]), tf.cast(flat, 'int32'));
  return tf.reshape(found, [batch, order.shape[1], width]);
}

function repeated(positions: tf.Tensor2D, batch: number): tf.Tensor {
  return tf.tile(tf.expandDims(positions, 0), [batch, 1, 1]);
}

/** The first so many rows of each example, and the others. */
function parted(rows: tf.Tensor, first: number): [tf.Tensor, tf.Tensor] {
  return tf.split(rows, [first, (rows.shape[1] as number) - first], 1) as [tf.Tensor, tf.Tensor];
}

/** Where each patch stands in an order. */
function inverse(order: tf.Tensor2D): tf.Tensor2D {
  const [batch, count] = order.shape;
  const places = order.dataSync();
  const back = new Int32Array(batch * count);
  for (let i = 0; i < back.length; i++) {
    const example = Math.floor(i / count);
    back[example * count + (places[i] as number)] = i % count;
  }
  return tf.tensor2d(back, [batch, count], 'int32');
}

/** Each patch less its mean, over its deviation. */
function standardised(patches: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(patches, -1, true);
  return tf.div(tf.sub(patches, mean), tf.sqrt(tf.add(variance, TINY)));
}

/** The way back, by the mean and deviation of what the guesses are for. */
function unstandardised(guesses: tf.Tensor, patches: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(patches, -1, true);
  return tf.add(tf.mul(guesses, tf.sqrt(tf.add(variance, TINY))), mean);
}
