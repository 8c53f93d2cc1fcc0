import { existsSync } from 'node:fs';
import { engineNames } from '../../src/learn/engine/index.js';
import type { EngineName } from '../../src/protocol/run.js';
import { json } from './program.js';
import { median, type Row } from './table.js';

/** One measuring process: see epochChild.ts. */
async function measure(who: EngineName | 'modelFit', epochs: number): Promise<number[] | string> {
  try {
    return (
      await json<{ seconds: number[] }>(process.execPath, [
        '--import',
        'tsx',
        'test/bench/epochChild.ts',
        who,
        String(epochs),
      ])
    ).seconds;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n').pop() ?? '') : String(error);
  }
}

/** Seconds an epoch of the primer's autoencoder, 60,000 images, batch 256, loss at every step, no validation. */
export async function epochTimes(): Promise<Row[]> {
  const rows: Row[] = [];
  const images = existsSync('../shared/data/mnist') ? 'MNIST' : 'random numbers of its shape';
  // In turns, so that a slower moment of the machine meets both.
  const fit: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < 2; round++) {
    const [first, second] = [await measure('modelFit', 2), await measure('tensorflow', 3)];
    if (typeof first !== 'string') fit.push(...first);
    if (typeof second !== 'string') own.push(...second);
  }
  if (own.length > 0 && fit.length > 0) {
    const ratio = median(own) / median(fit);
    rows.push(
      {
        what: `model.fit of TensorFlow.js, tensorflow back end, ${images}`,
        value: `${median(fit).toFixed(2)} s an epoch`,
      },
      {
        what: 'our loop, tensorflow',
        value: `${median(own).toFixed(2)} s an epoch`,
        target: { text: `at most half of model.fit's (${ratio.toFixed(2)})`, reached: ratio <= 0.5 },
      },
    );
  }
  for (const name of engineNames.filter((one) => one !== 'tensorflow')) {
    const seconds = await measure(name, name === 'cpu' ? 1 : 3);
    rows.push({
      what: `our loop, ${name}`,
      value: typeof seconds === 'string' ? `not measured: ${seconds}` : `${median(seconds).toFixed(2)} s an epoch`,
    });
  }
  return rows;
}
