import * as tf from '@tensorflow/tfjs-core';
import type { Vocabulary } from '../../../../src/data/prepare/preparation.js';
import { grammarSentences } from '../../../../src/data/text/grammar.js';
import { trainTokenizer } from '../../../../src/data/text/tokenizer/train.js';
import { encoders } from '../../../../src/learn/encoder/index.js';
import type { Arrays } from '../../../../src/learn/engine/engine.js';
import type { Source } from '../../../../src/learn/loop.js';
import type { Setting } from '../../../../src/learn/method/method.js';
import type { Data } from './training.js';
import { layer, linear, type Row } from './byHand.js';

/** What tests of language models share. */

/** Texts of different lengths, filled up with padding (0). */
export const length = 6;
export const vocabulary: Vocabulary = { size: 9, pad: 0, mask: 4 };
export const texts: Row[] = [
  [5, 6, 7, 8, 5, 7],
  [8, 7, 1, 6, 0, 0],
  [6, 5, 0, 0, 0, 0],
];

export const textTensor = (rows: Row[] = texts) => tf.tensor2d(rows, undefined, 'int32');

export const settingOf = (causal: boolean, options: object, change: Partial<Setting> = {}): Setting => ({
  family: encoders.tokenTransformer,
  encoder: { type: 'tokenTransformer', size: 'small', width: 4, blocks: 2, heads: 2, causal },
  shape: [length],
  vocabulary,
  options: { ...options },
  ...change,
});

/** Sentences of the sample grammar by characters, cut off soon: one engine is slow. */
export async function sentences(): Promise<{ data: Data; vocabulary: Vocabulary; shape: [number] }> {
  const { texts } = grammarSentences(60, 1);
  const tokenizer = await trainTokenizer(texts, { kind: 'character', vocabularySize: 200, lowercase: true });
  const shape: [number] = [10];
  const source = (of: string[]): Source => ({
    count: of.length,
    shape,
    labels: null,
    batch(positions) {
      const batch = new Int32Array(positions.length * shape[0]);
      positions.forEach((from, to) => batch.set(tokenizer.encode(of[from]!, { length: shape[0] }), to * shape[0]));
      return batch;
    },
  });
  return {
    data: { training: source(texts.slice(0, 40)), validation: source(texts.slice(40)) },
    vocabulary: { size: tokenizer.vocabularySize, pad: 0, mask: 4 },
    shape,
  };
}

/** What the token transformer of {@link settingOf} makes of each token, in double precision from the formulas. */
export function statesByHand(values: Arrays, ids: Row, causal: boolean, [width, blocks, heads] = [4, 2, 2]): Row[] {
  const row = (name: string, i: number) => Array.from(values[name]!.data.subarray(i * width, (i + 1) * width));
  const sum = (a: Row, b: Row) => a.map((value, i) => value + b[i]!);
  let states = ids.map((id, place) =>
    sum(row('encoder/tokens/embeddings', id), row('encoder/positions/embeddings', place)),
  );
  const isSeen = (from: number, to: number) => (causal ? to <= from : ids[to] !== vocabulary.pad);
  for (let b = 1; b <= blocks; b++) {
    const block = `encoder/block_${b}`;
    const normal = states.map((state) => normalised(values, `${block}/attention_norm`, state));
    const [q, k, v] = ['query', 'key', 'value'].map((part) =>
      normal.map((state) => layer(values, `${block}/attention/${part}`, state, linear)),
    ) as [Row[], Row[], Row[]];
    const size = width / heads;
    const attended = normal.map((_, from) =>
      Array.from({ length: heads }, (_, head) => {
        const part = (state: Row) => state.slice(head * size, (head + 1) * size);
        const weights = normal.map((_, to) =>
          isSeen(from, to) ? Math.exp(dot(part(q[from]!), part(k[to]!)) / Math.sqrt(size)) : 0,
        );
        const total = weights.reduce((a, b) => a + b, 0);
        return Array.from({ length: size }, (_, i) =>
          weights.reduce((found, weight, to) => found + (weight / total) * part(v[to]!)[i]!, 0),
        );
      }).flat(),
    );
    states = states.map((state, i) => sum(state, layer(values, `${block}/attention/output`, attended[i]!, linear)));
    states = states.map((state) => {
      const hidden = layer(values, `${block}/mlp_1`, normalised(values, `${block}/mlp_norm`, state), gelu);
      return sum(state, layer(values, `${block}/mlp_2`, hidden, linear));
    });
  }
  return states.map((state) => normalised(values, 'encoder/norm', state));
}

export function dot(a: Row, b: Row): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

export function normalised(values: Arrays, name: string, x: Row): Row {
  const mean = x.reduce((a, b) => a + b, 0) / x.length;
  const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / x.length;
  const [gamma, beta] = [values[`${name}/gamma`]!.data, values[`${name}/beta`]!.data];
  return x.map((value, i) => ((value - mean) / Math.sqrt(variance + 1e-5)) * gamma[i]! + beta[i]!);
}

/** x Φ(x), Φ by its Taylor series (Abramowitz & Stegun 26.2.10). */
export function gelu(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 60; n++) {
    term *= -(x * x) / (2 * n);
    sum += term / (2 * n + 1);
  }
  return x * (0.5 + sum / Math.sqrt(2 * Math.PI));
}

/** -log softmax(logits)[target]. */
export function crossEntropy(logits: Row, target: number): number {
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0)) - logits[target]!;
}

/** Of one state, beside each token's embedding. */
export function scoresByHand(values: Arrays, state: Row): Row {
  const { data } = values['encoder/tokens/embeddings']!;
  return Array.from({ length: vocabulary.size }, (_, id) =>
    dot(state, Array.from(data.subarray(id * 4, (id + 1) * 4))),
  );
}
