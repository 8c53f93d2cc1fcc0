import type { ShownExample } from './inspection.js';

/** What `pretrain predict --json` and `pretrain similar --json` tell, one line an example; and the page that shows it. */

/** As it is shown to people. Its position is that of its picture or sound in the file of `--samples`: see exampleTensor. */
export interface UsedExample extends Omit<ShownExample, 'split'> {
  /** "image", "sound", "text", "table", "array"; another where a newer reader has one. */
  kind: string;
}

/** A training example that is like another one. */
export interface SimilarExample {
  name: string;
  label: string | null;
  /** Of their codes, -1..1. */
  cosine: number;
  /** With `--samples`, as long as there is room. */
  shown?: UsedExample;
}

export interface SimilarLine {
  /** As it was given, or within the folder or archive that was. */
  file: string;
  /** Which of the file's; missing where the file is one example. */
  part?: string;
  /** The most similar first; missing where they were not wanted, or cannot be told. */
  similar?: SimilarExample[];
  /** With `--samples`, as long as there is room. */
  shown?: UsedExample;
}

/** By a run that names classes. */
export interface ClassAnswer {
  /** The likeliest class; null where an example may have several. */
  label: string | null;
  /** Where an example may have several: those whose probability is above 0.5, the likeliest first. */
  labels?: string[];
  /** 0..1 by class. */
  probabilities: Record<string, number>;
}

/** By a run that has learned numbers. */
export interface NumberAnswer {
  /** In the unit of the labels that it learned from. */
  prediction: number;
}

export type PredictionLine = SimilarLine & (ClassAnswer | NumberAnswer);

/** The last line. */
export interface UseSummary {
  /** Path of the run. */
  run: string;
  /** How many examples were asked about, and how many files or examples could not be read. */
  count: number;
  leftOut: number;
}

/** Examples that have a picture in the file of `--samples`; those that are similar to them have one besides. */
export const MOST_SHOWN = 100;

/** Of one example. */
export interface UseAnswer {
  /** Absolute path of its file. */
  file: string;
  /** What to call it. */
  title: string;
  shown: UsedExample | null;
  /** Of a run that has learned numbers, in the unit of its labels; missing for others, and for "similar". */
  prediction?: number;
  /**
   * The likeliest first, without those that are hardly likely; empty where none are named. Where an example may have
   * several: whether it is given this one.
   */
  classes: { name: string; probability: number; given?: boolean }[];
  similar: SimilarExample[];
}

/** Host to page: what was asked of a run, and what came of it. */
export interface ShowUse {
  type: 'show';
  command: 'predict' | 'similar';
  run: { id: string; name: string; summary: string };
  /** What was asked about: a file, a folder, several. */
  target: string;
  /** When, ISO 8601. */
  at: string;
  /** The first of them, at most {@link MOST_SHOWN}. */
  answers: UseAnswer[];
  /** How many there are. */
  count: number;
  /** How many were given each class, in the order of the run's classes; empty where none are named. */
  classes: { name: string; count: number }[];
  /** What could not be read, and why. */
  unreadable: { file: string; reason: string }[];
  /** What a person should know. */
  notes: string[];
  /** A safetensors file; null where it could not be read. */
  pictures: Uint8Array | null;
}

/** The page to its host. */
export type FromUse = { type: 'ready' } | { type: 'export' } | { type: 'openFile'; file: string } | { type: 'openRun' };
