/** What `pretrain inspect` tells of a dataset, for its page, its exports and other programs. */

export interface Inspection {
  /** As given. */
  path: string;
  /** "image", "sound", "text", "table", "array"; another where a newer reader has one. */
  kind: string;
  /** The reader's name, e.g. "idx", and for people. */
  format: string;
  title: string;
  /** Why it is thought to have this format. */
  reason: string;
  count: number;
  /** Of one example as it is stored; -1 for what differs between examples. */
  shape: number[];
  /** How many examples were looked into: all, or a seeded sample of them. Labels and splits are told of all. */
  examined: number;
  /** Examples of each class, in all splits; empty without labels. */
  classes: Record<string, number>;
  /** The same of each split that the data brings. */
  classesBySplit: Partial<Record<SplitPart, Record<string, number>>>;
  /** Examples without a label, where others have one. */
  unlabelled: number;
  groups: Record<string, number>;
  /** The smallest and largest label where they are learned as numbers, each a class above; else null. */
  quantities: { least: number; most: number } | null;
  /** Of the training examples; null with fewer than two classes, and of numbers. */
  imbalance: Imbalance | null;
  /** Splits that the data brings; 0 for what it has not. */
  splits: Record<SplitPart, number>;
  /** What a recipe that says nothing of it trains on and validates with; null where that is not possible. */
  drawn: DrawnSplits | null;
  /** What a recipe that says nothing of it makes of an example; null where there is no preparation for this kind. */
  prepared: { shape: number[]; notes: string[] } | null;
  /** How examples are changed at random; null where the recipe's method makes no views, or nothing can be prepared. */
  augmentation: ShownAugmentation | null;
  /** Of images. */
  sizes: Sizes | null;
  /** Of sounds and texts. */
  lengths: Lengths | null;
  /** Sampling rates in Hz and channels of sounds, the most frequent first. */
  rates: Counted[];
  channels: Counted[];
  /** Of the examined training examples; null for kinds without numbers. */
  values: ValueStatistics | null;
  /** Pixels that are the same in all examined training images of the most frequent size; null for other kinds. */
  constant: ConstantPixels | null;
  /** Examples in which nothing is: one colour, silence, no letters, no cells. */
  blank: { count: number; positions: number[] };
  duplicates: { exact: Duplicates; near: Duplicates | null };
  /** Of texts. */
  characters: Characters | null;
  /** Of tables, in their order. */
  columns: ColumnStatistics[];
  /** How many files or examples cannot be used, and the first of them. */
  problemCount: number;
  problems: { file: string; reason: string }[];
  /** In words, what a person should know before training, the gravest first. */
  findings: Finding[];
  /** Positions of the examples to show as typical, by class. */
  typical: number[];
  /** All examples that are named by a position here. */
  examples: ShownExample[];
}

export interface ShownAugmentation {
  /** "image", "sound", "table", "text": the part of a recipe's "augmentation" that is meant. */
  kind: string;
  /** By their names in a recipe, those that are on. */
  strengths: Record<string, number | string | boolean>;
  /** The same in words. */
  sentence: string;
}

export type SplitPart = 'train' | 'validation' | 'test';

export interface DrawnSplits {
  training: number;
  validation: number;
  /** Held out of the training split. */
  test: number;
  /** "fraction", or the split that came with the data. */
  validationFrom: string;
}

export interface Imbalance {
  largest: Named;
  smallest: Named;
  /** Largest by smallest; null when a class has no training example. */
  ratio: number | null;
  sentence: string;
}

export interface Named {
  name: string;
  count: number;
}

export interface Counted {
  value: number;
  count: number;
}

export interface Sizes {
  /** By area. */
  smallest: { height: number; width: number; position: number };
  largest: { height: number; width: number; position: number };
  mostFrequent: { height: number; width: number; count: number };
  distinct: number;
}

export interface Lengths {
  unit: 'seconds' | 'characters';
  shortest: { value: number; position: number };
  longest: { value: number; position: number };
  mean: number;
  median: number;
  total: number;
}

export interface ValueStatistics {
  /** How many values. */
  count: number;
  minimum: number;
  maximum: number;
  mean: number;
  /** Standard deviation, divided by the number of values. */
  deviation: number;
  /** NaN and infinite values, which the other numbers leave out. */
  notFinite: number;
  /** Mean and deviation after scaling the stored range to 0..1; null when the format has no range. */
  scaled: { range: [number, number]; mean: number; deviation: number } | null;
  /** Of each colour channel, as stored, where there are several. */
  perChannel: { mean: number; deviation: number }[];
}

export interface ConstantPixels {
  pixels: number;
  of: number;
  share: number;
  /** Images that were compared. */
  images: number;
}

export interface Duplicates {
  /** What counts as a duplicate, in words. */
  criterion: string;
  /** Examples that could be left out: all of each group but one. */
  examples: number;
  groups: number;
  /** Examples of the validation and test splits that have a duplicate in training. */
  betweenSplits: number;
  /** Examples that have a duplicate of another class. */
  otherClass: number;
  /** The most telling ones: between splits, then of other classes. */
  pairs: DuplicatePair[];
  /** False when there were too many candidates to compare all. */
  complete: boolean;
}

export interface DuplicatePair {
  /** Positions. */
  first: number;
  second: number;
  /** Bits in which the perceptual hashes differ; 0 for exact duplicates. */
  distance: number;
}

export interface Characters {
  distinct: number;
  words: number;
  /** The first so many by frequency. */
  frequent: { character: string; count: number }[];
}

/** Of the training file, where the splits are files. */
export interface ColumnStatistics {
  name: string;
  /** "number" when each cell that is not missing is one. */
  type: 'number' | 'text' | 'empty';
  /** Empty cells and the usual words for nothing, such as NA. */
  missing: number;
  /** Different values. */
  distinct: number;
  /** That there are so many is an estimate. */
  distinctIsBound: boolean;
  /** Of numbers. */
  minimum: number | null;
  maximum: number | null;
  mean: number | null;
  deviation: number | null;
  /** The most frequent values, where values repeat. */
  frequent: Named[];
}

export interface Finding {
  severity: 'warning' | 'information';
  text: string;
}

export interface ShownExample {
  position: number;
  /** Its file within the dataset, or e.g. "example 17". */
  name: string;
  class: string | null;
  split: SplitPart;
  /** What it is, in words: its size, its seconds, its characters. */
  size: string;
  /** The beginning of a text. */
  text?: string;
  /** Its first tokens, as a network would get them. */
  tokens?: string[];
  /** The cells of a row, the first of many. */
  cells?: string[];
}

/**
 * Names of the tensors in which pictures and sounds travel to the page, by the example's position. Missing for those
 * that could not be read again.
 */
export const exampleTensor = {
  /** [height, width, channels] uint8, channels 1 (grey) or 3 (RGB). */
  image: (position: number) => `image/${position}`,
  /** [columns, 2] float32: the lowest and the highest sample of each piece of time. */
  wave: (position: number) => `wave/${position}`,
  /** [mels, frames] uint8: the loudest is 255, 80 dB below it 0; the lowest frequency first. */
  spectrogram: (position: number) => `spectrogram/${position}`,
  /** [bytes] uint8: 16-bit little-endian samples of one channel; the metadata hold the rate under the same name. */
  sound: (position: number) => `sound/${position}`,
  /** [values] float32, the first of many. */
  values: (position: number) => `values/${position}`,
};

/**
 * Tensors of an example as a network gets it (index 0) and of its views (from 1 on), as {@link ShownViews} lists them: an
 * image, a spectrogram or values, each as in {@link exampleTensor}; none for rows and texts.
 */
export function viewTensor(position: number, index: number): string {
  return `view/${position}/${index}`;
}

/** Views of some examples, as JSON in the metadata of the pictures' file, under {@link VIEWS}. */
export interface ShownViews {
  /** Of a table: the names of the columns that are learned from. */
  columns?: string[];
  examples: {
    position: number;
    name: string;
    /** The first is the example as a network gets it, the others are changed at random. */
    views: ShownView[];
  }[];
}

export const VIEWS = 'views';

/** What is no picture. */
export interface ShownView {
  /** Of a row, and the indexes of those whose value was replaced. */
  cells?: string[];
  replaced?: number[];
  /** Of a text. */
  text?: string;
}

/** Host to the page of an inspection. */
export interface ShowInspection {
  type: 'show';
  /** What was inspected; the page keeps it, so that it can come back after a reload. */
  target: string;
  /** When, ISO 8601: after a reload this was some time ago. */
  at: string;
  /** The recipe's file name, where its data is shown as it reads them; else null. */
  recipe: string | null;
  inspection: Inspection;
  /** The inspection in words, see data/inspect/describe.ts. */
  facts: { label: string; value: string }[];
  /** A safetensors file with the tensors of {@link exampleTensor}; null where it could not be read. */
  pictures: Uint8Array | null;
}

/** The page to its host. */
export type FromInspection =
  /** The page has loaded and can be sent the inspection. */
  { type: 'ready' } | { type: 'export'; as: 'markdown' | 'json' } | { type: 'newRecipe' } | { type: 'openRecipe' };
