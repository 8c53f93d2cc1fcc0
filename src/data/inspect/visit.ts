/** Examples of any dataset, one by one, in the form in which they are examined. */
import { setImmediate } from 'node:timers/promises';
import { isReader, type Collection, type OpenOptions, type Reader } from '../reader.js';
import { exampleOf, type Example } from './example.js';

/** Bytes of numbers that are read at a time. */
const SLICE_VALUES = 4_000_000;

/**
 * @param positions ascending
 * @param action also gets what cannot be read, with the reason
 * @returns false when this kind of dataset is none that is known here: nothing was visited
 */
export async function visitExamples(
  dataset: Reader | Collection,
  positions: Int32Array,
  action: (position: number, example: Example | { reason: string }) => void,
  options: OpenOptions = {},
): Promise<boolean> {
  if (isReader(dataset)) {
    await visitNumbers(dataset, positions, action, options);
    return true;
  }
  const read = exampleOf(dataset);
  if (!read) return false;
  await dataset.visit(
    positions,
    (position, stored) => {
      if (stored instanceof Error) return action(position, { reason: stored.message });
      let example: Example;
      try {
        example = read(stored, dataset.name(position));
      } catch (error) {
        return action(position, { reason: error instanceof Error ? error.message : String(error) });
      }
      action(position, example);
    },
    options,
  );
  return true;
}

async function visitNumbers(
  reader: Reader,
  positions: Int32Array,
  action: (position: number, example: Example) => void,
  { signal, onProgress }: OpenOptions,
): Promise<void> {
  const { shape } = reader.info;
  const width = shape.reduce((product, dimension) => product * Math.max(1, dimension), 1);
  const slice = Math.max(1, Math.min(1024, Math.floor(SLICE_VALUES / width)));
  for (let start = 0; start < positions.length; start += slice) {
    signal?.throwIfAborted();
    const part = positions.subarray(start, start + slice);
    const { data, offsets } = await reader.read(part);
    part.forEach((position, i) => {
      const [from, to] = offsets ? [offsets[i] ?? 0, offsets[i + 1] ?? 0] : [i * width, (i + 1) * width];
      action(position, { is: 'values', values: data.subarray(from, to), shape: offsets ? [to - from] : shape });
    });
    onProgress?.((start + part.length) / positions.length);
    await setImmediate(); // so that an abort is heard
  }
}
