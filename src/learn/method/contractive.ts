import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Activation, Values } from '../engine/engine.js';
import type { Network, Pass } from '../network.js';
import { parameter } from '../parameters.js';
import { untied } from './checks.js';
import { soleObjective, type Method, type Setting } from './method.js';
import { autoencoderOf, flat, learnerOf, mirrorOptions } from './reconstruction.js';

const KERNEL = 'encoder/dense_1/kernel';
const BIAS = 'encoder/dense_1/bias';

/**
 * Contractive autoencoder (Rifai, Vincent, Muller, Glorot & Bengio 2011, "Contractive auto-encoders: Explicit invariance
 * during feature extraction", eq. 5): where the data lies the code shall change little, J = ∂encoder(x)/∂x.
 *   loss = mean over all elements of crossentropy(x, sigmoid(z)) or (x - z)²  +  weight · mean over examples of ‖J‖²_F
 * The paper sums the first term over an example's values: its λ is weight times their number.
 */
export const contractive: Method = {
  description: {
    name: 'contractive',
    title: 'Contractive autoencoder',
    summary:
      'Rebuilds each example from a code that small changes of it hardly move. For features that small shifts and noise do not disturb.',
    paper: {
      authors: 'Rifai, Vincent, Muller, Glorot & Bengio',
      year: 2011,
      title: 'Contractive auto-encoders: Explicit invariance during feature extraction',
    },
    options: {
      weight: {
        type: 'number',
        minimum: 0,
        maximum: 1_000_000,
        default: 0.0001,
        description: 'How much steadiness of the code counts against exact reconstructions.',
      },
      projections: {
        type: 'integer',
        minimum: 1,
        maximum: 64,
        default: 1,
        description:
          'Random directions in which an encoder of more than one layer is measured, for each example in each step. More are more exact, and slower. A single dense layer is measured exactly.',
      },
      ...mirrorOptions,
    },
  },

  check: untied,

  build(setting) {
    const weight = setting.options['weight'] as number;
    const projections = setting.options['projections'] as number;
    const { encoder, decoder, widths, measure, show } = autoencoderOf(setting);
    const activation = soleActivation(setting, encoder);
    return {
      ...learnerOf([encoder, decoder]),
      summary: t('Contractive autoencoder {0} · weight {1} · {2}', widths, weight, measure.words),
      objectives: soleObjective([encoder, decoder], (values, { input }, pass) => {
        const code = encoder.apply(values, input, pass);
        const reconstruction = measure.difference(decoder.apply(values, code, pass), input, pass);
        const jacobian = activation
          ? jacobianOfLayer(values, flat(input), flat(code), activation, pass)
          : estimatedJacobian(encoder, values, input, code, projections, pass);
        return { loss: tf.add(reconstruction, tf.mul(jacobian, weight)), reconstruction, jacobian };
      }),
      preview: (values, { input }, from, pass) =>
        show(values, input, from, () => ({
          output: measure.shown(decoder.apply(values, encoder.apply(values, input, pass), pass)),
        })),
    };
  },
};

/** Activation of an encoder that is one dense layer and nothing else, else null. */
function soleActivation({ encoder: options }: Setting, { shapes }: Network): Activation | null {
  const isSole = Object.keys(shapes).every((name) => name === KERNEL || name === BIAS);
  return isSole ? (options['activation'] as Activation) : null;
}

/**
 * ‖J‖²_F, meant over the batch: of h = s(x · W + b) it is the sum over units j of s'(x · W + b)_j² Σ_i W_ij² (eq. 6 for
 * the sigmoid).
 */
function jacobianOfLayer(
  values: Values,
  input: tf.Tensor2D,
  code: tf.Tensor2D,
  activation: Activation,
  { engine }: Pass,
): tf.Scalar {
  const kernel = parameter<tf.Tensor2D>(values, KERNEL);
  const lengths = tf.sum(tf.square(kernel), 0);
  const slopes = () => {
    switch (activation) {
      case 'linear':
        return tf.onesLike(code);
      case 'relu':
        return tf.step(code);
      case 'sigmoid':
        return tf.mul(code, tf.sub(1, code));
      case 'tanh':
        return tf.sub(1, tf.square(code));
      case 'gelu':
        return geluSlope(engine.dense(input, kernel, parameter<tf.Tensor1D>(values, BIAS), 'linear'));
    }
  };
  return tf.mean(tf.sum(tf.mul(tf.square(slopes()), lengths), 1));
}

/** Φ(z) + z φ(z), of the normal distribution's function and density. */
function geluSlope(z: tf.Tensor2D): tf.Tensor2D {
  const density = tf.mul(tf.exp(tf.mul(tf.square(z), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return tf.add(tf.mul(tf.add(tf.erf(tf.mul(z, Math.SQRT1_2)), 1), 0.5), tf.mul(z, density));
}

/** Length of a step along a direction: short against the data's 0..1, long against float32's rounding. */
const STEP = 1e-3;

/**
 * ‖J‖²_F, meant over the batch, from random directions u of independent normal numbers: E ‖J u‖² = ‖J‖²_F (Hutchinson
 * 1990), and J u ≈ (encoder(x + ε u) - encoder(x)) / ε, which needs no second derivatives.
 */
function estimatedJacobian(
  encoder: Network,
  values: Values,
  input: tf.Tensor,
  code: tf.Tensor,
  projections: number,
  pass: Pass,
): tf.Scalar {
  const estimates = Array.from({ length: projections }, (_, i) => {
    const direction = pass.random.normal(`direction ${i + 1}`, input.shape);
    // What the network notes of its input, as running means, is to be noted of the examples themselves only.
    const updates = pass.updates && new Map<string, tf.Tensor>();
    const moved = encoder.apply(values, tf.add(input, tf.mul(direction, STEP)), { ...pass, updates });
    if (updates) tf.dispose([...updates.values()]);
    return tf.mean(tf.sum(tf.square(tf.div(tf.sub(flat(moved), flat(code)), STEP)), 1));
  });
  return tf.div(tf.addN(estimates), projections);
}
