import type { TensorFile } from '../../src/protocol/safetensors.js';
import { floatMatrix, readExamples, tensorNamed, text, type Examples } from './tensors.js';

/** What samples hold of examples that may have several labels. */

/** Labels that examples have, and that they are given. */
export interface Given {
  from: string;
  input: Examples;
  names: string[];
  /** One for each example. */
  rows: GivenLabels[];
}

export interface GivenLabels {
  example: number;
  /** Of each label: whether the example has it, and the probability, 0..1, that it is given. */
  has: boolean[];
  probabilities: Float32Array;
}

export interface LabelScores extends Given {
  /** One a label. */
  scores: LabelScore[];
  /** Of all labels, 0..1. */
  macroF1: number;
  microF1: number;
  meanAveragePrecision: number;
  subsetAccuracy: number;
  hammingLoss: number;
}

/** Each 0..1, but the count of examples that have the label. */
export interface LabelScore {
  support: number;
  precision: number;
  recall: number;
  f1: number;
  averagePrecision: number;
}

/** A label whose probability is above it is given. */
export const GIVEN = 0.5;

/** @throws Error with what is wrong */
export function readGiven(file: TensorFile, view: Record<string, unknown>): Given {
  const { names } = view;
  const input = readExamples(file, view['input']);
  const { data, rows, columns } = floatMatrix(file, view['probabilities']);
  const has = tensorNamed(file, view['has'])?.data;
  if (!Array.isArray(names) || names.length !== columns || rows !== input.count)
    throw new Error(`Its labels are ${rows} x ${columns} for ${input.count} examples`);
  if (!(has instanceof Uint8Array) || has.length !== data.length)
    throw new Error(`It does not say which labels each of ${rows} examples has`);
  return {
    from: text(view['from']),
    input,
    names: names.map(text),
    rows: Array.from({ length: rows }, (_, example): GivenLabels => {
      const [from, to] = [example * columns, (example + 1) * columns];
      return {
        example,
        has: Array.from(has.subarray(from, to), (value) => value === 1),
        probabilities: data.slice(from, to).map(share),
      };
    }),
  };
}

/** @throws Error with what is wrong */
export function readLabelScores(file: TensorFile, view: Record<string, unknown>): LabelScores {
  const given = readGiven(file, view);
  const { data, rows, columns } = floatMatrix(file, view['scores']);
  if (columns !== 5 || rows !== given.names.length)
    throw new Error(`Its scores are ${rows} x ${columns} for ${given.names.length} labels`);
  const whole = (name: string): number => share(typeof view[name] === 'number' ? view[name] : 0);
  return {
    ...given,
    scores: Array.from({ length: rows }, (_, row): LabelScore => {
      const [support = 0, ...parts] = data.subarray(row * columns, (row + 1) * columns);
      const [precision = 0, recall = 0, f1 = 0, averagePrecision = 0] = parts.map(share);
      return { support: Math.max(0, Math.round(support) || 0), precision, recall, f1, averagePrecision };
    }),
    macroF1: whole('macroF1'),
    microF1: whole('microF1'),
    meanAveragePrecision: whole('meanAveragePrecision'),
    subsetAccuracy: whole('subsetAccuracy'),
    hammingLoss: whole('hammingLoss'),
  };
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value)) || 0;
}
