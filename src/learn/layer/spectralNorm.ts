import * as tf from '@tensorflow/tfjs-core';
import { stream } from '../../protocol/random.js';
import type { Arrays, Values } from '../engine/engine.js';
import { parameter, sizeOf } from '../parameters.js';

/**
 * Spectral normalisation (Miyato et al. 2018, "Spectral normalization for generative adversarial networks", eq. 8 and
 * algorithm 1): each kernel W, as a matrix [all but out, out], is divided by its largest singular value σ = vᵀ W u, so
 * that no layer stretches any direction by more than 1. The two vectors are values that no gradient trains; one power
 * iteration after each step keeps them near the singular vectors.
 */
export interface SpectralNorm {
  /** Shapes of the vectors, by name. */
  shapes: Record<string, number[]>;
  init(seed: number): Arrays;
  /** The values with all kernels normalised. */
  apply(values: Values): Values;
  /** The vectors after one power iteration with the kernels as they are now, kept. */
  iterate(values: Values): Map<string, tf.Tensor>;
}

/** @param shapes of the network's values; those named ".../kernel" are normalised */
export function spectralNorm(shapes: Record<string, number[]>): SpectralNorm {
  const kernels = Object.entries(shapes)
    .filter(([name]) => name.endsWith('/kernel'))
    .map(([name, shape]) => {
      const outputs = shape[shape.length - 1] as number;
      return { name, u: `${name}/u`, v: `${name}/v`, rows: sizeOf(shape) / outputs, outputs };
    });
  return {
    shapes: Object.fromEntries(
      kernels.flatMap(({ u, v, rows, outputs }) => [
        [u, [outputs]],
        [v, [rows]],
      ]),
    ),
    init: (seed) =>
      Object.fromEntries(
        kernels.flatMap(({ u, v, rows, outputs }) => [
          [u, unitVector(seed, u, outputs)],
          [v, unitVector(seed, v, rows)],
        ]),
      ),
    apply(values) {
      const normal = kernels.map(({ name, u, v, rows, outputs }) => {
        const kernel = parameter(values, name);
        const matrix = tf.reshape<tf.Rank.R2>(kernel, [rows, outputs]);
        const stretched = tf.matMul(matrix, tf.reshape<tf.Rank.R2>(parameter(values, u), [outputs, 1]));
        const sigma = tf.sum(tf.mul(tf.reshape(stretched, [rows]), parameter(values, v)));
        return [name, tf.div(kernel, sigma)] as const;
      });
      return { ...values, ...Object.fromEntries(normal) };
    },
    iterate(values) {
      const updates = new Map<string, tf.Tensor>();
      tf.tidy(() => {
        for (const { name, u, v, rows, outputs } of kernels) {
          const matrix = tf.reshape<tf.Rank.R2>(parameter(values, name), [rows, outputs]);
          const left = unit(tf.matMul(matrix, tf.reshape<tf.Rank.R2>(parameter(values, u), [outputs, 1])));
          const right = unit(tf.matMul(matrix, left, true));
          updates.set(v, tf.keep(tf.reshape(left, [rows])));
          updates.set(u, tf.keep(tf.reshape(right, [outputs])));
        }
      });
      return updates;
    },
  };
}

function unit(vector: tf.Tensor2D): tf.Tensor2D {
  return tf.div(vector, tf.add(tf.sqrt(tf.sum(tf.square(vector))), 1e-12));
}

function unitVector(seed: number, name: string, length: number): Arrays[string] {
  const random = stream(seed, `weights/${name}`);
  const data = Float32Array.from({ length }, () => random.normal());
  const norm = Math.hypot(...data);
  return { shape: [length], data: data.map((value) => value / norm) };
}
