/** From files to examples: the contract of every reader in this folder. */

export type DataKind = 'image' | 'text' | 'sound' | 'table' | 'array';

/** Examples of one origin, e.g. the training files of MNIST; positions [start, start + count) of the dataset. */
export interface Split {
  name: 'train' | 'validation' | 'test';
  start: number;
  count: number;
}

export interface UnreadableFile {
  file: string;
  reason: string;
}

export interface DatasetInfo {
  kind: DataKind;
  /** The reader's name, e.g. "idx". */
  format: string;
  /** The path as given. */
  path: string;
  count: number;
  /**
   * Shape of one example: images [height, width, channels], arrays as stored, sound [samples, channels], text [length].
   * A dimension that differs between examples is -1, and batches are then ragged.
   */
  shape: number[];
  /** Range of the stored values, which scaling maps to 0..1: [0, 255] for bytes; null when it is not known beforehand. */
  range: [number, number] | null;
  /** Class names by label index; null without labels. */
  classes: string[] | null;
  /** In the order of positions; they cover all examples. Without a given split there is one, "train". */
  splits: Split[];
  /** Files that were left out, with the reason. */
  problems: UnreadableFile[];
  /** All files that the examples come from, for the fingerprint. */
  files: string[];
}

export type ExampleData = Uint8Array | Int32Array | Float32Array;

/** Examples packed one after the other. */
export interface Batch {
  /** Values of all examples, the last dimension fastest. */
  data: ExampleData;
  /** How many examples. */
  count: number;
  /**
   * Only when examples differ in length (text, sound): count + 1 positions in `data`; example i is
   * data[offsets[i] .. offsets[i + 1]).
   */
  offsets?: Uint32Array;
}

export interface Reader {
  readonly info: DatasetInfo;
  /**
   * One packed batch, in the order of `positions` (each 0..count - 1). Bytes stay bytes: scaling is preparation, not
   * reading. A reader that holds its data in memory answers at once, without a promise.
   */
  read(positions: ArrayLike<number>): Batch | Promise<Batch>;
  /** Label index of each example, -1 where one has none; null without labels. */
  readonly labels: Int32Array | null;
  close(): Promise<void>;
}

/** What a caller may watch and stop while a dataset is opened. */
export interface OpenOptions {
  signal?: AbortSignal;
  /** `fraction` is 0..1. */
  onProgress?: (fraction: number) => void;
}

/** One format. The registry in index.ts is a plain list of these. */
export interface Format {
  name: string;
  /** For people: "IDX images, as MNIST has them". */
  title: string;
  /**
   * Whether the file or folder looks like this format, from names and a few first bytes only (it runs in the extension
   * host). Null when not; else what it is and why that is thought.
   */
  detect(path: string, entries: DirectoryEntry[] | null): Promise<Detection | null>;
  /** @throws DataError naming the file, what is wrong there, and what to do. */
  open(path: string, options: OpenOptions): Promise<Reader>;
}

/** One entry of the folder that is looked at; `entries` is null when the path is a file. */
export interface DirectoryEntry {
  name: string;
  isDirectory: boolean;
}

export interface Detection {
  format: string;
  kind: DataKind;
  path: string;
  /** e.g. "train-images-idx3-ubyte.gz is named as IDX images are". */
  reason: string;
}

/** A data file that cannot be used: message says what is wrong with which file and what to do. */
export class DataError extends Error {
  constructor(
    message: string,
    readonly file: string,
    readonly advice?: string,
  ) {
    super(message);
    this.name = 'DataError';
  }
}
