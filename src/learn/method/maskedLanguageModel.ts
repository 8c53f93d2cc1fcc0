import * as tf from '@tensorflow/tfjs-core';
import type { Vocabulary } from '../../data/prepare/preparation.js';
import { t } from '../../protocol/l10n.js';
import type { Values } from '../engine/engine.js';
import { tokensOf } from '../encoder/tokenTransformer.js';
import { layerNormalisation } from '../layer/layerNormalisation.js';
import { pointwise } from '../layer/pointwise.js';
import { sequence, together, type Part, type Pass } from '../network.js';
import { parameter, zeros } from '../parameters.js';
import { checkTokenEncoder, idsOf, tokenEncoderOf, tokenLosses, tokensOfTexts } from './languageModel.js';
import { soleObjective, type Method } from './method.js';
import { learnerOf } from './reconstruction.js';

const BIAS = 'decoder/bias';
/** Of the chosen tokens, so many are masked, and so many more are another token; the others stay. */
const MASKED = 0.8;
const REPLACED = 0.1;

/**
 * Masked language model (Devlin et al. 2019, "BERT", section 3.1): some tokens of each text are chosen anew at each step;
 * of these 80 % are masked, 10 % become a random token, 10 % stay as they are; all are guessed from what is seen.
 *   loss = mean over the chosen tokens of -log softmax(head(state) · embeddingsᵀ + bias)[token]
 * The head is a dense layer with GELU and a layer normalisation (appendix A.2 and the authors' code).
 */
export const maskedLanguageModel: Method = {
  description: {
    name: 'maskedLanguageModel',
    needs: tokensOfTexts(false),
    title: 'Masked language model',
    summary:
      'Hides some tokens of each text and learns to guess them from both sides. For texts as ids; needs the token transformer.',
    paper: {
      authors: 'Devlin, Chang, Lee & Toutanova',
      year: 2019,
      title: 'BERT: Pre-training of deep bidirectional transformers for language understanding',
    },
    options: {
      maskRatio: {
        type: 'number',
        exclusiveMinimum: 0,
        exclusiveMaximum: 1,
        default: 0.15,
        description: 'Part of the tokens of each text that is to be guessed.',
      },
    },
  },

  takesIds: true,

  check(setting) {
    const found = checkTokenEncoder(setting, false);
    if (found.length > 0 || setting.vocabulary?.mask !== null) return found;
    return [
      {
        path: ['data', 'text', 'tokenizer'],
        severity: 'error',
        code: 'no-mask-token',
        message: t(
          'The tokenizer has no token that stands for a hidden one, such as <mask> or [MASK]. Use another tokenizer, or one that is trained here.',
        ),
        fixes: ['word', 'bytePair'],
      },
    ];
  },

  build(setting) {
    const { family, encoder: encoderOptions, shape, options } = setting;
    const ratio = options['maskRatio'] as number;
    const { tokens, vocabulary, length } = tokenEncoderOf(setting);
    const encoder = family.encoder(encoderOptions, shape, setting);
    const places = Math.max(1, Math.round(ratio * length));
    const head = sequence(
      [tokens.width],
      [pointwise('decoder/dense', tokens.width, 'gelu'), layerNormalisation('decoder/norm')],
    );
    const output: Part = {
      shapes: { [BIAS]: [vocabulary.size] },
      untrained: [],
      // Logits, their softmax and its gradient.
      activations: places * (head.activations + 3 * vocabulary.size),
      init: () => ({ [BIAS]: zeros([vocabulary.size]) }),
    };

    function guess(values: Values, ids: tf.Tensor2D, pass: Pass): Chosen & { logits: tf.Tensor2D } {
      const chosen = choose(ids, ratio, places, vocabulary, pass);
      const states = tf.reshape<tf.Rank.R2>(tokens.encode(values, chosen.seen, pass), [-1, tokens.width]);
      const hidden = head.apply(values, tf.gather(states, chosen.at), pass) as tf.Tensor2D;
      return { ...chosen, logits: tf.add(tokens.scores(values, hidden), parameter(values, BIAS)) };
    }

    return {
      ...learnerOf([encoder]),
      ...together([encoder, head, output]),
      activationsPerExample: encoder.activations + output.activations,
      summary: t(
        'Masked language model {0} · {1} % of the tokens are guessed among {2} · cross-entropy in nats per token',
        family.summary(encoderOptions, shape).encoder,
        Math.round(100 * ratio),
        vocabulary.size,
      ),
      objectives: soleObjective([encoder, head, output], (values, { input }, pass) => {
        const { logits, targets, weights } = guess(values, input as tf.Tensor2D, pass);
        return tokenLosses(logits, targets, weights, pass);
      }),

      async preview(values, { input }, from, pass) {
        const { at, weights, guesses } = tf.tidy(() => {
          const { at, weights, logits } = guess(values, input as tf.Tensor2D, pass);
          return { at, weights, guesses: tf.argMax(logits, 1) };
        });
        const { shape: textShape, data: ids } = await idsOf(input);
        const texts = ids.map((id) => (id === vocabulary.pad ? -1 : id));
        const output = new Int32Array(ids.length).fill(-1);
        const [places, counted, found] = await Promise.all([at.data(), weights.data(), guesses.data()]);
        places.forEach((place, i) => {
          if (counted[i] === 1) output[place] = found[i] as number;
        });
        tf.dispose([at, weights, guesses]);
        return {
          views: [{ kind: 'tokens', content: 'masked', from, input: 'texts', output: 'guesses' }],
          tensors: { texts: { shape: textShape, data: texts }, guesses: { shape: textShape, data: output } },
        };
      },
    };
  },
};

interface Chosen {
  /** What the model sees: int32 [batch, length]. */
  seen: tf.Tensor2D;
  /** Which of all tokens of the batch are to be guessed: int32 [batch · places]. */
  at: tf.Tensor1D;
  /** What stands there: int32 [batch · places]. */
  targets: tf.Tensor1D;
  /** 1, or 0 for places that a short text does not need. */
  weights: tf.Tensor1D;
}

/**
 * Chooses round(ratio · tokens) tokens of each text, at least one and never padding; places are as many for each text, so
 * that shapes do not depend on the texts.
 */
function choose(ids: tf.Tensor2D, ratio: number, places: number, vocabulary: Vocabulary, { random }: Pass): Chosen {
  const [batch, length] = ids.shape;
  const present = tokensOf(ids, vocabulary);
  const counts = tf.sum(present, 1, true);
  // Tokens come before padding, in a random order.
  const order = tf.add(random.uniform('mask', [batch, length]), present);
  const chosen = tf.cast(tf.topk(order, places).indices, 'int32');
  const needed = tf.minimum(counts, tf.maximum(tf.round(tf.mul(counts, ratio)), 1));
  const weights = tf.cast(tf.less(tf.range(0, places, 1, 'float32'), needed), 'float32');
  const starts = tf.mul(tf.range(0, batch, 1, 'int32'), tf.scalar(length, 'int32'));
  const at = tf.reshape<tf.Rank.R1>(tf.add(chosen, tf.expandDims(starts, 1)), [-1]);

  const isChosen = tf.sum(tf.mul(tf.oneHot(chosen, length), tf.expandDims(weights, 2)), 1);
  const fate = random.uniform('fate', [batch, length]);
  const any = tf.minimum(
    tf.floor(tf.mul(random.uniform('token', [batch, length]), vocabulary.size)),
    vocabulary.size - 1,
  );
  const isMasked = tf.mul(isChosen, tf.cast(tf.less(fate, MASKED), 'float32'));
  const isReplaced = tf.sub(tf.mul(isChosen, tf.cast(tf.less(fate, MASKED + REPLACED), 'float32')), isMasked);
  const mask = tf.fill([batch, length], vocabulary.mask ?? 0, 'int32');
  const seen = tf.where(
    tf.greater(isMasked, 0),
    mask,
    tf.where(tf.greater(isReplaced, 0), tf.cast(any, 'int32'), ids),
  ) as tf.Tensor2D;
  return {
    seen,
    at,
    targets: tf.gather(tf.reshape<tf.Rank.R1>(ids, [-1]), at),
    weights: tf.reshape<tf.Rank.R1>(weights, [-1]),
  };
}
