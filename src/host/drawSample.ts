import type { RunEvent } from '../protocol/run.js';
import { disposeAll, type TrackedRun } from './trackedRun.js';

/**
 * Asks a run's trainer for a sample, and waits until it is there.
 * @returns the step after which it was drawn; null when the trainer ended before
 * @throws Error with the reason when no trainer runs
 */
export async function drawSample(run: TrackedRun): Promise<number | null> {
  let tell: (step: number | null) => void = () => undefined;
  const drawn = new Promise<number | null>((resolve) => (tell = resolve));
  const listening = [
    run.pushed.add((push) => {
      if (push.type !== 'events') return;
      for (const line of push.lines) {
        const step = sampledStep(line);
        if (step !== null) tell(step);
      }
    }),
    run.linked.add((link) => {
      if (link === null) tell(null);
    }),
  ];
  try {
    await run.request({ type: 'sample' });
    return await drawn;
  } finally {
    disposeAll(listening);
  }
}

/** Null when the line tells of something else. */
function sampledStep(line: string): number | null {
  if (!line.includes('"sample"')) return null;
  try {
    const { type, step } = JSON.parse(line) as Partial<RunEvent>;
    return type === 'sample' && typeof step === 'number' ? step : null;
  } catch {
    return null; // no record: the monitor counts such lines
  }
}
