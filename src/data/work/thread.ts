/** Where the pool's jobs are done: a thread of its own, or this one. */
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { currentLanguage, t } from '../../protocol/l10n.js';
import { buffersOf, type Answer, type Functions, type Task } from './protocol.js';
import { perform } from './serve.js';

export interface Job {
  name: string;
  load: () => unknown;
  /** Settled, perhaps by its signal while it is computed. */
  done: boolean;
  resolve: (output: unknown) => void;
  reject: (error: Error) => void;
}

export interface Thread {
  /** Jobs whose input is being made. */
  loading: Set<Job>;
  /** In their order: the first one is being computed. */
  given: Job[];
  give(job: Job, input: unknown): void;
  end(): Promise<unknown>;
}

/**
 * @param onFree a job is done
 * @param onEnd the thread ended by itself, with the reason
 */
export function startThread(file: string, onFree: () => void, onEnd: (why: string) => void): Thread {
  const worker = new Worker(file, { workerData: currentLanguage() });
  worker.unref();
  let why = t('its worker ended');
  const given: Job[] = [];
  worker.on('message', (answer: Answer) => {
    settle(given.shift(), answer);
    if (given.length === 0) worker.unref(); // an idle pool keeps no process alive
    onFree();
  });
  worker.on('error', (error: Error) => {
    why = t('its worker ended ({0})', error.message);
  });
  worker.on('exit', () => onEnd(why));
  return {
    loading: new Set(),
    given,
    give(job, input) {
      const task: Task = { name: job.name, input };
      worker.postMessage(task, buffersOf(input));
      given.push(job);
      worker.ref();
    },
    end: () => worker.terminate(),
  };
}

/** Does one job after the other on this thread, and lets others at it between them. */
export function startLocal<Table extends Functions<Table>>(
  functions: () => Promise<Table>,
  onFree: () => void,
): Thread {
  const given: Job[] = [];
  const work = async (): Promise<void> => {
    for (let next = inputs.shift(); next; next = inputs.shift()) {
      await setImmediate();
      const [job] = given;
      try {
        const table = await functions();
        if (job?.done === false) settle(job, perform(table, next));
      } catch (error) {
        job?.reject(error as Error);
      }
      given.shift();
      onFree();
    }
  };
  const inputs: Task[] = [];
  let working = false;
  return {
    loading: new Set(),
    given,
    give(job, input) {
      given.push(job);
      inputs.push({ name: job.name, input });
      if (working) return;
      working = true;
      void work().finally(() => (working = false));
    },
    end: () => Promise.resolve(),
  };
}

function settle(job: Job | undefined, answer: Answer): void {
  if ('error' in answer) job?.reject(new Error(answer.error));
  else job?.resolve(answer.output);
}
