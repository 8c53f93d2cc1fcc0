import { openDataset } from '../../src/data/index.js';
import { mnistFolder } from './mnist.js';
import { json } from './program.js';
import { median, type Row } from './table.js';

/** Seconds to read MNIST's .gz files into memory, beside NumPy with gzip. */
export async function reading(peers: boolean): Promise<Row[]> {
  const folder = mnistFolder();
  if (folder === null) return [{ what: 'reading MNIST', value: 'not measured: it is not in ../shared/data/mnist' }];
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    const reader = await openDataset(folder);
    times.push((performance.now() - start) / 1000);
    await reader.close();
  }
  const own = median(times);
  if (!peers) return [{ what: 'reading MNIST .gz', value: `${own.toFixed(3)} s` }];
  const { peerPython } = await import('./peers.js');
  const { seconds } = await json<{ seconds: number }>(await peerPython(), ['test/bench/peers/reading.py', folder]);
  return [
    {
      what: 'reading MNIST .gz',
      value: `${own.toFixed(3)} s`,
      target: { text: `at most 1.5 times NumPy with gzip (${seconds.toFixed(3)} s)`, reached: own <= 1.5 * seconds },
    },
  ];
}
