import { describeError } from '../errors.js';
import { Laboratory } from './laboratory.js';
import type { WorkerMessage, WorkerReply, WorkerRequest } from './messages.js';

/** The word that starts this program as a worker of a measurement. */
export const WORKER = 'efficiency-worker';

/** Answers one request after the other, until whoever started this process is gone. */
export function serve(): void {
  let laboratory: Promise<Laboratory> | null = null;
  const tell = (message: WorkerMessage): void => void process.send?.(message);

  async function answer(request: WorkerRequest): Promise<WorkerReply> {
    if (request.type === 'open') {
      laboratory = Laboratory.open(request.setting, (progress) => tell({ type: 'opening', ...progress }));
      return { type: 'opened', facts: (await laboratory).facts };
    }
    if (!laboratory) throw new Error('A point is asked for before the data were opened.');
    const line = await (await laboratory).measure(request.job, (fraction) => tell({ type: 'measuring', fraction }));
    return { type: 'measured', line };
  }

  process.on('message', (request) => {
    answer(request as WorkerRequest).then(tell, (error: unknown) => {
      const { told, stack } = describeError(error);
      if (stack !== null) process.stderr.write(`${stack}\n`);
      tell({ type: 'failed', error: told });
    });
  });
  process.on('disconnect', () => process.exit());
  // A Ctrl-C in the terminal reaches all: whoever started this process ends it.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
}
