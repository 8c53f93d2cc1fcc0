/** Distinct byte strings and a code for each, in the order of their first appearance. */
import { cellText } from './cell.js';

/** Open addressing over packed bytes: no string is made to look one up. */
export class Dictionary {
  private slots = new Int32Array(16).fill(-1);
  private hashes = new Int32Array(8);
  private ends = new Int32Array(8);
  private bytes = new Uint8Array(64);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** Bytes of all strings together. */
  get byteLength(): number {
    return this.count === 0 ? 0 : (this.ends[this.count - 1] as number);
  }

  /** The code of bytes[start .. end), a new one when it was not there. */
  code(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = this.slots[slot] as number;
      if (code < 0) return this.add(hash, slot, bytes, start, end);
      if (this.hashes[code] === hash && this.equals(code, bytes, start, end)) return code;
    }
  }

  text(code: number): string {
    return cellText(this.bytes, code === 0 ? 0 : (this.ends[code - 1] as number), this.ends[code] as number);
  }

  /** All strings by code. */
  texts(): string[] {
    return Array.from({ length: this.count }, (_, code) => this.text(code));
  }

  private equals(code: number, bytes: Uint8Array, start: number, end: number): boolean {
    let at = code === 0 ? 0 : (this.ends[code - 1] as number);
    if ((this.ends[code] as number) - at !== end - start) return false;
    for (let i = start; i < end; i++) if (this.bytes[at++] !== bytes[i]) return false;
    return true;
  }

  private add(hash: number, slot: number, bytes: Uint8Array, start: number, end: number): number {
    const code = this.count++;
    const at = code === 0 ? 0 : (this.ends[code - 1] as number);
    const to = at + end - start;
    if (to > this.bytes.length) this.bytes = copied(this.bytes, new Uint8Array(Math.max(to, 2 * this.bytes.length)));
    if (code === this.hashes.length) {
      this.hashes = copied(this.hashes, new Int32Array(2 * code));
      this.ends = copied(this.ends, new Int32Array(2 * code));
    }
    this.bytes.set(bytes.subarray(start, end), at);
    this.ends[code] = to;
    this.hashes[code] = hash;
    this.slots[slot] = code;
    if (2 * this.count > this.slots.length) this.rehash();
    return code;
  }

  private rehash(): void {
    this.slots = new Int32Array(2 * this.slots.length).fill(-1);
    const mask = this.slots.length - 1;
    for (let code = 0; code < this.count; code++) {
      let slot = (this.hashes[code] as number) & mask;
      while ((this.slots[slot] as number) >= 0) slot = (slot + 1) & mask;
      this.slots[slot] = code;
    }
  }
}

/** FNV-1a with the finish of MurmurHash3, 32 bits, signed. */
export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

function copied<T extends Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
