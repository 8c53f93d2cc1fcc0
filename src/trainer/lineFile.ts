import { open, type FileHandle } from 'node:fs/promises';
import { APPEND } from './files.js';

/** Lines are on the disk this many milliseconds after they were added, at the latest. */
const FLUSH_MILLISECONDS = 100;

/**
 * A file of lines that is only ever appended to. Adding never waits: lines gather in memory and are written in turn.
 * An error is kept for {@link LineFile.error}: whoever trains asks there before each step.
 */
export class LineFile {
  /** Called with the lines that have just reached the file. */
  onWritten: (lines: string[]) => void = () => undefined;
  /** First error while writing; nothing is written after it. */
  error: unknown = null;
  private pending: string[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    /** Bytes in the file, as far as its lines were announced by {@link onWritten}. */
    public size: number,
  ) {}

  /**
   * Ends a half line that a crash may have left, so that the next line is whole; readers pass over what is no record.
   * @throws Error of the file system, also for a symbolic link
   */
  static async open(path: string): Promise<LineFile> {
    const handle = await open(path, APPEND);
    const { size } = await handle.stat();
    const file = new LineFile(path, handle, size);
    if (size > 0) {
      const last = Buffer.alloc(1);
      await handle.read(last, 0, 1, size - 1);
      if (last[0] !== 0x0a) {
        await handle.appendFile('\n');
        file.size++;
      }
    }
    return file;
  }

  add(record: object): void {
    this.pending.push(JSON.stringify(record));
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MILLISECONDS);
  }

  /** Resolves when everything added before is in the file and announced, or has failed. */
  flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    if (this.pending.length === 0 || this.error !== null) return;
    const lines = this.pending;
    this.pending = [];
    const bytes = Buffer.from(lines.join('\n') + '\n');
    try {
      await this.handle.appendFile(bytes);
      this.size += bytes.length;
      this.onWritten(lines);
    } catch (error) {
      this.error = error;
    }
  }

  async close(): Promise<void> {
    await this.flush();
    await this.handle.close();
  }
}
