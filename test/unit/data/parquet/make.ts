/** A Parquet writer of a few lines, by parquet.thrift, in which everything can be told wrongly. */

/** Fields by number: whole numbers, byte strings, lists, structs; bigint for 64 bits. */
export interface Struct {
  [field: number]: number | bigint | string | boolean | Struct | (number | string | Struct)[] | undefined;
}

const I32 = 5;
const I64 = 6;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

export function varint(value: number | bigint): number[] {
  const out: number[] = [];
  let rest = BigInt(value);
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

function zigzag(value: number | bigint): number[] {
  const big = BigInt(value);
  return varint(big < 0n ? -2n * big - 1n : 2n * big);
}

type Value = Struct[number];

function typeOf(value: Value): number {
  if (typeof value === 'number') return I32;
  if (typeof value === 'bigint') return I64;
  if (typeof value === 'string') return BINARY;
  return Array.isArray(value) ? LIST : STRUCT;
}

function valueBytes(value: Value): number[] {
  if (typeof value === 'number' || typeof value === 'bigint') return zigzag(value);
  if (typeof value === 'string') {
    const bytes = Buffer.from(value);
    return [...varint(bytes.length), ...bytes];
  }
  if (Array.isArray(value)) {
    const list: Value[] = value;
    const type = typeOf(list[0] ?? 0);
    const head = list.length < 15 ? [(list.length << 4) | type] : [0xf0 | type, ...varint(list.length)];
    return [...head, ...list.flatMap((one) => valueBytes(one))];
  }
  return [...struct(value as Struct)];
}

/** In Thrift's compact protocol. */
export function struct(fields: Struct): Buffer {
  const out: number[] = [];
  let before = 0;
  for (const [key, value] of Object.entries<Value>(fields as Record<string, Value>)) {
    if (value === undefined) continue;
    const id = Number(key);
    const type = typeof value === 'boolean' ? (value ? 1 : 2) : typeOf(value);
    out.push(((id - before) << 4) | type);
    if (typeof value !== 'boolean') out.push(...valueBytes(value));
    before = id;
  }
  return Buffer.from([...out, 0]);
}

export function doubles(...values: number[]): Buffer {
  return Buffer.from(Float64Array.from(values).buffer);
}

/** A column "x" of doubles, in one page of one row group, unless told otherwise. */
export interface Parts {
  /** The page as stored. */
  body?: Buffer;
  rows?: number;
  /** By parquet.thrift, what is put over the usual fields. */
  page?: Struct;
  data?: Struct;
  /** Before the page, e.g. a dictionary. */
  before?: Buffer;
  schema?: (string | Struct)[];
  column?: Struct;
  chunk?: Struct;
  group?: Struct;
  file?: Struct;
  footer?: Buffer;
  footerLength?: number;
  end?: string;
}

export const ELEMENT: Struct = { 1: 5, 3: 0, 4: 'x' };

export function parquet(parts: Parts = {}): Buffer {
  const { body = doubles(1.5, 2.5, 4), rows = 3, before = Buffer.alloc(0), end = 'PAR1' } = parts;
  const header = struct({
    1: 0,
    2: body.length,
    3: body.length,
    5: { 1: rows, 2: 0, 3: 3, 4: 3, ...parts.data },
    ...parts.page,
  });
  const pages = Buffer.concat([before, header, body]);
  const column = {
    1: 5,
    2: [0],
    3: ['x'],
    4: 0,
    5: BigInt(rows),
    6: BigInt(pages.length),
    7: BigInt(pages.length),
    9: BigInt(4 + before.length),
    ...(before.length > 0 && { 11: 4n }),
    ...parts.column,
  };
  const group = { 1: [{ 2: 4n, 3: column, ...parts.chunk }], 2: BigInt(pages.length), 3: BigInt(rows), ...parts.group };
  const schema = (parts.schema ?? [{ 4: 'root', 5: 1 }, ELEMENT]) as Struct[];
  const footer = parts.footer ?? struct({ 1: 1, 2: schema, 3: BigInt(rows), 4: [group], ...parts.file });
  const length = Buffer.alloc(4);
  length.writeUInt32LE(parts.footerLength ?? footer.length);
  return Buffer.concat([Buffer.from('PAR1'), pages, footer, length, Buffer.from(end)]);
}
