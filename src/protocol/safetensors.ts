/**
 * The safetensors format (Hugging Face, format specification version 0.5): 8 bytes little-endian length N, N bytes of
 * JSON that maps each name to { dtype, shape, data_offsets }, then the tensors' bytes. Readable by Python as it is.
 */

export type TensorData = Float32Array | Int32Array | Uint8Array;

export interface NamedTensor {
  shape: number[];
  data: TensorData;
}

export interface TensorFile {
  tensors: Record<string, NamedTensor>;
  metadata: Record<string, string>;
}

/** The specification's bound on the header, which also bounds what a hostile file can make us parse. */
const MAX_HEADER_BYTES = 100_000_000;

const dtypes = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;
type Dtype = keyof typeof dtypes;

function dtypeOf(data: TensorData): Dtype {
  return data instanceof Float32Array ? 'F32' : data instanceof Int32Array ? 'I32' : 'U8';
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** @throws RangeError when a tensor's data does not fill its shape. */
export function encodeSafetensors({ tensors, metadata }: TensorFile): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  // Wider types first, so that every tensor starts at a multiple of its element size.
  const names = Object.keys(tensors).sort((a, b) => width(b) - width(a) || (a < b ? -1 : 1));
  function width(name: string): number {
    return tensors[name]?.data.BYTES_PER_ELEMENT ?? 0;
  }
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name] as NamedTensor;
    if (sizeOf(shape) !== data.length)
      throw new RangeError(`Tensor ${name}: shape [${shape.join(', ')}] does not hold ${data.length} values`);
    header[name] = { dtype: dtypeOf(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerBytes + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true);
  bytes.fill(0x20, 8, 8 + headerBytes);
  bytes.set(json, 8);
  let at = 8 + headerBytes;
  for (const name of names) {
    const { data } = tensors[name] as NamedTensor;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** @throws Error with what is wrong when the bytes are not a whole safetensors file of types that we write. */
export function decodeSafetensors(bytes: Uint8Array): TensorFile {
  if (bytes.length < 8) throw new Error('Not a safetensors file: shorter than 8 bytes');
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
  if (headerLength > MAX_HEADER_BYTES || 8 + headerLength > bytes.length)
    throw new Error('Not a safetensors file, or cut off: the header is longer than the file');
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength)));
  } catch {
    throw new Error('Not a safetensors file: the header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new Error('Not a safetensors file: the header is not an object');
  const body = bytes.subarray(8 + headerLength);
  const file: TensorFile = { tensors: Object.create(null) as Record<string, NamedTensor>, metadata: {} };
  for (const [name, entry] of Object.entries(header as Record<string, unknown>)) {
    if (name === '__metadata__') {
      for (const [key, value] of Object.entries(entry as Record<string, unknown>))
        if (typeof value === 'string') file.metadata[key] = value;
    } else file.tensors[name] = readTensor(name, entry, body);
  }
  return file;
}

function readTensor(name: string, entry: unknown, body: Uint8Array): NamedTensor {
  const { dtype, shape, data_offsets: offsets } = entry as { dtype?: unknown; shape?: unknown; data_offsets?: unknown };
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  if (typeof dtype !== 'string' || !(dtype in dtypes))
    throw new Error(`Tensor ${name}: type ${String(dtype)} is not one that is read here (F32, I32, U8)`);
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw new Error(`Tensor ${name}: its shape is not a list of sizes`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw new Error(`Tensor ${name}: its offsets are not two positions`);
  const [begin, end] = offsets as [number, number];
  const type = dtypes[dtype as Dtype];
  if (end > body.length || end - begin !== sizeOf(shape) * type.BYTES_PER_ELEMENT)
    throw new Error(`Tensor ${name}: the file is cut off, or its shape and offsets disagree`);
  // A copy: aligned, and free of the file's buffer. Node's Buffer has a slice of its own, which copies nothing.
  const raw = Uint8Array.prototype.slice.call(body, begin, end);
  return { shape, data: new type(raw.buffer, 0, sizeOf(shape)) };
}
