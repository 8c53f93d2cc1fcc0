/** Which examples are examined: all, or a seeded sample where that would take too long. */
import type { Collection, Dataset, Reader } from '../reader.js';
import { isReader } from '../reader.js';
import { ImageCollection } from '../imageFolder.js';
import { SoundCollection } from '../soundFolder.js';
import { stream } from '../../protocol/random.js';

export interface InspectLimits {
  examples: number;
  /** Values of all examples together: pixels times channels, samples. */
  values: number;
}

/** About a minute. */
export const USUAL_LIMITS: InspectLimits = { examples: 100_000, values: 4e9 };

/** @returns positions, ascending; at least one */
export function examinedPositions(dataset: Reader | Collection, limits: InspectLimits, seed: number): Int32Array {
  const { count } = dataset.info;
  const perExample = valuesOf(dataset) / Math.max(1, count);
  const most = Math.max(1, Math.min(limits.examples, Math.floor(limits.values / Math.max(1, perExample))));
  if (most >= count) return Int32Array.from({ length: count }, (_, position) => position);
  return stream(seed, 'inspect').permutation(count).subarray(0, most).sort();
}

/** As many as can be told without reading. */
function valuesOf(dataset: Reader | Collection): number {
  const { count, shape } = dataset.info;
  if (isReader(dataset)) return count * shape.reduce((product, dimension) => product * Math.max(1, dimension), 1);
  if (dataset instanceof ImageCollection)
    return dataset.widths.reduce((sum, width, i) => sum + width * (dataset.heights[i] as number) * 3, 0);
  if (dataset instanceof SoundCollection)
    return dataset.seconds.reduce((sum, seconds, i) => sum + seconds * (dataset.sampleRates[i] as number), 0);
  return count;
}

/**
 * Examples that show what is there: one of each class in turn, by a seeded order.
 * @param positions to choose from
 */
export function typicalPositions(
  { labels }: Pick<Dataset, 'labels'>,
  positions: Int32Array,
  most: number,
  seed: number,
): number[] {
  const order = stream(seed, 'typical').permutation(positions.length);
  const byClass = new Map<number, number[]>();
  for (const index of order) {
    const position = positions[index] as number;
    const label = labels?.[position] ?? -1;
    const members = byClass.get(label) ?? [];
    if (members.length === 0) byClass.set(label, members);
    if (members.length < most) members.push(position);
  }
  const classes = [...byClass].sort(([a], [b]) => a - b).map(([, members]) => members);
  const chosen: number[] = [];
  for (let round = 0; round < most; round++)
    for (const members of classes) {
      const position = members[round];
      if (position !== undefined && chosen.length < most) chosen.push(position);
    }
  return chosen;
}
