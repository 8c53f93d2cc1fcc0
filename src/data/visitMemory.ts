/** Visiting examples that are at hand. */
import { setImmediate } from 'node:timers/promises';
import type { OpenOptions } from './reader.js';

/** Examples between two looks at the progress. */
const TOLD = 1000;

/** Work of more milliseconds lets others at this thread. */
const TURN = 20;

/** Between two pieces of work: when a turn is over, a promise that the others have had theirs. */
export function turns(): () => Promise<void> | null {
  let since = performance.now();
  const others = async (): Promise<void> => {
    await setImmediate();
    since = performance.now();
  };
  return () => (performance.now() - since < TURN ? null : others());
}

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
  const turn = turns();
  for (let i = 0; i < positions.length; i++) {
    const over = turn();
    if (over) await over;
    signal?.throwIfAborted();
    const position = positions[i] as number;
    const done = action(position, example(position));
    if (done instanceof Promise) await done;
    if (i % TOLD === 0) onProgress?.(i / positions.length);
  }
}
