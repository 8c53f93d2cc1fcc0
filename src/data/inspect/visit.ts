/** Examples of any dataset, one by one, in the form in which they are examined. */
import { setImmediate } from 'node:timers/promises';
import { decodeImage } from '../image/decode.js';
import { decodeSound } from '../sound/decode.js';
import type { Sound } from '../sound/sound.js';
import { isReader, type Collection, type ExampleData, type OpenOptions, type Reader, type Stored } from '../reader.js';

export type Example =
  /** [height, width, channels], or an array of any shape. */
  | { is: 'values'; values: ExampleData; shape: number[] }
  | { is: 'sound'; sound: Sound }
  | { is: 'text'; text: string }
  | { is: 'row'; cells: string[] };

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

/** How what is stored becomes what is examined; null for a kind that a newer reader has. */
function exampleOf({ kind, info }: Collection): ((stored: unknown, name: string) => Example) | null {
  switch (kind as string) {
    case 'image': {
      const channels = info.shape[2] === 1 ? 1 : 3;
      return (stored) => {
        const { width, height, data } = decodeImage(stored as Buffer, { channels });
        return { is: 'values', values: data, shape: [height, width, channels] };
      };
    }
    case 'sound':
      return (stored, name) => ({ is: 'sound', sound: decodeSound(stored as Buffer, name) });
    case 'text':
      return (stored) => ({ is: 'text', text: stored as string });
    case 'table':
      return (stored) => ({
        is: 'row',
        cells: (stored as Stored['table']).map((cell) => (cell === null ? '' : String(cell))),
      });
    default:
      return null;
  }
}
