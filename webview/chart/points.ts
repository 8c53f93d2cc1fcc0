/** Points of a plane, one pair after the other: x, y. */

/** The nearest one, at most `reach` away; null where there is none. */
export function nearestPoint(places: Float32Array, x: number, y: number, reach: number): number | null {
  let nearest: number | null = null;
  let least = reach * reach;
  for (let i = 0; i < places.length / 2; i++) {
    const squared = squaredTo(places, i, x, y);
    if (squared <= least) [nearest, least] = [i, squared];
  }
  return nearest;
}

/** So many of the nearest ones, the nearest first. */
export function nearestPoints(places: Float32Array, x: number, y: number, count: number): number[] {
  return Array.from({ length: places.length / 2 }, (_, i) => [i, squaredTo(places, i, x, y)] as const)
    .sort((a, b) => a[1] - b[1] || a[0] - b[0])
    .slice(0, count)
    .map(([i]) => i);
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/**
 * Where an arrow key leads from a point: to the nearest one that lies more in that direction than aside of it, with what
 * lies aside counting double; null where there is none.
 */
export function neighbourOf(places: Float32Array, from: number, direction: Direction): number | null {
  const [x, y] = [places[2 * from] as number, places[2 * from + 1] as number];
  let found: number | null = null;
  let least = Infinity;
  for (let i = 0; i < places.length / 2; i++) {
    const [dx, dy] = [(places[2 * i] as number) - x, (places[2 * i + 1] as number) - y];
    const [along, aside] =
      direction === 'right' ? [dx, dy] : direction === 'left' ? [-dx, dy] : direction === 'down' ? [dy, dx] : [-dy, dx];
    const cost = along + 2 * Math.abs(aside);
    if (along > 0.5 && Math.abs(aside) <= along && cost < least) [found, least] = [i, cost];
  }
  return found;
}

/** Whether a point lies inside of a closed line, by how often a ray from it crosses that (even-odd rule). */
export function isInside(line: readonly number[], x: number, y: number): boolean {
  let inside = false;
  for (let i = 0, j = line.length - 2; i < line.length; j = i, i += 2) {
    const [ax, ay] = [line[i] as number, line[i + 1] as number];
    const [bx, by] = [line[j] as number, line[j + 1] as number];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

function squaredTo(places: Float32Array, i: number, x: number, y: number): number {
  return ((places[2 * i] as number) - x) ** 2 + ((places[2 * i + 1] as number) - y) ** 2;
}
