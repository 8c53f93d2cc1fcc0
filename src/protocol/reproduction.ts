/** `reproduction.json`: whether a run that was done again gave the same, and what was otherwise. */

export const REPRODUCTION_FORMAT = 1;

export interface ReproductionRecord {
  format: number;
  /** The run that was done again. */
  of: { id: string; folder: string };
  /** The folder of the run that did it again. */
  run: string;
  /** Whether all that was compared is the same, bit by bit. */
  same: boolean;
  /** False where this run was stopped before it came as far as the other: what is known ends there. */
  complete: boolean;
  /** The outcome in one sentence. */
  verdict: string;
  /** What was compared and how it came out, a sentence each. */
  compared: string[];
  /** What is otherwise than it was: data, versions, engine, threads, platform; a sentence each. */
  circumstances: string[];
  /** Up to which steps both are compared; they differ where one ended earlier. */
  lastSteps: { recorded: number; reproduced: number };
  metrics: MetricComparison;
  /** Of each checkpoint that both have, in their order. */
  checkpoints: CheckpointComparison[];
}

export interface MetricComparison {
  /** Values that both have, times left out, and the steps with such. */
  values: number;
  steps: number;
  /** How many of the values differ. */
  differing: number;
  /** Null where none differs. */
  first: MetricDifference | null;
}

export interface MetricDifference {
  step: number;
  name: string;
  /** Null for what was no finite number. */
  recorded: number | null;
  reproduced: number | null;
}

export interface CheckpointComparison {
  step: number;
  /** The first tensor that differs, by name: of the weights, else of the optimizer's state; null where none does. */
  first: TensorDifference | null;
}

export interface TensorDifference {
  /** Of the checkpoint, e.g. "weights.safetensors". */
  file: string;
  tensor: string;
  /** How many of its values differ in a bit, of how many; of another shape, or missing in one, all do. */
  differing: number;
  count: number;
  /** Largest difference of two values; null where shapes differ or a value is no finite number. */
  largest: number | null;
}
