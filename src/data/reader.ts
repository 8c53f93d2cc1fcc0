/** From files to examples: the contract of every reader in this folder. */

import type { TableOptions } from '../recipe/recipe.js';
import type { Glimpse } from './glimpse.js';
import type { LabelSets } from './labelSets.js';
import type { Unit } from './text/units.js';

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
   * Shape of one example: images [height, width, channels], arrays as stored, sound [samples, channels], text [length],
   * tables [columns]. A dimension that differs between examples is -1; batches of such a reader are ragged.
   */
  shape: number[];
  /** Range of the stored values, which scaling maps to 0..1: [0, 255] for bytes; null when it is not known beforehand. */
  range: [number, number] | null;
  /** Class names by label index; null without labels. */
  classes: string[] | null;
  /** Where an example may have several labels, or none of them: what `classes`, their combinations, are made of. */
  labelSets?: LabelSets;
  /** Names of the groups; null without. */
  groups: string[] | null;
  /** In the order of positions; they cover all examples. Without a given split there is one, "train". */
  splits: Split[];
  /** Files that were left out, with the reason. */
  problems: UnreadableFile[];
  /** Whether each example goes on where the last one ended: then what is held out is the end, not drawn at random. */
  sequential?: true;
  /** Sentences on what looks wrong although it is read, for people who inspect the data. */
  remarks?: string[];
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

/** What all datasets have, whether their examples are numbers already or must be prepared first. */
export interface Dataset {
  readonly info: DatasetInfo;
  /** Label index of each example, -1 where one has none; null without labels. */
  readonly labels: Int32Array | null;
  /** What must not be torn apart by a split, e.g. the speaker: an index into `info.groups`; null without groups. */
  readonly groups: Int32Array | null;
  /** What to call an example: its file within the dataset, or "line 17 of train.csv". */
  name(position: number): string;
  close(): Promise<void>;
}

/** Examples that are numbers. */
export interface Reader extends Dataset {
  /**
   * One packed batch, in the order of `positions` (each 0..count - 1). Bytes stay bytes: scaling is preparation, not
   * reading. A reader that holds its data in memory answers at once, without a promise.
   */
  read(positions: ArrayLike<number>): Batch | Promise<Batch>;
}

/** An example as it is stored, by the kind of its dataset: an image or sound file's bytes, a text, a row's cells in the order of the columns. */
export interface Stored {
  image: Buffer;
  sound: Buffer;
  text: string;
  /** Null for a missing value. */
  table: (number | string | null)[];
}

export type StoredKind = keyof Stored;

/** Examples that become numbers by a preparation (prepare/). */
export interface Collection<Kind extends StoredKind = StoredKind> extends Dataset {
  readonly kind: Kind;
  /**
   * Visits the examples at these positions (all of them for null), each once, in the order that is cheapest to read; an
   * example that cannot be read is given as its error. Several visits may be under way at once; memory stays bounded.
   */
  visit(
    positions: ArrayLike<number> | null,
    action: (position: number, example: Stored[Kind] | DataError) => void | Promise<void>,
    options?: VisitOptions,
  ): Promise<void>;
}

export interface VisitOptions extends OpenOptions {
  /** Visits under way at once, where reading takes time. */
  concurrency?: number;
}

export function isReader(dataset: Reader | Collection): dataset is Reader {
  return 'read' in dataset;
}

/** What a caller may watch and stop while a dataset is opened. */
export interface OpenOptions {
  signal?: AbortSignal;
  /** `fraction` is 0..1. */
  onProgress?: (fraction: number) => void;
}

/** What a recipe may say about how a dataset is to be read; what is left out is found by looking. */
export interface DatasetOptions extends OpenOptions {
  /** A format's name; "auto" or nothing takes the likeliest. */
  format?: string;
  /**
   * A file that cannot be read stops ("stop", the default), or is left out and told in `info.problems` ("skip").
   */
  onError?: 'stop' | 'skip';
  /** What file names tell, e.g. "{label}_{speaker}_{index}.wav"; null takes labels from folders. */
  filePattern?: string | null;
  /** Column that holds the labels, by its name; null or nothing finds it. */
  labelColumn?: string | null;
  /** What stands between the labels of an example that may have several; null or nothing where each has one. */
  labelSeparator?: string | null;
  /** Column, or member of JSON Lines, that holds the text; null or nothing finds it. */
  textColumn?: string | null;
  /** What is an example in .txt files; null or nothing finds it. */
  text?: { unit: Unit | null; window?: number };
  /** Column, or part of `filePattern`, whose values are the groups. */
  groups?: string | null;
  /** How a table is read; what it leaves out, or is null, is found by looking. */
  table?: Partial<TableOptions>;
  /** What earlier data were, where these are to be read in the same way: a file of one row does not tell by itself. */
  like?: Like;
}

/** Texts; or a table with at least these columns, in any order, of numbers and categories. */
export type Like = { kind: 'text' } | { kind: 'table'; columns: ReadonlyMap<string, 'number' | 'category'> };

/** One format. The registry in index.ts is a plain list of these. */
export interface Format {
  name: string;
  /** For people: "IDX images, as MNIST has them". */
  title: string;
  /**
   * Whether what is seen looks like this format (it runs in the extension host). Null when not; else what it is and why
   * that is thought.
   */
  detect(seen: Glimpse): Promise<Detection | null>;
  /** @throws DataError naming the file, what is wrong there, and what to do. */
  open(path: string, options: DatasetOptions): Promise<Reader | Collection>;
}

/** One entry of a folder. */
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
  /** Where each file is an example: how many were seen; there may be more. */
  files?: number;
  /** How it is read, where it could be read otherwise, too. */
  taken?: Reading;
  /** How else the same data could be read, the likeliest first; missing when there is no doubt. */
  others?: readonly Reading[];
}

/** One of several ways to read the same data. */
export interface Reading {
  /** For a list of all, e.g. 'Label from part 2 of the file names, such as "jackson"'. */
  title: string;
  /** e.g. 'The label could also be part 2 of the file names, such as "jackson".' */
  reason: string;
  /** What chooses it in a recipe's `data`; empty where a recipe that says nothing means it. */
  data: Pick<DatasetOptions, 'format' | 'filePattern' | 'labelColumn' | 'labelSeparator'> & { text?: { unit: Unit } };
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
