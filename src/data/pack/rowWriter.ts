/** Writes rows of a file in any order; what follows each other together, as small pieces cost a call each. */
import type { promises as fs } from 'node:fs';

const BUFFER_BYTES = 1024 ** 2;

export class RowWriter {
  private buffer = Buffer.alloc(0);
  /** Bytes in the buffer, and where in the file they belong. */
  private used = 0;
  private start = 0;

  constructor(
    private readonly handle: Pick<fs.FileHandle, 'write'>,
    private readonly bufferBytes = BUFFER_BYTES,
  ) {}

  /** Several may be under way at once. @param at its first byte in the file @throws the file system's error */
  write(content: Uint8Array, at: number): Promise<void> | void {
    let before: Promise<void> | undefined;
    if (at !== this.start + this.used || this.used + content.length > this.buffer.length) {
      before = this.flush();
      if (content.length > this.bufferBytes / 2) return before.then(() => this.put(content, content.length, at));
      this.buffer = Buffer.allocUnsafe(this.bufferBytes);
      this.start = at;
    }
    this.buffer.set(content, this.used);
    this.used += content.length;
    return before;
  }

  async flush(): Promise<void> {
    const { buffer, used, start } = this;
    // What comes meanwhile gets a buffer of its own.
    this.buffer = Buffer.alloc(0);
    this.used = 0;
    if (used > 0) await this.put(buffer, used, start);
  }

  private async put(content: Uint8Array, length: number, at: number): Promise<void> {
    for (let done = 0; done < length;)
      done += (await this.handle.write(content, done, length - done, at + done)).bytesWritten;
  }
}
