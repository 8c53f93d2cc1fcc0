/** A list of numbers that grows in place, so that appending a point costs no allocation. */
export class Column {
  private values = new Float64Array(1024);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** Valid for positions below {@link length}, until the next push. */
  get data(): Float64Array {
    return this.values;
  }

  /** NaN outside the list. */
  at(index: number): number {
    return index >= 0 && index < this.used ? (this.values[index] ?? NaN) : NaN;
  }

  get last(): number {
    return this.at(this.used - 1);
  }

  push(value: number): void {
    if (this.used === this.values.length) {
      const larger = new Float64Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.used++] = value;
  }

  truncate(length: number): void {
    this.used = Math.min(this.used, Math.max(0, length));
  }
}

/** First position among the first `count` ascending values that holds at least `value`; `count` when none does. */
export function lowerBound(ascending: ArrayLike<number>, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
