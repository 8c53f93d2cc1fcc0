import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { engineNames, startEngine } from '../../../src/learn/engine/index.js';
import { engineOf, engineOrSkip, wasmFolder } from './engines.js';

describe('starting an engine', () => {
  for (const name of engineNames)
    it(`${name} can be ended and started again`, async function () {
      for (const start of [() => engineOrSkip(name, this), () => engineOf(name)]) {
        const engine = await start();
        const y = engine.dense(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]), tf.tensor1d([0.5]), 'relu');
        assert.deepEqual(Array.from(y.dataSync()), [11.5]);
        engine.dispose();
      }
    });

  it('"auto" takes the next engine when one does not load, and tells why', async () => {
    const { engine, passedOver } = await startEngine('auto', {
      bindings: ['/nowhere/tfjs_binding.node'],
      wasmFolder,
      threads: 1,
    });
    assert.equal(engine.name, 'wasm');
    assert.deepEqual(
      passedOver.map(({ name }) => name),
      ['tensorflow'],
    );
    assert.match(passedOver[0]!.reason, /nowhere/);
  });

  it('a name is taken at its word: it fails with the reason, and without the native library says how to install it', async () => {
    const start = startEngine('tensorflow', { bindings: [], wasmFolder, threads: 1 });
    await assert.rejects(start, /"tensorflow" does not load here.*not installed.*Install Native Engine/);
  });
});
