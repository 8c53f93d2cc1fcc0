import path from 'node:path';
import type { ToMonitor } from '../protocol/monitor.js';
import { RunFile } from '../protocol/run.js';
import { Journal, type JournalOptions } from './journal.js';
import type { Disposable } from './listeners.js';
import { disposeAll, type TrackedRun } from './trackedRun.js';

/** What a feed sends; samples and failures are answers to what the monitor asks. */
export type FeedMessage = Extract<ToMonitor, { type: 'show' | 'run' | 'metrics' | 'events' | 'live' | 'progress' }>;

export interface FeedOptions extends JournalOptions {
  /** Milliseconds between two rounds of messages once the feed is live. */
  interval?: number;
  /** Milliseconds between two looks at the files of a run whose trainer cannot be reached. */
  poll?: number;
}

/**
 * Sends a run to one monitor: first what is in the folder, then what happens. One message is under way at a time, so a
 * slow monitor slows the feed and not the memory; what piles up meanwhile is sent together, or read from the file.
 */
export class RunFeed {
  private metrics: Journal;
  private events: Journal;
  private readonly listening: Disposable[];
  private readonly interval: number;
  private readonly poll: number;
  private recordChanged = false;
  private progressChanged = false;
  private disposed = false;
  private wake: (() => void) | null = null;
  private woken = false;
  private restart = false;

  constructor(
    private readonly run: TrackedRun,
    private readonly send: (message: FeedMessage) => PromiseLike<unknown>,
    private readonly options: FeedOptions = {},
  ) {
    this.interval = options.interval ?? 100;
    this.poll = options.poll ?? 1000;
    this.metrics = this.journal(RunFile.metrics);
    this.events = this.journal(RunFile.events);
    this.listening = [
      run.changed.add(() => {
        this.recordChanged = true;
        this.progressChanged = run.progress !== null;
        this.notify();
      }),
      run.linked.add((link) => {
        if (link !== null) this.join(link.offsets);
        this.notify();
      }),
      run.pushed.add((push) => {
        if (push.type === 'metrics') this.metrics.push(push.lines);
        else if (push.type === 'events') this.events.push(push.lines);
        else return;
        this.notify();
      }),
    ];
    if (run.link !== null) this.join(run.link.offsets);
  }

  /** Sends until it is disposed. Rejects when a file cannot be read. */
  async start(): Promise<void> {
    while (!this.disposed) {
      this.restart = false;
      this.recordChanged = false;
      const record = this.run.shown;
      if (record === null) {
        await this.pause(this.poll);
        continue;
      }
      await this.send({ type: 'show', run: record, state: this.run.state });
      await this.sendAll();
    }
  }

  dispose(): void {
    this.disposed = true;
    disposeAll(this.listening);
    this.notify();
  }

  /** From the beginning of the files to when they have to be read again from the beginning. */
  private async sendAll(): Promise<void> {
    let live = false;
    while (!this.mustStop()) {
      if (this.run.link === null) await this.look();
      // Both in each round: metrics of a quick training never cease, and events must not wait for that.
      const metrics = await this.sendLines('metrics', this.metrics);
      const sent = (await this.sendLines('events', this.events)) || metrics;
      await this.sendRecord();
      if (this.mustStop()) return;
      if (!sent && !live) {
        live = true;
        await this.send({ type: 'live' });
      }
      if (live) await this.pause(this.interval, !sent);
    }
  }

  private async sendLines(type: 'metrics' | 'events', journal: Journal): Promise<boolean> {
    const text = await journal.next();
    if (text === '' || this.mustStop()) return false;
    await this.send({ type, text });
    return true;
  }

  private async sendRecord(): Promise<void> {
    const record = this.run.shown;
    if (this.recordChanged && record !== null) {
      this.recordChanged = false;
      await this.send({ type: 'run', run: record, state: this.run.state });
    }
    if (this.progressChanged && this.run.progress !== null) {
      this.progressChanged = false;
      await this.send({ type: 'progress', ...this.run.progress });
    }
  }

  private join(offsets: { metrics: number; events: number }): void {
    const follows = [this.metrics.join(offsets.metrics), this.events.join(offsets.events)];
    if (follows.includes(false)) this.startOver();
  }

  private async look(): Promise<void> {
    const follows = await Promise.all([this.metrics.look(), this.events.look()]);
    if (follows.includes(false)) this.startOver();
  }

  /** The files are other ones than those that were read so far. */
  private startOver(): void {
    this.restart = true;
    this.metrics = this.journal(RunFile.metrics);
    this.events = this.journal(RunFile.events);
    if (this.run.link !== null) this.join(this.run.link.offsets);
  }

  private journal(file: string): Journal {
    return new Journal(path.join(this.run.folder, file), this.options);
  }

  private mustStop(): boolean {
    return this.disposed || this.restart;
  }

  private notify(): void {
    this.woken = true;
    this.wake?.();
  }

  /** Waits at least `shortest` milliseconds; if `idle` also until something happens or the files are to be looked at. */
  private async pause(shortest: number, idle = false): Promise<void> {
    await this.sleep(shortest, () => this.disposed);
    if (idle) await this.sleep(this.run.link === null ? this.poll : null, () => this.woken);
    this.woken = false;
  }

  /** Until `done`, which is asked when something happens, and at most `milliseconds`. */
  private sleep(milliseconds: number | null, done: () => boolean): Promise<void> {
    if (done() || this.disposed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = milliseconds === null ? undefined : setTimeout(end, milliseconds);
      this.wake = () => {
        if (done() || this.disposed) end();
      };
    });
  }
}
