import * as tf from '@tensorflow/tfjs-core';
import { stream } from '../../protocol/random.js';
import type { Codes } from './codes.js';

/** Principal components (Pearson 1901), found by orthogonal iteration (Golub & Van Loan 2013, "Matrix computations", section 8.2.4). */

export interface Principal {
  /** Components, at most as many as asked for: no more than codes or their width. */
  components: number;
  /** [count, components]: coordinates of each code about their mean, along the component with the most variance first. */
  scores: Float32Array;
  /** Of each component, its share of all variance, 0..1; all 0 where the codes are all the same. */
  shares: number[];
}

/** Directions iterated beyond those asked for, so that the last of these is found as soon as the first. */
const MORE = 4;
const MOST_ITERATIONS = 100;
/** Of the largest variance; float32 sums are hardly finer. */
const PRECISION = 1e-5;

/**
 * The components of codes with the most variance. Deterministic; each direction's largest part is positive.
 * @param most from 1
 * @returns null where a code is no finite number
 */
export async function principalComponents({ count, width, data }: Codes, most: number): Promise<Principal | null> {
  if (!data.every(Number.isFinite)) return null;
  const components = Math.min(most, count, width);
  const size = Math.min(most + MORE, count, width);
  const centred = tf.tidy(() => {
    const codes = tf.tensor2d(data, [count, width]);
    return tf.sub<tf.Tensor2D>(codes, tf.mean(codes, 0, true));
  });
  try {
    const total = (await valueOf(() => tf.sum(tf.square(centred))))[0] as number;
    const { directions, variances } = await directionsOf(centred, size, components, total);
    const scores = await valueOf(() =>
      tf.matMul(centred, tf.tensor2d(columns(directions, size, components), [width, components])),
    );
    const shares = Array.from(variances.subarray(0, components), (variance) => (total > 0 ? variance / total : 0));
    return { components, scores, shares };
  } finally {
    centred.dispose();
  }
}

/**
 * @param centred X, [count, width]
 * @param needed how many must be found precisely
 * @returns orthonormal columns, [width, size], and the sums of squares of X along them, the largest first
 */
async function directionsOf(
  centred: tf.Tensor2D,
  size: number,
  needed: number,
  total: number,
): Promise<{ directions: Float64Array; variances: Float64Array }> {
  const width = centred.shape[1];
  const random = stream(0, 'pca');
  let directions = Float64Array.from({ length: width * size }, () => random.normal());
  orthonormalise(directions, width, size);
  let variances = new Float64Array(size);
  for (let iteration = 0; iteration < MOST_ITERATIONS && total > 0; iteration++) {
    const current = Float32Array.from(directions);
    const product = Float64Array.from(
      await valueOf(() => tf.matMul(centred, tf.matMul(centred, tf.tensor2d(current, [width, size])), true)),
    );
    // Rayleigh and Ritz: the best directions within the present ones.
    const within = new Float64Array(size * size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) within[i * size + j] = dot(directions, i, product, j, width, size);
    const { values, vectors } = eigen(within, size);
    variances = values;
    const next = times(product, vectors, width, size);
    const isFound = isNear(next, times(directions, vectors, width, size), values, needed);
    directions = next;
    orthonormalise(directions, width, size);
    if (isFound) break;
  }
  for (let j = 0; j < size; j++) turn(directions, j, width, size);
  return { directions, variances };
}

/** Whether A v and λ v are nearly the same of the first columns v. @param products A v */
function isNear(products: Float64Array, vectors: Float64Array, values: Float64Array, needed: number): boolean {
  const size = values.length;
  const off = new Float64Array(needed);
  for (let at = 0; at < products.length; at++) {
    const j = at % size;
    if (j < needed)
      off[j] = (off[j] as number) + ((products[at] as number) - (values[j] as number) * (vectors[at] as number)) ** 2;
  }
  return off.every((squared) => Math.sqrt(squared) <= PRECISION * (values[0] as number));
}

async function valueOf(compute: () => tf.Tensor): Promise<Float32Array> {
  const tensor = tf.tidy(compute);
  const data = await tensor.data<'float32'>();
  tensor.dispose();
  return data;
}

/** Makes columns of length 1 that are at right angles, one after the other; twice, since once loses digits. A column of which nothing is left becomes 0. */
function orthonormalise(matrix: Float64Array, rows: number, size: number): void {
  for (let j = 0; j < size; j++) {
    const before = Math.sqrt(dot(matrix, j, matrix, j, rows, size));
    for (let pass = 0; pass < 2; pass++)
      for (let k = 0; k < j; k++) {
        const part = dot(matrix, j, matrix, k, rows, size);
        for (let i = 0; i < rows; i++)
          matrix[i * size + j] = (matrix[i * size + j] as number) - part * (matrix[i * size + k] as number);
      }
    const length = Math.sqrt(dot(matrix, j, matrix, j, rows, size));
    const scale = length > before * 1e-12 ? 1 / length : 0;
    for (let i = 0; i < rows; i++) matrix[i * size + j] = (matrix[i * size + j] as number) * scale;
  }
}

/** Of column i of one matrix with column j of the other. */
function dot(a: Float64Array, i: number, b: Float64Array, j: number, rows: number, size: number): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += (a[row * size + i] as number) * (b[row * size + j] as number);
  return sum;
}

/** [rows, size] times [size, size]. */
function times(a: Float64Array, b: Float64Array, rows: number, size: number): Float64Array<ArrayBuffer> {
  const product = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < size; k++) {
      const value = a[row * size + k] as number;
      for (let j = 0; j < size; j++)
        product[row * size + j] = (product[row * size + j] as number) + value * (b[k * size + j] as number);
    }
  return product;
}

function columns(matrix: Float64Array, size: number, wanted: number): Float32Array {
  return Float32Array.from(
    { length: (matrix.length / size) * wanted },
    (_, at) => matrix[Math.floor(at / wanted) * size + (at % wanted)] as number,
  );
}

/** So that the largest part of column j is positive. */
function turn(matrix: Float64Array, j: number, rows: number, size: number): void {
  let largest = 0;
  for (let i = 0; i < rows; i++) {
    const value = matrix[i * size + j] as number;
    if (Math.abs(value) > Math.abs(largest)) largest = value;
  }
  if (largest < 0) for (let i = 0; i < rows; i++) matrix[i * size + j] = -(matrix[i * size + j] as number);
}

/**
 * Eigenvalues of a small symmetric matrix, the largest first, and its eigenvectors as columns: cyclic Jacobi rotations
 * (Golub & Van Loan 2013, section 8.5).
 * @param a [size, size]; only its symmetric part counts
 */
export function eigen(
  a: Float64Array,
  size: number,
): { values: Float64Array<ArrayBuffer>; vectors: Float64Array<ArrayBuffer> } {
  const m = a.map((value, at) => (value + (a[(at % size) * size + Math.floor(at / size)] as number)) / 2);
  const v = new Float64Array(size * size);
  for (let i = 0; i < size; i++) v[i * size + i] = 1;
  const scale = m.reduce((sum, value) => sum + value * value, 0);
  for (let sweep = 0; sweep < 60 && offDiagonal(m, size) > 1e-30 * scale; sweep++)
    for (let p = 0; p < size; p++)
      for (let q = p + 1; q < size; q++) {
        const between = m[p * size + q] as number;
        if (between === 0) continue;
        const theta = ((m[q * size + q] as number) - (m[p * size + p] as number)) / (2 * between);
        const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const cosine = 1 / Math.sqrt(tangent * tangent + 1);
        const sine = tangent * cosine;
        for (let k = 0; k < size; k++) rotate(m, k * size + p, k * size + q, cosine, sine);
        for (let k = 0; k < size; k++) rotate(m, p * size + k, q * size + k, cosine, sine);
        for (let k = 0; k < size; k++) rotate(v, k * size + p, k * size + q, cosine, sine);
      }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => (m[j * size + j] as number) - (m[i * size + i] as number) || i - j,
  );
  return {
    values: Float64Array.from(order, (i) => m[i * size + i] as number),
    vectors: v.map((_, at) => v[Math.floor(at / size) * size + (order[at % size] as number)] as number),
  };
}

function offDiagonal(m: Float64Array, size: number): number {
  return m.reduce((sum, value, at) => (Math.floor(at / size) === at % size ? sum : sum + value * value), 0);
}

function rotate(m: Float64Array, p: number, q: number, cosine: number, sine: number): void {
  const [a, b] = [m[p] as number, m[q] as number];
  m[p] = cosine * a - sine * b;
  m[q] = sine * a + cosine * b;
}
