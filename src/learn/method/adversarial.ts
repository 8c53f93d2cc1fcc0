import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { Values } from '../engine/engine.js';
import { dense } from '../layer/dense.js';
import { spectralNorm } from '../layer/spectralNorm.js';
import { sequence, together, type Pass } from '../network.js';
import { parameter } from '../parameters.js';
import { trainedShapes, type Method, type Setting } from './method.js';
import { imagePixels, imageShape } from './pictures.js';
import { learnerOf } from './reconstruction.js';
import { localPatterns, withPretrain } from './starts.js';

/** The monitor shows a square of pictures. */
const COLUMNS = 8;
/** Of examples that are all the same. */
const LEAST_SPREAD = 1e-12;
/** Of a pixel from 0 to 1: the change along it is that of a straight line, and far above what float32 leaves out. */
const STEP = 0.01;

/**
 * Generative adversarial network (Goodfellow et al. 2014, "Generative adversarial nets"; Radford, Metz & Chintala 2016,
 * "Unsupervised representation learning with deep convolutional generative adversarial networks"): the discriminator
 * D = head(encoder(x)) learns to tell examples x from what the generator G makes of noise z, and the generator to be
 * taken for real. Both losses on logits, the generator's in the non-saturating form (section 3 of the first paper):
 *   L_D = mean softplus(-D(x)) + mean softplus(D(G(z))),   L_G = mean softplus(-D(G(z))),   z normal.
 * R1 (Mescheder, Geiger & Nowozin 2018, "Which training methods for GANs do actually converge?", eq. 9) adds to L_D
 * gamma / 2 · mean |∇D(x)|², estimated along one random direction u of each example, u normal: the mean of (u·∇D)² is
 * |∇D|², and u·∇D is (D(x + ε u) - D(x)) / ε for a small ε, so that no gradient of a gradient is needed.
 * What is kept is the encoder: the discriminator's features. Pictures are made by a moving average of the generator
 * (Yazıcı et al. 2019).
 */
export const adversarial: Method = {
  description: {
    name: 'adversarial',
    title: 'Adversarial (GAN)',
    summary:
      'A generator invents examples; the encoder learns to tell them from real ones. For images of one kind; shows what it invents.',
    paper: { authors: 'Goodfellow et al.', year: 2014, title: 'Generative adversarial nets' },
    // Section 4 of Radford et al.
    starts: withPretrain(localPatterns, { optimizer: { name: 'adam', learningRate: 0.0002, beta1: 0.5 } }),
    options: {
      latent: {
        type: 'integer',
        minimum: 1,
        maximum: 4096,
        default: 64,
        description: 'Random numbers that the generator makes an example of.',
      },
      stabilisation: {
        enum: ['none', 'r1', 'spectral'],
        default: 'none',
        enumDescriptions: [
          'The encoder as it is.',
          'R1: the discriminator is to change little from one real example to what lies beside it. Mescheder et al. (2018): *Which training methods for GANs do actually converge?*',
          'Spectral normalisation: no layer of the discriminator stretches anything. Takes the place of batch normalisation.',
        ],
        description: 'What keeps the discriminator from winning at once.',
      },
      gamma: {
        type: 'number',
        minimum: 0,
        maximum: 1_000_000,
        default: 1,
        description: 'How much R1 counts. For r1.',
      },
      averaging: {
        type: 'number',
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.99,
        description: 'How slowly the average of the generator, which makes the shown pictures, forgets.',
      },
    },
  },

  check: normalisedTwice,

  build(setting) {
    const { family, encoder: options, shape } = setting;
    const latent = setting.options['latent'] as number;
    const averaging = setting.options['averaging'] as number;
    const encoder = family.encoder(options, shape, setting);
    const discriminator = sequence(shape, [() => encoder, dense('head', 1, 'linear')]);
    // Without it, pictures hardly depend on the noise (section 3 of Radford et al.), whatever the discriminator does.
    const normalised = options['normalisation'] === undefined ? options : { ...options, normalisation: 'batch' };
    const decoder = family.decoder(normalised, shape);
    const generator = sequence([latent], [dense('generator', decoder.inputShape[0] as number, 'relu'), () => decoder]);
    const gamma = setting.options['stabilisation'] === 'r1' ? (setting.options['gamma'] as number) : null;
    const spectral = setting.options['stabilisation'] === 'spectral' ? spectralNorm(discriminator.shapes) : null;
    const averaged = Object.keys(generator.shapes);
    const widths = family.summary(options, shape);
    const { shapes, untrained, init } = together([discriminator, generator]);

    const judge = (values: Values, input: tf.Tensor, pass: Pass) => discriminator.apply(values, input, pass);
    const generate = (values: Values, count: number, pass: Pass) =>
      tf.sigmoid(generator.apply(values, pass.random.normal('latent', [count, latent]), pass));

    return {
      ...learnerOf([encoder]),
      shapes: { ...shapes, ...spectral?.shapes, ...prefixed(generator.shapes) },
      untrained: [...untrained, ...Object.keys(spectral?.shapes ?? {}), ...averaged.map(averageOf)],
      init(seed) {
        const arrays = init(seed);
        const copies = averaged.map((name) => [averageOf(name), arrays[name]] as const);
        return { ...arrays, ...spectral?.init(seed), ...Object.fromEntries(copies) } as typeof arrays;
      },
      activationsPerExample: 2 * discriminator.activations + generator.activations,
      summary: t('Adversarial: {0} tells examples from those made of {1} numbers', widths.encoder, latent),
      objectives: [
        {
          metric: 'loss',
          parameters: Object.keys(trainedShapes(discriminator)),
          loss(values, { input }, pass) {
            const judging = spectral?.apply(values) ?? values;
            const made = generate(values, input.shape[0], passing(pass));
            const real = judge(judging, input, pass);
            const taken = judge(judging, made, passing(pass));
            const loss = tf.add<tf.Scalar>(tf.mean(softplus(tf.neg(real))), tf.mean(softplus(taken)));
            const told = { ...confidence(real, taken), variety: varietyOf(made, input) };
            if (gamma === null) return { loss, ...told };
            const steepness = steepnessOf(real, (moved) => judge(judging, moved, passing(pass)), input, pass);
            return { loss: tf.add<tf.Scalar>(loss, tf.mul(steepness, gamma / 2)), ...told, steepness };
          },
        },
        {
          metric: 'generatorLoss',
          parameters: Object.keys(trainedShapes(generator)),
          loss(values, { input }, pass) {
            const made = generate(values, input.shape[0], pass);
            const taken = judge(spectral?.apply(values) ?? values, made, passing(pass));
            return { loss: tf.mean(softplus(tf.neg(taken))) };
          },
        },
      ],
      afterStep(values) {
        const updates = spectral?.iterate(values) ?? new Map<string, tf.Tensor>();
        for (const name of averaged) updates.set(averageOf(name), tf.keep(towards(values, name, averaging)));
        return updates;
      },
      async preview(values, _inputs, _from, pass) {
        const average = Object.fromEntries(averaged.map((name) => [name, parameter(values, averageOf(name))]));
        const made = tf.tidy(() => generate(average, COLUMNS ** 2, pass));
        const samples = await imagePixels(made, imageShape(shape));
        made.dispose();
        const view = { kind: 'grid', content: 'samples', tensor: 'samples', columns: COLUMNS } as const;
        return { views: [view], tensors: { samples } };
      },
    };
  },
};

function averageOf(name: string): string {
  return `average/${name}`;
}

function prefixed(shapes: Record<string, number[]>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [averageOf(name), shape]));
}

function towards(values: Values, name: string, averaging: number): tf.Tensor {
  return tf.tidy(() =>
    tf.add(tf.mul(parameter(values, averageOf(name)), averaging), tf.mul(parameter(values, name), 1 - averaging)),
  );
}

/** log(1 + exp(x)). */
function softplus(x: tf.Tensor): tf.Tensor {
  return tf.softplus(x);
}

/** The estimate of mean |∇D(x)|² over the examples; see {@link adversarial}. @param real D(x) */
function steepnessOf(real: tf.Tensor, judge: (x: tf.Tensor) => tf.Tensor, input: tf.Tensor, pass: Pass): tf.Scalar {
  const direction = pass.random.normal('direction', input.shape);
  const moved = judge(tf.add(input, tf.mul(direction, STEP)));
  return tf.mean(tf.square(tf.mul(tf.sub(moved, real), 1 / STEP)));
}

/** How likely it takes examples, and what was made, for real: 0.5 for both where it cannot tell. */
function confidence(real: tf.Tensor, taken: tf.Tensor): Record<'real' | 'generated', tf.Scalar> {
  return { real: tf.mean(tf.sigmoid(real)), generated: tf.mean(tf.sigmoid(taken)) };
}

/**
 * How much what was made varies from one to the next, as a part of how much examples do: the sums over all numbers of
 * their variances in the batch. Near 0 the generator makes the same of any noise. 1 for a batch of one.
 */
function varietyOf(made: tf.Tensor, input: tf.Tensor): tf.Scalar {
  if (input.shape[0] === 1) return tf.scalar(1);
  const spread = (batch: tf.Tensor) => tf.sum(tf.mean(tf.square(tf.sub(batch, tf.mean(batch, 0, true))), 0));
  return tf.div(spread(made), tf.maximum(spread(input), LEAST_SPREAD));
}

/** The same pass for a batch whose statistics are not to be remembered: they are still the batch's own. */
function passing(pass: Pass): Pass {
  return pass.updates ? { ...pass, updates: new Forgetting() } : pass;
}

class Forgetting extends Map<string, tf.Tensor> {
  override set(_: string, value: tf.Tensor): this {
    value.dispose();
    return this;
  }
}

function normalisedTwice({ encoder, options }: Setting): Finding[] {
  if (options['stabilisation'] !== 'spectral' || encoder['normalisation'] !== 'batch') return [];
  return [
    {
      path: ['encoder', 'normalisation'],
      severity: 'warning',
      code: 'normalised-twice',
      message: t('Batch normalisation stretches again what spectral normalisation holds back: use one of them.'),
      fixes: ['none'],
    },
  ];
}
