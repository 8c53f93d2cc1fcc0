/**
 * Parquet files (Apache Parquet format 2.x, parquet.thrift), as plain as readers take them: uncompressed pages of the
 * encoding PLAIN, one page a column and row group.
 */

export type ParquetColumn = { name: string } &
  /** UTF-8; null only where it is optional. */
  (
    | { kind: 'text'; isOptional?: boolean }
    /** float32, as many in each row: a LIST of required elements. */
    | { kind: 'floats' }
  );

/** Of one column and row group: a text a row, or the numbers of all rows one after the other. */
export type ParquetValues = readonly (string | null)[] | Float32Array;

export interface ParquetRows {
  count: number;
  /** In the order of the columns. */
  values: ParquetValues[];
}

const MAGIC = Buffer.from('PAR1');
const CREATOR = 'Pretrain Studio';

/** Numbers of parquet.thrift. */
const Type = { float: 4, bytes: 6 } as const;
const Repetition = { required: 0, optional: 1, repeated: 2 } as const;
const Converted = { utf8: 0, list: 3 } as const;
const Encoding = { plain: 0, rle: 3 } as const;
const UNCOMPRESSED = 0;
const DATA_PAGE = 0;

/** Pieces of a file. @param groups become row groups; where there are none, the file has no rows */
export async function* parquetFile(
  columns: readonly ParquetColumn[],
  groups: AsyncIterable<ParquetRows>,
): AsyncGenerator<Uint8Array> {
  yield MAGIC;
  let offset = MAGIC.length;
  let rows = 0;
  const rowGroups: Struct[] = [];
  for await (const { count, values } of groups) {
    const chunks: Struct[] = [];
    const start = offset;
    for (const [i, column] of columns.entries()) {
      const page = pageOf(column, values[i] ?? [], count);
      chunks.push(chunkOf(column, page, offset));
      yield page.bytes;
      offset += page.bytes.length;
    }
    rowGroups.push([list(1, chunks), long(2, offset - start), long(3, count)]);
    rows += count;
  }
  const footer = encode([int(1, 1), list(2, schemaOf(columns)), long(3, rows), list(4, rowGroups), text(6, CREATOR)]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(footer.length);
  yield Buffer.concat([footer, length, MAGIC]);
}

interface Page {
  /** With its header. */
  bytes: Buffer;
  values: number;
}

function pageOf(column: ParquetColumn, given: ParquetValues, count: number): Page {
  const { body, values } =
    given instanceof Float32Array ? floatsBody(given, count) : textsBody(given, isOptional(column));
  const header = encode([
    int(1, DATA_PAGE),
    int(2, body.length),
    int(3, body.length),
    struct(5, [int(1, values), int(2, Encoding.plain), int(3, Encoding.rle), int(4, Encoding.rle)]),
  ]);
  return { bytes: Buffer.concat([header, body]), values };
}

function isOptional(column: ParquetColumn): boolean {
  return column.kind === 'text' && column.isOptional === true;
}

/** Repetition levels tell where a row begins, definition levels that nothing is missing. */
function floatsBody(data: Float32Array, count: number): { body: Buffer; values: number } {
  const width = count === 0 ? 0 : data.length / count;
  const repetition = Array.from({ length: count }, () => [run(1, 0), ...(width > 1 ? [run(width - 1, 1)] : [])]).flat();
  const bytes = Buffer.alloc(data.byteLength);
  data.forEach((value, i) => bytes.writeFloatLE(value, 4 * i));
  return { body: Buffer.concat([levels(repetition), levels([run(data.length, 1)]), bytes]), values: data.length };
}

function textsBody(texts: readonly (string | null)[], optional: boolean): { body: Buffer; values: number } {
  const parts: Buffer[] = optional ? [levels(texts.map((one) => run(1, one === null ? 0 : 1)))] : [];
  for (const one of texts) {
    if (one === null && optional) continue;
    const bytes = Buffer.from(one ?? '');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    parts.push(length, bytes);
  }
  return { body: Buffer.concat(parts), values: texts.length };
}

/** A run of the same level, of the hybrid encoding of run lengths and bits. */
function run(length: number, level: 0 | 1): Buffer {
  return Buffer.from([...varint(2 * length), level]);
}

function levels(runs: readonly Buffer[]): Buffer {
  const body = Buffer.concat(runs);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}

function chunkOf(column: ParquetColumn, { bytes, values }: Page, offset: number): Struct {
  const isText = column.kind === 'text';
  const path = isText ? [column.name] : [column.name, 'list', 'element'];
  return [
    long(2, offset),
    struct(3, [
      int(1, isText ? Type.bytes : Type.float),
      list(2, [Encoding.plain, Encoding.rle]),
      list(3, path),
      int(4, UNCOMPRESSED),
      long(5, values),
      long(6, bytes.length),
      long(7, bytes.length),
      long(9, offset),
    ]),
  ];
}

function schemaOf(columns: readonly ParquetColumn[]): Struct[] {
  return [
    [text(4, 'schema'), int(5, columns.length)],
    ...columns.flatMap((column): Struct[] =>
      column.kind === 'text'
        ? [
            [
              int(1, Type.bytes),
              int(3, isOptional(column) ? Repetition.optional : Repetition.required),
              text(4, column.name),
              int(6, Converted.utf8),
              struct(10, [struct(1, [])]),
            ],
          ]
        : [
            [
              int(3, Repetition.required),
              text(4, column.name),
              int(5, 1),
              int(6, Converted.list),
              struct(10, [struct(3, [])]),
            ],
            [int(3, Repetition.repeated), text(4, 'list'), int(5, 1)],
            [int(1, Type.float), int(3, Repetition.required), text(4, 'element')],
          ],
    ),
  ];
}

/** Thrift's compact protocol (thrift-compact-protocol.md): the fields of a structure, by ascending number. */
type Struct = readonly Field[];
interface Field {
  id: number;
  type: number;
  bytes: readonly number[] | Buffer;
}

const Compact = { int: 5, long: 6, binary: 8, list: 9, struct: 12 } as const;

const int = (id: number, value: number): Field => ({ id, type: Compact.int, bytes: varint(2 * value) });
const long = (id: number, value: number): Field => ({ id, type: Compact.long, bytes: varint(2 * value) });
const text = (id: number, value: string): Field => ({ id, type: Compact.binary, bytes: binary(value) });
const struct = (id: number, value: Struct): Field => ({ id, type: Compact.struct, bytes: encode(value) });

function list(id: number, values: readonly (Struct | string | number)[]): Field {
  const [first] = values;
  const type = typeof first === 'number' ? Compact.int : typeof first === 'string' ? Compact.binary : Compact.struct;
  const head = values.length < 15 ? [(values.length << 4) | type] : [0xf0 | type, ...varint(values.length)];
  const items = values.map((value) =>
    typeof value === 'number' ? varint(2 * value) : typeof value === 'string' ? binary(value) : encode(value),
  );
  return { id, type: Compact.list, bytes: Buffer.concat([Buffer.from(head), ...items.map((one) => Buffer.from(one))]) };
}

function encode(fields: Struct): Buffer {
  let last = 0;
  const parts = fields.map(({ id, type, bytes }) => {
    const head = Buffer.from([((id - last) << 4) | type]);
    last = id;
    return Buffer.concat([head, Buffer.from(bytes)]);
  });
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function binary(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(varint(bytes.length)), bytes]);
}

/** Unsigned, 7 bits a byte, the lowest first; what is signed is doubled before, as zigzag has it for what is not negative. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
