/** Visiting examples that are at hand. */
import type { OpenOptions } from './reader.js';

/** Examples between two looks at the progress. */
const TOLD = 1000;

/**
 * One after the other, in the order of `positions`.
 * @param example the one at a position
 */
export async function visitMemory<Example>(
  positions: ArrayLike<number>,
  example: (position: number) => Example,
  action: (position: number, example: Example) => void | Promise<void>,
  { signal, onProgress }: OpenOptions = {},
): Promise<void> {
  for (let i = 0; i < positions.length; i++) {
    signal?.throwIfAborted();
    const position = positions[i] as number;
    const done = action(position, example(position));
    if (done instanceof Promise) await done;
    if (i % TOLD === 0) onProgress?.(i / positions.length);
  }
}
