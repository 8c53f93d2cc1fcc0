/** The recipe with all defaults filled in. Names follow Keras. The schema that people meet is in schema.ts. */
import type { AugmentationOptions } from './augmentation.js';

export type EngineChoice = 'auto' | 'tensorflow' | 'wasm' | 'cpu';

export interface Recipe {
  name: string;
  engine: EngineChoice;
  /** How the monitor shows codes as points of a plane. */
  map: 'pca' | 'umap' | 'off';
  data: DataOptions;
  encoder: EncoderOptions;
  pretrain: PretrainOptions;
  finetune: FinetuneOptions;
}

export interface DataOptions {
  /** File or folder, absolute or relative to the recipe. */
  path: string;
  /** "auto" uses labels where the data has some; "none" ignores them. */
  labels: 'auto' | 'none';
  /**
   * Examples for validation: a fraction (0..1) drawn from the training split with the recipe's seed; the name of a
   * split that comes with the data; or "auto": the split "validation" if there is one, else 0.1.
   */
  validation: number | 'auto' | 'validation' | 'test';
  /** A fraction (0..1) of the training split that is held out for the test; null for none beside what the data brings. */
  test: number | null;
  /** Uses the first this many training examples of the shuffled order; null for all. */
  limit: number | null;
  /** A format's name, or "auto" for the likeliest. */
  format: string;
  /** What file names tell, e.g. "{label}_{speaker}_{index}.wav"; null takes labels from folders. */
  filePattern: string | null;
  /** Column of the labels; null finds it. */
  labelColumn: string | null;
  /** What stands between the labels of an example that may have several; null where each has one. */
  labelSeparator: string | null;
  /** Column, or member of JSON Lines, with the text; null finds it. */
  textColumn: string | null;
  /** Column, or part of `filePattern`, whose values no split tears apart. */
  groups: string | null;
  /** Whether a file that cannot be read ends the run before it trains, or is left out. */
  onError: 'stop' | 'skip';
  image: ImageOptions;
  sound: SoundOptions;
  table: TableOptions;
  text: TextOptions;
}

export interface ImageOptions {
  /** Side, or [height, width], in pixels; null takes what the images have. */
  size: number | [height: number, width: number] | null;
  colour: 'auto' | 'grey' | 'rgb';
  /** How an image of another shape fits: "cover" cuts off, "contain" adds a border, "stretch" distorts. */
  fit: 'cover' | 'contain' | 'stretch';
}

/** Null takes what suits the sounds. */
export interface SoundOptions {
  /** In Hz. */
  sampleRate: number | null;
  /** Of each sound. */
  seconds: number | null;
  /** Bands of the spectrogram. */
  mels: number;
  /** Samples of one transform, and from one frame to the next. */
  fftSize: number | null;
  hopLength: number | null;
  /** Ends of the bands, in Hz. */
  minFrequency: number;
  maxFrequency: number | null;
}

/** Null takes what looking at the file tells. */
export interface TableOptions {
  separator: ',' | ';' | '\t' | '|' | ' ' | null;
  /** Mark between whole numbers and fractions. */
  decimal: '.' | ',' | null;
  /** Whether the first row names the columns. */
  header: boolean | null;
  /** What stands for a missing value, besides empty cells; null takes the usual words, such as NA. */
  missing: string[] | null;
  /** Names of the columns to learn from; null takes all that hold numbers or categories. */
  columns: string[] | null;
  scaling: 'minMax' | 'standard' | 'none';
  /** Numbers that one column of categories may become; the rarest are one. */
  mostCategories: number;
}

export interface TextOptions {
  /** What is an example in .txt files; null looks at them. */
  unit: 'line' | 'paragraph' | 'document' | 'window' | null;
  /** UTF-16 units of each example, for windows. */
  window: number;
  /** Which tokens occur in a text (0 or 1 each), or the ids of its tokens in order. */
  features: 'bag' | 'ids';
  /** A kind that is trained on the texts, or the path of a tokenizer.json, absolute or relative to the recipe. */
  tokenizer: 'word' | 'character' | 'bytePair' | (string & {});
  /** Tokens at most, special ones included, of a tokenizer that is trained. */
  vocabularySize: number;
  /** Words: whether capitals are made small. */
  lowercase: boolean;
  /** Ids of each text; null keeps nearly all texts whole. */
  length: number | null;
}

/** What each family takes besides its type is described in its own file. */
export interface EncoderOptions {
  type: string;
  [option: string]: unknown;
}

export interface OptimizerOptions {
  name: 'adam' | 'sgd';
  learningRate: number;
  /** Adam: decay rates of the two moments and the constant for stability (Kingma & Ba 2015). */
  beta1: number;
  beta2: number;
  epsilon: number;
  /** SGD: 0..1. */
  momentum: number;
}

export type ScheduleOptions =
  | { name: 'constant' }
  /** Half a cosine from the learning rate to `final` times it, after `warmupEpochs` of linear rise. */
  | { name: 'cosine'; warmupEpochs: number; final: number }
  /** Times `factor` after every `everyEpochs`. */
  | { name: 'step'; everyEpochs: number; factor: number };

export interface EarlyStoppingOptions {
  /** Epochs without improvement before training ends. */
  patience: number;
  /** Smallest fall of the validation loss that counts as improvement. */
  minDelta: number;
}

/** What every stage has that trains. */
export interface TrainingOptions {
  optimizer: OptimizerOptions;
  schedule: ScheduleOptions;
  epochs: number;
  batchSize: number;
  shuffle: boolean;
  seed: number;
  earlyStopping: EarlyStoppingOptions | null;
  /** Gradients are scaled down together when their norm is above this; null for never. */
  globalClipNorm: number | null;
  /** Epochs between two checkpoints. */
  checkpointEpochs: number;
  /** How many checkpoints are kept besides the last and the best. */
  keepCheckpoints: number;
}

export interface PretrainOptions extends TrainingOptions {
  method: string;
  /** The method's own options, defaults filled in by its schema. */
  options: Record<string, unknown>;
}

export interface FinetuneOptions extends Omit<TrainingOptions, 'epochs'> {
  /** Null takes enough for the labels that are used. */
  epochs: number | null;
  mode: string;
  /** The mode's own options, defaults filled in by its schema. */
  options: Record<string, unknown>;
  /**
   * "auto" is multiLabel where examples may have several labels, regression where labels are quantities
   * (data/quantities.ts), else classification.
   */
  task: 'auto' | 'classification' | 'multiLabel' | 'regression';
  /** Units of a hidden layer between code and classes, or number; null for none. */
  hidden: number | null;
  /** Labelled examples of each class that are used; null for all. Not together with `labelFraction`. */
  labelsPerClass: number | null;
  /** 0..1 of the labelled examples of each class, in regression of all; null for all. */
  labelFraction: number | null;
  /** 0..1: share of each target that is spread evenly over all classes. */
  labelSmoothing: number;
  /** "balanced" weighs each class by the inverse of how often it occurs. */
  classWeights: 'none' | 'balanced';
  /** Null leaves examples as they are. */
  augmentation: AugmentationOptions | null;
}
