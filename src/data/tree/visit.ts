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
