/** Examples prepared by all cores, a few at a time: handing over one alone costs as much as preparing a small one. */
import { availableParallelism } from 'node:os';
import type { ExampleData } from '../reader.js';
import type { PrepareTask } from '../work/functions.js';
import { openPool } from '../work/pool.js';

export type ParallelPreparation = PrepareTask['preparation'];

/** Examples handed over together. */
const BATCH = 16;
/** An incomplete batch does not wait longer for the rest. */
const PATIENCE_MILLISECONDS = 5;

interface Waiting {
  example: Buffer;
  name: string;
  resolve: (values: ExampleData) => void;
  reject: (error: unknown) => void;
}

export class Batcher {
  /** So many examples keep all threads busy, and one batch waiting for each. */
  readonly concurrency = 2 * BATCH * availableParallelism();
  private readonly pool = openPool();
  private waiting: Waiting[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly preparation: ParallelPreparation,
    private readonly signal: AbortSignal | undefined,
  ) {}

  /** @throws Error with the reason when the example cannot be prepared; the signal's reason */
  prepare(example: Buffer, name: string): Promise<ExampleData> {
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
    const load = (): PrepareTask => ({
      preparation: this.preparation,
      examples: batch.map(({ example, name }) => ({ bytes: Uint8Array.from(example), name })),
    });
    this.pool.run('prepareExamples', load, this.signal).then(
      (results) =>
        batch.forEach(({ resolve, reject }, i) => {
          const result = results[i];
          if (result === undefined || 'error' in result) reject(new Error(result?.error ?? 'It has no result'));
          else resolve(result);
        }),
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  }
}
