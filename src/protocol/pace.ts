/** Seconds of training after which a measured speed counts 1/e: short enough to follow, long enough to be calm. */
const MEMORY = 20;

/**
 * How fast a run goes, and how long still: seconds per step as an exponentially weighted average,
 * S / N with S = Σ w Δseconds, N = Σ w Δsteps and w = exp(-age / {@link MEMORY}). The first values are the plain mean
 * since the beginning.
 */
export class Pace {
  private weightedSeconds = 0;
  private weightedSteps = 0;

  /** @param step and @param seconds where counting begins: what was done before is not judged. */
  constructor(
    private step = 0,
    private seconds = 0,
  ) {}

  /** `step` steps were done after `seconds` of training, pauses left out. Either may fall when a run is resumed. */
  update(step: number, seconds: number): void {
    const passed = seconds - this.seconds;
    const done = step - this.step;
    if (passed > 0 && done >= 0) {
      const kept = Math.exp(-passed / MEMORY);
      this.weightedSeconds = this.weightedSeconds * kept + passed;
      this.weightedSteps = this.weightedSteps * kept + done;
    } else if (passed === 0 && done >= 0) return; // between two ticks of the clock
    this.step = step;
    this.seconds = seconds;
  }

  /** NaN before anything was measured. */
  get stepsPerSecond(): number {
    return this.weightedSteps > 0 ? this.weightedSteps / this.weightedSeconds : NaN;
  }

  /**
   * Seconds until the last of `steps` steps, as exactly as they can be known: whole ones in the last minute, tens up to
   * ten minutes, else minutes. Null before anything was measured.
   */
  secondsLeft(steps: number): number | null {
    const seconds = Math.max(0, steps - this.step) / this.stepsPerSecond;
    if (Number.isNaN(seconds)) return null;
    const unit = seconds <= 60 ? 1 : seconds <= 600 ? 10 : 60;
    return Math.ceil(seconds / unit) * unit;
  }
}
