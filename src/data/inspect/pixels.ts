/** Values of images and arrays. */
import type { ConstantPixels, ValueStatistics } from '../../protocol/inspection.js';
import type { ExampleData } from '../reader.js';
import { Moments } from './moments.js';

/** Range, mean and deviation, of all and of each channel. */
export class ValueTotals {
  private readonly all = new Moments();
  private readonly channels: Moments[];

  /** @param channels of an example's last dimension; 1 for what has none */
  constructor(channels: number) {
    this.channels = channels > 1 && channels <= 4 ? Array.from({ length: channels }, () => new Moments()) : [];
  }

  add(values: ExampleData): void {
    this.all.add(values);
    this.channels.forEach((channel, i) => channel.add(values, i, this.channels.length));
  }

  /** @param range of the stored values, null when the format has none */
  result(range: [number, number] | null): ValueStatistics | null {
    const all = this.all.result();
    if (!all) return null;
    const width = range ? range[1] - range[0] : 0;
    return {
      ...all,
      notFinite: this.all.notFinite,
      scaled:
        range && width > 0 ? { range, mean: (all.mean - range[0]) / width, deviation: all.deviation / width } : null,
      perChannel: this.channels.flatMap((channel) => {
        const one = channel.result();
        return one ? [{ mean: one.mean, deviation: one.deviation }] : [];
      }),
    };
  }
}

/** Pixels that never change. Only images of one size can be compared. */
export class UnchangingPixels {
  private first: ExampleData | null = null;
  private changes: Uint8Array | null = null;
  private images = 0;

  /** @param shape [height, width, channels] */
  constructor(private readonly shape: readonly [height: number, width: number, channels: number]) {}

  /** An image of another size is passed over. */
  add(values: ExampleData, shape: readonly number[]): void {
    if (shape[0] !== this.shape[0] || shape[1] !== this.shape[1]) return;
    this.images++;
    if (!this.first || !this.changes) {
      this.first = values.slice();
      this.changes = new Uint8Array(values.length);
      return;
    }
    const { first, changes } = this;
    for (let i = 0; i < values.length; i++) if (values[i] !== first[i]) changes[i] = 1;
  }

  /** Null without two images to compare. */
  result(): ConstantPixels | null {
    const [height, width, channels] = this.shape;
    if (!this.changes || this.images < 2) return null;
    let pixels = 0;
    for (let at = 0; at < this.changes.length; at += channels)
      if (!this.changes.subarray(at, at + channels).includes(1)) pixels++;
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
