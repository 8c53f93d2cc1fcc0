/** Work on all cores: a pool of threads that run functions by name. */
import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as path from 'node:path';
import type { Functions } from './protocol.js';
import { startLocal, startThread, type Job, type Thread } from './thread.js';

export interface PoolOptions {
  /** Bundle that calls `serve` with the same functions; null: all runs on this thread. */
  file: string | null;
  /** Threads at most; they start when there is work for them. Default: one a core. */
  threads?: number | undefined;
}

/** One task that is computed and one that waits, so that a thread never does. */
const TASKS_A_THREAD = 2;

export type Product = typeof import('./functions.js');

/** The product's pool: with threads where the worker's bundle is, else (from sources) on this thread. */
export function openPool(threads?: number): Pool<Product> {
  const bundled = path.join(__dirname, 'worker.js');
  return new Pool<Product>(() => import('./functions.js'), { file: existsSync(bundled) ? bundled : null, threads });
}

export class Pool<Table extends Functions<Table>> {
  private readonly limit: number;
  private readonly file: string | null;
  private threads: Thread[] = [];
  private waiting: Job[] = [];
  private closed = false;

  /** @param functions the same as the workers', for this thread */
  constructor(
    private readonly functions: () => Promise<Table>,
    { file, threads = availableParallelism() }: PoolOptions,
  ) {
    this.file = file;
    this.limit = file === null ? 1 : Math.max(1, threads);
  }

  /**
   * @param load makes the input when its turn comes, so that of many jobs few inputs are in memory; it is called again
   * when the thread that had the job ended before. Its arrays are the pool's then: they are handed over, not copied.
   * @returns what the function returns
   * @throws Error with the message of the one that the function throws; an Error when its thread ends or the pool is
   * closed; what `load` throws; the signal's reason
   */
  run<Name extends keyof Table & string>(
    name: Name,
    load: () => Parameters<Table[Name]>[0] | Promise<Parameters<Table[Name]>[0]>,
    signal?: AbortSignal,
  ): Promise<ReturnType<Table[Name]>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.closed) throw closedError();
      const settle = (action: () => void): void => {
        if (job.done) return;
        job.done = true;
        signal?.removeEventListener('abort', abort);
        action();
      };
      const job: Job = {
        name,
        load,
        done: false,
        resolve: (output) => settle(() => resolve(output as ReturnType<Table[Name]>)),
        reject: (error) => settle(() => reject(error)),
      };
      const abort = (): void => job.reject(signal?.reason as Error);
      if (signal) setMaxListeners(0, signal); // a job each, as many as there are
      signal?.addEventListener('abort', abort);
      this.waiting.push(job);
      this.distribute();
    });
  }

  /** Ends all threads; what is not done is rejected. */
  async close(): Promise<void> {
    this.closed = true;
    const { threads } = this;
    for (const job of [...this.waiting, ...threads.flatMap(jobsOf)]) job.reject(closedError());
    this.waiting = [];
    this.threads = [];
    await Promise.all(threads.map((thread) => thread.end()));
  }

  private distribute(): void {
    for (let job = this.waiting[0]; job; job = this.waiting[0]) {
      const thread = job.done ? undefined : this.freeThread();
      if (!job.done && !thread) return;
      this.waiting.shift();
      if (thread) void this.give(thread, job);
    }
  }

  /** The least busy thread, or a new one rather than a second job for one. */
  private freeThread(): Thread | undefined {
    const load = (thread: Thread): number => thread.loading.size + thread.given.length;
    const [least] = this.threads.toSorted((a, b) => load(a) - load(b));
    if (least && (load(least) === 0 || this.threads.length === this.limit))
      return load(least) < TASKS_A_THREAD ? least : undefined;
    const thread: Thread =
      this.file === null
        ? startLocal(this.functions, () => this.distribute())
        : startThread(
            this.file,
            () => this.distribute(),
            (why) => this.replace(thread, why),
          );
    this.threads.push(thread);
    return thread;
  }

  private async give(thread: Thread, job: Job): Promise<void> {
    thread.loading.add(job);
    try {
      const input: unknown = await job.load();
      // A thread that ended meanwhile has given the job back.
      if (thread.loading.delete(job) && !job.done) thread.give(job, input);
      else this.distribute();
    } catch (error) {
      thread.loading.delete(job);
      job.reject(error as Error);
      this.distribute();
    }
  }

  /** The job that the thread was at has ended it; the others go to another one. */
  private replace(thread: Thread, why: string): void {
    if (!this.threads.includes(thread)) return;
    this.threads = this.threads.filter((other) => other !== thread);
    const [guilty, ...others] = jobsOf(thread);
    thread.loading.clear();
    guilty?.reject(new Error(why));
    this.waiting.unshift(...others);
    this.distribute();
  }
}

/** The one that is computed first. */
function jobsOf({ given, loading }: Thread): Job[] {
  return [...given, ...loading];
}

function closedError(): Error {
  return new Error('The pool of workers was closed before this was done.');
}
