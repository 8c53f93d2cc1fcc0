import { fork, type ChildProcess } from 'node:child_process';
import { t } from '../../protocol/l10n.js';
import type { EfficiencyLine } from '../../protocol/efficiency.js';
import { Stopped, UserError } from '../errors.js';
import type { Progress } from '../prepare.js';
import type { Facts, Job, Setting, WorkerMessage, WorkerReply, WorkerRequest } from './messages.js';
import { WORKER } from './worker.js';

/** Worker processes that share the points of a measurement: one for each core, each with the data open. */

/** How much of what a worker says before it dies is kept. */
const LAST_WORDS = 2000;

export interface CrewListener {
  onOpening(progress: Progress): void;
  /** What a person should know: a worker died, or a point could not be measured. */
  onNote(message: string): void;
}

export interface PointListener {
  /** A point is so far, 0..1. */
  onMeasuring(job: Job, fraction: number): void;
  onMeasured(job: Job, line: EfficiencyLine): void;
}

/** A worker ended that nobody had ended. */
class Gone extends Error {}

export class Crew {
  private readonly hands = new Set<Hand>();
  private stopped = false;

  constructor(
    private readonly setting: Setting,
    private readonly listener: CrewListener,
  ) {}

  /** Starts the first worker. The others wait for it, so that data are prepared once and a mistake is told once. */
  async open(): Promise<{ facts: Facts; first: Hand }> {
    const first = this.start();
    try {
      return { facts: await this.openWith(first), first };
    } catch (error) {
      if (this.stopped) throw new Stopped(t('Stopped before anything was measured.'));
      if (error instanceof Gone) throw new UserError(error.message);
      throw error;
    }
  }

  /** @returns the points that were not measured, because of a {@link stop} or of trouble that was told */
  async measure(jobs: readonly Job[], first: Hand, workers: number, listener: PointListener): Promise<Job[]> {
    const queue = [...jobs];
    const missing: Job[] = [];
    const tried = new Set<Job>();

    const lane = async (given: Hand | null): Promise<void> => {
      let hand = given;
      let job: Job | undefined;
      while (!this.stopped && (job = queue.shift())) {
        const mine = job;
        try {
          if (!hand) await this.openWith((hand = this.start()));
          const line = await hand.measure(mine, (fraction) => listener.onMeasuring(mine, fraction));
          listener.onMeasured(mine, line);
        } catch (error) {
          if (!(error instanceof UserError || error instanceof Gone)) throw error;
          const again = (error instanceof Gone && !tried.has(mine)) || !hand?.isOpen;
          if (again) queue.unshift(mine);
          else missing.push(mine);
          if (this.isStopped) return;
          if (error instanceof UserError && again) {
            this.listener.onNote(error.message);
            return; // the others go on
          }
          if (error instanceof Gone) hand = null;
          tried.add(mine);
          this.listener.onNote(
            again
              ? t('{0} Its point is tried once more: {1}.', error.message, nameOf(mine))
              : t('A point could not be measured ({0}): {1}', nameOf(mine), error.message),
          );
        }
      }
      hand?.end();
    };

    await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, (_, i) => lane(i === 0 ? first : null)));
    return [...queue, ...missing];
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Ends all at once: what was finished was told. */
  stop(): void {
    this.stopped = true;
    for (const hand of this.hands) hand.end();
  }

  private start(): Hand {
    const hand = new Hand();
    this.hands.add(hand);
    return hand;
  }

  private openWith(hand: Hand): Promise<Facts> {
    return hand.open(this.setting, (progress) => this.listener.onOpening(progress));
  }
}

/** One worker process. It does one thing at a time. */
export class Hand {
  isOpen = false;
  private readonly child: ChildProcess;
  private words = '';
  private hear: (message: WorkerMessage) => void = () => undefined;
  private lose: (error: Gone) => void = () => undefined;
  private gone: Gone | null = null;

  constructor() {
    this.child = fork(process.argv[1] ?? '', [WORKER], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.words = (this.words + text).slice(-LAST_WORDS);
    });
    this.child.on('message', (message) => this.hear(message as WorkerMessage));
    const leave = (how: string): void => {
      const last = this.words.trim().split('\n').at(-1) ?? '';
      this.gone ??= new Gone(
        last === '' ? t('A worker ended ({0}).', how) : t('A worker ended ({0}: {1}).', how, last),
      );
      this.lose(this.gone);
    };
    this.child.on('error', (error) => leave(error.message));
    this.child.on('close', (code, signal) => leave(signal ?? t('exit code {0}', code ?? '?')));
  }

  async open(setting: Setting, tell: (progress: Progress) => void): Promise<Facts> {
    const reply = await this.ask({ type: 'open', setting }, (message) => {
      if (message.type === 'opening') tell(message);
    });
    this.isOpen = true;
    return (reply as Extract<WorkerReply, { type: 'opened' }>).facts;
  }

  async measure(job: Job, tell: (fraction: number) => void): Promise<EfficiencyLine> {
    const reply = await this.ask({ type: 'measure', job }, (message) => {
      if (message.type === 'measuring') tell(message.fraction);
    });
    return (reply as Extract<WorkerReply, { type: 'measured' }>).line;
  }

  end(): void {
    this.child.kill();
  }

  /** @throws UserError when the worker says that it failed; Gone when it ended */
  private ask(request: WorkerRequest, tell: (message: WorkerMessage) => void): Promise<WorkerReply> {
    return new Promise((resolve, reject) => {
      if (this.gone) return reject(this.gone);
      this.lose = reject;
      this.hear = (message) => {
        if (message.type === 'failed') {
          const { message: text, ...details } = message.error;
          reject(new UserError(text, details));
        } else if (message.type === 'opened' || message.type === 'measured') resolve(message);
        else tell(message);
      };
      this.child.send(request, (error) => {
        if (error) reject(new Gone(error.message));
      });
    });
  }
}

/** e.g. "probe, 10 labels per class, seed 1" */
function nameOf({ mode, labelsPerClass, seed }: Job): string {
  return t('{0}, {1} labels per class, seed {2}', mode, labelsPerClass, seed);
}
