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
