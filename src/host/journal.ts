import { open } from 'node:fs/promises';
import { sizeOf } from './runFolder.js';

const LINE_END = 0x0a;

export interface JournalOptions {
  /** Bytes read, or text sent, at once. */
  chunkBytes?: number;
  /** Bytes of pushed lines kept in memory; what does not fit is read from the file when its turn comes. */
  queueBytes?: number;
  /** A line longer than this many bytes is passed over: it is no record, and must not fill the memory. */
  lineBytes?: number;
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
  private readonly lineBytes: number;
  /** Within a line that is passed over. */
  private skipping = false;

  constructor(
    private readonly file: string,
    { chunkBytes = 512 * 1024, queueBytes = 1024 * 1024, lineBytes = 16 * 1024 * 1024 }: JournalOptions = {},
  ) {
    this.chunkBytes = chunkBytes;
    this.queueBytes = queueBytes;
    this.lineBytes = lineBytes;
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
    this.skipping = false; // whoever pushes begins a new line
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
    const handle = await open(this.file, 'r');
    try {
      let length = this.chunkBytes;
      while (this.position < this.fileEnd) {
        const wanted = Math.min(length, this.fileEnd - this.position);
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(wanted), 0, wanted, this.position);
        const end = buffer.subarray(0, bytesRead).lastIndexOf(LINE_END) + 1;
        if (end > 0) {
          const begin = this.skipping ? buffer.indexOf(LINE_END) + 1 : 0;
          this.skipping = false;
          this.position += end;
          if (begin < end) return buffer.toString('utf8', begin, end);
          length = this.chunkBytes;
        } else if (bytesRead < wanted) return '';
        else if (this.skipping || wanted >= this.lineBytes) {
          this.skipping = true;
          this.position += wanted;
          length = this.chunkBytes;
        } else if (wanted < length) return '';
        else length *= 2;
      }
      return '';
    } finally {
      await handle.close();
    }
  }
}
