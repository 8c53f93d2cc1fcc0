import { estimates } from '../../../../src/learn/evaluate/bootstrap.js';

/** Positions of the sets that the bootstrap draws, for a reference to measure. */
export function resamples(count: number, seed: number): number[][] {
  const drawn: number[][] = [];
  estimates(count, seed, (positions) => {
    drawn.push(Array.from(positions));
    return { count: positions.length };
  });
  return drawn.slice(1);
}
