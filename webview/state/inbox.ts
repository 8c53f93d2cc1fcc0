import type { ToMonitor } from '../../src/protocol/monitor.js';

/** Takes one message, or one line of a message that carries lines. */
export interface Receiver {
  message(message: Exclude<ToMonitor, { type: 'metrics' | 'events' }>): void;
  line(file: 'metrics' | 'events', line: string): void;
}

/** How many lines are read between two looks at the clock. */
const LINES_AT_ONCE = 128;

/**
 * Messages in their order, read a little at a time, so that a long history does not hold up a frame. A line is parsed
 * once and its text is let go.
 */
export class Inbox {
  private queue: ToMonitor[] = [];
  private head = 0;
  /** Where the next line of the first message begins. */
  private offset = 0;

  constructor(
    private readonly receiver: Receiver,
    private readonly now: () => number,
  ) {}

  add(message: ToMonitor): void {
    if (message.type === 'show') this.clear(); // what was sent before was about another showing
    this.queue.push(message);
  }

  /** Reads for about this long; true when something is left. */
  read(milliseconds: number): boolean {
    const end = this.now() + milliseconds;
    for (;;) {
      const message = this.queue[this.head];
      if (!message) {
        this.clear();
        return false;
      }
      if (message.type === 'metrics' || message.type === 'events') {
        if (this.lines(message.type, message.text)) this.next();
      } else {
        this.next();
        this.receiver.message(message);
      }
      if (this.now() >= end) return this.head < this.queue.length;
    }
  }

  /** True when the text is used up. */
  private lines(file: 'metrics' | 'events', text: string): boolean {
    for (let count = 0; count < LINES_AT_ONCE; count++) {
      if (this.offset >= text.length) return true;
      const found = text.indexOf('\n', this.offset);
      const end = found < 0 ? text.length : found;
      this.receiver.line(file, text.slice(this.offset, end));
      this.offset = end + 1;
    }
    return this.offset >= text.length;
  }

  private next(): void {
    this.head += 1;
    this.offset = 0;
  }

  private clear(): void {
    this.queue = [];
    this.head = 0;
    this.offset = 0;
  }
}
