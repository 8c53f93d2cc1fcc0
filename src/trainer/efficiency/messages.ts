import type { EfficiencyLine, EfficiencyMeasure, EfficiencyPoint } from '../../protocol/efficiency.js';
import type { EngineName, RunError } from '../../protocol/run.js';
import type { Recipe } from '../../recipe/recipe.js';

/** What is said between the command and its worker processes. Each request is answered by a reply or a failure. */

/** One point that is to be measured. */
export type Job = Omit<EfficiencyPoint, 'score'>;

/** What all points of a measurement have in common. */
export interface Setting {
  /** Its encoder is that of the run. */
  recipe: Recipe;
  dataPath: string;
  /** Folder of the runs. */
  runs: string;
  /** Folder of the run, and the step of its checkpoint. */
  run: string;
  step: number;
  /** Most labels of a class that are asked for. */
  most: number;
}

export type WorkerRequest = { type: 'open'; setting: Setting } | { type: 'measure'; job: Job };

/** What the data turned out to be. */
export interface Facts {
  fingerprint: string;
  engine: EngineName;
  /** Split that is measured, and how many examples are in it. */
  from: 'test' | 'validation';
  count: number;
  measure: EfficiencyMeasure;
  /** Or labels, where an example may have several. */
  classes: string[];
  /** Labelled training examples of each class; of each label, and last of those that have none of them. */
  available: number[];
  /** What a person should know of them. */
  notes: string[];
}

export type WorkerReply =
  { type: 'opened'; facts: Facts } | { type: 'measured'; line: EfficiencyLine } | { type: 'failed'; error: RunError };

export type WorkerMessage =
  | WorkerReply
  /** While data are opened: 0..1, or null when it cannot be known. */
  | { type: 'opening'; message: string; fraction: number | null }
  /** While a point is measured: 0..1. */
  | { type: 'measuring'; fraction: number };
