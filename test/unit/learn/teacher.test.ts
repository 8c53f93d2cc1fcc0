import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from '../../../src/learn/engine/engine.js';
import type { Source } from '../../../src/learn/loop.js';
import { lesson, SilentTeacher, type Lesson, type TeacherNetwork } from '../../../src/learn/teacher.js';
import { engineOrSkip } from './engines.js';

/** Examples [i, 1, -i]: what a teacher of one matrix tells of them is known. */
function source(count: number, from = 0): Source {
  return {
    count,
    shape: [3],
    labels: null,
    batch: (positions) =>
      Float32Array.from({ length: positions.length * 3 }, (_, k) => {
        const i = positions[Math.floor(k / 3)]! + from;
        return [i, 1, -i][k % 3]!;
      }),
  };
}

describe('a teacher', () => {
  let engine: Engine;
  before(async function () {
    engine = await engineOrSkip('cpu', this);
  });

  /** Tells [2 i, 5, 3 - i]; the second of these never changes. */
  const network = (standardised: boolean, kernel = [2, 0, 0, 0, 5, 3, 0, 0, 1]): TeacherNetwork => ({
    weights: { kernel: { shape: [3, 3], data: Float32Array.from(kernel) } },
    tell: (values, input) => tf.matMul(input as tf.Tensor2D, values['kernel'] as tf.Tensor2D),
    width: 3,
    standardised,
  });
  const teach = (teacher: TeacherNetwork, keptBytes: number, count = 600): Promise<Lesson> =>
    lesson(
      engine,
      teacher,
      { training: source(count), validation: source(4, 1000) },
      { seed: 1, keptBytes, signal: new AbortController().signal, onProgress: () => undefined },
    );
  const told = async (of: Source, ...positions: number[]) =>
    Array.from(await of.targets!(Int32Array.from(positions)), (value) => Math.round(value * 1e4) / 1e4 + 0);

  for (const [name, keptBytes] of [
    ['kept', 1e6],
    ['told anew for each batch', 100],
  ] as const) {
    it(`tells of examples in the order they are asked for, ${name}`, async () => {
      const before = tf.memory().numTensors;
      const { training, validation, close } = await teach(network(false), keptBytes);
      assert.deepEqual(await told(training, 300, 0), [600, 5, -297, 0, 5, 3]);
      assert.deepEqual(await told(validation!, 2), [2004, 5, -999]);
      close();
      assert.equal(tf.memory().numTensors, before, 'nothing is left behind');
    });

    it(`is standardised over the training examples; what never changes is 0, ${name}`, async () => {
      const { training, validation, close } = await teach(network(true), keptBytes);
      // 0..599: mean 299.5, deviation sqrt((600² - 1) / 12).
      const unit = (i: number) => Math.round(((i - 299.5) / Math.sqrt((600 ** 2 - 1) / 12)) * 1e4) / 1e4;
      assert.deepEqual(await told(training, 599, 10), [unit(599), 0, -unit(599), unit(10), 0, -unit(10)]);
      assert.deepEqual(await told(validation!, 0), [unit(1000), 0, -unit(1000)]);
      close();
    });

    it(`that tells the same of every example is refused, ${name}`, async () => {
      const before = tf.memory().numTensors;
      await assert.rejects(teach(network(true, [0, 0, 0, 1, 2, 3, 0, 0, 0]), keptBytes), SilentTeacher);
      assert.equal(tf.memory().numTensors, before);
    });
  }

  it('stops when it is asked to, with nothing left behind', async () => {
    const before = tf.memory().numTensors;
    const control = new AbortController();
    const asked = lesson(
      engine,
      network(false),
      { training: source(600), validation: null },
      { seed: 1, keptBytes: 1e6, signal: control.signal, onProgress: () => control.abort() },
    );
    await assert.rejects(asked, { name: 'AbortError' });
    assert.equal(tf.memory().numTensors, before);
  });
});
