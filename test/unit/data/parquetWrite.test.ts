import assert from 'node:assert/strict';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetFile, type ParquetColumn, type ParquetRows } from '../../../src/data/parquetWrite.js';

describe('A Parquet file that is written', () => {
  const columns: ParquetColumn[] = [
    { name: 'name', kind: 'text' },
    { name: 'label', kind: 'text', isOptional: true },
    { name: 'code', kind: 'floats' },
  ];

  async function written(groups: ParquetRows[], of = columns): Promise<ArrayBuffer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of parquetFile(of, groupsOf(groups))) pieces.push(piece);
    const bytes = Buffer.concat(pieces);
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
  }

  async function* groupsOf(groups: ParquetRows[]): AsyncGenerator<ParquetRows> {
    yield* groups;
  }

  const read = async (file: ArrayBuffer) => (await parquetReadObjects({ file })) as Record<string, unknown>[];

  it('is read by hyparquet as it was given: texts, missing labels, lists of floats, several row groups', async () => {
    const groups = [
      { count: 2, values: [['a.png', 'ü "b", c'], ['cat', null], Float32Array.of(1.5, -2, 3e-8, 4, 5, 6)] },
      { count: 1, values: [['三'], ['dog'], Float32Array.of(0.1, 0, -0)] },
    ];
    const rows = await read(await written(groups));
    assert.deepEqual(
      rows.map(({ name, label }) => [name, label ?? null]),
      [
        ['a.png', 'cat'],
        ['ü "b", c', null],
        ['三', 'dog'],
      ],
    );
    assert.deepEqual(
      rows.map(({ code }) => Array.from(code as number[])),
      [
        [1.5, -2, Math.fround(3e-8)],
        [4, 5, 6],
        [Math.fround(0.1), 0, -0],
      ],
    );
  });

  it('tells its rows, row groups and types', async () => {
    const values = [Array.from({ length: 300 }, (_, i) => `${i}`), Array<null>(300).fill(null), new Float32Array(600)];
    const metadata = parquetMetadata(await written(Array.from({ length: 20 }, () => ({ count: 300, values }))));
    assert.deepEqual([Number(metadata.num_rows), metadata.row_groups.length], [6000, 20]);
    assert.deepEqual(
      metadata.schema.map(({ name, type, repetition_type }) => [name, type, repetition_type]),
      [
        ['schema', undefined, undefined],
        ['name', 'BYTE_ARRAY', 'REQUIRED'],
        ['label', 'BYTE_ARRAY', 'OPTIONAL'],
        ['code', undefined, 'REQUIRED'],
        ['list', undefined, 'REPEATED'],
        ['element', 'FLOAT', 'REQUIRED'],
      ],
    );
  });

  it('may hold lists of one number, or no rows at all', async () => {
    const one = await read(await written([{ count: 2, values: [['a', 'b'], [null, null], Float32Array.of(7, 8)] }]));
    assert.deepEqual(
      one.map(({ code }) => Array.from(code as number[])),
      [[7], [8]],
    );
    assert.deepEqual(await read(await written([])), []);
  });
});
