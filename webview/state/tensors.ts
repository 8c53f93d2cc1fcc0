import type { NamedTensor, TensorFile } from '../../src/protocol/safetensors.js';

/** Reading the tensors of a sample's file, which may hold anything. Each throws an Error that says what is wrong. */

/** Pictures one after the other, each height x width x channels, channels 1 or 3. */
export interface Pictures<Data extends Uint8Array | Float32Array> {
  count: number;
  height: number;
  width: number;
  channels: number;
  data: Data;
}

/** Examples as a person sees them: pictures of them, or their texts. */
export type Examples = { count: number } & (
  { pictures: Pictures<Uint8Array>; texts: null } | { pictures: null; texts: string[] }
);

/** Row by row. */
export interface Matrix {
  rows: number;
  columns: number;
  data: Float32Array;
}

export function readExamples(file: TensorFile, name: unknown): Examples {
  const { data, shape } = tensorNamed(file, name) ?? { data: null, shape: [] };
  if (data instanceof Float32Array && shape.length === 2) {
    const { columns, rows } = readCells(file, name);
    const cell = (text: string, i: number): string => `${columns[i]?.name ?? ''} ${text}`;
    return { count: rows.length, pictures: null, texts: rows.map((cells) => cells.map(cell).join(' · ')) };
  }
  if (!(data instanceof Int32Array)) {
    const pictures = bytePictures(file, name);
    return { count: pictures.count, pictures, texts: null };
  }
  const word = wordsOf(file);
  const texts = tokenRows(file, name).map((ids) => Array.from(ids, (id) => word(id) ?? '').join(''));
  return { count: texts.length, pictures: null, texts: texts.map((words) => words.trim()) };
}

/** Rows of a table. */
export interface Cells {
  columns: { name: string; width: number }[];
  /** As many texts as columns each. */
  rows: string[][];
}

export function readCells(file: TensorFile, name: unknown): Cells {
  const columns: unknown = JSON.parse(file.metadata['columns'] ?? 'null');
  const all: unknown = JSON.parse(file.metadata['rows'] ?? '{}');
  const rows: unknown =
    typeof all === 'object' && all !== null && typeof name === 'string' && Object.hasOwn(all, name)
      ? (all as Record<string, unknown>)[name]
      : null;
  if (!Array.isArray(columns) || !Array.isArray(rows) || rows.length !== (tensorNamed(file, name)?.shape[0] ?? 0))
    throw new Error(`Its metadata do not say what the rows of ${String(name)} are`);
  const known = (columns as unknown[]).slice(0, MAX_COLUMNS).map((column) => {
    const { name, width } = (column ?? {}) as Record<string, unknown>;
    return { name: text(name), width: typeof width === 'number' && width >= 1 ? Math.floor(width) : 1 };
  });
  return {
    columns: known,
    rows: (rows as unknown[]).map((row) => known.map((_, i) => text(Array.isArray(row) ? row[i] : ''))),
  };
}

const MAX_COLUMNS = 100;

/** The text of an id, null where there is nothing. */
export function wordsOf(file: TensorFile): (id: number) => string | null {
  const words: unknown = JSON.parse(file.metadata['tokens'] ?? '{}');
  const known = typeof words === 'object' && words !== null ? (words as Record<string, unknown>) : {};
  return (id) => (id < 0 ? null : Object.hasOwn(known, id) ? text(known[id]) : `[${String(id)}]`);
}

export function tokenRows(file: TensorFile, name: unknown): Int32Array[] {
  const tensor = tensorNamed(file, name);
  const [rows = 0, length = 0] = tensor?.shape ?? [];
  if (!(tensor?.data instanceof Int32Array) || tensor.shape.length !== 2 || rows < 1 || length < 1)
    throw new Error(`Tensor ${String(name)} is not a list of texts`);
  const { data } = tensor;
  return Array.from({ length: rows }, (_, row) => data.subarray(row * length, (row + 1) * length));
}

export function floatMatrix(file: TensorFile, name: unknown): Matrix {
  const tensor = tensorNamed(file, name);
  const [rows = 0, columns = 0] = tensor?.shape ?? [];
  if (!(tensor?.data instanceof Float32Array) || tensor.shape.length !== 2 || rows < 1 || columns < 1)
    throw new Error(`Tensor ${String(name)} is not a matrix of numbers`);
  return { rows, columns, data: tensor.data };
}

export function bytePictures(file: TensorFile, name: unknown): Pictures<Uint8Array> {
  const { tensor, shape } = pictureTensor(file, name);
  if (!(tensor.data instanceof Uint8Array)) throw new Error(`Tensor ${String(name)} is not of type U8`);
  return { ...shape, data: tensor.data };
}

export function pictureTensor(file: TensorFile, name: unknown): { tensor: NamedTensor; shape: PictureShape } {
  const tensor = tensorNamed(file, name);
  if (!tensor) throw new Error(`Tensor ${String(name)} is not in the file`);
  const [count = 0, height = 0, width = 0, channels = 0] = tensor.shape;
  if (tensor.shape.length !== 4 || count < 1 || height < 1 || width < 1 || (channels !== 1 && channels !== 3))
    throw new Error(
      `Tensor ${String(name)} has shape [${tensor.shape.join(', ')}], not [count, height, width, 1 or 3]`,
    );
  return { tensor, shape: { count, height, width, channels } };
}

interface PictureShape {
  count: number;
  height: number;
  width: number;
  channels: number;
}

export function tensorNamed(file: TensorFile, name: unknown): NamedTensor | undefined {
  return typeof name === 'string' ? file.tensors[name] : undefined;
}

/** Of a file that may be anything, some. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '';
}
