import type { RunRecord, RunState } from './run.js';

/**
 * Host to monitor. Lines of the run folder travel as text, unparsed: the extension host's thread must not spend time
 * on them, the webview has its own.
 */
export type ToMonitor =
  /** A run is shown from its beginning: forget what was shown before. `state` is the effective state. */
  | { type: 'show'; run: RunRecord; state: RunState }
  | { type: 'run'; run: RunRecord; state: RunState }
  /** Whole lines of `metrics.jsonl`, in order, each with its line end. */
  | { type: 'metrics'; text: string }
  /** Whole lines of `events.jsonl`, in order, each with its line end. */
  | { type: 'events'; text: string }
  /** A sample file, as asked for; bytes are null when it is not there (any more). */
  | { type: 'sample'; step: number; bytes: Uint8Array | null }
  /** `examples.safetensors`, as asked for; bytes are null when it is not there. */
  | { type: 'examples'; bytes: Uint8Array | null }
  /** Everything that was in the run folder has been sent; what follows is live. */
  | { type: 'live' }
  /** While the run prepares. */
  | { type: 'progress'; message: string; fraction: number | null }
  /** A request to the trainer failed: shown where the control is. */
  | { type: 'failed'; message: string };

/** Monitor to host. */
export type FromMonitor =
  /** The page has loaded and can be sent the run. `runId` is what the page showed before a reload, if anything. */
  | { type: 'ready'; runId: string | null }
  | { type: 'pause' }
  /** Goes on after a pause, or resumes a stopped, failed or interrupted run in a new trainer. */
  | { type: 'resume' }
  | { type: 'stop' }
  | { type: 'sampleNow' }
  | { type: 'setLearningRate'; learningRate: number }
  | { type: 'requestSample'; step: number }
  | { type: 'requestExamples' }
  /** Opens the recipe, at a property if `path` is given. */
  | { type: 'openRecipe'; path?: (string | number)[] }
  | { type: 'openLog' };
