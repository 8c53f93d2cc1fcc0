/** How large images are, and how long sounds and texts. */
import type { Counted, Lengths, Sizes } from '../../protocol/inspection.js';

/** @returns null of nothing */
export function sizesOf(widths: ArrayLike<number>, heights: ArrayLike<number>): Sizes | null {
  const counts = new Map<string, { height: number; width: number; count: number }>();
  let smallest: Sizes['smallest'] | null = null;
  let largest: Sizes['largest'] | null = null;
  for (let position = 0; position < widths.length; position++) {
    const width = widths[position] as number;
    const height = heights[position] as number;
    const key = `${height} ${width}`;
    const entry = counts.get(key);
    if (entry) entry.count++;
    else counts.set(key, { height, width, count: 1 });
    if (!smallest || width * height < smallest.width * smallest.height) smallest = { height, width, position };
    if (!largest || width * height > largest.width * largest.height) largest = { height, width, position };
  }
  const [mostFrequent] = [...counts.values()].sort((a, b) => b.count - a.count);
  return smallest && largest && mostFrequent ? { smallest, largest, mostFrequent, distinct: counts.size } : null;
}

/** @param lengths by position; NaN for what was not examined. @returns null of nothing */
export function lengthsOf(lengths: ArrayLike<number>, unit: Lengths['unit']): Lengths | null {
  const known: { value: number; position: number }[] = [];
  for (let position = 0; position < lengths.length; position++) {
    const value = lengths[position] as number;
    if (!Number.isNaN(value)) known.push({ value, position });
  }
  known.sort((a, b) => a.value - b.value || a.position - b.position);
  const [shortest] = known;
  const longest = known.at(-1);
  if (!shortest || !longest) return null;
  const total = known.reduce((sum, { value }) => sum + value, 0);
  const middle = known.length >> 1;
  const upper = known[middle]?.value ?? 0;
  const median = known.length % 2 === 1 ? upper : ((known[middle - 1]?.value ?? 0) + upper) / 2;
  return { unit, shortest, longest, mean: total / known.length, median, total };
}

/** Values by how often they occur, the most frequent first. */
export function countValues(values: Iterable<number>): Counted[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count || a.value - b.value);
}
