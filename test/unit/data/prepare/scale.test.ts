import * as assert from 'node:assert/strict';
import { MemoryReader } from '../../../../src/data/memory.js';
import { rangeOf, scaled } from '../../../../src/data/prepare/scale.js';
import type { ExampleData, Reader } from '../../../../src/data/reader.js';

function reader(data: ExampleData, range: [number, number] | null = null): Reader {
  const count = data.length / 2;
  const info = {
    kind: 'array',
    format: 'test',
    path: '',
    count,
    shape: [2],
    range,
    classes: null,
    groups: null,
    problems: [],
    files: [],
  } as const;
  return new MemoryReader({ ...info, classes: null, problems: [], files: [], shape: [2], splits: [] }, null, [
    { data, count },
  ]);
}

describe('A reader in memory', () => {
  it('packs rows across its parts in the order asked for, into an array of its own', () => {
    const info = {
      kind: 'array',
      format: 'test',
      path: '',
      count: 3,
      shape: [2],
      range: null,
      classes: null,
      groups: null,
    } as const;
    const parts = [
      { data: Int32Array.of(1, 2, 3, 4), count: 2 },
      { data: Int32Array.of(5, 6), count: 1 },
    ];
    const memory = new MemoryReader({ ...info, shape: [2], splits: [], problems: [], files: [] }, null, parts);
    const batch = memory.read([2, 0, 2, 1]);
    assert.deepEqual([batch.count, batch.data], [4, Int32Array.of(5, 6, 1, 2, 5, 6, 3, 4)]);
    batch.data.fill(0);
    assert.deepEqual(memory.read([0]).data, Int32Array.of(1, 2));
    for (const position of [-1, 3, 0.5 + 3]) assert.throws(() => memory.read([position]), RangeError);
  });
});

describe('Preparing values', () => {
  it('maps bytes to value / 255', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const source = reader(bytes, [0, 255]);
    const out = scaled({ data: bytes }, await rangeOf(source, [0, 1]));
    assert.deepEqual(
      [...out],
      Array.from(bytes, (value) => Math.fround(value / 255)),
    );
  });

  it('maps other values by the range of the training examples only, and clamps what lies outside', async () => {
    const source = reader(Float32Array.of(-1, 0, 3, 1, 100, -100));
    const range = await rangeOf(source, [0, 1]);
    assert.deepEqual(range, [-1, 3]);
    assert.deepEqual([...scaled({ data: Float32Array.of(-1, 0, 1, 3, 100, -100) }, range)], [0, 0.25, 0.5, 1, 1, 0]);
  });

  it('keeps the range that the format gives', async () => {
    assert.deepEqual(await rangeOf(reader(Float32Array.of(0.2, 0.5), [0, 1]), [0]), [0, 1]);
    assert.deepEqual([...scaled({ data: Uint8Array.of(0, 1) }, [0, 1])], [0, 1]);
  });

  it('writes to the array that it is given, and maps constant data to 0', () => {
    const out = new Float32Array(4).fill(9);
    assert.equal(scaled({ data: Int32Array.of(7, 7) }, [7, 7], out), out);
    assert.deepEqual([...out], [0, 0, 9, 9]);
    assert.throws(() => scaled({ data: new Uint8Array(5) }, [0, 255], out), RangeError);
  });
});
