/** Values of images and arrays. */
import type { ConstantPixels, ValueStatistics } from '../../protocol/inspection.js';
import type { ExampleData } from '../reader.js';
import { Moments, type MomentsState } from './moments.js';

/** Range, mean and deviation, of all and of each channel. */
export class ValueTotals {
  private readonly channels: Moments[];

  /** @param channels of an example's last dimension; 1 for what has none */
  constructor(channels: number) {
    this.channels = Array.from({ length: channels > 1 && channels <= 4 ? channels : 1 }, () => new Moments());
  }

  add(values: ExampleData): void {
    this.channels.forEach((channel, i) => channel.add(values, i, this.channels.length));
  }

  /** What totals of as many channels have seen. */
  join(others: readonly MomentsState[]): void {
    others.forEach((other, i) => this.channels[i]?.join(other));
  }

  /** Of each channel, in what can be cloned. */
  seen(): MomentsState[] {
    return this.channels.map((channel) => channel.seen());
  }

  /** @param range of the stored values, null when the format has none */
  result(range: [number, number] | null): ValueStatistics | null {
    const whole = new Moments();
    for (const channel of this.channels) whole.join(channel.seen());
    const all = whole.result();
    if (!all) return null;
    const width = range ? range[1] - range[0] : 0;
    return {
      ...all,
      scaled:
        range && width > 0 ? { range, mean: (all.mean - range[0]) / width, deviation: all.deviation / width } : null,
      perChannel:
        this.channels.length === 1
          ? []
          : this.channels.flatMap((channel) => {
              const one = channel.result();
              return one ? [{ mean: one.mean, deviation: one.deviation }] : [];
            }),
    };
  }
}

/** Pixels that never change. Only images of one size can be compared. */
export class UnchangingPixels {
  private first: ExampleData | null = null;
  /** Places in an image of the values that have not changed yet, ascending. */
  private same = new Uint32Array(0);
  private images = 0;

  /** @param shape [height, width, channels] */
  constructor(private readonly shape: readonly [height: number, width: number, channels: number]) {}

  /** Whether further values may change what is known. */
  get isOpen(): boolean {
    return this.first === null || this.same.length > 0;
  }

  /** @param values of an image of the shape; they may be null when none {@link isOpen} */
  add(values: ExampleData | null): void {
    this.images++;
    if (!values) return;
    const { first, same } = this;
    if (!first) {
      this.first = values.slice();
      this.same = Uint32Array.from(values.keys());
      return;
    }
    let kept = 0;
    for (let i = 0; i < same.length; i++) {
      const at = same[i] as number;
      if (values[at] === first[at]) same[kept++] = at;
    }
    this.same = same.subarray(0, kept);
  }

  /** Null without two images to compare. */
  result(): ConstantPixels | null {
    const [height, width, channels] = this.shape;
    if (this.images < 2) return null;
    let pixels = 0;
    for (let i = 0, of = 0; i < this.same.length; i++) {
      const at = this.same[i] as number;
      of = at % channels === 0 ? 1 : at === (this.same[i - 1] as number) + 1 ? of + 1 : 0;
      if (of === channels) pixels++;
    }
    return { pixels, of: height * width, share: pixels / (height * width), images: this.images };
  }
}

/** Whether all values are the same. */
export function isUniform(values: ExampleData): boolean {
  const [first] = values;
  for (let i = 1; i < values.length; i++) if (values[i] !== first) return false;
  return true;
}

/** Whether each channel of an image is one colour. */
export function isOneColour(values: ExampleData, channels: number): boolean {
  if (channels <= 1) return isUniform(values);
  for (let i = channels; i < values.length; i++) if (values[i] !== values[i % channels]) return false;
  return true;
}
