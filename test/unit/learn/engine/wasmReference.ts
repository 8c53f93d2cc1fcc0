import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { registerGradients } from '../../../../src/learn/engine/gradients/index.js';
import type { EngineName } from '../../../../src/protocol/run.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOf } from '../engines.js';

/** Numbers by their shape. */
export interface Input {
  shape: number[];
  values: Float32Array;
  dtype?: 'float32' | 'int32';
}

let named = 0;

/** Uniform in -1..1 (or in `from`..`to`), another for each call. */
export function random(shape: number[], from = -1, to = 1): Input {
  const numbers = stream(7, `kernel/${named++}`);
  const length = shape.reduce((product, own) => product * own, 1);
  return { shape, values: Float32Array.from({ length }, () => from + (to - from) * numbers.uniform()) };
}

/** Starts the wasm engine, and the one to compare with: tensorflow, or where it does not load the plain one. */
export async function startBoth(): Promise<EngineName> {
  await engineOf('wasm');
  let reference: EngineName = 'tensorflow';
  try {
    await engineOf('tensorflow');
  } catch (error) {
    reference = 'cpu';
    await engineOf('cpu');
    console.log(
      `      compared with cpu: tensorflow does not load here (${error instanceof Error ? error.message : String(error)})`,
    );
  }
  registerGradients();
  return reference;
}

export type Compute = (...inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Runs on an engine that was started, and checks that no tensor is left behind. */
export async function on(engine: EngineName, inputs: Input[], compute: Compute): Promise<Input[]> {
  await tf.setBackend(engine);
  const before = tf.memory();
  const results = tf.tidy(() =>
    [compute(...inputs.map(({ shape, values, dtype }) => tf.tensor(values.slice(), shape, dtype)))].flat(),
  );
  const numbers = results.map((result) => ({ shape: result.shape, values: Float32Array.from(result.dataSync()) }));
  tf.dispose(results);
  const after = tf.memory();
  assert.equal(after.numTensors, before.numTensors, `tensors left behind on ${engine}`);
  assert.equal(after.numDataBuffers, before.numDataBuffers, `buffers left behind on ${engine}`);
  return numbers;
}

/** The value, and the gradient of its product with fixed weights by each input. */
export function withGradients(compute: (...inputs: tf.Tensor[]) => tf.Tensor): Compute {
  return (...inputs) => {
    const result = compute(...inputs);
    const weights = tf.reshape(tf.cos(tf.range(0, result.size, 1)), result.shape);
    const gradients = tf.grads((...own: tf.Tensor[]) => tf.sum(tf.mul(compute(...own), weights)))(inputs);
    return [result, ...gradients];
  };
}

const worst = new Map<string, number>();

/** Largest difference over the largest number: what float32 can promise of sums. */
export function assertSame(actual: Input[], expected: Input[], what: string, tolerance = 1e-5): void {
  assert.equal(actual.length, expected.length, what);
  actual.forEach(({ shape, values }, i) => {
    const other = expected[i]!;
    assert.deepEqual(shape, other.shape, `${what}: shape of result ${i}`);
    const scale = other.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30);
    values.forEach((value, j) => {
      const error = Math.abs(value - other.values[j]!) / scale;
      const kind = what.split(' ')[0]!;
      worst.set(kind, Math.max(worst.get(kind) ?? 0, error));
      assert.ok(error <= tolerance, `${what}, result ${i} [${j}]: ${value} is not ${other.values[j]}`);
    });
  });
}

/** wasm's results are the reference's. */
export async function assertSameOnBoth(
  reference: EngineName,
  what: string,
  inputs: Input[],
  compute: Compute,
  tolerance?: number,
): Promise<void> {
  assertSame(await on('wasm', inputs, compute), await on(reference, inputs, compute), what, tolerance);
}

process.once('exit', () => {
  if (process.env['PRETRAIN_SHOW_ERRORS'])
    for (const [what, error] of worst) console.log(`${what}: largest relative error ${error.toExponential(1)}`);
});
