import type { EngineName } from './run.js';

/**
 * A measurement of label efficiency: how well a network does by mode and labels. Its folder is `efficiency/<id>/` in that of the run
 * whose encoder it is about: it goes where the run goes, and is removed with it.
 */

export const EFFICIENCY_FORMAT = 1;

/** Inside of a run's folder. */
export const EFFICIENCY_FOLDER = 'efficiency';

/** Names inside `efficiency/<id>/`. */
export const EfficiencyFile = {
  points: 'points.jsonl',
  record: 'efficiency.json',
  table: 'efficiency.csv',
  drawing: 'efficiency.svg',
  picture: 'efficiency.png',
} as const;

/**
 * Colours in `efficiency.svg` by what they are for. A page that shows it puts its theme's in their place. Those of the
 * pretrained modes are of Okabe & Ito 2008, "Color universal design": told apart by the colour-blind, here dark enough
 * for white paper.
 */
export const EfficiencyColour = {
  paper: '#ffffff',
  ink: '#1f2328',
  faint: '#59636e',
  grid: '#e4e7eb',
  scratch: '#4b5057',
  first: '#0072b2',
  second: '#d55e00',
  third: '#00805e',
  fourth: '#aa4499',
  fifth: '#8a6d00',
} as const;

/** Pixels from the top of the picture to below its title and sentence. */
export const EFFICIENCY_HEADING = 92;

/** What is measured: accuracy, or macro F1 where an example may have several labels. Both are 0..1. */
export type EfficiencyMeasure = 'accuracy' | 'macroF1';

/** One network that has learned, and was measured. */
export interface EfficiencyPoint {
  mode: string;
  /** Labelled examples of each class, at least so many of each label where an example may have several; all where there are fewer. */
  labelsPerClass: number;
  seed: number;
  /** The measure, 0..1. */
  score: number;
}

/** A line of `points.jsonl`, appended when the point is finished. */
export interface EfficiencyLine extends EfficiencyPoint {
  /** Labelled examples in all. */
  labels: number;
  seconds: number;
}

/** What several seeds give. */
export interface EfficiencyMean {
  mode: string;
  labelsPerClass: number;
  seeds: number;
  /** 0..1 */
  mean: number;
  /** Ends of the 95 % interval of the mean, by Student's t; null with one seed. */
  low: number | null;
  high: number | null;
  /**
   * How far above scratch: ends of the 95 % interval of the mean difference over the seeds that both have, which draw the
   * same labels; -1..1. Null for scratch itself, and where it has fewer than two such seeds.
   */
  gain: { low: number; high: number } | null;
}

/**
 * With so many labels: "helps" when the best pretrained mode's gain is surely above 0, "hurts" when it is surely below,
 * else "unclear".
 */
export interface EfficiencyVerdict {
  labelsPerClass: number;
  verdict: 'helps' | 'unclear' | 'hurts';
}

/** `efficiency.json` */
export interface EfficiencyRecord {
  format: number;
  id: string;
  /** Of the run, and the step of its checkpoint. */
  run: string;
  step: number;
  /** Of the recipe file; null when there was none. */
  recipePath: string | null;
  /** Name of the recipe. */
  name: string;
  dataPath: string;
  fingerprint: string;
  engine: EngineName;
  /** Split that was measured. */
  from: 'test' | 'validation';
  /** Examples in it. */
  count: number;
  measure: EfficiencyMeasure;
  /** Or labels, where an example may have several. */
  classes: string[];
  modes: string[];
  labelsPerClass: number[];
  seeds: number[];
  /** Whether all points are there. */
  complete: boolean;
  means: EfficiencyMean[];
  verdicts: EfficiencyVerdict[];
  /** What it says, in words. */
  sentence: string;
}

/** What `pretrain efficiency --json` prints while it measures, beside progress, notes and errors. */
export type EfficiencyOutput =
  /** Before the first point: where they go, how many there will be, how many of them are there. */
  { type: 'planned'; folder: string; points: number; finished: number } | ({ type: 'point' } & EfficiencyPoint);

/** The last that it prints. */
export interface EfficiencySummary {
  type: 'summary';
  /** Path of the run, and of the measurement. */
  run: string;
  folder: string;
  complete: boolean;
  sentence: string;
  /** All of those asked for that are there. */
  points: EfficiencyPoint[];
}

/** Host to the page of a measurement. */
export interface ShowEfficiency {
  type: 'show';
  /** Of the measurement; the page keeps it, so that it can come back after a reload. */
  folder: string;
  /** When it was written, ISO 8601. */
  at: string;
  record: EfficiencyRecord;
  /** Names of the modes for people. */
  titles: Record<string, string>;
  /** `efficiency.svg`; null where it cannot be read. */
  drawing: string | null;
  /** What a person should know, as it was told while this was measured. */
  notes: string[];
}

/** The page to its host. */
export type FromEfficiency =
  | { type: 'ready' }
  /** Measures what is missing, or more. */
  | { type: 'measure' }
  | { type: 'open'; what: 'table' | 'record' }
  | { type: 'reveal' };
