/** Range, mean and deviation of any number of values in one pass. */

/**
 * Bytes are counted, which is exact. Of other numbers, each example's mean and sum of squares are taken in two passes
 * and joined (Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances").
 */
export class Moments {
  private readonly bytes = new Float64Array(256);
  private hasBytes = false;
  private joined = { count: 0, mean: 0, squares: 0 };
  private low = Infinity;
  private high = -Infinity;
  notFinite = 0;

  /** @param from,step takes data[from], data[from + step], ...: one of several channels */
  add(data: ArrayLike<number>, from = 0, step = 1): void {
    if (data instanceof Uint8Array) {
      for (let i = from; i < data.length; i += step) {
        const value = data[i] as number;
        this.bytes[value] = (this.bytes[value] as number) + 1;
      }
      this.hasBytes ||= data.length > from;
      return;
    }
    let count = 0;
    let sum = 0;
    for (let i = from; i < data.length; i += step) {
      const value = data[i] as number;
      if (value - value !== 0) continue;
      count++;
      sum += value;
      if (value < this.low) this.low = value;
      if (value > this.high) this.high = value;
    }
    this.notFinite += Math.max(0, Math.ceil((data.length - from) / step)) - count;
    const mean = count === 0 ? 0 : sum / count;
    let squares = 0;
    for (let i = from; i < data.length; i += step) {
      const distance = (data[i] as number) - mean;
      if (distance - distance === 0) squares += distance * distance;
    }
    this.joined = join(this.joined, { count, mean, squares });
  }

  /** Of all finite values; the deviation is divided by their number. Null when there are none. */
  result(): { count: number; minimum: number; maximum: number; mean: number; deviation: number } | null {
    const { count, mean, squares } = join(this.joined, this.ofBytes());
    if (count === 0) return null;
    const first = this.hasBytes ? this.bytes.findIndex((one) => one > 0) : Infinity;
    const last = this.hasBytes ? this.bytes.findLastIndex((one) => one > 0) : -Infinity;
    return {
      count,
      minimum: Math.min(this.low, first),
      maximum: Math.max(this.high, last),
      mean,
      deviation: Math.sqrt(squares / count),
    };
  }

  private ofBytes(): Part {
    const count = this.bytes.reduce((sum, one) => sum + one, 0);
    const mean = count === 0 ? 0 : this.bytes.reduce((sum, one, value) => sum + one * value, 0) / count;
    return { count, mean, squares: this.bytes.reduce((sum, one, value) => sum + one * (value - mean) ** 2, 0) };
  }
}

interface Part {
  count: number;
  mean: number;
  /** Sum of squared distances from the mean. */
  squares: number;
}

function join(a: Part, b: Part): Part {
  const count = a.count + b.count;
  if (count === 0) return a;
  const between = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (between * b.count) / count,
    squares: a.squares + b.squares + (between * between * a.count * b.count) / count,
  };
}
