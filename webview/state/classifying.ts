import type { TensorFile } from '../../src/protocol/safetensors.js';
import { floatMatrix, readExamples, tensorNamed, text, type Examples } from './tensors.js';

/** What samples hold of how well a classifier does. */

/** What examples of each class are taken for. */
export interface Confusion {
  from: string;
  classes: string[];
  /** [classes, classes]: how many of the row's class are taken for the column's. */
  counts: Int32Array;
  examples: Examples;
  /** Of some examples, the surest of each cell first; positions of classes, `example` one of `examples`. */
  shown: Taken[];
}

export interface Taken {
  example: number;
  label: number;
  guess: number;
  /** 0..1 */
  confidence: number;
}

export interface Calibration {
  from: string;
  /** Of equally wide parts of 0..1. */
  bins: CalibrationBin[];
  /** Mean difference between confidence and accuracy over examples, 0..1. */
  expectedError: number;
  /** The same with its sign: above 0 it is surer than it is right. */
  meanDifference: number;
}

export interface CalibrationBin {
  /** Means over its examples, 0..1; of none both are 0. */
  confidence: number;
  accuracy: number;
  count: number;
}

/** @throws Error with what is wrong */
export function readConfusion(file: TensorFile, view: Record<string, unknown>): Confusion {
  const { classes, labels, guesses } = view;
  const counts = tensorNamed(file, view['counts']);
  if (!Array.isArray(classes) || classes.length < 1) throw new Error('Its confusion matrix has no classes');
  const size = classes.length;
  if (!(counts?.data instanceof Int32Array) || counts.shape.join() !== `${size},${size}`)
    throw new Error(`Its confusion matrix is not ${size} x ${size} counts`);
  const examples = readExamples(file, view['examples']);
  const confidences = tensorNamed(file, view['confidences']);
  if (
    !Array.isArray(labels) ||
    !Array.isArray(guesses) ||
    !(confidences?.data instanceof Float32Array) ||
    [labels, guesses, confidences.data].some(({ length }) => length !== examples.count)
  )
    throw new Error(`It does not say what each of ${examples.count} examples is taken for`);
  const isClass = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < size;
  const shown = Array.from(confidences.data, (confidence, example): Taken | null => {
    const label: unknown = labels[example];
    const guess: unknown = guesses[example];
    return isClass(label) && isClass(guess) ? { example, label, guess, confidence: share(confidence) } : null;
  }).filter((taken) => taken !== null);
  return {
    from: text(view['from']),
    classes: classes.map(text),
    counts: counts.data.map((count) => Math.max(0, count)),
    examples,
    shown: shown.sort((a, b) => b.confidence - a.confidence),
  };
}

/** @throws Error with what is wrong */
export function readCalibration(file: TensorFile, view: Record<string, unknown>): Calibration {
  const { data, rows, columns } = floatMatrix(file, view['bins']);
  if (columns !== 3) throw new Error(`Its calibration has ${columns} columns instead of 3`);
  const bins = Array.from({ length: rows }, (_, row): CalibrationBin => {
    const [confidence = 0, accuracy = 0, count = 0] = data.subarray(row * 3, row * 3 + 3);
    return { confidence: share(confidence), accuracy: share(accuracy), count: Math.max(0, Math.round(count) || 0) };
  });
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const mean = (of: (bin: CalibrationBin) => number): number =>
    bins.reduce((sum, bin) => sum + bin.count * of(bin), 0) / Math.max(1, total);
  const { expectedError } = view;
  return {
    from: text(view['from']),
    bins,
    expectedError: share(typeof expectedError === 'number' ? expectedError : 0),
    meanDifference: mean(({ confidence, accuracy }) => confidence - accuracy),
  };
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value)) || 0;
}
