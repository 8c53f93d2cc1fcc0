/** Examples that are the same in every value. */
import { createHash } from 'node:crypto';
import type { Example } from './example.js';

/** Of SHA-256, base64 characters that are kept: 132 bits. */
const KEPT = 22;

export function contentHash(example: Example): string {
  const hash = createHash('sha256');
  const add = (data: Uint8Array | Int32Array | Float32Array): void =>
    void hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  switch (example.is) {
    case 'values':
      hash.update(example.shape.join());
      add(example.values);
      break;
    case 'sound':
      hash.update(`${example.sound.sampleRate},${example.sound.channels}`);
      add(example.sound.data);
      break;
    case 'text':
      hash.update(example.text);
      break;
    case 'row':
      hash.update(JSON.stringify(example.cells));
  }
  return hash.digest('base64').slice(0, KEPT);
}

/** Positions by what they hold, ascending; only what several hold. */
export class SameContent {
  private readonly seen = new Map<string, number | number[]>();

  /** @returns whether it is the first with this content */
  add(position: number, key: string): boolean {
    const before = this.seen.get(key);
    if (before === undefined) this.seen.set(key, position);
    else if (typeof before === 'number') this.seen.set(key, [before, position]);
    else before.push(position);
    return before === undefined;
  }

  groups(): number[][] {
    const groups = [...this.seen.values()].filter((one) => typeof one !== 'number');
    for (const group of groups) group.sort((a, b) => a - b);
    return groups.sort(([a = 0], [b = 0]) => a - b);
  }
}
