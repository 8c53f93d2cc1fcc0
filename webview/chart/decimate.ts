/** Points of one line, x never falling. Values of y that are no number are gaps that the line passes over. */
export interface Points {
  x: Float64Array;
  y: Float64Array;
  count: number;
}

/** At most {@link POINTS_PER_COLUMN} points for each column and two beyond the edges; reused from frame to frame. */
export interface Reduced {
  x: number[];
  y: number[];
}

export const POINTS_PER_COLUMN = 2;

/**
 * What is to be drawn of a line between two x: the lowest and the highest point of each pixel column in their order,
 * so that no spike is lost, and the neighbours outside, so that the line runs to the edge. Work grows with the points
 * in view, the result only with the columns. On a logarithmic axis y is the decadic logarithm; what has none is a gap.
 */
export function reduce(points: Points, from: number, to: number, columns: number, log: boolean, into: Reduced): void {
  const { x, y, count } = points;
  into.x.length = 0;
  into.y.length = 0;
  const begin = Math.max(0, firstAtLeast(x, 0, count, from) - 1);
  const end = Math.min(count, firstAtLeast(x, 0, count, to + Number.EPSILON * Math.abs(to)) + 1);
  const all = end - begin <= columns * POINTS_PER_COLUMN;
  const width = (to - from) / columns;
  const floor = log ? 0 : -Infinity;
  let index = begin;
  while (index < end) {
    let next = index + 1;
    if (!all) {
      const column = Math.floor(((x[index] ?? 0) - from) / width);
      next = Math.max(next, firstAtLeast(x, index, end, from + (column + 1) * width));
    }
    let low = -1;
    let high = -1;
    let least = Infinity;
    let most = floor;
    for (let i = index; i < next; i++) {
      const value = y[i] as number; // what is no number is neither below nor above
      if (value < least && value > floor) {
        least = value;
        low = i;
      }
      if (value > most) {
        most = value;
        high = i;
      }
    }
    if (low >= 0) {
      push(points, Math.min(low, high), log, into);
      if (low !== high) push(points, Math.max(low, high), log, into);
    }
    index = next;
  }
}

function push({ x, y }: Points, index: number, log: boolean, into: Reduced): void {
  const value = y[index] ?? NaN;
  into.x.push(x[index] ?? NaN);
  into.y.push(log ? Math.log10(value) : value);
}

/** First position in [low, high) whose value is at least `value`; `high` when none is. */
export function firstAtLeast(ascending: Float64Array, low: number, high: number, value: number): number {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Position of the point nearest to x that has a value; -1 when none has. */
export function nearest({ x, y, count }: Points, at: number): number {
  const start = firstAtLeast(x, 0, count, at);
  for (let distance = 0; distance <= count; distance++) {
    const before = start - 1 - distance;
    const after = start + distance;
    const beforeCounts = before >= 0 && !Number.isNaN(y[before] ?? NaN);
    const afterCounts = after < count && !Number.isNaN(y[after] ?? NaN);
    if (beforeCounts && afterCounts) return at - (x[before] ?? 0) < (x[after] ?? 0) - at ? before : after;
    if (beforeCounts) return before;
    if (afterCounts) return after;
  }
  return -1;
}

/**
 * Several lines in one table with a common, rising x, as uPlot takes them: where a line has no point of its own the
 * table holds undefined, which uPlot passes over.
 */
export function align(lines: readonly Reduced[]): [number[], ...(number | undefined)[][]] {
  const x: number[] = [];
  const columns: (number | undefined)[][] = lines.map(() => []);
  const heads = lines.map(() => 0);
  for (;;) {
    let next = Infinity;
    for (let index = 0; index < lines.length; index++)
      next = Math.min(next, lines[index]?.x[heads[index] as number] ?? Infinity);
    if (next === Infinity) return [x, ...columns];
    x.push(next);
    for (let index = 0; index < lines.length; index++) {
      const head = heads[index] as number;
      const here = lines[index]?.x[head] === next;
      columns[index]?.push(here ? lines[index]?.y[head] : undefined);
      if (here) heads[index] = head + 1;
    }
  }
}
