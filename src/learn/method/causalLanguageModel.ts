import * as tf from '@tensorflow/tfjs-core';
import { t } from '../../protocol/l10n.js';
import type { Values } from '../engine/engine.js';
import { tokensOf } from '../encoder/tokenTransformer.js';
import type { Pass } from '../network.js';
import { checkTokenEncoder, idsOf, tokenEncoderOf, tokenLosses, tokensOfTexts } from './languageModel.js';
import { soleObjective, type Method, type Losses } from './method.js';
import { learnerOf } from './reconstruction.js';

/** What the monitor shows: so many texts, from so many first tokens on, so many more. */
const SHOWN = 4;
const BEGINNING = 8;
const WRITTEN = 64;

/**
 * Causal language model (Radford et al. 2018, section 3.1, eq. 1): each token is guessed from those before it.
 *   loss = mean over the tokens but the first of each text of -log softmax(state · embeddingsᵀ)[next token]
 * The output is tied to the embeddings (eq. 2).
 */
export const causalLanguageModel: Method = {
  description: {
    name: 'causalLanguageModel',
    needs: tokensOfTexts(true),
    title: 'Causal language model',
    summary:
      'Learns to go on with a text, token by token; the monitor shows what it writes. For texts as ids; needs the token transformer.',
    paper: {
      authors: 'Radford, Narasimhan, Salimans & Sutskever',
      year: 2018,
      title: 'Improving language understanding by generative pre-training',
    },
    options: {
      temperature: {
        type: 'number',
        minimum: 0.01,
        maximum: 10,
        default: 0.8,
        description:
          'How freely the texts in the monitor are written: near 0 always the likeliest token, 1 as the model says. Training does not depend on it.',
      },
    },
  },

  takesIds: true,

  check(setting) {
    const found = checkTokenEncoder(setting, true);
    const length = setting.shape[0] ?? 0;
    if (found.length > 0 || length > 1) return found;
    return [
      {
        path: ['data', 'text', 'length'],
        severity: 'error',
        code: 'no-next-token',
        message: t('Texts of one token have no next one: set "length" in "text" of the recipe’s data to 2 or more.'),
        fixes: [64],
      },
    ];
  },

  build(setting) {
    const { family, encoder: encoderOptions, shape, options } = setting;
    const { tokens, vocabulary, length } = tokenEncoderOf(setting);
    const encoder = family.encoder(encoderOptions, shape, setting);

    function losses(values: Values, ids: tf.Tensor2D, pass: Pass): Losses {
      const [before, after] = [0, 1].map((from) => tf.slice(ids, [0, from], [-1, length - 1])) as [
        tf.Tensor2D,
        tf.Tensor2D,
      ];
      const states = tf.reshape<tf.Rank.R2>(tokens.encode(values, before, pass), [-1, tokens.width]);
      const targets = tf.reshape<tf.Rank.R1>(after, [-1]);
      return tokenLosses(tokens.scores(values, states), targets, tokensOf(targets, vocabulary), pass);
    }

    /** The next token of each text, drawn by softmax(logits / temperature) through Gumbel noise; never padding. */
    function next(values: Values, ids: tf.Tensor2D, pass: Pass): tf.Tensor2D {
      const [count, places] = ids.shape;
      const last = tf.slice(tokens.encode(values, ids, pass), [0, places - 1, 0], [-1, 1, -1]);
      const logits = tokens.scores(values, tf.reshape(last, [count, tokens.width]));
      const noise = tf.neg(tf.log(tf.neg(tf.log(pass.random.uniform(`written/${places}`, [count, vocabulary.size])))));
      const free = tf.add(tf.div(logits, options['temperature'] as number), noise);
      const isPadding = tf.oneHot(tf.tensor1d([vocabulary.pad], 'int32'), vocabulary.size);
      return tf.expandDims(tf.argMax(tf.add(free, tf.mul(isPadding, -1e9)), 1), 1);
    }

    return {
      ...learnerOf([encoder]),
      // Logits, their softmax and its gradient.
      activationsPerExample: encoder.activations + 3 * (length - 1) * vocabulary.size,
      summary: t(
        'Causal language model {0} · the next of {1} tokens is guessed · cross-entropy in nats per token',
        family.summary(encoderOptions, shape).encoder,
        vocabulary.size,
      ),
      objectives: soleObjective([encoder], (values, { input }, pass) => losses(values, input as tf.Tensor2D, pass)),

      async preview(values, { input }, from, pass) {
        const ids = input as tf.Tensor2D;
        const loss = tf.tidy(() => losses(values, ids, pass).loss);
        const texts = tf.slice(ids, [0, 0], [Math.min(SHOWN, ids.shape[0]), -1]);
        const shortest = tf.tidy(() => tf.min(tf.sum(tokensOf(texts, vocabulary), 1)));
        const places = Math.max(1, Math.min(BEGINNING, length - 1, (await shortest.data())[0] as number));
        const beginnings = tf.slice(texts, [0, 0], [-1, places]);
        let whole = tf.clone(beginnings);
        while (whole.shape[1] < Math.min(length, places + WRITTEN)) {
          const longer = tf.tidy(() => tf.concat([whole, next(values, whole, pass)], 1));
          whole.dispose();
          whole = longer;
          // One token after the other takes a while: the process answers in between.
          await new Promise(setImmediate);
        }
        const written = tf.slice(whole, [0, places], [-1, -1]);
        const perplexity = Math.exp((await loss.data())[0] as number);
        const tensors = { beginnings: await idsOf(beginnings), written: await idsOf(written) };
        tf.dispose([loss, texts, shortest, beginnings, whole, written]);
        return {
          views: [{ kind: 'tokens', content: 'generated', from, input: 'beginnings', output: 'written', perplexity }],
          tensors,
        };
      },
    };
  },
};
