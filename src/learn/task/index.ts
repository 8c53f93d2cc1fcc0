import * as tf from '@tensorflow/tfjs-core';
import { countsOfLabels } from '../../data/labelSets.js';
import { grouped, t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import { misfit } from '../checkpoint.js';
import type { Arrays } from '../engine/engine.js';
import type { Labels } from '../method/method.js';
import { together, type Network } from '../network.js';
import { checkMultiLabel } from './checkMultiLabel.js';
import { checkRegression } from './checkRegression.js';
import { balancedWeights, classificationLoss, guessesPreview, picked, type Scores } from './classification.js';
import { foundationOf, learnerOn } from './foundation.js';
import { head as headOf } from './head.js';
import { taskKind, type TaskKind } from './kind.js';
import { layersOf } from './layers.js';
import { solveHead, solveLabelHeads, solveRegressionHead } from './linearHead.js';
import type { Mode } from './mode.js';
import { isNamed, modes } from './modes.js';
import {
  balancedLabelWeights,
  labelsPreview,
  multiLabelLoss,
  tableOf,
  targetsOf as labelTargetsOf,
} from './multiLabel.js';
import { neighbourLabels, neighbours, neighbourTargets } from './neighbours.js';
import {
  estimatesPreview,
  inOwnUnit,
  regressionLoss,
  standardisedOf,
  targetsOf,
  type Estimates,
} from './regression.js';
import type { Classifier, MultiLabelClassifier, Regressor, TaskLearner, TaskSetting } from './task.js';

export { taskKind } from './kind.js';
export { modes } from './modes.js';
export type { Classifier, MultiLabelClassifier, Regressor, TaskLearner, TaskSetting } from './task.js';

/** What cannot work, or hardly can, in this setting. Nothing is built where there is an error. */
export function checkTask(setting: TaskSetting): Finding[] {
  const { labels, options, family, encoder, shape } = setting;
  const found: Finding[] = [];
  const kind = labels && taskKind(options, labels);
  const isRegression = kind === 'regression';
  const error = (path: (string | number)[], code: string, message: string, fixes: string[] = []): void => {
    found.push({ path: ['finetune', ...path], severity: 'error', code, message, fixes });
  };
  if (!labels)
    error(
      [],
      'labels-needed',
      t(
        'Fine-tuning learns from labels, and these examples have none. Name where they stand ("filePattern" or "labelColumn" in the recipe’s data), remove "labels": "none" from it, or give data that has labels.',
      ),
    );
  else if (isRegression) found.push(...checkRegression(labels, options));
  else if (kind === 'multiLabel') found.push(...checkMultiLabel(labels));
  else if (labels.classes.length < 2)
    error(
      [],
      'one-class',
      t('All examples have the same label, {0}: there is nothing to tell apart.', labels.classes[0] ?? ''),
    );
  if (options.labelsPerClass !== null && options.labelFraction !== null && !isRegression)
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
    const layers = layersOf(Object.keys(family.encoder(encoder, shape, setting).shapes));
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
  const short = labels && labelsPerClass !== null && !isRegression ? shortOf(labels, kind, labelsPerClass) : [];
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
function shortOf({ classes, counts, sets }: Labels, kind: TaskKind | null | undefined, wanted: number): string[] {
  const [names, of] = kind === 'multiLabel' && sets ? [sets.names, countsOfLabels(counts, sets)] : [classes, counts];
  return names.flatMap((name, i) => {
    const count = of[i] ?? 0;
    return count < wanted ? [`"${name}" (${grouped(count)})`] : [];
  });
}

/** @throws RangeError when there is no such mode */
export function modeOf(name: string): Mode {
  const mode = Object.hasOwn(modes, name) ? modes[name as keyof typeof modes] : undefined;
  if (!mode) throw new RangeError(t('There is no "{0}". There are: {1}.', name, Object.keys(modes).join(', ')));
  return mode;
}

/** A network for a task, as its mode teaches it. The setting has passed {@link checkTask}. */
export function buildTask(setting: TaskSetting): TaskLearner {
  const { labels, options } = setting;
  if (!labels) throw new Error('There are no labels.');
  switch (taskKind(options, labels)) {
    case 'classification':
      return buildClassifier(setting, labels);
    case 'multiLabel':
      return buildMultiLabel(setting, labels);
    case 'regression':
      return buildRegressor(setting, labels);
  }
}

function buildClassifier(setting: TaskSetting, { classes, counts }: Labels): Classifier {
  const { options } = setting;
  const mode = modeOf(options.mode);
  const foundation = foundationOf(setting, mode);
  const { width, encode } = foundation;
  const known = mode.solves === 'neighbours' ? neighbours(...neighboursOf(setting, width), classes.length) : null;
  const head = known ?? headOf([width], classes.length, options.hidden);
  const classifyCodes: Classifier['classifyCodes'] = (values, codes, pass) =>
    known ? known.scores(values, codes) : ((head as Network).apply(values, codes, pass) as tf.Tensor2D);
  const scores: Scores = (values, input, pass) => classifyCodes(values, encode(values, input, pass), pass);
  const weights = options.classWeights === 'balanced' ? balancedWeights(counts) : null;
  const { labelSmoothing } = options;
  return {
    ...learnerOn(foundation, setting, head, (values, inputs, pass) =>
      classificationLoss(scores, values, inputs, pass, { labelSmoothing, weights }),
    ),
    task: 'classification',
    classes,
    summary: summaryOf(setting, mode, t('{0} classes', classes.length)),
    classify: scores,
    classifyCodes,
    ...(known && { solve: (examples) => Promise.resolve(known.remember(examples)) }),
    ...(mode.solves === 'head' && {
      solve: (examples, onIteration) =>
        solveHead(examples, classes.length, { penalty: options.options['penalty'] as number, weights }, onIteration),
    }),
    preview: (values, inputs, from, pass) => guessesPreview(scores, classes, values, inputs, from, pass, setting),
  };
}

function buildMultiLabel(setting: TaskSetting, labels: Labels): MultiLabelClassifier {
  const { options } = setting;
  const { sets } = labels;
  if (!sets) throw new Error('Each example has one label.');
  const mode = modeOf(options.mode);
  const foundation = foundationOf(setting, mode);
  const { width, encode } = foundation;
  const outputs = sets.names.length;
  const known = mode.solves === 'neighbours' ? neighbourLabels(...neighboursOf(setting, width), outputs) : null;
  const head = known ?? headOf([width], outputs, options.hidden);
  const classifyCodes: MultiLabelClassifier['classifyCodes'] = (values, codes, pass) =>
    known ? known.scores(values, codes) : ((head as Network).apply(values, codes, pass) as tf.Tensor2D);
  const scores: Scores = (values, input, pass) => classifyCodes(values, encode(values, input, pass), pass);
  const table = tableOf(sets);
  const weights = options.classWeights === 'balanced' ? balancedLabelWeights(labels, sets) : null;
  const { labelSmoothing } = options;
  return {
    ...learnerOn(foundation, setting, head, (values, inputs, pass) =>
      multiLabelLoss(scores, table, values, inputs, pass, { labelSmoothing, weights }),
    ),
    task: 'multiLabel',
    classes: sets.names,
    sets,
    summary: summaryOf(setting, mode, t('{0} labels, several an example', outputs)),
    classify: scores,
    classifyCodes,
    ...(known && {
      solve: (examples) => Promise.resolve(known.remember(examples, labelTargetsOf(examples.labels, sets))),
    }),
    ...(mode.solves === 'head' && {
      solve: (examples, onIteration) => {
        const penalty = options.options['penalty'] as number;
        return solveLabelHeads(examples, labelTargetsOf(examples.labels, sets), { penalty, weights }, onIteration);
      },
    }),
    preview: (values, inputs, from, pass) => labelsPreview(scores, sets, values, inputs, from, pass, setting),
  };
}

function buildRegressor(setting: TaskSetting, labels: Labels): Regressor {
  const { options } = setting;
  const mode = modeOf(options.mode);
  const foundation = foundationOf(setting, mode);
  const { width, encode } = foundation;
  const targets = targetsOf(labels);
  const known = mode.solves === 'neighbours' ? neighbourTargets(...neighboursOf(setting, width)) : null;
  const head = known ?? headOf([width], 1, options.hidden);
  const standardised: Estimates = (values, input, pass) => {
    const codes = encode(values, input, pass);
    return known ? known.means(values, codes) : tf.reshape((head as Network).apply(values, codes, pass), [-1]);
  };
  const estimate: Estimates = (values, input, pass) => inOwnUnit(values, standardised(values, input, pass));
  return {
    ...learnerOn(foundation, setting, together([head, targets.part]), (values, inputs, pass) =>
      regressionLoss(standardised, targets, values, inputs, pass),
    ),
    task: 'regression',
    numbers: targets.numbers,
    summary: summaryOf(setting, mode, t('a number')),
    estimate,
    ...(known && {
      solve: (examples) => Promise.resolve(known.remember(examples, standardisedOf(examples.labels, targets))),
    }),
    ...(mode.solves === 'head' && {
      solve: (examples, onIteration) => {
        const known = standardisedOf(examples.labels, targets);
        return solveRegressionHead(examples, known, options.options['penalty'] as number, onIteration);
      },
    }),
    preview: (values, inputs, from, pass) => estimatesPreview(estimate, targets, values, inputs, from, pass),
  };
}

/** e.g. "Full: 784 → 32 → 10 classes" */
function summaryOf({ family, encoder, shape }: TaskSetting, { description }: Mode, answer: string): string {
  return t('{0}: {1} → {2}', description.title, family.summary(encoder, shape).encoder, answer);
}

/** How many there are, the width of their codes, and how many are asked. */
function neighboursOf({ labels, options }: TaskSetting, width: number): [count: number, width: number, k: number] {
  const count = (labels?.counts ?? []).reduce((sum, one) => sum + one, 0);
  return [count, width, Math.min(count, options.options['neighbours'] as number)];
}

/** Why what another run has learned does not fit the encoder; null when it does. */
export function encoderMisfit(start: Arrays, { shapes }: Pick<Network, 'shapes'>): string | null {
  return misfit(picked(start, Object.keys(shapes)), shapes);
}
