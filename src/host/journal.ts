import { open } from 'node:fs/promises';
import { sizeOf } from './runFolder.js';

const LINE_END = 0x0a;

export interface JournalOptions {
  /** Bytes read, or text sent, at once. */
  chunkBytes?: number;
  /** Bytes of pushed lines kept in memory; what does not fit is read from the file when its turn comes. */
  queueBytes?: number;
}

/**
 * Reads an append-only file of lines from its beginning and goes on with lines pushed by who writes it, each line
 * exactly once. `position` counts what was taken; `fileEnd` is where the part that must be read from the file ends, and
 * the queue follows it.
 */
export class Journal {
  private position = 0;
  private fileEnd = 0;
  private queue: string[] = [];
  private queued = 0;
  private readonly chunkBytes: number;
  private readonly queueBytes: number;

  constructor(
    private readonly file: string,
    { chunkBytes = 512 * 1024, queueBytes = 1024 * 1024 }: JournalOptions = {},
  ) {
    this.chunkBytes = chunkBytes;
    this.queueBytes = queueBytes;
  }

  /**
   * The writer says that the file holds `offset` bytes now and that pushes follow from there. False when that is less
   * than was taken: the file is another one, and must be read again from the beginning.
   */
  join(offset: number): boolean {
    this.queue = [];
    this.queued = 0;
    this.fileEnd = offset;
    return offset >= this.position;
  }

  /** Lines that the writer appended, without line ends. */
  push(lines: readonly string[]): void {
    for (const line of lines) {
      this.queue.push(line);
      this.queued += Buffer.byteLength(line) + 1;
    }
    if (this.queued > this.queueBytes) this.spill();
  }

  /** Looks how far the file reaches, when nobody pushes. False when it became shorter than what was taken. */
  async look(): Promise<boolean> {
    const size = (await sizeOf(this.file)) ?? 0;
    if (size > this.fileEnd + this.queued) {
      this.spill();
      this.fileEnd = size;
    }
    return size >= this.position;
  }

  /** The next whole lines with their line ends; empty when there are none yet. */
  async next(): Promise<string> {
    if (this.position < this.fileEnd) {
      const text = await this.readLines();
      if (text !== '') return text;
      if (this.position < this.fileEnd) return ''; // half a line: its other half will be in the file too
    }
    if (this.queue.length === 0) return '';
    let bytes = 0;
    let count = 0;
    for (const line of this.queue) {
      bytes += Buffer.byteLength(line) + 1;
      count++;
      if (bytes >= this.chunkBytes) break;
    }
    const lines = this.queue.splice(0, count);
    this.queued -= bytes;
    this.fileEnd += bytes;
    this.position += bytes;
    return lines.join('\n') + '\n';
  }

  private spill(): void {
    this.fileEnd += this.queued;
    this.queue = [];
    this.queued = 0;
  }

  /** Whole lines from `position`, at most up to `fileEnd`; a line longer than a chunk is read whole. */
  private async readLines(): Promise<string> {
    const from = this.position;
    const handle = await open(this.file, 'r');
    try {
      for (let length = this.chunkBytes; ; length *= 2) {
        const wanted = Math.min(length, this.fileEnd - from);
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, from);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(LINE_END) + 1;
        if (end > 0) {
          this.position = from + end;
          return buffer.toString('utf8', 0, end);
        }
        if (wanted < length || bytesRead < wanted) return '';
      }
    } finally {
      await handle.close();
    }
  }
}
