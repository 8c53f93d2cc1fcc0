/**
 * Seeded random numbers by counter: Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
 * as 1, 2, 3"). A stream is named by (seed, purpose, index), e.g. (1, "order", epoch), and starts at its beginning
 * whenever it is asked for: there is no state that a checkpoint could miss, and drawing more for one purpose never
 * shifts the numbers of another.
 */
export class RandomStream {
  private readonly block = new Uint32Array(4);
  private blockIndex = 0;
  private used = 4;
  private spare: number | null = null;

  constructor(
    private readonly key0: number,
    private readonly key1: number,
    private readonly index: number,
  ) {}

  nextUint32(): number {
    if (this.used === 4) {
      philox4x32(
        this.block,
        this.blockIndex >>> 0,
        Math.floor(this.blockIndex / 0x1_0000_0000),
        this.index >>> 0,
        Math.floor(this.index / 0x1_0000_0000),
        this.key0,
        this.key1,
      );
      this.blockIndex++;
      this.used = 0;
    }
    return this.block[this.used++] as number;
  }

  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(): number {
    return this.nextUint32() / 0x1_0000_0000;
  }

  /** Standard normal (Box & Muller 1958). */
  normal(): number {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log((this.nextUint32() + 1) / 0x1_0000_0000));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Uniform whole number in [0, bound), without bias; bound is 1..2^32. */
  integer(bound: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const value = this.nextUint32();
      if (value < limit) return value % bound;
    }
  }

  /** 0..count - 1 in random order (Fisher & Yates). */
  permutation(count: number): Int32Array {
    const order = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const j = this.integer(i + 1);
      order[i] = order[j] as number;
      order[j] = i;
    }
    return order;
  }
}

/** The stream of a seed (0..2^32 - 1) for a purpose, e.g. "order"; `index` tells epochs or steps apart. */
export function stream(seed: number, purpose: string, index = 0): RandomStream {
  return new RandomStream(seed >>> 0, fnv1a(purpose), index);
}

/** Two numbers (int32) that name the stream of {@link stream}'s arguments, for generators that take such a key. */
export function streamKey(seed: number, purpose: string, index = 0): [number, number] {
  const block = new Uint32Array(4);
  philox4x32(block, 0, 0, index >>> 0, Math.floor(index / 0x1_0000_0000), seed >>> 0, fnv1a(purpose));
  return [(block[0] as number) | 0, (block[1] as number) | 0];
}

/** FNV-1a, 32 bits, over UTF-16 units: turns a purpose into half of the key. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Ten rounds over a counter of four words; writes the four words of the result. */
export function philox4x32(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2) >>> 0;
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of the product of two 32-bit numbers. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000)) >>> 0;
}
