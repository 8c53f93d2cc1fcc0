import assert from 'node:assert/strict';
import { decodeNpy } from '../../../src/data/npyArray.js';
import { npyHeader } from '../../../src/data/npyWrite.js';

describe('Writing NPY', () => {
  it('is as numpy.lib.format says, byte by byte', () => {
    const header = npyHeader([2, 3]);
    assert.equal(header.length % 64, 0);
    assert.deepEqual([...header.subarray(0, 10)], [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length - 10, 0]);
    // What numpy.save writes for np.zeros((2, 3), 'float32').
    const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
    assert.equal(header.subarray(10).toString('latin1'), `${text.padEnd(header.length - 11)}\n`);
  });

  it('is read back', () => {
    for (const shape of [[6], [2, 3], [1, 6]]) {
      const values = Buffer.from(Float32Array.of(0, -1.5, 2.25, 3, 4, 1e-30).buffer);
      const { shape: read, data } = decodeNpy(Buffer.concat([npyHeader(shape), values]), 'a.npy', '/a.npy');
      assert.deepEqual(read, shape);
      assert.deepEqual([...data].map(Number), [0, -1.5, 2.25, 3, 4, Math.fround(1e-30)]);
    }
  });
});
