/** What a stream of numbers is like: moments, extremes, quartiles; in bounded memory. */
import { stream, type RandomStream } from '../../protocol/random.js';

/** Quartiles are exact up to so many numbers; of more, a sample of as many tells them (rank error about 0.2 %). */
export const QUARTILE_SAMPLE = 65_536;

export interface NumberStatistics {
  min: number;
  max: number;
  mean: number;
  /** Of the sample (divided by n - 1), as pandas' describe has it; NaN for one number. */
  std: number;
  /** 25 %, 50 %, 75 %, linear between neighbours as in NumPy. */
  quartiles: [number, number, number];
  /** False when a random sample told the quartiles. */
  exactQuartiles: boolean;
}

/** Mean and variance in one pass (Welford 1962), and a reservoir (Li 1994, algorithm L) for the quartiles. */
export class NumbersSeen {
  count = 0;
  private min = Infinity;
  private max = -Infinity;
  private mean = 0;
  private squares = 0;
  /** Grows to QUARTILE_SAMPLE: a table may have very many columns. */
  private sample = new Float64Array(16);
  private readonly random: RandomStream;
  private weight = 1;
  private nextTaken = QUARTILE_SAMPLE - 1;

  constructor(seed = 0) {
    this.random = stream(seed, 'quartiles');
    this.skip();
  }

  add(value: number): void {
    if (this.count < QUARTILE_SAMPLE) {
      if (this.count === this.sample.length) {
        const longer = new Float64Array(2 * this.count);
        longer.set(this.sample);
        this.sample = longer;
      }
      this.sample[this.count] = value;
    } else if (this.count === this.nextTaken) {
      this.sample[this.random.integer(QUARTILE_SAMPLE)] = value;
      this.skip();
    }
    this.count++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    const delta = value - this.mean;
    this.mean += delta / this.count;
    this.squares += delta * (value - this.mean);
  }

  /** Null when there were no numbers. */
  statistics(): NumberStatistics | null {
    if (this.count === 0) return null;
    const sorted = this.sample.slice(0, Math.min(this.count, QUARTILE_SAMPLE)).sort();
    return {
      min: this.min,
      max: this.max,
      mean: this.mean,
      std: Math.sqrt(this.squares / (this.count - 1)),
      quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)],
      exactQuartiles: this.count <= QUARTILE_SAMPLE,
    };
  }

  /** Draws which number is the next to be taken into the full reservoir. */
  private skip(): void {
    this.weight *= Math.exp(Math.log(this.positive()) / QUARTILE_SAMPLE);
    this.nextTaken += Math.floor(Math.log(this.positive()) / Math.log1p(-this.weight)) + 1;
  }

  private positive(): number {
    return (this.random.nextUint32() + 1) / 2 ** 32;
  }
}

function quantile(sorted: Float64Array, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}
