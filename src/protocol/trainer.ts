import type { EfficiencyOutput } from './efficiency.js';
import type { EngineName, RunRecord, Stage } from './run.js';

/**
 * What is said on a trainer's socket, one JSON object a line (see channel.ts). A client asks; the trainer answers each
 * request with a reply or a failure, and pushes records that are exactly the lines it appended to the run folder.
 */
export type TrainerRequest =
  | { type: 'pause' }
  | { type: 'resume' }
  /** Writes a checkpoint, then ends the process. */
  | { type: 'stop' }
  /** Draws a sample after the current step. */
  | { type: 'sample' }
  | { type: 'setLearningRate'; learningRate: number };

export type TrainerPush =
  /**
   * First message to each client. The offsets are the sizes in bytes of `metrics.jsonl` and `events.jsonl` at this
   * moment: a client reads the files up to there and takes everything after from the pushes, so nothing is lost or
   * seen twice.
   */
  | { type: 'hello'; run: RunRecord; offsets: { metrics: number; events: number } }
  | { type: 'run'; run: RunRecord }
  /** Lines of `metrics.jsonl` without line ends. */
  | { type: 'metrics'; lines: string[] }
  /** Lines of `events.jsonl` without line ends. */
  | { type: 'events'; lines: string[] }
  /** While the run prepares. `fraction` is 0..1, or null when it cannot be known. */
  | { type: 'progress'; message: string; fraction: number | null };

/**
 * What the trainer prints, one JSON object a line, when it is started by the extension (`--json`): first the run it
 * created, so that the extension can connect; then, like each command with `--json`, its summary or an error.
 */
export type TrainerLine =
  | { type: 'created'; run: string; address: string }
  | { type: 'progress'; message: string; fraction: number | null }
  /** What a person should know of data or machine. */
  | { type: 'note'; message: string }
  | EfficiencyOutput
  | ({ type: 'summary' } & RunSummary)
  | CommandError;

export interface RunSummary {
  /** Path of the run folder. */
  run: string;
  stage: string;
  method: string;
  engine: EngineName;
  seed: number;
  /** Whole epochs finished and steps done. */
  epochs: number;
  steps: number;
  seconds: number;
  examplesPerSecond: number;
  metrics: Record<string, number>;
}

export interface CommandError {
  error: string;
  file?: string;
  line?: number;
  column?: number;
  /** How many more errors the file has. */
  more?: number;
  advice?: string;
  /** Whether the option --anyway does what was asked for all the same. */
  anyway?: boolean;
}

/** One row of `pretrain engines --json` (Diagnose Engines). */
export interface EngineDiagnosis {
  name: EngineName;
  loads: boolean;
  /** Why it does not load, or null. */
  reason: string | null;
  version: string | null;
  threads: number | null;
  /** Median time of one training step of the primer's autoencoder (784-32-784, batch 256), or null. */
  stepMilliseconds: number | null;
}

/** `pretrain check --json`. Lines and columns start at 1. */
export interface CheckResult {
  problems: Problem[];
  /** Null when there are none that can be read. */
  data: DataFound | null;
  /** Null when the recipe cannot run. */
  cost: StageCost | null;
}

/** What a recipe's data are. */
export interface DataFound {
  kind: string;
  /** The reader's name, e.g. "idx". */
  format: string;
  /** All examples, those for validation too. */
  count: number;
  /** Of one example; -1 where examples differ. */
  shape: number[];
  classes: string[] | null;
  /** Whether an example may have several of the classes, or none; missing where each has one. */
  severalLabels?: boolean;
}

export interface Problem {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  severity: 'error' | 'warning' | 'information';
  message: string;
  /** Stable name of the rule, e.g. "unknown-property". */
  code: string;
  fixes: Fix[];
}

/** A quick fix: replaces `length` characters from `offset` by `text`. */
export interface Fix {
  title: string;
  offset: number;
  length: number;
  text: string;
}

export interface StageCost {
  stage: Stage;
  parameters: number;
  epochs: number;
  stepsPerEpoch: number;
  /** Bytes of the trainer at its peak, estimated: data, weights, optimizer, activations. */
  memoryBytes: number;
}
