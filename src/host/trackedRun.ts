import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { t } from '../protocol/l10n.js';
import { isAddressOf } from '../protocol/address.js';
import { effectiveState, isAlive, type RunError, type RunRecord, type RunState } from '../protocol/run.js';
import type { TrainerPush, TrainerRequest } from '../protocol/trainer.js';
import { Listeners, type Disposable } from './listeners.js';
import { RunFolderError, readRunRecord } from './runFolder.js';
import { NoTrainerError, TrainerLink } from './trainerLink.js';

export interface Progress {
  message: string;
  fraction: number | null;
}

export interface TrackOptions {
  /** Whether the address in the folder may be connected to: not in a workspace that is not trusted. */
  mayConnect: () => boolean;
  /** Milliseconds between two looks at a run that claims to be alive while nobody answers. */
  lookAgain?: number;
  /** Milliseconds for which a record written by a process that cannot be reached counts as a sign of life. */
  silence?: number;
}

/** One run of a folder, kept up to date: from its trainer while one answers, else from run.json. */
export class TrackedRun {
  readonly changed = new Listeners<void>();
  /** Everything the trainer pushes, when there is one. */
  readonly pushed = new Listeners<TrainerPush>();
  /** A trainer was found, or is gone. */
  readonly linked = new Listeners<TrainerLink | null>();

  record: RunRecord | null = null;
  /** Why the folder cannot be shown; null when it can. */
  problem: string | null = null;
  progress: Progress | null = null;
  link: TrainerLink | null = null;

  private alive = false;
  private lastLifeSign = 0;
  private reading: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | null = null;
  private disposed = false;
  private endReason: RunError | null = null;

  constructor(
    readonly folder: string,
    private readonly options: TrackOptions,
  ) {}

  /** The run's own id; the folder's name as long as the record cannot be read. */
  get id(): string {
    return this.record?.id ?? path.basename(this.folder);
  }

  get state(): RunState {
    return this.record === null ? 'interrupted' : effectiveState(this.record, this.alive);
  }

  get isAlive(): boolean {
    return isAlive(this.state);
  }

  /** The record as it should be shown: with the reason when the trainer was lost. */
  get shown(): RunRecord | null {
    if (this.record === null || this.state !== 'interrupted') return this.record;
    return { ...this.record, error: this.record.error ?? this.endReason ?? this.lost(this.record) };
  }

  private lost(record: RunRecord): RunError {
    return {
      message:
        record.pid === null
          ? t('The trainer is gone.')
          : t('The trainer is gone: its process {0} no longer runs.', record.pid),
      advice: t('Resume goes on from the last checkpoint.'),
    };
  }

  /** What is known about how the trainer ended, for a run that could not write it itself. */
  explainEnd(reason: RunError): void {
    this.endReason = reason;
    if (this.state === 'interrupted') this.changed.fire();
  }

  /** Reads run.json again and looks for the trainer. Calls while one is under way become one more after it. */
  refresh(): Promise<void> {
    if (this.reading === null) {
      this.reading = this.refreshNow().finally(() => {
        this.reading = null;
      });
      return this.reading;
    }
    const again = () => {
      this.next = null;
      return this.refresh();
    };
    this.next ??= this.reading.then(again, again);
    return this.next;
  }

  /** @throws Error with the reason when no trainer runs, or the trainer cannot do it. */
  async request(request: TrainerRequest): Promise<void> {
    if (this.link === null) throw new Error(t('No trainer is running.'));
    await this.link.request(request);
  }

  dispose(): void {
    this.disposed = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.link?.close();
  }

  private async refreshNow(): Promise<void> {
    await this.read();
    if (this.record !== null && this.link === null) await this.findTrainer(this.record);
    if (this.disposed) return;
    this.changed.fire();
    this.watchOn();
  }

  private async read(): Promise<void> {
    try {
      const before = this.record;
      const record = await readRunRecord(this.folder);
      if (this.link !== null) return; // the trainer's word is newer than its file
      if (before !== null && !this.alive && JSON.stringify(before) !== JSON.stringify(record))
        this.lastLifeSign = Date.now();
      this.record = record;
      this.problem = null;
    } catch (error) {
      if (!(error instanceof RunFolderError)) throw error;
      this.problem = error.message;
    }
  }

  private async findTrainer(record: RunRecord): Promise<void> {
    const { address } = record;
    const recent = () => Date.now() - this.lastLifeSign < (this.options.silence ?? 20_000);
    const local = () => record.pid !== null && processLives(record.pid);
    if (effectiveState(record, true) === effectiveState(record, false)) this.alive = false;
    else if (address === null) this.alive = local() || recent();
    else if (!(await this.isOwn(address))) this.alive = recent();
    else if (!this.options.mayConnect()) this.alive = local() || recent();
    else {
      try {
        const link = await TrainerLink.connect(address);
        if (this.disposed) link.close();
        else if (link.run.id === record.id) this.take(link);
        else {
          link.close(); // of a run whose folder was put aside for this one
          this.alive = recent();
        }
      } catch (error) {
        if (!(error instanceof NoTrainerError)) throw error;
        this.alive = recent() || (local() && !error.gone);
      }
    }
  }

  /** Neither what a foreign file names is connected to, nor the trainer of the folder that this one was copied from. */
  private async isOwn(address: string): Promise<boolean> {
    const folder = await realpath(this.folder).catch(() => this.folder); // gone meanwhile: nobody listens there
    return isAddressOf(address, folder);
  }

  private take(link: TrainerLink): void {
    this.link = link;
    this.alive = true;
    this.endReason = null;
    this.record = link.run;
    link.pushed.add((push) => this.receive(push));
    link.closed.add(() => this.lose(link));
    this.linked.fire(link);
  }

  private receive(push: TrainerPush): void {
    if (push.type === 'run') {
      this.record = push.run;
      if (push.run.state !== 'preparing') this.progress = null;
      this.changed.fire();
    } else if (push.type === 'progress') {
      this.progress = { message: push.message, fraction: push.fraction };
      this.changed.fire();
    }
    this.pushed.fire(push);
  }

  private lose(link: TrainerLink): void {
    if (this.link !== link) return;
    this.link = null;
    this.progress = null;
    this.lastLifeSign = 0;
    if (this.disposed) return;
    this.linked.fire(null);
    void this.refresh();
  }

  /** A run that claims to be alive while nobody answers is looked at again: it may answer, go on writing, or be dead. */
  private watchOn(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.link !== null || !this.isAlive) return;
    this.timer = setTimeout(() => void this.refresh(), this.options.lookAgain ?? 2000);
    this.timer.unref();
  }
}

/** A place to put many disposables. */
export function disposeAll(disposables: Iterable<Disposable>): void {
  for (const disposable of disposables) disposable.dispose();
}

function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
