import assert from 'node:assert/strict';
import { decodeSafetensors, encodeSafetensors } from '../../../src/protocol/safetensors.js';

const file = {
  tensors: {
    bytes: { shape: [3], data: Uint8Array.of(1, 2, 255) },
    'encoder/dense_1/kernel': { shape: [2, 2], data: Float32Array.of(1, -2.5, 3e-10, Infinity) },
    whole: { shape: [], data: Int32Array.of(-7) },
    nothing: { shape: [0, 4], data: new Float32Array(0) },
  },
  metadata: { step: '12' },
};

describe('safetensors', () => {
  it('gives back what was written', () =>
    assert.deepEqual(
      {
        ...decodeSafetensors(encodeSafetensors(file)),
        tensors: { ...decodeSafetensors(encodeSafetensors(file)).tensors },
      },
      file,
    ));

  it('reads from the middle of a Buffer, whose slice copies nothing', () => {
    const encoded = encodeSafetensors(file);
    const buffer = Buffer.concat([Buffer.alloc(5, 9), encoded]).subarray(5);
    const { tensors } = decodeSafetensors(buffer);
    assert.deepEqual(tensors['encoder/dense_1/kernel'], file.tensors['encoder/dense_1/kernel']);
    buffer.fill(0);
    assert.deepEqual(tensors['bytes'], file.tensors.bytes, 'a copy of its own');
  });

  it('aligns its data to 8 bytes, however long its names are', () => {
    for (const name of ['w', 'ww', 'www', 'wwww', 'wwwww', 'wwwwww', 'wwwwwww', 'wwwwwwww']) {
      const bytes = encodeSafetensors({ tensors: { [name]: { shape: [1], data: Float32Array.of(1) } }, metadata: {} });
      assert.equal(new DataView(bytes.buffer).getBigUint64(0, true) % 8n, 0n);
      assert.equal(decodeSafetensors(bytes).tensors[name]!.data[0], 1);
    }
  });

  it('is laid out as the specification says', () => {
    const bytes = encodeSafetensors({ tensors: { w: { shape: [1, 2], data: Float32Array.of(1, 2) } }, metadata: {} });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    assert.deepEqual(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
      w: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
    });
    assert.equal(bytes[8], 0x7b, 'the header begins with {');
    assert.equal((8 + length) % 8, 0, 'the data are aligned');
    assert.deepEqual(Array.from(bytes.subarray(8 + length)), [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
  });

  it('refuses to write a tensor whose data does not fill its shape', () =>
    assert.throws(
      () => encodeSafetensors({ tensors: { w: { shape: [3], data: Float32Array.of(1) } }, metadata: {} }),
      /w: shape \[3\] does not hold 1/,
    ));

  const header = (json: string, data = 0) =>
    Buffer.concat([
      Buffer.from(new BigUint64Array([BigInt(json.length)]).buffer),
      Buffer.from(json),
      Buffer.alloc(data),
    ]);
  const broken: [string, Uint8Array, RegExp][] = [
    ['is empty', new Uint8Array(0), /shorter than 8/],
    ['promises a header longer than itself', header('{}').subarray(0, 9), /cut off/],
    ['promises a header of 2^63 bytes', Buffer.from('ffffffffffffff7f7b7d', 'hex'), /cut off/],
    ['has a header that is no JSON', header('{"w":'), /not JSON/],
    ['has a header that is no object', header('[]'), /not an object/],
    [
      'has a tensor beyond its end',
      header('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4),
      /w: the file is cut off/,
    ],
    [
      'has offsets that disagree with the shape',
      header('{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 8),
      /disagree/,
    ],
    ['has offsets backwards', header('{"w":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}}', 8), /disagree/],
    ['has a negative offset', header('{"w":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}}', 8), /positions/],
    ['has a size of 1e300', header('{"w":{"dtype":"U8","shape":[1e300],"data_offsets":[0,8]}}', 8), /sizes/],
    ['has a type that we do not write', header('{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}', 8), /F64/],
    ['has null for a tensor', header('{"w":null}'), /./],
  ];
  for (const [what, bytes, message] of broken)
    it(`refuses a file that ${what}, by name`, () => assert.throws(() => decodeSafetensors(bytes), message));

  it('takes a tensor called __proto__ for a name like any other', () => {
    const { tensors } = decodeSafetensors(header('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1));
    assert.deepEqual(Object.keys(tensors), ['__proto__']);
    assert.equal(({} as { shape?: unknown }).shape, undefined);
  });
});
