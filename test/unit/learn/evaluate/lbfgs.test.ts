import assert from 'node:assert/strict';
import { minimise, type Smooth } from '../../../../src/learn/evaluate/lbfgs.js';
import { near } from './near.js';

/** Rosenbrock's valley of 2n numbers; its minimum is 0 where all are 1. */
const rosenbrock: Smooth = (x, gradient) => {
  let value = 0;
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = [x[i]!, x[i + 1]!];
    value += (1 - a) ** 2 + 100 * (b - a * a) ** 2;
    gradient[i] = -2 * (1 - a) - 400 * a * (b - a * a);
    gradient[i + 1] = 200 * (b - a * a);
  }
  return value;
};

/** Σ k x² / 2 - x: its minimum is at 1 / k, with k from 1 to 10,000. */
const bowl: Smooth = (x, gradient) =>
  x.reduce((value, one, i) => {
    const k = 10 ** ((4 * i) / (x.length - 1));
    gradient[i] = k * one - 1;
    return value + (k * one * one) / 2 - one;
  }, 0);

describe('L-BFGS', () => {
  it('finds the minimum of a bent valley, with a value that falls at each iteration', async () => {
    const values: number[] = [];
    const start = Float64Array.from({ length: 20 }, (_, i) => (i % 2 ? 1 : -1.2));
    const { x, value, converged, iterations } = await minimise(rosenbrock, start, {
      tolerance: 1e-8,
      iterations: 200,
      onIteration: (iteration, now) => {
        values.push(now);
        assert.equal(iteration, values.length);
      },
    });
    assert.ok(converged && iterations < 100, `after ${iterations}`);
    assert.equal(values.length, iterations);
    assert.ok(values.every((now, i) => i === 0 || now < values[i - 1]!));
    assert.equal(value, values.at(-1));
    for (const one of x) near(one, 1, 1e-7);
  });

  it('finds the minimum of a bowl that is 10,000 times as steep in one direction as in another', async () => {
    const { x, converged } = await minimise(bowl, new Float64Array(60), { tolerance: 1e-7, iterations: 1000 });
    assert.ok(converged);
    x.forEach((one, i) => near(one, 10 ** ((-4 * i) / 59), 1e-7));
  });

  it('needs one step there when it knows the inverse Hessian, and learns what is wrong with a poor one', async () => {
    const steepness = (i: number) => 10 ** ((4 * i) / 59);
    const minimised = (inverse: (i: number) => number) =>
      minimise(bowl, new Float64Array(60), {
        tolerance: 1e-7,
        iterations: 1000,
        precondition: (x) => x.forEach((value, i) => (x[i] = value * inverse(i))),
      });
    const exact = await minimised((i) => 1 / steepness(i));
    assert.deepEqual([exact.iterations, exact.converged], [1, true]);
    const poor = await minimised((i) => 100 / Math.sqrt(steepness(i)));
    assert.ok(poor.converged && poor.iterations < 400, `after ${poor.iterations}`);
    poor.x.forEach((one, i) => near(one, 1 / steepness(i), 1e-7));
  });

  it('ends at once at a minimum, and after its iterations elsewhere', async () => {
    const options = { tolerance: 1e-8, iterations: 3 };
    const at = await minimise(rosenbrock, new Float64Array(2).fill(1), options);
    assert.deepEqual([at.iterations, at.converged], [0, true]);
    const before = await minimise(rosenbrock, new Float64Array(2), options);
    assert.deepEqual([before.iterations, before.converged], [3, false]);
  });

  it('ends where no step brings anything any more, and says so', async () => {
    // At its kink the gradient is never small.
    const kinked: Smooth = (x, gradient) => {
      gradient[0] = x[0]! < 0 ? -1 : 1;
      return Math.abs(x[0]!);
    };
    const { x, converged, iterations } = await minimise(kinked, Float64Array.of(0.3), {
      tolerance: 0.5,
      iterations: 1000,
    });
    assert.ok(!converged && iterations < 1000, `after ${iterations}`);
    near(x[0]!, 0, 1e-9);
  });

  it('lets other work of the thread go on, and is aborted by it', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    setImmediate(() => setImmediate(() => abort.abort(reason)));
    await assert.rejects(
      minimise(bowl, new Float64Array(60), { tolerance: 0, iterations: 1e6, signal: abort.signal }),
      (error) => error === reason,
    );
  });
});
