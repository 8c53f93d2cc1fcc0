/** One array in NumPy's NPY format (numpy.lib.format, versions 1.0, 2.0 and 3.0). */
import { formatCount, t } from '../protocol/l10n.js';
import { numberBytes, decodeNumbers, sizeOf, type NumberType, type StoredArray } from './numbers.js';
import { DataError, type ExampleData } from './reader.js';

const MAGIC = '\x93NUMPY';
export const MAX_HEADER_BYTES = 1024 * 1024;

const types: Record<string, NumberType> = {
  b1: 'bool',
  u1: 'uint8',
  i1: 'int8',
  u2: 'uint16',
  i2: 'int16',
  f2: 'float16',
  u4: 'uint32',
  i4: 'int32',
  f4: 'float32',
  u8: 'uint64',
  i8: 'int64',
  f8: 'float64',
};

/** Text, e.g. class names: fixed width, one value an element. */
export interface StoredText {
  shape: number[];
  type: 'text';
  data: string[];
}

/**
 * @param bytes the whole file
 * @param name and `file` for messages
 * @throws DataError when it is no NPY file, not whole, or holds something else than numbers or text
 */
export function decodeNpy(bytes: Buffer, name: string, file: string): StoredArray | StoredText {
  const header = parseNpyHeader(bytes, name, file);
  const { shape, fortran, offset } = header;
  const size = sizeOf(shape);
  const width = header.text ? header.text.width * (header.text.unicode ? 4 : 1) : numberBytes[header.number];
  const promised = offset + (size ?? Infinity) * width;
  if (size === null || bytes.length !== promised)
    throw new DataError(
      t(
        '{0} is cut off or has the wrong size: its header promises [{1}] values of {2}, {3} bytes with the header, but it holds {4}.',
        name,
        shape.join(', '),
        header.descr,
        formatCount(promised),
        formatCount(bytes.length),
      ),
      file,
      t('Download, copy or save it again.'),
    );
  const body = bytes.subarray(offset);
  if (header.text) {
    const data = decodeText(body, size, header.text, header.littleEndian);
    return { shape, type: 'text', data };
  }
  const data = decodeNumbers(body, header.number, header.littleEndian);
  return { shape, type: header.number, data: fortran ? toRowMajor(data, shape) : data };
}

export interface NpyHeader {
  descr: string;
  number: NumberType;
  /** Instead of `number`: characters an element. */
  text: { width: number; unicode: boolean } | null;
  littleEndian: boolean;
  fortran: boolean;
  shape: number[];
  offset: number;
}

/** @param bytes the file, or its beginning with the whole header @throws DataError */
export function parseNpyHeader(bytes: Buffer, name: string, file: string): NpyHeader {
  const damaged = (what: string): DataError =>
    new DataError(
      t('{0} is no NPY file, or it is damaged: {1}.', name, what),
      file,
      t('Download, copy or save it again.'),
    );
  if (bytes.length < 12 || bytes.toString('latin1', 0, 6) !== MAGIC)
    throw damaged(t('it does not begin with "\\x93NUMPY"'));
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    throw new DataError(
      t('{0} has version {1} of the NPY format; 1 to 3 are read.', name, version),
      file,
      t('Save it with numpy.save of NumPy 1 or 2.'),
    );
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  if (length > MAX_HEADER_BYTES || start + length > bytes.length) throw damaged(t('its header is cut off'));
  const header = bytes.toString(version === 3 ? 'utf8' : 'latin1', start, start + length);
  const descr = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d\s,L]*)\)/.exec(header)?.[1];
  if (descr === undefined && /'descr':\s*\[/.test(header))
    throw new DataError(
      t('{0} holds records of named fields, not plain numbers.', name),
      file,
      t('Save each field as an array of its own.'),
    );
  if (descr === undefined || order === undefined || shape === undefined)
    throw damaged(t('its header does not give descr, fortran_order and shape'));
  if (descr.includes('O'))
    throw new DataError(
      t('{0} holds Python objects (pickle), which are not read: they could run programs.', name),
      file,
      t('Save it as an array of numbers: all rows equally long, for example array.astype("float32").'),
    );
  const match = /^([<>|=]?)([biufUS])(\d+)$/.exec(descr);
  const kind = `${match?.[2] ?? ''}${match?.[3] ?? ''}`;
  const width = Number(match?.[3]);
  const text = width > 0 && (match?.[2] === 'U' || match?.[2] === 'S') ? { width, unicode: match[2] === 'U' } : null;
  const number = Object.hasOwn(types, kind) ? types[kind] : undefined;
  if (!text && !number)
    throw new DataError(
      t('{0} holds values of type {1}, which are not read.', name, descr),
      file,
      t('Save it as uint8, int8 to int64, float16 to float64 or bool.'),
    );
  return {
    descr,
    number: number ?? 'uint8',
    text,
    littleEndian: match?.[1] !== '>',
    fortran: order === 'True',
    shape: shape
      .split(',')
      .map((part) => part.replace('L', '').trim())
      .filter((part) => part !== '')
      .map(Number),
    offset: start + length,
  };
}

/** From Fortran order (first dimension fastest) to C order (last dimension fastest). */
function toRowMajor(data: ExampleData, shape: number[]): ExampleData {
  const [count = 1] = shape;
  const rowSize = count === 0 ? 0 : data.length / count;
  const out = data.slice();
  const index = new Array<number>(shape.length).fill(0);
  for (let column = 0; column < rowSize; column++) {
    let from = 0;
    let stride = count;
    for (let d = 1; d < shape.length; d++) {
      from += (index[d] ?? 0) * stride;
      stride *= shape[d] ?? 1;
    }
    for (let row = 0; row < count; row++) out[row * rowSize + column] = data[from + row] as number;
    for (let d = shape.length - 1; d >= 1; d--) {
      const next = (index[d] ?? 0) + 1;
      index[d] = next === shape[d] ? 0 : next;
      if (next !== shape[d]) break;
    }
  }
  return out;
}

function decodeText(
  bytes: Buffer,
  size: number,
  { width, unicode }: { width: number; unicode: boolean },
  littleEndian: boolean,
): string[] {
  return Array.from({ length: size }, (_, i) => {
    if (!unicode) return bytes.toString('utf8', i * width, (i + 1) * width).replace(/\0+$/, '');
    let text = '';
    for (let at = i * width * 4; at < (i + 1) * width * 4; at += 4) {
      const code = littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
      if (code === 0) break;
      text += String.fromCodePoint(Math.min(code, 0x10ffff));
    }
    return text;
  });
}
