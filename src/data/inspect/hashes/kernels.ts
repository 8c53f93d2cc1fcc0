/** The kernel of assembly/ on hashes that lie beside each other in its memory. */
import { BINARY } from './binary.js';

/** The little that is needed here of what a browser's types would bring. */
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
  Memory: new (descriptor: { initial: number }) => { readonly buffer: ArrayBuffer };
};

/** What assembly/index.as exports; addresses are bytes. */
interface Kernels {
  near(at: number, end: number, bits: bigint, to: number): number;
}

const PAGE_BYTES = 65_536;
const HASH_BYTES = 8;

let compiled: object | undefined;

/** A list of 64-bit hashes, in which those that are near one of them are found. */
export class HashList {
  private readonly kernels: Kernels;
  /** Two halves of each. */
  private readonly words: Int32Array;
  private readonly found: Uint32Array;

  /** @param most hashes that it has room for @throws RangeError when there is no memory */
  constructor(most: number) {
    const bytes = most * HASH_BYTES + 4 * (most + 1);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    compiled ??= new WebAssembly.Module(Buffer.from(BINARY, 'base64'));
    this.kernels = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Kernels;
    this.words = new Int32Array(memory.buffer, 0, 2 * most);
    this.found = new Uint32Array(memory.buffer, most * HASH_BYTES, most + 1);
  }

  set(index: number, high: number, low: number): void {
    this.words[2 * index] = low;
    this.words[2 * index + 1] = high;
  }

  /**
   * The indexes behind `index`, below `count`, whose hashes differ from its own in at most `bits` bits.
   * @param found is told each, and the bits that differ in both halves
   */
  near(
    index: number,
    count: number,
    bits: number,
    found: (index: number, differentHigh: number, differentLow: number) => void,
  ): void {
    const { words } = this;
    const low = words[2 * index] as number;
    const high = words[2 * index + 1] as number;
    const places = this.found;
    const many = this.kernels.near(index * HASH_BYTES, count * HASH_BYTES, BigInt(bits), places.byteOffset);
    for (let i = 0; i < many; i++) {
      const word = (places[i] as number) >> 2;
      found(word >> 1, high ^ (words[word + 1] as number), low ^ (words[word] as number));
    }
  }
}
