import { lastStep, sampleAt, shownStep, type Model } from './model.js';

/** How long the whole replay takes, and the least and the most time for one sample; milliseconds. */
const REPLAY = { whole: 8000, least: 120, most: 700 };
/** How long the replay waits for a sample that does not come. */
const REPLAY_PATIENCE = 1500;

/** Moves through the time of the run. `changed` is called after every move. */
export class Navigation {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly model: Model,
    private readonly changed: () => void,
    private readonly now: () => number,
    /** True when the person asked for less motion: the replay then goes slowly. */
    private readonly calm: () => boolean,
  ) {}

  get playing(): boolean {
    return this.timer !== undefined;
  }

  /** Goes to the sample nearest to a step, or to the step itself while there are no samples; null follows the run. */
  goTo(step: number | null): void {
    this.stop();
    this.move(step === null ? null : this.nearest(step));
  }

  /** One sample on (1) or back (-1); on from the newest follows the run. */
  stepBy(direction: 1 | -1): void {
    const { samples } = this.model.events;
    const shown = sampleAt(this.model, shownStep(this.model));
    if (!shown) return;
    const next = samples[samples.indexOf(shown) + direction];
    if (next) this.goTo(next.step);
    else if (direction === 1) this.goTo(null);
  }

  first(): void {
    const first = this.model.events.samples[0];
    if (first) this.goTo(first.step);
  }

  togglePlaying(): void {
    if (this.playing) {
      this.stop();
      this.changed();
    } else this.play();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private play(): void {
    const { samples } = this.model.events;
    const first = samples[0];
    if (!first) return;
    const pause = this.calm()
      ? REPLAY.most
      : Math.min(REPLAY.most, Math.max(REPLAY.least, REPLAY.whole / samples.length));
    const atEnd = this.model.view.position === null || this.model.view.position >= (samples.at(-1)?.step ?? 0);
    if (atEnd) this.move(first.step);
    let waitedSince = this.now();
    const tick = (): void => {
      const shown = sampleAt(this.model, shownStep(this.model));
      const next = shown ? samples[samples.indexOf(shown) + 1] : undefined;
      if (!next) {
        this.stop();
        this.move(null);
        return;
      }
      const here = this.model.samples.get(next.step) ?? this.model.samples.refusal(next.step);
      if (here !== undefined || this.now() - waitedSince > REPLAY_PATIENCE) {
        waitedSince = this.now();
        this.move(next.step);
      }
      this.timer = setTimeout(tick, here === undefined ? 30 : pause);
    };
    this.timer = setTimeout(tick, pause);
    this.changed();
  }

  private move(step: number | null): void {
    this.model.view.position = step;
    this.changed();
  }

  private nearest(step: number): number {
    const { samples } = this.model.events;
    let best: number | undefined;
    for (const sample of samples)
      if (best === undefined || Math.abs(sample.step - step) < Math.abs(best - step)) best = sample.step;
    return best ?? Math.min(step, lastStep(this.model));
  }
}
