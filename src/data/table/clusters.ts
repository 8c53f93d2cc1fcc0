/** A table of fruit in a market, each kind a cluster of its measures: sample data for tables. */
import { stream } from '../../protocol/random.js';

interface Kind {
  /** Mean and deviation of each measure, as below. */
  measures: readonly [mean: number, deviation: number][];
  /** Weights of the colours and the origins, as below. */
  colours: readonly number[];
  origins: readonly number[];
}

const MEASURES = ['weight_g', 'diameter_mm', 'sweetness', 'firmness', 'price'] as const;
const DECIMALS = [0, 1, 2, 2, 2];
const COLOURS = ['green', 'orange', 'red', 'yellow'];
const ORIGINS = ['Chile', 'Italy', 'Kenya', 'Spain'];

const KINDS: Readonly<Record<string, Kind>> = {
  apple: {
    measures: [
      [170, 35],
      [72, 6],
      [11.5, 1.8],
      [7.2, 1.1],
      [2.4, 0.5],
    ],
    colours: [4, 0, 5, 2],
    origins: [3, 4, 0, 2],
  },
  lemon: {
    measures: [
      [110, 25],
      [58, 5],
      [6.5, 1.2],
      [6.1, 0.9],
      [2.9, 0.6],
    ],
    colours: [2, 0, 0, 8],
    origins: [1, 4, 1, 4],
  },
  orange: {
    measures: [
      [190, 40],
      [75, 7],
      [10.5, 1.6],
      [5.4, 0.9],
      [2.1, 0.5],
    ],
    colours: [0, 9, 1, 1],
    origins: [0, 3, 1, 6],
  },
  peach: {
    measures: [
      [150, 30],
      [66, 6],
      [11.2, 1.7],
      [3.4, 0.9],
      [3.6, 0.7],
    ],
    colours: [0, 4, 4, 3],
    origins: [2, 5, 0, 4],
  },
};

/** How often a cell is empty. */
const MISSING_FRACTION = 0.04;

export const CLUSTER_CLASSES: readonly string[] = Object.keys(KINDS);
/** The columns: five measures, two categories, the class. */
export const CLUSTER_COLUMNS: readonly string[] = [...MEASURES, 'colour', 'origin', 'kind'];

/** Rows in the order of {@link CLUSTER_COLUMNS}; null where a value is missing, which the class never is. */
export function clusterRows(count: number, seed: number): (number | string | null)[][] {
  const random = stream(seed, 'clusters');
  const weighted = (names: readonly string[], weights: readonly number[]): string => {
    let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
    const found = names.find((_, i) => (left -= weights[i] ?? 0) < 0);
    return found ?? (names[names.length - 1] as string);
  };
  return Array.from({ length: count }, () => {
    const name = CLUSTER_CLASSES[random.integer(CLUSTER_CLASSES.length)] as string;
    const { measures, colours, origins } = KINDS[name] as Kind;
    // Fruit is large or small as a whole.
    const size = random.normal();
    const values = measures.map(([mean, deviation], i): number => {
      const deviate = i < 2 ? 0.8 * size + 0.6 * random.normal() : random.normal();
      return Number(Math.max(mean + deviation * deviate, 0.1 * mean).toFixed(DECIMALS[i]));
    });
    const cells = [...values, weighted(COLOURS, colours), weighted(ORIGINS, origins)];
    return [...cells.map((cell) => (random.uniform() < MISSING_FRACTION ? null : cell)), name];
  });
}

/** {@link clusterRows} as CSV with a header; missing values are empty. */
export function clusterCsv(count: number, seed: number): string {
  const lines = clusterRows(count, seed).map((row) => row.map((cell) => cell ?? '').join(','));
  return [CLUSTER_COLUMNS.join(','), ...lines, ''].join('\n');
}
