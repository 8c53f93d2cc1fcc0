import assert from 'node:assert/strict';
import { parquetReadObjects } from 'hyparquet';
import { decodeNpy } from '../../../../src/data/npyArray.js';
import { codeFormats, type NamedCodes } from '../../../../src/trainer/use/codeFile.js';

describe('Files of codes', () => {
  const batch = (values: number[], names: string[], labels: (string | null)[] | null): NamedCodes => ({
    count: names.length,
    width: 2,
    data: Float32Array.from(values),
    names,
    labels,
  });

  async function* both(labels: boolean): AsyncGenerator<NamedCodes> {
    yield batch([0.1, -2, 3e-8, 16777216], ['a.png', 'say "hi", you.png'], labels ? ['cat', null] : null);
    yield batch([1 / 3, 0], ['c'], labels ? ['dog,\n'] : null);
  }

  async function written(ending: string, labels: boolean): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of codeFormats[ending]!(both(labels), 3)) pieces.push(Buffer.from(piece as string));
    return Buffer.concat(pieces);
  }

  const values = [0.1, -2, 3e-8, 16777216, 1 / 3, 0].map(Math.fround);

  it('NPY: one array of all batches', async () => {
    const { shape, data } = decodeNpy(await written('.npy', true), 'codes.npy', '/codes.npy');
    assert.deepEqual(shape, [3, 2]);
    assert.deepEqual([...data], values);
  });

  it('CSV: names and labels are quoted where they must be, numbers are the same when they are read', async () => {
    assert.equal(
      (await written('.csv', true)).toString(),
      'name,label,code_0,code_1\na.png,cat,0.100000001,-2\n"say ""hi"", you.png",,2.99999989e-8,16777216\nc,"dog,\n",0.333333343,0\n',
    );
    const [head, ...lines] = (await written('.csv', false)).toString().trim().split('\n');
    assert.equal(head, 'name,code_0,code_1');
    const numbers = lines.flatMap((line) => line.split(',').slice(-2).map(Number).map(Math.fround));
    assert.deepEqual(numbers, values);
  });

  it('Parquet: names, labels where there are any, and codes as lists', async () => {
    const rows = async (labels: boolean) => {
      const bytes = await written('.parquet', labels);
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
      return (await parquetReadObjects({ file })) as Record<string, unknown>[];
    };
    const found = await rows(true);
    assert.deepEqual(
      found.map(({ name, label }) => [name, label ?? null]),
      [
        ['a.png', 'cat'],
        ['say "hi", you.png', null],
        ['c', 'dog,\n'],
      ],
    );
    assert.deepEqual(
      found.flatMap(({ code }) => Array.from(code as number[])),
      values,
    );
    assert.deepEqual(Object.keys((await rows(false))[0]!), ['name', 'code']);
  });
});
