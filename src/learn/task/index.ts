import * as tf from '@tensorflow/tfjs-core';
import { grouped, t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import { misfit } from '../checkpoint.js';
import type { Arrays, Values } from '../engine/engine.js';
import { soleObjective } from '../method/method.js';
import { flat, learnerOf } from '../method/reconstruction.js';
import { together, type Network, type Pass } from '../network.js';
import { sizeOf } from '../parameters.js';
import { balancedWeights, classificationLoss, guessesPreview, picked, type Scores } from './classification.js';
import { head as headOf } from './head.js';
import { layerOf, layersOf } from './layers.js';
import { solveHead } from './linearHead.js';
import type { Mode } from './mode.js';
import { isNamed, modes } from './modes.js';
import { neighbours } from './neighbours.js';
import type { TaskLearner, TaskSetting } from './task.js';

export { modes } from './modes.js';
export type { TaskLearner, TaskSetting } from './task.js';

/** What cannot work, or hardly can, in this setting. Nothing is built where there is an error. */
export function checkTask(setting: TaskSetting): Finding[] {
  const { labels, options, family, encoder, shape, vocabulary } = setting;
  const found: Finding[] = [];
  const error = (path: (string | number)[], code: string, message: string, fixes: string[] = []): void => {
    found.push({ path: ['finetune', ...path], severity: 'error', code, message, fixes });
  };
  if (!labels)
    error(
      [],
      'labels-needed',
      t(
        'Fine-tuning learns from labels, and these examples have none. Name where they stand ("filePattern" or "labelColumn" in the recipe’s data), or give data that has labels.',
      ),
    );
  else if (labels.classes.length < 2)
    error(
      [],
      'one-class',
      t('All examples have the same label, {0}: there is nothing to tell apart.', labels.classes[0] ?? ''),
    );
  if (options.labelsPerClass !== null && options.labelFraction !== null)
    error(
      ['labelFraction'],
      'two-budgets',
      t('"labelsPerClass" and "labelFraction" both say how many labels are used. Leave one of them out.'),
    );
  const { solves } = modeOf(options.mode);
  if (solves !== null && options.hidden !== null)
    error(
      ['hidden'],
      'head-not-linear',
      t('In the mode "{0}" the head has no hidden layer. Leave "hidden" out, or take the mode "full".', options.mode),
    );
  const freeze = (options.options['freeze'] ?? []) as string[];
  if (freeze.length > 0) {
    const layers = layersOf(Object.keys(family.encoder(encoder, shape, vocabulary).shapes));
    freeze.forEach((name, i) => {
      if (!layers.some((layer) => isNamed(layer, name)))
        error(
          ['freeze', i],
          'no-such-layer',
          t('The encoder has no layer "{0}". There are: {1}.', name, layers.join(', ')),
          layers,
        );
    });
  }
  const { labelsPerClass } = options;
  const short = labels && labelsPerClass !== null ? shortOf(labels.classes, labels.counts, labelsPerClass) : [];
  if (short.length > 0)
    found.push({
      path: ['finetune', 'labelsPerClass'],
      severity: 'warning',
      code: 'too-few-labels',
      message: t(
        'Not every class has {0} labelled examples to train on: {1}. These give all they have.',
        grouped(labelsPerClass ?? 0),
        short.join(', '),
      ),
    });
  return found;
}

/** e.g. `"cat" (3)` */
function shortOf(classes: readonly string[], counts: readonly number[], wanted: number): string[] {
  return classes.flatMap((name, i) => {
    const count = counts[i] ?? 0;
    return count < wanted ? [`"${name}" (${grouped(count)})`] : [];
  });
}

/** @throws RangeError when there is no such mode */
export function modeOf(name: string): Mode {
  const mode = Object.hasOwn(modes, name) ? modes[name as keyof typeof modes] : undefined;
  if (!mode) throw new RangeError(t('There is no "{0}". There are: {1}.', name, Object.keys(modes).join(', ')));
  return mode;
}

/** A classifier on an encoder, as its mode teaches it. The setting has passed {@link checkTask}. */
export function buildTask(setting: TaskSetting): TaskLearner {
  const { family, encoder: encoderOptions, shape, vocabulary, options, start, labels } = setting;
  if (!labels) throw new Error('There are no labels.');
  const { classes, counts } = labels;
  const mode = modeOf(options.mode);
  const encoder = family.encoder(encoderOptions, shape, vocabulary);
  const layers = layersOf(Object.keys(encoder.shapes));
  const plan = mode.plan(options.options, layers);
  const isStill = (name: string, epoch: number): boolean => {
    const layer = layerOf(name);
    return plan.frozen.includes(layer) || plan.rate(layer, epoch) === 0;
  };
  const encode = (values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D =>
    flat(encoder.apply(values, input, { ...pass, frozen: (name) => isStill(name, pass.epoch) }));

  const width = sizeOf(encoder.outputShape);
  const known = mode.solves === 'neighbours' ? neighboursOf(setting, width) : null;
  const head = known ?? headOf([width], classes.length, options.hidden);
  const classifyCodes: TaskLearner['classifyCodes'] = (values, codes, pass) =>
    known ? known.scores(values, codes) : ((head as Network).apply(values, codes, pass) as tf.Tensor2D);
  const scores: Scores = (values, input, pass) => classifyCodes(values, encode(values, input, pass), pass);

  const parts = together([encoder, head]);
  const isFrozen = (name: string): boolean => {
    const layer = layerOf(name);
    return layer.startsWith('encoder/') ? plan.frozen.includes(layer) : plan.headRate === 0;
  };
  const untrained = [...new Set([...parts.untrained, ...Object.keys(parts.shapes).filter(isFrozen)])];
  const weights = options.classWeights === 'balanced' ? balancedWeights(counts) : null;
  const { labelSmoothing } = options;
  return {
    ...learnerOf([encoder]),
    ...parts,
    untrained,
    classes,
    activationsPerExample: 2 * sizeOf(shape) + parts.activations,
    needs: { labels: true, augmented: options.augmentation !== null && !vocabulary && mode.solves !== 'neighbours' },
    summary: t(
      '{0}: {1} → {2} classes',
      mode.description.title,
      family.summary(encoderOptions, shape).encoder,
      classes.length,
    ),
    init: (seed) => ({
      ...parts.init(seed),
      ...(start && mode.startsFromRun ? picked(start, Object.keys(encoder.shapes)) : {}),
    }),
    objectives: soleObjective([{ shapes: parts.shapes, untrained }], (values, inputs, pass) =>
      classificationLoss(scores, values, inputs, pass, { labelSmoothing, weights }),
    ),
    independent: true,
    encode,
    classify: scores,
    classifyCodes,
    rate: (name, epoch) => (name.startsWith('encoder/') ? plan.rate(layerOf(name), epoch) : plan.headRate),
    ...(known && { solve: (examples) => Promise.resolve(known.remember(examples)) }),
    ...(mode.solves === 'head' && {
      solve: (examples, onIteration) =>
        solveHead(examples, classes.length, { penalty: options.options['penalty'] as number, weights }, onIteration),
    }),
    preview: (values, inputs, from, pass) => guessesPreview(scores, classes, values, inputs, from, pass, vocabulary),
  };
}

function neighboursOf({ labels, options }: TaskSetting, width: number): ReturnType<typeof neighbours> {
  const { classes = [], counts = [] } = labels ?? {};
  const count = counts.reduce((sum, one) => sum + one, 0);
  return neighbours(count, width, classes.length, Math.min(count, options.options['neighbours'] as number));
}

/** Why what another run has learned does not fit the encoder; null when it does. */
export function encoderMisfit(start: Arrays, { shapes }: Pick<Network, 'shapes'>): string | null {
  return misfit(picked(start, Object.keys(shapes)), shapes);
}
