/** For each target pixel of a line: where its source pixels begin, how many they are, and their weights. */
export interface Weights {
  /** In source pixels. */
  starts: Uint32Array;
  /** Filled up with weights of 0 to a multiple of 4. */
  counts: Int32Array;
  /** [target pixels, stride] as assembly/index.as takes them: high, high, low, low of two weights in 22 bits of fraction. */
  values: Int16Array;
  /** Values of one target pixel. */
  stride: number;
  /** Source pixels that are used: from, up to. */
  used: readonly [first: number, end: number];
}

/** The part of the source that is used, in pixels; single precision, as in Pillow. */
export type Span = readonly [from: number, to: number];

const FRACTION_BITS = 22;
const LOW_BITS = 11;
/** Weights of sizes that come again, as in a folder of photographs. */
const MAX_CACHED = 256;
const MAX_CACHED_VALUES = 1 << 15;
const cache = new Map<string, Weights>();

/**
 * A target pixel is the mean of the source pixels under a triangle that is two target pixels wide, two source pixels at
 * least (Pillow, precompute_coeffs and normalize_coeffs_8bpc).
 * @param from source pixels
 * @param to target pixels
 */
export function weightsOf(from: number, to: number, [start, end]: Span): Weights {
  const key = `${from} ${to} ${start} ${end}`;
  const known = cache.get(key);
  if (known) return known;
  const made = makeWeights(from, to, start, end);
  if (made.values.length > MAX_CACHED_VALUES) return made;
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, made);
  return made;
}

function makeWeights(from: number, to: number, start: number, end: number): Weights {
  const scale = Math.fround(end - start) / to;
  const support = Math.max(1, scale);
  const most = Math.ceil(support) * 2 + 1;
  const stride = Math.ceil(most / 4) * 8;
  const starts = new Uint32Array(to);
  const counts = new Int32Array(to);
  const values = new Int16Array(to * stride);
  const triangle = new Float64Array(most);
  for (let i = 0; i < to; i++) {
    const center = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - support + 0.5));
    const count = Math.min(from, Math.trunc(center + support + 0.5)) - first;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      triangle[k] = Math.max(0, 1 - Math.abs((k + first - center + 0.5) * (1 / support)));
      sum += triangle[k] as number;
    }
    starts[i] = first;
    counts[i] = Math.ceil(count / 4) * 4;
    for (let k = 0; k < count; k++) {
      const weight = Math.trunc(0.5 + ((triangle[k] as number) / sum) * 2 ** FRACTION_BITS);
      const at = i * stride + (k >> 1) * 4 + (k & 1);
      values[at] = weight >> LOW_BITS;
      values[at + 2] = weight & ((1 << LOW_BITS) - 1);
    }
  }
  const last = to - 1;
  const past = Math.min(from, (starts[last] as number) + (counts[last] as number));
  return { starts, counts, values, stride, used: [starts[0] as number, past] };
}
