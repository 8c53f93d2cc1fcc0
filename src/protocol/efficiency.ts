import type { EngineName } from './run.js';

/**
 * A measurement of label efficiency: accuracy by mode and labels. Its folder is `efficiency/<id>/` in that of the run
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

/** One network that has learned, and was measured. */
export interface EfficiencyPoint {
  mode: string;
  /** Labelled examples of each class; a class that has fewer gives all. */
  labelsPerClass: number;
  seed: number;
  /** 0..1 of the measured examples. */
  accuracy: number;
}

/** A line of `points.jsonl`, appended when the point is finished. */
export interface EfficiencyLine extends EfficiencyPoint {
  /** Labelled examples of all classes. */
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
}

/**
 * With so many labels: "helps" when a pretrained mode's interval is above that of scratch, "hurts" when all are below
 * it, else "unclear".
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
