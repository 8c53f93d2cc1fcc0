/** Long work on a thread that others need, too: it is done in slices of time, which all that work at once share. */
import { setImmediate as turnEnds } from 'node:timers';
import { setImmediate } from 'node:timers/promises';

const MILLISECONDS = 4;

/** When the slice of this turn of the event loop began; null before. */
let began: number | null = null;
/** One turn each: several that wait do not add up their slices. */
let turns: Promise<unknown> = Promise.resolve();

export function sliceIsOver(): boolean {
  if (began === null) {
    began = performance.now();
    turnEnds(() => (began = null)).unref();
  }
  return performance.now() - began > MILLISECONDS;
}

/** Lets others at the thread. */
export async function nextSlice(): Promise<void> {
  turns = turns.then(() => setImmediate());
  await turns;
  began = null;
}

/** Between looks at the clock: small work on so many takes less than a slice. */
const AT_ONCE = 64;

/** Something quick for each of many, which lets others at the thread. */
export async function inSlices<T>(items: readonly T[], action: (item: T, index: number) => void): Promise<void> {
  for (let i = 0; i < items.length; i++) {
    if (i % AT_ONCE === 0 && sliceIsOver()) await nextSlice();
    action(items[i] as T, i);
  }
}
