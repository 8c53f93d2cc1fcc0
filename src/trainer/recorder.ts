import type { Checkpoint, Progress } from '../learn/checkpoint.js';
import type { Diagnosis, EpochResult, Metrics, Observer } from '../learn/loop.js';
import type { Preview } from '../learn/method/method.js';
import type { RunEvent, RunState } from '../protocol/run.js';
import type { ControlServer } from './control.js';
import { pruneCheckpoints, writeCheckpoint } from './checkpoints.js';
import type { RunFolder } from './runFolder.js';
import { SampleClock } from './sampleClock.js';
import type { Steering, SteeringListener } from './steering.js';
import type { ShownTexts } from './shownTexts.js';

/** `run.json` is written this often while training. */
const RECORD_MILLISECONDS = 1000;

/** Shows a run on the terminal. */
export interface Display {
  step(run: RunFolder['record'], loss: number): void;
  epoch(run: RunFolder['record']): void;
  event(event: RunEvent): void;
}

/** Writes down what happens in the loop: metrics, events, samples, checkpoints, the record. */
export class Recorder implements Observer, SteeringListener {
  private readonly startedAt = performance.now();
  private readonly secondsBefore: number;
  private pausedMilliseconds = 0;
  private lastRecord = 0;
  private readonly samples = new SampleClock();
  private isFirstStep = true;
  private epochStart: { seconds: number; step: number };
  private sampling: Promise<void> = Promise.resolve();
  private checkpointing: Promise<void> = Promise.resolve();
  private trouble: Error | null = null;
  private shown: { step: number; preview: Preview } | null = null;

  constructor(
    private readonly run: RunFolder,
    private readonly control: ControlServer,
    private readonly steering: Steering,
    private readonly display: Display | null,
    private readonly keepCheckpoints: number,
    private readonly trainingCount: number,
    private readonly textsOf: ShownTexts,
  ) {
    this.secondsBefore = run.record.seconds;
    this.epochStart = { seconds: this.secondsBefore, step: run.record.step };
    steering.listener = this;
    steering.trouble = () => this.trouble ?? run.trouble;
  }

  private get seconds(): number {
    return this.secondsBefore + (performance.now() - this.startedAt - this.pausedMilliseconds) / 1000;
  }

  beforeStep(progress: Progress): ReturnType<Steering['beforeStep']> {
    return this.steering.beforeStep(progress);
  }

  afterStep(progress: Readonly<Progress>, measured: Metrics): void {
    const { record } = this.run;
    // The first step prepares much: where others of its epoch follow, the speed is measured from here.
    if (this.isFirstStep && !Number.isInteger(progress.epoch))
      this.epochStart = { seconds: this.seconds, step: progress.step };
    this.isFirstStep = false;
    record.step = progress.step;
    record.epoch = progress.epoch;
    this.run.addMetrics({
      step: progress.step,
      epoch: round(progress.epoch, 4),
      time: round(this.seconds, 3),
      values: rounded(measured),
    });
    this.display?.step(record, measured['loss'] ?? NaN);
    if (performance.now() - this.lastRecord > RECORD_MILLISECONDS) {
      Object.assign(record.metrics, measured);
      this.saveRecord();
    }
  }

  afterEpoch(progress: Readonly<Progress>, { trainingLoss, validation, probeAccuracy }: EpochResult): void {
    const { record } = this.run;
    const { seconds } = this;
    // A resumed epoch has only the steps since then to tell the speed by.
    const examples = Math.min(this.trainingCount, (progress.step - this.epochStart.step) * record.batchSize);
    const values: Record<string, number> = {
      ...(trainingLoss !== null && { trainingLoss }),
      ...validationMetrics(validation),
      ...(probeAccuracy !== null && { probeAccuracy }),
      ...(examples > 0 && { examplesPerSecond: Math.round(examples / (seconds - this.epochStart.seconds)) }),
    };
    this.epochStart = { seconds, step: progress.step };
    this.run.addMetrics({ step: progress.step, epoch: progress.epoch, time: round(seconds, 3), values });
    const { trainingLoss: loss, ...others } = values;
    record.metrics = { ...record.metrics, ...(loss !== undefined && { loss }), ...others };
    this.display?.epoch(record);
    this.saveRecord();
  }

  /** Training goes on while the checkpoint is written; it waits only when the one before is not done yet. */
  async checkpoint(checkpoint: Checkpoint): Promise<void> {
    await this.checkpointing;
    const event = { ...this.now(), type: 'checkpoint' as const };
    this.checkpointing = this.inBackground(async () => {
      await this.run.flush(); // who goes on from the checkpoint finds all that led to it
      await writeCheckpoint(this.run.path, checkpoint, this.run.record.seed);
      await pruneCheckpoints(this.run.path, this.keepCheckpoints, checkpoint.progress);
      this.run.addEvent(event);
    });
  }

  /** What goes wrong ends the training before its next step. */
  private async inBackground(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.trouble ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  wantsPreview(progress: Readonly<Progress>): boolean {
    return this.samples.isDue(progress, this.run.record.epochs, this.seconds);
  }

  /** More to show of the step that was shown last. */
  alsoShow(progress: Readonly<Progress>, { views, tensors }: Preview): void {
    const last = this.shown?.step === progress.step ? this.shown.preview : { views: [], tensors: {} };
    this.preview(progress, { views: [...last.views, ...views], tensors: { ...last.tensors, ...tensors } });
  }

  preview({ step, epoch }: Readonly<Progress>, preview: Preview): void {
    const { views, tensors } = preview;
    this.shown = { step, preview };
    this.samples.drawn();
    const metadata = {
      step: String(step),
      epoch: String(epoch),
      views: JSON.stringify(views),
      ...this.textsOf(preview),
    };
    const event = { ...this.now(), step, epoch };
    this.sampling = this.sampling.then(() =>
      this.inBackground(async () => {
        await this.run.writeSample(step, { tensors, metadata });
        this.run.addEvent({ ...event, type: 'sample' });
      }),
    );
  }

  wentBack({ step, epoch, learningRate }: Readonly<Progress>, before: number): void {
    Object.assign(this.run.record, { step, epoch });
    this.epochStart = { seconds: this.seconds, step };
    this.noteLearningRate(before, learningRate, true);
  }

  diagnosis(_: Readonly<Progress>, diagnosis: Diagnosis): void {
    this.run.addEvent({ ...this.now(), type: 'diagnosis', ...diagnosis });
  }

  onPaused(): void {
    this.setState('paused');
  }

  onPauseEnded(pausedMilliseconds: number, goesOn: boolean): void {
    this.pausedMilliseconds += pausedMilliseconds;
    if (goesOn) this.setState('running');
  }

  onLearningRate(from: number, to: number): void {
    this.noteLearningRate(from, to, false);
  }

  private noteLearningRate(from: number, to: number, automatic: boolean): void {
    this.run.addEvent({
      ...this.now(),
      type: 'change',
      name: 'learningRate',
      from,
      to,
      ...(automatic && { automatic }),
    });
    this.run.record.learningRate = to;
    this.saveRecord();
  }

  setState(state: RunState, reason?: string): void {
    this.run.record.state = state;
    this.run.addEvent({ ...this.now(), type: 'state', state, ...(reason === undefined ? {} : { reason }) });
    this.saveRecord();
  }

  private now(): { step: number; epoch: number; at: string } {
    const { step, epoch } = this.run.record;
    return { step, epoch: round(epoch, 4), at: new Date().toISOString() };
  }

  private saveRecord(): void {
    this.lastRecord = performance.now();
    this.run.record.seconds = round(this.seconds, 3);
    void this.run.saveRecord();
    this.control.push({ type: 'run', run: this.run.record });
  }

  /** Waits for what is being written; what goes wrong there is told by {@link finish}. */
  async settle(): Promise<void> {
    await Promise.all([this.sampling, this.checkpointing]);
  }

  /** Everything that was to be written is written. @throws what went wrong in the background */
  async finish(): Promise<void> {
    await this.settle();
    await this.run.flush();
    const trouble = this.trouble ?? this.run.trouble;
    if (trouble) throw trouble;
  }
}

function rounded(metrics: Metrics): Metrics {
  const values: Metrics = {};
  for (const name in metrics) values[name] = round(metrics[name] as number, 6);
  return values;
}

/** "loss" of validation is "validationLoss", and so on. */
function validationMetrics(metrics: Metrics | null): Metrics {
  return Object.fromEntries(
    Object.entries(metrics ?? {}).map(([name, value]) => [
      `validation${name[0]?.toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
