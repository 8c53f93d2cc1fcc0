import * as tf from '@tensorflow/tfjs-core';
import { grouped, t } from '../../protocol/l10n.js';
import type { Finding } from '../../recipe/finding.js';
import type { Values } from '../engine/engine.js';
import { dense } from '../layer/dense.js';
import type { Network, Pass } from '../network.js';
import { soleObjective, type Inputs, type Learner, type Method, type Setting, type TeacherFacts } from './method.js';
import { shownExamples } from './examples.js';
import { flat, learnerOf } from './reconstruction.js';
import { unit } from './similarity.js';
import { localPatterns } from './starts.js';

/** What of the teacher the student learns. */
export type Target = 'labels' | 'features';

/**
 * Distillation: a teacher says something of each example, which needs no label, and a student learns to say the same.
 * By labels (Hinton, Vinyals & Dean 2015, "Distilling the knowledge in a neural network", section 2): with the teacher's
 * logits v, the student's z and p = softmax(v / T), q = softmax(z / T),
 *   loss = T² · mean over examples of Σ_c p_c (log p_c - log q_c),
 * the cross-entropy of the paper without the part that no student can change; T² keeps the gradient's size when T changes.
 * By features (Romero et al. 2015, "FitNets: Hints for thin deep nets", eq. 3): with the teacher's code u, each component
 * brought to mean 0 and deviation 1, the student's code h and a linear regressor r,
 *   loss = mean over examples and components of (r(h) - u)².
 */
export const distillation: Method = {
  description: {
    name: 'distillation',
    title: 'Distillation',
    summary:
      'Learns from labels made by a teacher: another run, or a file of soft labels. Needs a teacher; makes a smaller encoder of a large one.',
    paper: {
      authors: 'Hinton, Vinyals & Dean',
      year: 2015,
      title: 'Distilling the knowledge in a neural network',
    },
    starts: localPatterns,
    options: {
      teacher: {
        type: 'string',
        maxLength: 4096,
        default: '',
        markdownDescription:
          'Who teaches: the folder of a run, relative to this recipe; the id of a run in `.pretrain/runs`; or a file of soft labels (`.npy`, `.csv`), one row an example, in the order of the data.',
      },
      target: {
        enum: ['auto', 'labels', 'features'],
        default: 'auto',
        markdownEnumDescriptions: [
          'Labels of a teacher that names classes, else its features.',
          'How likely the teacher finds each class. Keras: `KLDivergence` of softened probabilities.',
          "The teacher's code, through a linear layer. Romero et al. (2015): *FitNets: Hints for thin deep nets*.",
        ],
        description: 'What of the teacher the student learns.',
      },
      temperature: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1000,
        default: 4,
        description:
          'Labels: logits of teacher and student are divided by it. Above 1 it shows more of what the teacher finds almost as likely.',
      },
      softLabels: {
        enum: ['probabilities', 'logits'],
        default: 'probabilities',
        markdownEnumDescriptions: ['Each row sums to 1.', 'What a softmax makes probabilities of.'],
        description: 'What the values of a file of soft labels are.',
      },
    },
  },

  check: ({ teacher, options, shape }) => {
    if (!teacher) return [teacherNeeded()];
    return [...shapeOfTeacher(teacher, shape), ...targetOfTeacher(teacher, options['target'] as string)];
  },

  build(setting) {
    const { family, encoder: options, shape } = setting;
    const encoder = family.encoder(options, shape, setting);
    const widths = family.summary(options, shape).encoder;
    return targetOf(setting) === 'labels' ? byLabels(setting, encoder, widths) : byFeatures(setting, encoder, widths);
  },
};

/** Labels where the teacher names classes, unless the recipe says something else. */
export function targetOf({ options, teacher }: Pick<Setting, 'options' | 'teacher'>): Target {
  const { target } = options;
  if (target === 'labels' || target === 'features') return target;
  return teacher?.classes ? 'labels' : 'features';
}

function teacherNeeded(): Finding {
  return {
    path: ['pretrain', 'teacher'],
    severity: 'error',
    code: 'teacher-needed',
    message: t(
      'Distillation needs a teacher: "teacher" names the folder of a run, e.g. ".pretrain/runs/20261124-201530-mnist-3f9a", or a file of soft labels (.npy, .csv).',
    ),
  };
}

function shapeOfTeacher(teacher: TeacherFacts, shape: number[]): Finding[] {
  if (!teacher.shape || teacher.shape.join() === shape.join()) return [];
  return [
    {
      path: ['pretrain', 'teacher'],
      severity: 'error',
      code: 'teacher-shape',
      message: t(
        'This teacher learned from examples of shape [{0}], and these have [{1}]. Take a teacher of the same kind of data, or prepare the data as it was for the teacher.',
        teacher.shape.join(', '),
        shape.join(', '),
      ),
    },
  ];
}

function targetOfTeacher({ classes, code }: TeacherFacts, target: string): Finding[] {
  const finding = { path: ['pretrain', 'target'], severity: 'error' as const };
  if (target === 'labels' && classes === null)
    return [
      {
        ...finding,
        code: 'teacher-names-nothing',
        message: t(
          'This teacher names no classes: only a run of the method "supervised" with cross-entropy, a distilled one, or a file of soft labels does. Learn its features instead.',
        ),
        fixes: ['features', 'auto'],
      },
    ];
  if (target === 'features' && code === null)
    return [
      {
        ...finding,
        code: 'teacher-has-no-code',
        message: t('Soft labels have no features: the student can only learn the labels.'),
        fixes: ['labels', 'auto'],
      },
    ];
  if (classes !== null && target !== 'features' && classes.length < 2)
    return [
      {
        path: ['pretrain', 'teacher'],
        severity: 'error',
        code: 'one-class',
        message: t('This teacher knows a single class, {0}: there is nothing to tell apart.', classes[0] ?? ''),
      },
    ];
  return [];
}

function byLabels(setting: Setting, encoder: Network, widths: string): Learner {
  const { teacher, options } = setting;
  const classes = teacher?.classes ?? [];
  const temperature = options['temperature'] as number;
  const head = dense('head/dense', classes.length, 'linear')(encoder.outputShape);
  const classify: Learner['classify'] = (values, input, pass) =>
    head.apply(values, encoder.apply(values, input, pass), pass) as tf.Tensor2D;
  return {
    ...learnerOf([encoder, head]),
    classify,
    needs: { targets: true },
    summary: t(
      'Distillation {0} · labels of {1} classes, temperature {2}',
      widths,
      grouped(classes.length),
      temperature,
    ),
    objectives: soleObjective([encoder, head], (values, inputs, pass) => {
      const teacherLogits = targetsOf(inputs);
      const logits = classify(values, inputs.input, pass);
      const softened = tf.softmax(tf.div(teacherLogits, temperature));
      const crossEntropy = pass.engine.softmaxCrossEntropy(tf.div(logits, temperature), softened);
      // -Σ p log p of the teacher: a class that is ruled out adds 0.
      const entropy = pass.engine.softmaxCrossEntropy(tf.div(teacherLogits, temperature), softened);
      return {
        loss: tf.mul<tf.Scalar>(tf.mean(tf.sub(crossEntropy, entropy)), temperature ** 2),
        agreement: tf.mean(tf.cast(tf.equal(tf.argMax(logits, 1), tf.argMax(teacherLogits, 1)), 'float32')),
      };
    }),
    async preview(values, inputs, from, pass) {
      const [student, taught] = tf.tidy(() => [
        tf.softmax(classify(values, inputs.input, pass)),
        tf.softmax(targetsOf(inputs)),
      ]);
      const shape = [inputs.input.shape[0], classes.length];
      const tensors = {
        input: await shownExamples(inputs.input, setting),
        student: { shape, data: await (student as tf.Tensor).data<'float32'>() },
        teacher: { shape, data: await (taught as tf.Tensor).data<'float32'>() },
      };
      tf.dispose([student, taught]);
      return {
        views: [{ kind: 'agreement', from, input: 'input', classes, student: 'student', teacher: 'teacher' }],
        tensors,
      };
    },
  };
}

function byFeatures(setting: Setting, encoder: Network, widths: string): Learner {
  const width = setting.teacher?.code ?? 0;
  const regressor = dense('head/dense', width, 'linear')(encoder.outputShape);
  const told = (values: Values, input: tf.Tensor, pass: Pass): tf.Tensor2D =>
    flat(regressor.apply(values, encoder.apply(values, input, pass), pass));
  return {
    ...learnerOf([encoder, regressor]),
    needs: { targets: true },
    summary: t('Distillation {0} · features, {1} numbers', widths, grouped(width)),
    objectives: soleObjective([encoder, regressor], (values, inputs, pass) => {
      const targets = targetsOf(inputs);
      const outputs = told(values, inputs.input, pass);
      return {
        loss: pass.engine.meanSquaredError(outputs, targets),
        cosine: tf.mean(cosines(outputs, targets)),
      };
    }),
    async preview(values, inputs, from, pass) {
      const cosine = tf.tidy(() => cosines(told(values, inputs.input, pass), targetsOf(inputs)));
      const tensors = {
        input: await shownExamples(inputs.input, setting),
        cosine: { shape: cosine.shape, data: await cosine.data<'float32'>() },
      };
      cosine.dispose();
      return { views: [{ kind: 'agreement', from, input: 'input', cosine: 'cosine' }], tensors };
    },
  };
}

/** Of each row of one with the same row of the other. @returns [rows], -1..1 */
function cosines(one: tf.Tensor2D, other: tf.Tensor2D): tf.Tensor1D {
  return tf.sum(tf.mul(unit(one), unit(other)), 1);
}

function targetsOf({ targets }: Inputs): tf.Tensor2D {
  if (!targets) throw new Error('The batch has nothing that a teacher says.');
  return targets;
}
