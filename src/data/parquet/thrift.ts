/** Thrift's compact protocol, in which Parquet writes its descriptions (thrift-compact-protocol.md): how far a struct goes. */
import { t } from '../../protocol/l10n.js';
import { CutOff, Damage } from './damage.js';

/** Parquet's own structs are 6 deep. */
const MAX_DEPTH = 24;
/** Of 64 bits, 7 in a byte. */
const MAX_VARINT = 10;

/**
 * Looks through one struct without keeping anything, so that what parses it then meets no count that is larger than
 * what is there, and no endless nesting.
 * @returns the position after it
 * @throws CutOff when the bytes end before it does; Damage when it is none
 */
export function structEnd(bytes: Uint8Array, start: number): number {
  return new Walk(bytes, start).struct(0);
}

/**
 * @returns the whole number in that field of the struct at the start, looking no further; null when it has none
 * @throws CutOff when the bytes end before; Damage when it is no struct
 */
export function wholeNumberIn(bytes: Uint8Array, field: number): number | null {
  return new Walk(bytes, 0).wholeNumber(field);
}

class Walk {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  struct(depth: number): number {
    if (depth > MAX_DEPTH) throw new Damage(t('its description is nested too deeply'));
    for (;;) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return this.at;
      if (head >> 4 === 0) this.varint();
      // A field that is true or false has its value in its type.
      if (type > 2) this.value(type, depth);
    }
  }

  wholeNumber(wanted: number): number | null {
    for (let field = 0; ;) {
      const head = this.byte();
      const type = head & 15;
      if (type === 0) return null;
      field = head >> 4 === 0 ? unzigzag(this.varint()) : field + (head >> 4);
      if (field === wanted) return type >= 4 && type <= 6 ? unzigzag(this.varint()) : null;
      if (type > 2) this.value(type, 0);
    }
  }

  private value(type: number, depth: number): void {
    switch (type) {
      case 1:
      case 2:
      case 3:
        return this.skip(1);
      case 4:
      case 5:
      case 6:
        this.varint();
        return;
      case 7:
        return this.skip(8);
      case 8:
        return this.skip(this.varint());
      case 9: {
        const head = this.byte();
        const count = head >> 4 === 15 ? this.varint() : head >> 4;
        // Each element takes a byte at least.
        if (count > this.bytes.length - this.at) throw new CutOff();
        if (depth >= MAX_DEPTH) throw new Damage(t('its description is nested too deeply'));
        for (let i = 0; i < count; i++) this.value(head & 15, depth + 1);
        return;
      }
      case 12:
        this.struct(depth + 1);
        return;
      default:
        throw new Damage(t('its description holds what Parquet has not (type {0})', type));
    }
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new CutOff();
    return byte;
  }

  private varint(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT; i++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return value;
    }
    throw new Damage(t('a number in its description does not end'));
  }

  private skip(length: number): void {
    if (length > this.bytes.length - this.at) throw new CutOff();
    this.at += length;
  }
}

/** Whole numbers are written so that small ones are short, also below 0: 0, -1, 1, -2, ... */
function unzigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
