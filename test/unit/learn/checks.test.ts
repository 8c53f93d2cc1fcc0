import assert from 'node:assert/strict';
import { dense } from '../../../src/learn/encoder/dense.js';
import { denoising } from '../../../src/learn/method/denoising.js';
import { codeTooWide } from '../../../src/learn/method/checks.js';

describe('what methods say of a recipe', () => {
  const found = (units: number[], shape: number[]) =>
    codeTooWide({ family: dense, encoder: { type: 'dense', units, activation: 'relu' }, shape, options: {} });

  it('warns of a denoising autoencoder without noise, and refuses one that damages every value', () => {
    const told = (options: Record<string, unknown>) =>
      denoising.check!({ family: dense, encoder: { type: 'dense', units: [2] }, shape: [4], options });
    assert.deepEqual(
      told({ noise: 'masking', amount: 0 }).map(({ severity, code, path }) => [severity, code, path]),
      [['warning', 'no-noise', ['pretrain', 'amount']]],
    );
    assert.deepEqual(
      told({ noise: 'masking', amount: 1 }).map(({ severity, code, fixes }) => [severity, code, fixes]),
      [['error', 'nothing-left-to-see', [0.25]]],
    );
    assert.deepEqual(told({ noise: 'gaussian', amount: 1 }), []);
    assert.deepEqual(told({ noise: 'masking', amount: 0.5 }), []);
  });

  it('warns of a code that is not narrower than its input, and proposes an eighth', () => {
    const [finding] = found([1024, 784], [28, 28, 1]);
    assert.deepEqual(
      [finding!.path, finding!.severity, finding!.code],
      [['encoder', 'units', 1], 'warning', 'code-too-wide'],
    );
    assert.match(finding!.message, /The code \(784\) is not narrower than its input \(784\)/);
    assert.deepEqual(finding!.fixes, [64]);
    assert.deepEqual(found([1024, 783], [28, 28, 1]), []);
    assert.deepEqual(found([32], [1]), [], 'one number has no narrower code');
  });
});
