/** Files for the tests of the readers, made by means of their own. */
import * as assert from 'node:assert/strict';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import * as jpeg from 'jpeg-js';
import type { Context } from 'mocha';
import { PNG } from 'pngjs';
import { prepareDataset, type Prepared } from '../../../src/data/prepare/index.js';
import { DataError, type Batch, type Collection, type Reader } from '../../../src/data/reader.js';
import { filled } from '../../../src/recipe/defaults.js';
import type { JsonSchema } from '../../../src/recipe/description.js';
import type { DataOptions } from '../../../src/recipe/recipe.js';

/** A folder that is removed after the test suite that asks for it. */
export function temporaryFolder(): (...names: string[]) => string {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'pretrain-data-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return (...names) => path.join(folder, ...names);
}

/** Whom no file of these tests belongs to, on Linux and macOS. */
const NOBODY = 65534;

/**
 * Does `action` while nobody may read some files or list some folders; as nobody where one is root, who may all the same.
 * Skips the test, and says so, where permissions bind neither.
 * @param folder where the test's files are
 */
export async function whileClosed(
  test: Context,
  folder: string,
  closed: readonly string[],
  action: () => Promise<void>,
): Promise<void> {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) chmodSync(folder, 0o755);
  const modes = closed.map((file) => statSync(file).mode);
  for (const file of closed) chmodSync(file, 0);
  try {
    if (isRoot) process.seteuid?.(NOBODY);
    if (isReadable(closed[0])) {
      console.log('      skipped: permissions bind nobody here');
      test.skip();
    }
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
    closed.forEach((file, i) => chmodSync(file, modes[i] ?? 0o755)); // or they could not be removed
  }
}

function isReadable(file = ''): boolean {
  try {
    closeSync(openSync(file, 'r')); // access(2) asks for the real user
    return true;
  } catch {
    return false;
  }
}

/** Writes a file, making its folder. @returns its path */
export function put(file: string, content: Uint8Array | string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** IDX as its specification says: `values` are written by `write`, big-endian, `width` bytes each. */
export function idx(type: number, shape: number[], values: number[], width = 1, write = 'writeUInt8'): Buffer {
  const bytes = Buffer.alloc(4 + 4 * shape.length + values.length * width);
  bytes.set([0, 0, type, shape.length]);
  shape.forEach((dimension, i) => bytes.writeUInt32BE(dimension, 4 + 4 * i));
  const writer = bytes as unknown as Record<string, (value: number, at: number) => void>;
  values.forEach((value, i) => writer[write]!(value, 4 + 4 * shape.length + i * width));
  return bytes;
}

/** 0, 1, 2, ... below 256, starting anew. */
export function counting(length: number): number[] {
  return Array.from({ length }, (_, i) => i % 256);
}

/** An NPY file of version 1. */
export function npy(descr: string, shape: number[], body: Uint8Array, fortran = false): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n';
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, Buffer.from(header, 'latin1'), body]);
}

export function float32(values: number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(values).buffer);
}

export type Colour = [red: number, green: number, blue: number, alpha?: number];

function rgba(width: number, height: number, colour: Colour): Buffer {
  const [red, green, blue, alpha = 255] = colour;
  return Buffer.from(Array.from({ length: width * height }, () => [red, green, blue, alpha]).flat());
}

/** One colour. @param colorType 0 grey, 2 RGB, 4 grey with alpha, 6 RGB with alpha */
export function png(width: number, height: number, colour: Colour, colorType: 0 | 2 | 4 | 6 = 6): Buffer {
  const image = new PNG({ width, height });
  image.data = rgba(width, height, colour);
  return PNG.sync.write(image, { colorType, inputColorType: 6 });
}

export function jpg(width: number, height: number, colour: Colour): Buffer {
  return jpeg.encode({ width, height, data: rgba(width, height, colour) }, 100).data;
}

/** All examples. */
export async function readAll(dataset: Reader | Collection, options: Partial<DataOptions> = {}): Promise<Batch> {
  const { reader } = await prepared(dataset, options);
  return reader.read(Array.from({ length: dataset.info.count }, (_, i) => i));
}

/** What a recipe says of data that says nothing. */
export const dataOptions = filled(
  (JSON.parse(readFileSync('src/recipe/recipe.schema.json', 'utf8')) as { properties: { data: JsonSchema } }).properties
    .data,
  { path: '' },
) as unknown as DataOptions;

/** All examples as numbers, in memory. */
export function prepared(dataset: Reader | Collection, options: Partial<DataOptions> = {}): Promise<Prepared> {
  const all = Int32Array.from({ length: dataset.info.count }, (_, i) => i);
  return prepareDataset(
    dataset,
    { ...dataOptions, ...options },
    { training: all, validation: new Int32Array(0), validationFrom: 'fraction' },
    { cache: null, fingerprint: '' },
  );
}

/** Asserts a DataError that speaks of `file`, says what matches each of `says`, and advises. */
export async function rejectsWith(action: Promise<unknown>, file: string, ...says: RegExp[]): Promise<void> {
  await assert.rejects(action, (error: unknown) => {
    assert.ok(error instanceof DataError, `not a DataError: ${String(error)}`);
    assert.ok(error.file.endsWith(file), `${error.file} is not ${file}`);
    assert.match(error.message, new RegExp(path.basename(file).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    assert.doesNotMatch(error.message, /undefined|\[object|\n {4}at /);
    assert.ok(error.advice, 'no advice');
    for (const say of says) assert.match(`${error.message} ${error.advice}`, say);
    return true;
  });
}
