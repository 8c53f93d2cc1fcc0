/**
 * Everything the monitor says, in English. The host may put translations by the same keys into the page's element
 * `#strings`. {0}, {1} stand for values.
 */
export const english = {
  monitor: 'Training monitor',
  learningRate: 'Learning rate',
  pause: 'Pause',
  resume: 'Resume',
  stop: 'Stop',
  sampleNow: 'Sample now',
  sampleNowHint: 'Draw what the network makes of the examples right now',
  invalidLearningRate: '“{0}” is not a learning rate: it must be a number above 0.',
  noAnswer: 'The trainer has not answered yet. Try again, or open the log.',

  preparing: 'Preparing',
  running: 'Training',
  paused: 'Paused',
  stopped: 'Stopped',
  completed: 'Complete',
  failed: 'Failed',
  interrupted: 'Interrupted',

  weightsCount: '{0} weights',
  epochOf: 'Epoch {0} of {1}',
  step: 'step',
  stepAt: 'step {0}',
  stepAndEpoch: 'step {0} · epoch {1}',
  loss: 'loss',
  validation: 'validation',
  notANumber: 'not a number',
  imagesPerSecond: '{0} images/s',
  examplesPerSecond: '{0} examples/s',
  thread: '1 thread',
  threads: '{0} threads',
  timeLeft: '{0} left',
  timeTaken: 'took {0}',
  progress: 'Progress of the training',

  opening: 'Opening the run',
  openingHint: 'Reading the run folder. This takes a moment.',
  preparingTitle: 'Preparing the training',
  starting: 'Starting the trainer …',
  preparingHint: 'The loss appears after the first step, the pictures soon after it.',
  waitingTitle: 'Waiting for the first step',
  elapsed: '{0} so far',
  aboutLeft: 'about {0} to go',
  nothingMeasured: 'Nothing was measured',
  nothingMeasuredHint: 'The run ended before its first step.',

  stoppedAt: 'Stopped at step {0}.',
  stoppedEarly: 'Stopped before the first step.',
  interruptedAt: 'The trainer ended unexpectedly after step {0}.',
  interruptedEarly: 'The trainer ended unexpectedly before the first step.',
  failedAt: 'Training failed at step {0}.',
  failedEarly: 'Training could not start.',
  resumeFrom: 'Resume goes on from the checkpoint of step {0}.',
  resumeFromStart: 'No checkpoint was written yet: Resume starts again.',
  fileAndLine: '{0}, line {1}',
  openLog: 'Open log',

  lossTitle: 'Loss',
  training: 'training',
  log: 'log',
  logHint: 'Logarithmic axis (L)',
  smooth: 'smooth',
  smoothHint: 'Moving average of the training loss, 0 to 0.99. The faint line is what was measured',
  xAxis: 'Horizontal axis',
  epoch: 'epoch',
  time: 'time',
  resetZoom: 'Reset zoom',
  measured: 'measured',
  chartHint: 'Drag to zoom, double-click to reset',
  resumed: 'resumed',
  turn_learningRate: 'learning rate {0}',
  chartText: 'Loss by {0}.',
  chartTraining: 'Training {0} at step {1}, first {2}.',
  chartValidation: 'Validation {0} at step {1}.',

  reconstructionTitle: 'Reconstructions',
  from_validation: 'validation images',
  from_test: 'test images',
  from_train: 'training images',
  rowInput: 'input',
  rowSeen: 'seen',
  rowOutput: 'output',
  rowError: 'error',
  tooDark: 'too dark',
  tooBright: 'too bright',
  fullColourAt: 'full colour at ±{0}',
  meanAbsoluteError: 'mean absolute error {0}',
  rowText: '{0}: {1} pictures',
  outputText: 'Output at step {0}: {1} pictures, mean absolute error {2} on a scale from 0 to 1',
  errorText: 'Error at step {0}: output minus input, mean absolute error {1}, largest {2}',
  firstShown: 'first {0} of {1}',
  sampleGone: 'The sample of step {0} is no longer in the run folder.',
  sampleBroken: 'The sample of step {0} cannot be shown. {1}.',

  weightsTitle: 'First-layer weights',
  weightsShown: '{0} of {1}',
  weightsText: 'First-layer weights at step {0}: {1} pictures of {2} units, largest weight {3}',
  negative: 'negative',
  positive: 'positive',

  healthTitle: 'Health',
  openRecipe: 'Open recipe',
  changed_learningRate: 'Learning rate changed from {0} to {1} at step {2}.',
  changed: '{0} changed from {1} to {2} at step {3}.',
  began: 'Training began.',
  wentOn: 'Training went on from step {0}.',
  pausedAt: 'Paused at step {0}.',
  completedAt: 'Complete after {0} epochs.',
  brokenLine: 'Line {0} of {1} cannot be read and was left out.',
  brokenLines: '{2} lines of {1} cannot be read and were left out; the first is line {0}.',

  timeline: 'Time',
  timelineHint: 'Left and right arrows step through the samples',
  play: 'Replay',
  playHint: 'Replay how the pictures became sharp',
  stopPlaying: 'Stop the replay',
  live: 'Live',
  liveHint: 'Follow the run (End)',
} as const;

export type StringKey = keyof typeof english;

let translations: Partial<Record<string, string>> = {};

/** Takes over the host's translations; what is no text is left out. */
export function useTranslations(table: unknown): void {
  translations = {};
  if (typeof table !== 'object' || table === null) return;
  for (const [key, value] of Object.entries(table)) if (typeof value === 'string') translations[key] = value;
}

export function say(key: StringKey, ...values: string[]): string {
  const template = translations[key] ?? english[key];
  return template.replace(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

/** Text of a key that is made at run time, or the fallback. */
export function sayOr(key: string, fallback: string, ...values: string[]): string {
  return key in english ? say(key as StringKey, ...values) : fallback;
}
