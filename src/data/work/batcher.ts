/** Examples for all cores, a few at a time: handing over one alone costs as much as preparing a small one. */
import { availableParallelism } from 'node:os';
import { DataError } from '../reader.js';
import type { Failure, StoredExample } from './functions.js';
import { openPool, type Pool, type Product } from './pool.js';

/** Has the pool do its work on some examples, which it is to get from `examples`. A result or an error each, in their order. */
export type Work<Result> = (pool: Pool<Product>, examples: () => StoredExample[]) => Promise<(Result | Failure)[]>;

/** Examples handed over together. */
const BATCH = 16;
/** An incomplete batch does not wait longer for the rest. */
const PATIENCE_MILLISECONDS = 5;

interface Waiting<Result> {
  example: Buffer;
  name: string;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

export class Batcher<Result extends object> {
  /** So many examples keep all threads busy, and one batch waiting for each. */
  readonly concurrency = 2 * BATCH * availableParallelism();
  private readonly pool = openPool();
  private waiting: Waiting<Result>[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly work: Work<Result>) {}

  /** @param example a file's bytes @throws Error with the reason that the work gives, or for which it cannot be done */
  run(example: Buffer, name: string): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ example, name, resolve, reject });
      if (this.waiting.length >= BATCH) this.send();
      else this.timer ??= setTimeout(() => this.send(), PATIENCE_MILLISECONDS);
    });
  }

  close(): Promise<void> {
    clearTimeout(this.timer);
    return this.pool.close();
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batch = this.waiting;
    this.waiting = [];
    // The pool takes what it is given; a content may be a part of a larger one, so it gets a copy.
    const examples = (): StoredExample[] =>
      batch.map(({ example, name }) => ({ bytes: Uint8Array.from(example), name }));
    this.work(this.pool, examples).then(
      (results) =>
        batch.forEach(({ resolve, reject }, i) => {
          const result = results[i];
          if (result === undefined) reject(new Error('It has no result'));
          else if ('error' in result) reject(errorOf(result));
          else resolve(result);
        }),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  }
}

function errorOf({ error, data }: Failure): Error {
  return data ? new DataError(error, data.file, data.advice) : new Error(error);
}
