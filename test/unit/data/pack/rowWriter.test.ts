import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { RowWriter } from '../../../../src/data/pack/rowWriter.js';
import { stream } from '../../../../src/protocol/random.js';

describe('A writer of rows', () => {
  /** A file in memory that takes its time, and not always all of what it is given. */
  function file(length: number) {
    const content = Buffer.alloc(length);
    const calls: number[] = [];
    const write = async (bytes: Uint8Array, from: number, count: number, at: number) => {
      await setTimeout(calls.length % 3);
      const bytesWritten = calls.length % 5 === 4 ? Math.ceil(count / 2) : count;
      content.set(bytes.subarray(from, from + bytesWritten), at);
      calls.push(bytesWritten);
      return { bytesWritten, buffer: bytes };
    };
    return { content, calls, handle: { write: write as never } };
  }
  const row = (i: number, bytes: number) => Uint8Array.from({ length: bytes }, (_, k) => (7 * i + k + 1) % 251);

  for (const [bytes, buffered] of [
    [3, 10],
    [3, 12],
    [8, 10],
    [20, 10],
  ] as const)
    it(`puts rows of ${bytes} bytes where they belong, in any order, with a buffer of ${buffered}`, async () => {
      const expected = Buffer.concat(Array.from({ length: 40 }, (_, i) => row(i, bytes)));
      for (const shuffled of [false, true]) {
        const { content, handle } = file(expected.length);
        const writer = new RowWriter(handle, buffered);
        const order = shuffled ? stream(1, 'rows').permutation(40) : Int32Array.from({ length: 40 }, (_, i) => i);
        await Promise.all([...order].map(async (i) => writer.write(row(i, bytes), i * bytes)));
        await writer.flush();
        assert.deepEqual(content, expected);
      }
    });

  it('writes rows that follow each other together', async () => {
    const { content, calls, handle } = file(3000);
    const writer = new RowWriter(handle, 100_000);
    for (let i = 0; i < 1000; i++) await writer.write(row(i, 3), 3 * i);
    await writer.flush();
    assert.deepEqual([calls.length, content[2999]], [1, row(999, 3)[2]]);
  });

  it('passes on that the disk is full', async () => {
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    const writer = new RowWriter({ write: () => Promise.reject(full) });
    await writer.write(row(1, 3), 3);
    await assert.rejects(writer.flush(), full);
  });
});
