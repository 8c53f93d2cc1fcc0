/** Bytes one after the other, from a stream or a file. */

const EMPTY = Buffer.alloc(0);

export class Bytes {
  private buffer: Buffer = EMPTY;
  private used = 0;
  private position = 0;

  /**
   * @param refill more bytes, from position `at` of the whole on; null at the end
   * @param end of the whole when `refill` can begin anywhere: then what is skipped is not read
   */
  constructor(
    private readonly refill: (at: number) => Promise<Buffer | null>,
    private readonly end: number | null = null,
  ) {}

  static of(pieces: AsyncIterator<Buffer>): Bytes {
    return new Bytes(async () => {
      const next = await pieces.next();
      return next.done ? null : next.value;
    });
  }

  /** Of what is read next. */
  get at(): number {
    return this.position;
  }

  /** The next `length` bytes, fewer at the end. May share memory with what is read next. */
  async take(length: number): Promise<Buffer> {
    if (this.buffer.length - this.used >= length) return this.advance(length);
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(length)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The next `length` bytes in pieces, fewer at the end. */
  async *pieces(length: number): AsyncGenerator<Buffer> {
    for (let missing = length; missing > 0 && (await this.fill());) {
      const piece = this.advance(Math.min(missing, this.buffer.length - this.used));
      missing -= piece.length;
      yield piece;
    }
  }

  /** @returns false when the end comes before */
  async skip(length: number): Promise<boolean> {
    let missing = length;
    if (this.end !== null && missing > this.buffer.length - this.used) {
      const target = this.position + missing;
      this.position = Math.min(target, this.end);
      this.buffer = EMPTY;
      this.used = 0;
      return target <= this.end;
    }
    while (missing > 0 && (await this.fill()))
      missing -= this.advance(Math.min(missing, this.buffer.length - this.used)).length;
    return missing === 0;
  }

  private async fill(): Promise<boolean> {
    while (this.used === this.buffer.length) {
      const more = await this.refill(this.position);
      if (more === null) return false;
      this.buffer = more;
      this.used = 0;
    }
    return true;
  }

  private advance(length: number): Buffer {
    this.position += length;
    return this.buffer.subarray(this.used, (this.used += length));
  }
}
