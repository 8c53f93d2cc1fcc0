/** The run folder: names of its files and the records in them. Every process that writes or shows a run uses these. */

/** Raised when a record's meaning changes; a reader refuses what is newer than it knows. */
export const RUN_FORMAT = 1;

/** Names inside `.pretrain/runs/<id>/`. */
export const RunFile = {
  run: 'run.json',
  recipe: 'recipe.json',
  data: 'data.json',
  tokenizer: 'tokenizer.json',
  metrics: 'metrics.jsonl',
  events: 'events.jsonl',
  evaluation: 'evaluation.json',
  predictions: 'predictions.safetensors',
  reproduction: 'reproduction.json',
  reproductionReport: 'reproduction.md',
  examples: 'examples.safetensors',
  samples: 'samples',
  checkpoints: 'checkpoints',
  log: 'trainer.log',
} as const;

/** Names inside `checkpoints/<step>/`. */
export const CheckpointFile = {
  weights: 'weights.safetensors',
  optimizer: 'optimizer.safetensors',
  state: 'state.json',
} as const;

/** Where runs live, relative to the workspace folder. */
export const RUNS_FOLDER = '.pretrain/runs';

export type Stage = 'pretrain' | 'finetune';

/**
 * `preparing` before the first step; `running` and `paused` while a trainer lives; the rest are final for that trainer.
 * A `stopped` or `failed` run can be resumed from its last checkpoint. `interrupted` is never written: it is what a
 * reader calls a run whose record says `running` while its trainer is gone (see {@link effectiveState}).
 */
export type RunState = 'preparing' | 'running' | 'paused' | 'stopped' | 'completed' | 'failed' | 'interrupted';

export type EngineName = 'tensorflow' | 'wasm' | 'cpu';

export interface EngineFacts {
  name: EngineName;
  /** Version of the library that computes, e.g. "2.20.0" for TensorFlow. */
  version: string;
  /** Threads used within one operation. */
  threads: number;
  /** What the processor offers and the engine uses, e.g. "SIMD"; empty when unknown. */
  features: string[];
}

export interface RunDataset {
  path: string;
  kind: string;
  format: string;
  /** Examples used for training and for validation. */
  trainingCount: number;
  validationCount: number;
  /** Where the validation examples come from: a split's name, or "fraction". */
  validationFrom: string;
  /** Shape of one example, e.g. [28, 28, 1]. */
  shape: number[];
  classes: string[] | null;
  /** Whether an example may have several of the classes, or none; missing where each has one. */
  severalLabels?: boolean;
  fingerprint: string;
  /**
   * How examples became numbers of `shape`, so that later data can be prepared in the same way: values from..to of
   * `range` are 0..1 for the network. Its range is null where they are not scaled further: ids, and tables with a
   * scale of their own.
   */
  preparation: { kind: string; shape: number[]; range: [number, number] | null } & Record<string, unknown>;
}

/** Who taught a run of the method "distillation". */
export interface RunTeacher {
  /** Absolute: the folder of a run, or a file of soft labels. */
  path: string;
  /** Of the run; null of a file. */
  id: string | null;
  /** Step of its checkpoint; null of a file. */
  step: number | null;
  /** Of the checkpoint's weights, or of the file: "sha256:" and 64 hexadecimal digits. */
  fingerprint: string;
  /** What it was able to say: names of classes, and the width of its code; null for what it was not. */
  classes: string[] | null;
  code: number | null;
}

/** The checkpoint that a run started from. */
export interface RunStart {
  /** Absolute: the folder of its run. */
  path: string;
  step: number;
  /** Of its weights: "sha256:" and 64 hexadecimal digits. */
  fingerprint: string;
}

/** `run.json`. */
export interface RunRecord {
  format: number;
  id: string;
  name: string;
  stage: Stage;
  method: string;
  /** Id of the run whose checkpoint this one started from. */
  parent: string | null;
  /** The parent's checkpoint; missing without one. */
  start?: RunStart;
  /** The run that this one does again, and its folder; missing for others. */
  reproduces?: { id: string; path: string };
  state: RunState;
  engine: EngineFacts | null;
  /** Versions of everything that can change the result, e.g. { "pretrain-studio": "0.1.0", node: "20.20.2" }. */
  versions: Record<string, string>;
  seed: number;
  dataset: RunDataset | null;
  /** Missing where nobody taught. */
  teacher?: RunTeacher;
  /** One line that names the network and its loss, e.g. "Autoencoder 784 → 32 → 784 · binary cross-entropy". */
  summary: string;
  /** Number of trainable weights. */
  parameters: number;
  epochs: number;
  stepsPerEpoch: number;
  batchSize: number;
  /** Last finished step and its epoch (fractional: 1.5 is the middle of the second epoch). */
  step: number;
  epoch: number;
  learningRate: number;
  /** ISO 8601. */
  created: string;
  started: string | null;
  ended: string | null;
  /** Seconds spent training, pauses left out. */
  seconds: number;
  /** Trainer process and the socket or pipe it listens on; null when none runs. */
  pid: number | null;
  address: string | null;
  /** Recipe file the run was started from, for "Open Recipe". */
  recipePath: string | null;
  /** Last values of each metric, e.g. { loss: 0.0953, validationLoss: 0.0941 }. */
  metrics: Record<string, number>;
  error: RunError | null;
}

/** What a person is told when a run fails: what happened, where, what to do. */
export interface RunError {
  message: string;
  file?: string;
  line?: number;
  /** What to do next, e.g. "Resume from step 2,350." */
  advice?: string;
}

/** One line of `metrics.jsonl`: the values measured after `step`. */
export interface MetricRecord {
  step: number;
  /** Fractional epoch after the step. */
  epoch: number;
  /** Seconds of training since the run began, pauses left out. */
  time: number;
  /** e.g. { loss: 0.12 } after a step; { trainingLoss, validationLoss, examplesPerSecond } after an epoch. */
  values: Record<string, number>;
}

/** One line of `events.jsonl`. */
export type RunEvent = { step: number; epoch: number; /** ISO 8601. */ at: string } & (
  | { type: 'state'; state: RunState; reason?: string }
  | { type: 'checkpoint' }
  | { type: 'sample' }
  | {
      type: 'diagnosis';
      level: 'good' | 'warning' | 'problem';
      message: string;
      advice?: string;
      recipePath?: (string | number)[];
    }
  | {
      type: 'change';
      name: 'learningRate';
      from: number;
      to: number;
      /** True where training itself changed it, because its loss exploded; missing where a person did. */
      automatic?: true;
    }
);

/** A checkpoint's or sample's folder or file name: zero-padded so that names sort by step. */
export function stepName(step: number): string {
  return String(step).padStart(8, '0');
}

/** Whether a run in this state has a trainer, as far as its record tells. */
export function isAlive(state: RunState): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused';
}

/** `state` as a reader should show it: a run that claims to be alive while its trainer is gone was interrupted. */
export function effectiveState(run: Pick<RunRecord, 'state'>, trainerAlive: boolean): RunState {
  return isAlive(run.state) && !trainerAlive ? 'interrupted' : run.state;
}

/** Whether a trainer can go on from the run's last checkpoint. */
export function isResumable(state: RunState): boolean {
  return state === 'stopped' || state === 'failed' || state === 'interrupted';
}

/** Whether a run's network predicts: it is fine-tuned, was taught classes, or learned them from a teacher. */
export function predicts({ stage, method, dataset, teacher }: RunRecord): boolean {
  if (stage === 'finetune') return dataset !== null;
  return (method === 'supervised' && (dataset?.classes ?? null) !== null) || (teacher?.classes ?? null) !== null;
}

/** `evaluation.json`: how well a fine-tuned network does. */
export type EvaluationRecord = ClassificationEvaluation | MultiLabelEvaluation | RegressionEvaluation;

export interface ClassificationEvaluation {
  format: number;
  task: 'classification';
  classes: string[];
  /** Labelled training examples of each class that it learned from. */
  trainedOn: number[];
  /** By the split that was measured: "test", "validation". No choice depends on "test". */
  splits: Record<string, ClassificationRecord>;
}

export interface MultiLabelEvaluation {
  format: number;
  task: 'multiLabel';
  /** Names of the labels. */
  classes: string[];
  /** Training examples that it learned from and that have each label. */
  trainedOn: number[];
  /** As of classes. */
  splits: Record<string, MultiLabelRecord>;
}

export interface RegressionEvaluation {
  format: number;
  task: 'regression';
  /** Labelled training examples that it learned from. */
  trainedOn: number;
  /** As of classes. */
  splits: Record<string, RegressionRecord>;
}

/** All parts are 0..1. See learn/evaluate/multiLabel.ts for what each is. */
export interface MultiLabelRecord {
  count: number;
  subsetAccuracy: EstimateRecord;
  macroF1: EstimateRecord;
  microF1: EstimateRecord;
  meanAveragePrecision: number;
  hammingLoss: number;
  /** In nats. */
  logLoss: number;
  /** One a label. */
  scores: { support: number; precision: number; recall: number; f1: number; averagePrecision: number }[];
}

/** In the unit of the labels. See learn/evaluate/regression.ts for what each is. */
export interface RegressionRecord {
  count: number;
  meanAbsoluteError: EstimateRecord;
  rootMeanSquaredError: EstimateRecord;
  /** At most 1; null for one example. */
  r2: EstimateRecord | null;
}

/** With the ends of its 95 % interval (percentile bootstrap). */
export interface EstimateRecord {
  value: number;
  low: number;
  high: number;
}

/** All parts are 0..1. See learn/evaluate/classification.ts for what each is. */
export interface ClassificationRecord {
  count: number;
  accuracy: EstimateRecord;
  balancedAccuracy: EstimateRecord;
  macroF1: EstimateRecord;
  /** Null where there are no more than five classes. */
  top5Accuracy: number | null;
  /** In nats. */
  logLoss: number;
  expectedCalibrationError: number;
  calibration: { count: number; confidence: number | null; accuracy: number | null }[];
  /** Rows are classes, columns what their examples are taken for. */
  confusion: number[][];
  /** One a class. */
  scores: { support: number; precision: number; recall: number; f1: number }[];
}
