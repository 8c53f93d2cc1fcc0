import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Arrays, Engine } from '../../../../src/learn/engine/engine.js';
import { engineNames } from '../../../../src/learn/engine/index.js';
import { selfAttention } from '../../../../src/learn/layer/attention.js';
import { transformer } from '../../../../src/learn/layer/transformer.js';
import type { Objective } from '../../../../src/learn/method/method.js';
import { stream } from '../../../../src/protocol/random.js';
import { engineOrSkip } from '../engines.js';
import { checkGradients, movedValues, passOf, tensorsOf } from '../learners.js';

const [batch, places, width, heads] = [2, 4, 6, 3];
const random = stream(6, 'places');
const data = Float32Array.from({ length: batch * places * width }, () => random.normal());

/** By the definition, in double precision, of one example. */
function attention(arrays: Arrays, x: number[][], causal: boolean): number[][] {
  const project = (part: string, rows: number[][]) => {
    const { data: kernel } = arrays[`a/${part}/kernel`]!;
    const { data: bias } = arrays[`a/${part}/bias`]!;
    return rows.map((row) =>
      Array.from({ length: width }, (_, j) => row.reduce((sum, v, i) => sum + v * kernel[i * width + j]!, bias[j]!)),
    );
  };
  const [q, k, v] = ['query', 'key', 'value'].map((part) => project(part, x)) as [number[][], number[][], number[][]];
  const part = width / heads;
  const seen = x.map((_, row) =>
    Array.from({ length: heads }, (_, head) => head).flatMap((head) => {
      const of = (rows: number[][], place: number) => rows[place]!.slice(head * part, (head + 1) * part);
      const scores = x.map((_, other) =>
        causal && other > row
          ? -Infinity
          : of(q, row).reduce((sum, value, i) => sum + value * of(k, other)[i]!, 0) / Math.sqrt(part),
      );
      const shares = scores.map(Math.exp);
      const total = shares.reduce((sum, share) => sum + share, 0);
      return Array.from({ length: part }, (_, i) =>
        shares.reduce((sum, share, other) => sum + (share / total) * of(v, other)[i]!, 0),
      );
    }),
  );
  return project('output', seen);
}

for (const name of engineNames)
  describe(`the transformer on ${name}`, () => {
    let engine: Engine;
    before(async function () {
      engine = await engineOrSkip(name, this);
    });

    for (const causal of [false, true])
      it(`attends as the definition says${causal ? ', to nothing that comes later' : ''}`, () => {
        const network = selfAttention('a', heads, causal)([places, width]);
        const arrays = movedValues(network);
        const out = network.apply(tensorsOf(arrays), tf.tensor(data, [batch, places, width]), passOf(engine));
        assert.deepEqual(out.shape, [batch, places, width]);
        const expected = Array.from({ length: batch }, (_, b) =>
          attention(
            arrays,
            Array.from({ length: places }, (_, p) =>
              Array.from(data.subarray((b * places + p) * width, (b * places + p + 1) * width)),
            ),
            causal,
          ),
        ).flat(2);
        out.dataSync().forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-5));
      });

    it('has the gradients of its blocks', () => {
      const network = transformer('encoder', { blocks: 2, heads, causal: true })([places, width]);
      const targets = tf.tensor(data.toReversed(), [batch, places, width]);
      const objective: Objective = {
        metric: 'loss',
        parameters: Object.keys(network.shapes),
        loss: (values, { input }, pass) => ({
          loss: pass.engine.meanSquaredError(network.apply(values, input, pass), targets),
        }),
      };
      const input = tf.tensor(data, [batch, places, width]);
      checkGradients(network, objective, movedValues(network), { input }, engine);
    });

    it('takes fewer places than it was made for', () => {
      const network = transformer('encoder', { blocks: 1, heads })([places, width]);
      const input = tf.tensor(data.subarray(0, 2 * 3 * width), [2, 3, width]);
      assert.deepEqual(network.apply(tensorsOf(network.init(1)), input, passOf(engine)).shape, [2, 3, width]);
    });
  });

describe('self-attention', () => {
  it('refuses heads that cannot share the width', () =>
    assert.throws(() => selfAttention('a', 4)([places, width]), /6 numbers cannot be shared out among 4 heads/));
});
