/** A smooth function to minimise: writes its gradient at x, which is as long, and returns its value. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number;

export interface MinimiseOptions {
  /** Ends when no number of the gradient is larger than this. */
  tolerance: number;
  /** Ends after so many. */
  iterations: number;
  /**
   * Multiplies by an approximate inverse of the Hessian, in place; the identity where missing. The better it is, the
   * fewer iterations.
   */
  precondition?: ((x: Float64Array) => void) | undefined;
  /** Aborts between iterations. */
  signal?: AbortSignal | undefined;
  /** After each, from 1. */
  onIteration?: ((iteration: number, value: number) => void | Promise<void>) | undefined;
}

export interface Minimum {
  x: Float64Array;
  value: number;
  iterations: number;
  /** False when the iterations ran out, or rounding lets no step be told from none. */
  converged: boolean;
}

/** Pairs of steps and changes of the gradient that are kept. */
const MEMORY = 10;

/**
 * Limited-memory BFGS (Nocedal & Wright 2006, "Numerical optimization", algorithms 7.4 and 7.5) with a line search for
 * the Wolfe conditions (eq. 3.6). Other work of this thread gets its turn after each iteration.
 * @throws the signal's reason when aborted
 */
export async function minimise(
  evaluate: Smooth,
  start: Float64Array,
  { tolerance, iterations, precondition, signal, onIteration }: MinimiseOptions,
): Promise<Minimum> {
  const gradient = new Float64Array(start.length);
  let at: Point = { x: start, value: evaluate(start, gradient), gradient };
  const pairs: Pair[] = [];
  for (let iteration = 0; ; iteration++) {
    const converged = at.gradient.every((value) => Math.abs(value) <= tolerance);
    if (converged || iteration === iterations) return { x: at.x, value: at.value, iterations: iteration, converged };
    signal?.throwIfAborted();
    const direction = descent(at.gradient, pairs, precondition);
    // Before anything is known of the curvature the first step is short.
    const isKnown = pairs.length > 0 || precondition !== undefined;
    const first = isKnown ? 1 : Math.min(1, 1 / Math.sqrt(dot(direction, direction)));
    const next = search(evaluate, at, direction, first);
    if (!next) return { x: at.x, value: at.value, iterations: iteration, converged };
    const [before, after] = [at, next];
    const step = after.x.map((value, i) => value - (before.x[i] as number));
    const change = after.gradient.map((value, i) => value - (before.gradient[i] as number));
    pairs.push({ step, change, product: dot(step, change) });
    if (pairs.length > MEMORY) pairs.shift();
    at = next;
    await onIteration?.(iteration + 1, at.value);
    await new Promise(setImmediate);
  }
}

interface Point {
  x: Float64Array;
  value: number;
  gradient: Float64Array;
}

interface Pair {
  /** s and y of the book; the line search sees to it that their product is positive. */
  step: Float64Array;
  change: Float64Array;
  product: number;
}

/** Algorithm 7.4: the gradient times the inverse Hessian as the pairs have it, negative. */
function descent(
  gradient: Float64Array,
  pairs: readonly Pair[],
  precondition: MinimiseOptions['precondition'],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const parts: number[] = [];
  for (const { step, change, product } of pairs.toReversed()) {
    const part = dot(step, direction) / product;
    add(direction, change, -part);
    parts.unshift(part);
  }
  precondition?.(direction);
  const last = pairs.at(-1);
  if (last) {
    // Eq. 7.20, where the initial matrix is the identity.
    const changed = Float64Array.from(last.change);
    precondition?.(changed);
    const curvature = last.product / dot(last.change, changed);
    direction.forEach((value, i) => (direction[i] = value * curvature));
  }
  pairs.forEach(({ step, change, product }, i) => {
    add(direction, step, (parts[i] as number) - dot(change, direction) / product);
  });
  return direction;
}

/** Of eq. 3.6. */
const [DECREASE, CURVATURE] = [1e-4, 0.9];
/** Part of the value that may be rounding: sums are in float64, but products in float32. */
const ROUNDING = 1e-6;
/** After so many halvings the step is rounding. */
const TRIALS = 40;

/**
 * A step that decreases the value and the slope enough, by bisection; null when there is none. Near the minimum, where
 * values differ by rounding alone, slopes tell of the decrease: the approximate Wolfe conditions of Hager & Zhang 2005,
 * "A new conjugate gradient method with guaranteed descent and an efficient line search", section 4.
 */
function search(evaluate: Smooth, from: Point, direction: Float64Array, first: number): Point | null {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return null;
  let [low, high, step] = [0, Infinity, first];
  for (let trial = 0; trial < TRIALS; trial++) {
    const x = Float64Array.from(from.x);
    add(x, direction, step);
    const gradient = new Float64Array(x.length);
    const value = evaluate(x, gradient);
    const newSlope = dot(gradient, direction);
    const decreases =
      value <= from.value + DECREASE * step * slope ||
      (value <= from.value + ROUNDING * Math.abs(from.value) && newSlope <= (2 * DECREASE - 1) * slope);
    if (!decreases) high = step;
    else if (newSlope < CURVATURE * slope) low = step;
    else return { x, value, gradient };
    step = high === Infinity ? 2 * low : (low + high) / 2;
  }
  return null;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** to += factor · x */
function add(to: Float64Array, x: Float64Array, factor: number): void {
  for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) + factor * (x[i] as number);
}
