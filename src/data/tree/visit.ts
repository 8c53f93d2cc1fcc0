/** Visiting contents a few at a time. */
import { DataError } from '../reader.js';
import type { ContentsOptions, DataFile } from './tree.js';

export const CONCURRENCY = 8;

export type Visit = (file: DataFile, content: Buffer | DataError) => void | Promise<void>;

/** {@link Tree.contents} where each file can be read by itself: in the given order. */
export async function visitEach(
  files: readonly DataFile[],
  visit: Visit,
  { signal, most, concurrency = CONCURRENCY, onProgress }: ContentsOptions = {},
): Promise<void> {
  let next = 0;
  let done = 0;
  let failed = false;
  const options = { ...(signal && { signal }), ...(most !== undefined && { most }) };
  const work = async (): Promise<void> => {
    for (let file = files[next++]; file && !failed; file = files[next++]) {
      signal?.throwIfAborted();
      await visit(file, await contentOrError(file.read(options)));
      onProgress?.(++done / files.length);
    }
  };
  const works = Array.from({ length: Math.min(concurrency, files.length) }, () =>
    work().catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
  const [failure] = (await Promise.allSettled(works)).filter(({ status }) => status === 'rejected');
  if (failure?.status === 'rejected') throw failure.reason;
}

/** @throws what is no DataError */
export async function contentOrError(content: Promise<Buffer>): Promise<Buffer | DataError> {
  try {
    return await content;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

/** Visits that are started one after the other, a few under way at once. */
export class Visits {
  private readonly underWay = new Set<Promise<void>>();
  private failure: { error: unknown } | null = null;

  constructor(
    private readonly visit: Visit,
    private readonly concurrency = CONCURRENCY,
  ) {}

  /** Waits until it may start. @throws what an earlier visit threw */
  async start(file: DataFile, content: Buffer | DataError): Promise<void> {
    while (this.underWay.size >= this.concurrency) await Promise.race(this.underWay);
    if (this.failure) throw this.failure.error;
    const visit = (async () => this.visit(file, content))()
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.underWay.delete(visit));
    this.underWay.add(visit);
  }

  /** Waits for all. @throws what a visit threw */
  async end(): Promise<void> {
    await Promise.all(this.underWay);
    if (this.failure) throw this.failure.error;
  }
}

/** Each file once, by its place in an archive. */
export function inOrderOf(files: readonly DataFile[], place: (file: DataFile) => number | undefined): DataFile[] {
  return [...new Set(files)].sort((a, b) => (place(a) ?? 0) - (place(b) ?? 0));
}
