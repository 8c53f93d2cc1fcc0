import { decodeSample, type Sample } from './samples.js';

const MAX_SAMPLES = 96;
const MAX_BYTES = 96 * 1024 * 1024;
/** An answer that takes longer no longer holds back the next question. */
const PATIENCE_MILLISECONDS = 3000;

/** Samples by step: asked for when needed, the least recently used forgotten first. */
export class SampleStore {
  private readonly kept = new Map<number, Sample>();
  private readonly refused = new Map<number, string>();
  private readonly asked = new Map<number, number>();
  private bytes = 0;

  constructor(
    private readonly request: (step: number) => void,
    private readonly now: () => number,
  ) {}

  /** The sample if it is here; otherwise it is asked for, unless too much is under way already. */
  get(step: number): Sample | undefined {
    const sample = this.kept.get(step);
    if (sample) {
      this.kept.delete(step);
      this.kept.set(step, sample);
      return sample;
    }
    if (this.refused.has(step) || this.asked.has(step)) return undefined;
    const now = this.now();
    for (const [other, since] of this.asked) if (now - since > PATIENCE_MILLISECONDS) this.asked.delete(other);
    if (this.asked.size >= 4) return undefined;
    this.asked.set(step, now);
    this.request(step);
    return undefined;
  }

  /** Why a sample cannot be shown, or undefined. An empty text: it is not there (any more). */
  refusal(step: number): string | undefined {
    return this.refused.get(step);
  }

  receive(step: number, bytes: Uint8Array | null): void {
    this.asked.delete(step);
    this.forget(step);
    if (!bytes) {
      this.refused.set(step, '');
      return;
    }
    try {
      const sample = decodeSample(step, bytes);
      this.kept.set(step, sample);
      this.bytes += sample.byteLength;
    } catch (error) {
      this.refused.set(step, error instanceof Error ? error.message : String(error));
    }
    for (const [oldest] of this.kept) {
      if (this.kept.size <= MAX_SAMPLES && (this.bytes <= MAX_BYTES || this.kept.size <= 4)) break;
      this.forget(oldest);
    }
  }

  /** Drops a sample, e.g. because its step was computed anew. */
  forget(step: number): void {
    this.bytes -= this.kept.get(step)?.byteLength ?? 0;
    this.kept.delete(step);
    this.refused.delete(step);
  }

  clear(): void {
    for (const records of [this.kept, this.refused, this.asked]) records.clear();
    this.bytes = 0;
  }
}
