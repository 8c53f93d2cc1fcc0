import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunSummary } from '../../src/protocol/trainer.js';
import { dataPath, mnistFolder } from './mnist.js';
import { json } from './program.js';
import type { Row } from './table.js';

const EPOCHS = 100;
/** Keras' loss on MNIST's 10,000 test images after 100 epochs of the primer's job, two seeds: 0.0913 and 0.0912. */
const KERAS_LOSS = 0.0913;

/** The primer's whole job through the trainer, with validation, samples and checkpoints; beside Keras' fit. */
export async function wholeJob(peers: boolean): Promise<Row[]> {
  const data = dataPath();
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'pretrain-bench-'));
  try {
    const recipe = path.join(scratch, 'primer.pretrain.json');
    await writeFile(recipe, JSON.stringify({ data: { path: data, validation: 'test' }, pretrain: { epochs: EPOCHS } }));
    const start = performance.now();
    const { metrics, seconds, engine } = await json<RunSummary>(process.execPath, [
      'dist/trainer.js',
      'run',
      recipe,
      '--json',
      '--out',
      path.join(scratch, 'runs'),
    ]);
    const whole = (performance.now() - start) / 1000;
    const loss = metrics['validationLoss'] ?? NaN;
    const name = `primer's job, ${EPOCHS} epochs on ${engine}`;
    const rows: Row[] = [
      { what: `${name}, training`, value: `${seconds.toFixed(1)} s` },
      { what: `${name}, whole process`, value: `${whole.toFixed(1)} s` },
      {
        what: 'validation loss',
        value: loss.toFixed(4),
        ...(mnistFolder() === null
          ? {}
          : { target: { text: `at most Keras' ${KERAS_LOSS} + 0.001`, reached: loss <= KERAS_LOSS + 0.001 } }),
      },
    ];
    const folder = mnistFolder();
    if (peers && folder !== null) {
      const { peerPython } = await import('./peers.js');
      const keras = await json<{ seconds: number; validationLoss: number }>(await peerPython(), [
        'test/bench/peers/keras_primer.py',
        folder,
        String(EPOCHS),
      ]);
      rows.push({
        what: "Keras' fit of the same job",
        value: `${keras.seconds.toFixed(1)} s, validation loss ${keras.validationLoss.toFixed(4)}`,
        target: {
          text: `ours takes ${(seconds / keras.seconds).toFixed(2)} times as long`,
          reached: seconds <= keras.seconds,
        },
      });
    }
    return rows;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
