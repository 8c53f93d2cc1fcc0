import * as tf from '@tensorflow/tfjs-core';
import { outputWidths, type TablePreparation } from '../../data/table/prepare.js';
import type { Network } from '../network.js';
import { normal, parameter } from '../parameters.js';

/**
 * Learned numbers in place of each category of a row of a table (Guo & Berkhahn 2016, "Entity embeddings of categorical
 * variables"): the one-hot outputs of a column, times a matrix of its own, are the row of the category. Numbers stay as they
 * are, columns in their order. A row starts with normal numbers of about length 1, as long as what it stands for.
 * @param name its parameters are name/embeddings_1, ..., one for each column of categories: [categories, {@link embeddingWidth}]
 */
export function categoryEmbeddings(name: string, columns: TablePreparation): (inputShape: number[]) => Network {
  const parts = partsOf(columns).map((part, i, all) => ({
    ...part,
    table: `${name}/embeddings_${all.slice(0, i + 1).filter(({ embedded }) => embedded > 0).length}`,
  }));
  const tables = parts.filter(({ embedded }) => embedded > 0);
  const width = parts.reduce((sum, { outputs, embedded }) => sum + (embedded || outputs), 0);
  const shapes = Object.fromEntries(tables.map(({ table, outputs, embedded }) => [table, [outputs, embedded]]));
  return (inputShape) => ({
    inputShape,
    outputShape: [width],
    shapes,
    untrained: [],
    activations: width,
    init: (seed) =>
      Object.fromEntries(
        tables.map(({ table, outputs, embedded }) => [
          table,
          normal(seed, table, [outputs, embedded], 1 / Math.sqrt(embedded)),
        ]),
      ),
    apply: (values, input) => {
      const split = tf.split(
        input,
        parts.map(({ outputs }) => outputs),
        1,
      );
      return tf.concat(
        parts.map(({ embedded, table }, i) => {
          const own = split[i] as tf.Tensor2D;
          return embedded > 0 ? tf.matMul(own, parameter<tf.Tensor2D>(values, table)) : own;
        }),
        1,
      );
    },
  });
}

/** Whether a table has a column for which {@link categoryEmbeddings} has a row for each category. */
export function hasCategories(columns: TablePreparation): boolean {
  return partsOf(columns).some(({ embedded }) => embedded > 0);
}

/** Numbers for each of so many categories: a rule of thumb, 1.6 · count^0.56, fewer than categories. */
export function embeddingWidth(count: number): number {
  return Math.min(count - 1, 600, Math.round(1.6 * count ** 0.56));
}

/** Outputs that belong together: a column of categories, which are embedded, or neighbouring columns that are not. */
function partsOf(columns: TablePreparation): { outputs: number; embedded: number }[] {
  const parts: { outputs: number; embedded: number }[] = [];
  outputWidths(columns).forEach((outputs, i) => {
    // Two categories are one number already.
    const embedded = columns.columns[i]?.kind === 'category' && outputs > 2 ? embeddingWidth(outputs) : 0;
    const last = parts.at(-1);
    if (embedded === 0 && last?.embedded === 0) last.outputs += outputs;
    else if (outputs > 0) parts.push({ outputs, embedded });
  });
  return parts;
}
