/** The kernels of assembly/ on an image: it is copied into their memory, resampled along rows and columns, copied out. */
import { t } from '../../../protocol/l10n.js';
import { BINARY } from './binary.js';
import type { Weights } from './weights.js';

/** What assembly/index.as exports; addresses and strides are bytes. */
interface Kernels {
  rowsOfColours: Rows;
  rowsOfGreys: Rows;
  columns(
    from: number,
    rowBytes: number,
    starts: number,
    counts: number,
    weights: number,
    stride: number,
    to: number,
    height: number,
  ): void;
}

type Rows = (
  from: number,
  rowBytes: number,
  lines: number,
  starts: number,
  counts: number,
  weights: number,
  stride: number,
  to: number,
  width: number,
) => void;

/** The little that is needed here of what a browser's types would bring. */
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (descriptor: { initial: number }) => Memory;
};

interface Memory {
  readonly buffer: ArrayBuffer;
  /** @throws RangeError when there is no memory */
  grow(pages: number): number;
}

const PAGE_BYTES = 65_536;
/** Kernels read and write up to so many bytes past the end. */
const SLACK_BYTES = 16;
/** A memory that has grown beyond this for one large image is not kept for the next. */
const KEEP_BYTES = 64 * 2 ** 20;

/** [height, width, channels] in the kernels' memory, from byte `at` on. */
interface Lines {
  at: number;
  width: number;
  height: number;
}

let compiled: object | undefined;
let bench: Bench | undefined;

/**
 * @param across weights along each row; null leaves rows as they are
 * @param down weights along each column
 * @param rowsFirst which of both comes first: the values are rounded to bytes between
 * @returns as many columns as `across` has targets, as many rows as `down` has
 * @throws Error when there is no memory
 */
export function resample(
  { data, width, height, channels }: { data: Uint8Array; width: number; height: number; channels: 1 | 3 },
  across: Weights | null,
  down: Weights | null,
  rowsFirst: boolean,
): Uint8Array {
  // Rows that no target needs are left out.
  const [top, bottom] = down?.used ?? [0, height];
  const at = (bench ??= new Bench()).begin(data.subarray(top * width * channels, bottom * width * channels), channels);
  let lines: Lines = { at, width, height: bottom - top };
  if (across && rowsFirst) lines = bench.resampleRows(lines, across);
  if (down) lines = bench.resampleColumns(lines, down);
  if (across && !rowsFirst) lines = bench.resampleRows(lines, across);
  const result = bench.take(lines);
  if (bench.bytes > KEEP_BYTES) bench = undefined;
  return result;
}

/** The kernels and their memory, which is filled anew for each image. */
class Bench {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private readonly kernels: Kernels;
  private channels: 1 | 3 = 1;
  private used = 0;

  constructor() {
    compiled ??= new WebAssembly.Module(Buffer.from(BINARY, 'base64'));
    this.kernels = new WebAssembly.Instance(compiled, { env: { memory: this.memory } }).exports as Kernels;
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** @returns where the data are */
  begin(data: Uint8Array, channels: 1 | 3): number {
    this.used = 0;
    this.channels = channels;
    return this.put(data);
  }

  take({ at, width, height }: Lines): Uint8Array {
    return new Uint8Array(this.memory.buffer, at, height * width * this.channels).slice();
  }

  resampleRows(from: Lines, weights: Weights): Lines {
    const { channels, kernels } = this;
    const starts = this.put(weights.starts.map((start) => start * channels));
    const counts = this.put(weights.counts);
    const values = this.put(weights.values);
    const to: Lines = { at: 0, width: weights.starts.length, height: from.height };
    to.at = this.allocate(to.height * to.width * channels);
    const rows = channels === 1 ? kernels.rowsOfGreys : kernels.rowsOfColours;
    rows(from.at, from.width * channels, from.height, starts, counts, values, 2 * weights.stride, to.at, to.width);
    return to;
  }

  /** @param from its first row is the first one that the weights use */
  resampleColumns(from: Lines, weights: Weights): Lines {
    const rowBytes = from.width * this.channels;
    const [first] = weights.used;
    const starts = this.put(weights.starts.map((start) => (start - first) * rowBytes));
    const counts = this.put(weights.counts);
    const values = this.put(weights.values);
    const to: Lines = { at: 0, width: from.width, height: weights.starts.length };
    to.at = this.allocate(to.height * rowBytes);
    this.kernels.columns(from.at, rowBytes, starts, counts, values, 2 * weights.stride, to.at, to.height);
    return to;
  }

  private put(array: Uint8Array | Uint32Array | Int32Array | Int16Array): number {
    const at = this.allocate(array.byteLength);
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(this.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  /** @throws Error when there is no memory */
  private allocate(bytes: number): number {
    const at = this.used;
    this.used = Math.ceil((at + bytes + SLACK_BYTES) / 16) * 16;
    const missing = this.used - this.bytes;
    if (missing <= 0) return at;
    try {
      this.memory.grow(Math.ceil(missing / PAGE_BYTES));
    } catch {
      bench = undefined;
      throw new Error(t('its {0} MiB do not fit into memory', Math.ceil(this.used / 2 ** 20)));
    }
    return at;
  }
}
