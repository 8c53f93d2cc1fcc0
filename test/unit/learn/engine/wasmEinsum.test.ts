import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { assertSame, on, random, startBoth, type Input } from './wasmReference.js';

/** Einstein's sum by its definition, in float64, and its derivatives by the inputs for dy = cos(place). */
function sum(equation: string, inputs: Input[], lengths: Map<string, number>): Input[] {
  const [terms = '', output = ''] = equation.split('->');
  const operands = terms.split(',');
  const axes = [...new Set(equation.replace(/\W/g, ''))];
  const shapeOf = (term: string) => Array.from(term, (axis) => lengths.get(axis)!);
  const results = [output, ...operands].map((term) => ({
    shape: shapeOf(term),
    values: new Float32Array(shapeOf(term).reduce((a, b) => a * b, 1)),
  }));
  const place = (term: string, at: Map<string, number>) =>
    Array.from(term).reduce((index, axis) => index * lengths.get(axis)! + at.get(axis)!, 0);
  const visit = (depth: number, at: Map<string, number>): void => {
    const axis = axes[depth];
    if (axis !== undefined) {
      for (let i = 0; i < lengths.get(axis)!; i++) visit(depth + 1, at.set(axis, i));
      return;
    }
    const places = operands.map((term) => place(term, at));
    const numbers = places.map((index, i) => inputs[i]!.values[index]!);
    const out = place(output, at);
    results[0]!.values[out]! += numbers.reduce((a, b) => a * b, 1);
    places.forEach((index, i) => (results[i + 1]!.values[index]! += Math.cos(out) * (numbers[1 - i] ?? 1)));
  };
  visit(0, new Map());
  return results;
}

describe('einsum and its gradients', () => {
  before(startBoth);

  const lengths = new Map([['a', 2], ['b', 3], ['c', 4], ['d', 5], ['e', 6]]); // prettier-ignore
  const equations = [
    'ab,bc->ac',
    'ab,cb->ca',
    'abc,abd->acd',
    'bacd,baed->bace',
    'ab,ab->',
    'a,b->ab',
    'ab,ab->ba',
    'abc,cd->abd',
    'abc,de->ab',
    'ab,c->c',
    'abc->ca',
    'abc->',
    'abc->abc',
    'ab->ba',
    ',ab->ab',
    'abcd,db->ca',
  ];
  for (const equation of equations) {
    it(equation, async () => {
      const inputs = equation.split('->')[0]!.split(',').map((term) => random(Array.from(term, (axis) => lengths.get(axis)!))); // prettier-ignore
      const expected = sum(equation, inputs, lengths);
      const compute = (...tensors: tf.Tensor[]) => {
        const result = tf.einsum(equation, ...tensors);
        const weights = tf.reshape(tf.cos(tf.range(0, result.size, 1)), result.shape);
        return [
          result,
          ...tf.grads((...own: tf.Tensor[]) => tf.sum(tf.mul(tf.einsum(equation, ...own), weights)))(tensors),
        ];
      };
      assertSame(await on('wasm', inputs, compute), expected, 'einsum');
    });
  }

  it('says what is wrong with an equation', async () => {
    await tf.setBackend('wasm');
    assert.throws(
      () => tf.tidy(() => tf.einsum('ab,bc->ac', tf.zeros([2, 3]), tf.zeros([4, 2]))),
      /Expected dimension 3/,
    );
    assert.throws(() => tf.tidy(() => tf.einsum('aa->a', tf.zeros([2, 2]))), /duplicate axes/);
  });
});
