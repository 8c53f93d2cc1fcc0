import { t } from '../protocol/l10n.js';
import type { Progress } from '../learn/checkpoint.js';
import type { Action } from '../learn/loop.js';
import type { TrainerRequest } from '../protocol/trainer.js';
import { UserError } from './errors.js';

/** The loop lets sockets, files and timers have their turn at least this often. */
const YIELD_MILLISECONDS = 10;

/** What a run's watchers hear when it is steered. */
export interface SteeringListener {
  onPaused(): void;
  /** `goesOn` is false when the run is stopped out of its pause. */
  onPauseEnded(pausedMilliseconds: number, goesOn: boolean): void;
  onLearningRate(from: number, to: number): void;
}

/** What a run is to be steered by of itself, so that it goes as another one went. */
export interface Course {
  /** Changes of the learning rate, in order: each is made when that many steps are finished. */
  learningRates: { step: number; to: number }[];
  /** Finished steps after which it stops; null to go on to the end. */
  end: number | null;
}

/** Turns requests, which come at any time, into what the loop does between two steps. */
export class Steering {
  private readonly stopping = new AbortController();
  private sampling = false;
  private learningRate: number | null = null;
  private paused = false;
  private wake: () => void = () => undefined;
  private lastYield = performance.now();
  private pausedSince: number | null = null;
  /** Set while something in the background failed: ends the training with this error. */
  trouble: () => Error | null = () => null;

  /** Told from the first step on. */
  listener: SteeringListener | null = null;

  private course: Course = { learningRates: [], end: null };

  /** Aborted when the run is to stop: for what cannot wait for the next step. */
  get stopped(): AbortSignal {
    return this.stopping.signal;
  }

  /** @throws UserError when the request makes no sense. */
  handle(request: TrainerRequest): void {
    switch (request.type) {
      case 'pause':
        this.paused = true;
        return;
      case 'resume':
        this.paused = false;
        return this.wake();
      case 'stop':
        return this.stop();
      case 'sample':
        this.sampling = true;
        return this.wake();
      case 'setLearningRate': {
        const { learningRate } = request;
        if (typeof learningRate !== 'number' || !Number.isFinite(learningRate) || learningRate <= 0)
          throw new UserError(t('The learning rate must be a number above 0, but is {0}.', String(learningRate)));
        this.learningRate = learningRate;
        return this.wake();
      }
      default:
        throw new UserError(
          t('This trainer does not know the request {0}.', JSON.stringify((request as { type: unknown }).type)),
          { advice: t('Update Pretrain Studio, so that monitor and trainer are of one version.') },
        );
    }
  }

  /** Goes as another run went, from here on. */
  follow({ learningRates, end }: Course): void {
    this.course = { learningRates: [...learningRates], end };
  }

  stop(): void {
    this.stopping.abort();
    this.wake();
  }

  /** See Observer.beforeStep. */
  beforeStep(progress: Progress): Action | Promise<Action> {
    if (!this.paused && this.pausedSince === null && performance.now() - this.lastYield < YIELD_MILLISECONDS)
      return this.decide(progress);
    return this.waitTurn(progress);
  }

  private decide(progress: Progress): Action {
    const trouble = this.trouble();
    if (trouble) throw trouble;
    const { learningRates, end } = this.course;
    while (learningRates[0]?.step === progress.step) this.learningRate = learningRates.shift()?.to ?? this.learningRate;
    if (this.learningRate !== null) {
      this.listener?.onLearningRate(progress.learningRate, this.learningRate);
      progress.learningRate = this.learningRate;
      this.learningRate = null;
    }
    if (this.stopped.aborted || progress.step === end) return 'stop';
    if (!this.sampling) return 'go';
    this.sampling = false;
    return 'sample';
  }

  private async waitTurn(progress: Progress): Promise<Action> {
    await new Promise((resolve) => setImmediate(resolve));
    this.lastYield = performance.now();
    while (this.paused && !this.stopped.aborted) {
      if (this.pausedSince === null) {
        this.pausedSince = performance.now();
        this.listener?.onPaused();
      }
      const action = this.decide(progress); // what is asked for during a pause is done at once
      if (action !== 'go') return action;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    if (this.pausedSince !== null) {
      this.lastYield = performance.now();
      this.listener?.onPauseEnded(this.lastYield - this.pausedSince, !this.stopped.aborted);
      this.pausedSince = null;
    }
    return this.decide(progress);
  }
}
