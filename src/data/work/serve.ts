import { parentPort, workerData } from 'node:worker_threads';
import { setLanguage, type Language } from '../../protocol/l10n.js';
import { buffersOf, type Answer, type Functions, type Task } from './protocol.js';

/** Answers the tasks of the pool that started this thread, one after the other and in its language. */
export function serve<Table extends Functions<Table>>(functions: Table): void {
  const { name, bundle } = workerData as Language;
  setLanguage(name, bundle);
  parentPort?.on('message', (task: Task) => {
    const answer = perform(functions, task);
    try {
      parentPort?.postMessage(answer, buffersOf(answer));
    } catch (error) {
      parentPort?.postMessage(failure(error)); // the output cannot be cloned
    }
  });
}

/** One task, on this thread. */
export function perform<Table extends Functions<Table>>(functions: Table, { name, input }: Task): Answer {
  try {
    return { output: functions[name as keyof Table](input as never) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Answer {
  return { error: error instanceof Error ? error.message : String(error) };
}
