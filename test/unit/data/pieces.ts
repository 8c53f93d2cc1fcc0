/** Streams of bytes for the tests of text and tables. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { DataError } from '../../../src/data/reader.js';

/** The content in pieces of `size` bytes, however badly that cuts it. */
export async function* pieces(content: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

/** That an error names its file and a place in it, says something like `says`, advises, and is no stack trace. */
export function assertTold(error: unknown, file: string, ...says: RegExp[]): void {
  assert.ok(error instanceof DataError, `not a DataError: ${String(error)}`);
  assert.equal(error.file, file);
  assert.ok(error.message.includes(path.basename(file)), error.message);
  assert.doesNotMatch(error.message, /undefined|\[object|\n {4}at /);
  assert.ok(error.advice, 'no advice');
  for (const say of says) assert.match(error.message, say);
}
