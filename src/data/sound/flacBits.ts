/** Bits of a FLAC frame, the highest of each byte first, and its check sums (RFC 9639). */

/** Zero bytes that must follow the file, so that a word may be read at its end. */
export const PADDING = 8;
/** STREAMINFO has 24 bits for the size of a frame. */
const MAX_FRAME_BYTES = 2 ** 24;

/** What is wrong with a frame, at a byte of the file. */
export class FlacDamage extends Error {
  constructor(
    readonly kind: 'cutOff' | 'longCode',
    readonly at: number,
  ) {
    super(kind);
  }
}

export class BitReader {
  private readonly view: DataView;
  private base = 0;
  /** Relative to the base, so that it is a small integer. */
  private bit = 0;
  private end = 0;

  /** @param padded the file and PADDING zero bytes */
  constructor(private readonly padded: Uint8Array) {
    this.view = new DataView(padded.buffer, padded.byteOffset, padded.byteLength);
  }

  /** To the frame that begins at this byte. */
  begin(at: number): void {
    this.base = at;
    this.bit = 0;
    this.end = 8 * Math.min(this.padded.length - PADDING - at, MAX_FRAME_BYTES);
  }

  /** The byte that is read next; within a byte, that one. */
  get at(): number {
    return this.base + (this.bit >>> 3);
  }

  /** To the next whole byte. @returns whether all that was passed over were zeros */
  align(): boolean {
    return this.unsigned(-this.bit & 7) === 0;
  }

  /** @param count 0..32 @throws FlacDamage at the end of the file */
  unsigned(count: number): number {
    if (count > 25) return this.unsigned(count - 16) * 65_536 + this.unsigned(16);
    if (this.bit + count > this.end) throw this.cutOff();
    if (count === 0) return 0;
    const value = (this.view.getUint32(this.at) << (this.bit & 7)) >>> (32 - count);
    this.bit += count;
    return value;
  }

  /** Two's complement. @param count 1..33 @throws FlacDamage at the end of the file */
  signed(count: number): number {
    const negative = this.unsigned(1);
    return this.unsigned(count - 1) - negative * 2 ** (count - 1);
  }

  /** How many zeros stand before the next one; all are passed over. @throws FlacDamage at the end of the file */
  unary(): number {
    for (let zeros = 0; ; zeros += 25, this.bit += 25) {
      if (this.bit >= this.end) throw this.cutOff();
      // Beyond the upper 25 bits, some of a shifted word are missing.
      const found = Math.clz32(this.view.getUint32(this.at) << (this.bit & 7));
      if (found >= 25) continue;
      this.bit += found + 1;
      return zeros + found;
    }
  }

  /**
   * Rice codes (section 9.2.7.3) into out[from .. to): a quotient in unary and `parameter` bits of remainder; odd numbers
   * stand for negative ones.
   * @param parameter 0..30 @throws FlacDamage at the end of the file, or for a value of more than 32 bits
   */
  rice(out: Int32Array, from: number, to: number, parameter: number): void {
    const { view, base } = this;
    const longest = 24 - parameter;
    let { bit } = this;
    for (let i = from; i < to; i++) {
      const word = view.getUint32(base + (bit >>> 3)) << (bit & 7);
      const quotient = Math.clz32(word);
      let folded: number;
      if (quotient <= longest) {
        folded = (quotient << parameter) | (((word << quotient) & 0x7fff_ffff) >>> (31 - parameter));
        bit += quotient + 1 + parameter;
      } else {
        this.bit = bit;
        folded = this.unary() * 2 ** parameter;
        folded += this.unsigned(parameter);
        if (folded > 0xffff_ffff) throw new FlacDamage('longCode', this.at);
        ({ bit } = this);
      }
      out[i] = (folded >>> 1) ^ -(folded & 1);
    }
    this.bit = bit;
    if (bit > this.end) throw this.cutOff();
  }

  private cutOff(): FlacDamage {
    return new FlacDamage('cutOff', this.base + this.end / 8);
  }
}

/** Tables of a sum over whole bytes. */
function crcTable(polynomial: number, bits: number): Uint16Array {
  const top = 1 << (bits - 1);
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit++) crc = crc & top ? (crc << 1) ^ polynomial : crc << 1;
    return crc & (2 * top - 1);
  });
}

const table8 = crcTable(0x07, 8);
const table16 = crcTable(0x8005, 16);

/** Of a frame's header (section 9.1.8). */
export function crc8(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let at = from; at < to; at++) crc = table8[crc ^ (bytes[at] as number)] as number;
  return crc;
}

/** Of a whole frame (section 9.3). */
export function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let at = from; at < to; at++)
    crc = ((crc << 8) & 0xffff) ^ (table16[(crc >>> 8) ^ (bytes[at] as number)] as number);
  return crc;
}
