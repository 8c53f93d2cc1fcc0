import type { Progress } from '../learn/checkpoint.js';

/** A sample is drawn at least this often, so that long epochs do not leave the monitor without news; */
const MILLISECONDS = 3000;
/** in long runs less often, as a part of the time so far, so that samples do not fill the disk; */
const FRACTION = 0.01;
/** and no more often than this many times what one takes: the training is what counts. */
const REST = 20;
/** Samples at ends of epochs, over the whole run: enough to scrub through, few enough to keep. */
const MOST_AT_EPOCHS = 200;

/** Says when a sample is drawn: often at first, at ends of epochs, and now and then between these. */
export class SampleClock {
  private last: number;
  private began: number | null = null;
  /** Of the last one, in milliseconds. */
  private cost = 0;

  /** @param now in milliseconds */
  constructor(private readonly now: () => number = () => performance.now()) {
    this.last = now();
  }

  /** @param epochs of the whole run @param seconds of training so far */
  isDue({ step, epoch }: Pick<Progress, 'step' | 'epoch'>, epochs: number, seconds: number): boolean {
    const isPowerOfTwo = (step & (step - 1)) === 0;
    const atEpoch = Number.isInteger(epoch) && epoch % Math.ceil(epochs / MOST_AT_EPOCHS) === 0;
    const now = this.now();
    const pause = Math.max(MILLISECONDS, FRACTION * seconds * 1000, REST * this.cost);
    const isDue = atEpoch || isPowerOfTwo || now - this.last > pause;
    if (isDue) this.began = now;
    return isDue;
  }

  /** One was drawn, whoever asked for it. */
  drawn(): void {
    this.last = this.now();
    if (this.began !== null) this.cost = this.last - this.began;
    this.began = null;
  }
}
