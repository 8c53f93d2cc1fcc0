/** Range, mean and deviation of any number of values in one pass. */

/**
 * Bytes are counted, which is exact. Of other numbers, each example's mean and sum of squares are taken in two passes
 * and joined (Chan, Golub & LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances").
 */
export class Moments {
  private readonly state: MomentsState = {
    bytes: null,
    floats: { count: 0, mean: 0, squares: 0 },
    low: Infinity,
    high: -Infinity,
    notFinite: 0,
  };

  /** @param from,step takes data[from], data[from + step], ...: one of several channels */
  add(data: ArrayLike<number>, from = 0, step = 1): void {
    const { state } = this;
    if (data instanceof Uint8Array) {
      const counts = new Uint32Array(256); // of whole numbers, which are counted faster
      for (let i = from; i < data.length; i += step) {
        const value = data[i] as number;
        counts[value] = (counts[value] as number) + 1;
      }
      this.joinBytes(counts);
      return;
    }
    let count = 0;
    let sum = 0;
    for (let i = from; i < data.length; i += step) {
      const value = data[i] as number;
      if (value - value !== 0) continue;
      count++;
      sum += value;
      if (value < state.low) state.low = value;
      if (value > state.high) state.high = value;
    }
    state.notFinite += Math.max(0, Math.ceil((data.length - from) / step)) - count;
    const mean = count === 0 ? 0 : sum / count;
    let squares = 0;
    for (let i = from; i < data.length; i += step) {
      const distance = (data[i] as number) - mean;
      if (distance - distance === 0) squares += distance * distance;
    }
    state.floats = join(state.floats, { count, mean, squares });
  }

  /** What other moments have seen, e.g. on another thread. */
  join(other: MomentsState): void {
    const { state } = this;
    if (other.bytes) this.joinBytes(other.bytes);
    state.floats = join(state.floats, other.floats);
    state.low = Math.min(state.low, other.low);
    state.high = Math.max(state.high, other.high);
    state.notFinite += other.notFinite;
  }

  private joinBytes(counts: Uint32Array | Float64Array): void {
    const all = (this.state.bytes ??= new Float64Array(256));
    for (let value = 0; value < 256; value++) all[value] = (all[value] as number) + (counts[value] as number);
  }

  /** All that was seen, in what can be cloned. */
  seen(): MomentsState {
    return this.state;
  }

  /** Of all finite values; the deviation is divided by their number. Null when there are none. */
  result(): MomentsResult | null {
    const { bytes, floats, low, high, notFinite } = this.state;
    const { count, mean, squares } = bytes ? join(floats, ofBytes(bytes)) : floats;
    if (count === 0) return null;
    const first = bytes?.findIndex((one) => one > 0) ?? -1;
    const last = bytes?.findLastIndex((one) => one > 0) ?? -1;
    return {
      count,
      minimum: first < 0 ? low : Math.min(low, first),
      maximum: last < 0 ? high : Math.max(high, last),
      mean,
      deviation: Math.sqrt(squares / count),
      notFinite,
    };
  }
}

export interface MomentsResult {
  count: number;
  minimum: number;
  maximum: number;
  mean: number;
  deviation: number;
  /** NaN and infinite values, which the other numbers leave out. */
  notFinite: number;
}

export interface MomentsState {
  /** How often each byte was seen; null before the first. */
  bytes: Float64Array | null;
  floats: Part;
  /** Of other numbers than bytes. */
  low: number;
  high: number;
  notFinite: number;
}

function ofBytes(bytes: Float64Array): Part {
  const count = bytes.reduce((sum, one) => sum + one, 0);
  const mean = count === 0 ? 0 : bytes.reduce((sum, one, value) => sum + one * value, 0) / count;
  return { count, mean, squares: bytes.reduce((sum, one, value) => sum + one * (value - mean) ** 2, 0) };
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
