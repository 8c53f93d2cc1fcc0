/** What an example tells of itself alone: all of the inspection that takes time, for any thread. */
import type { ExampleData } from '../reader.js';
import type { Example } from './example.js';
import { contentHash } from './exact.js';
import type { MomentsState } from './moments.js';
import { asPicture, lookOf, type Look } from './perceptual.js';
import { isOneColour, isUniform, ValueTotals } from './pixels.js';

export interface GlanceOptions {
  /** Whether values are pixels. */
  isImage: boolean;
  /** Of images, as ValueTotals takes them; else 1. */
  channels: number;
  /** Of images: the size that most have. */
  usual: { height: number; width: number } | null;
  /** Whether images of that size are given with their pixels. */
  keepPixels: boolean;
}

export interface Glance {
  /** The same for the same content. */
  hash: string;
  /** Nothing is in it. */
  blank: boolean;
  /** Of the values of each channel; empty for texts and rows. */
  moments: MomentsState[];
  look: Look | null;
  /** Of an image: whether it has the usual size. */
  isUsual: boolean;
  pixels: ExampleData | null;
}

export function glanceAt(example: Example, { isImage, channels, usual, keepPixels }: GlanceOptions): Glance {
  const hash = contentHash(example);
  const seen: Glance = { hash, blank: false, moments: [], look: null, isUsual: false, pixels: null };
  switch (example.is) {
    case 'values': {
      const { values, shape } = example;
      seen.moments = momentsOf(values, channels);
      seen.blank = isImage ? isOneColour(values, shape[2] ?? 1) : isUniform(values);
      if (!isImage) break;
      if (!seen.blank) seen.look = lookOf(asPicture(values, shape));
      seen.isUsual = shape[0] === usual?.height && shape[1] === usual?.width;
      if (seen.isUsual && keepPixels) seen.pixels = values;
      break;
    }
    case 'sound':
      seen.moments = momentsOf(example.sound.data, 1);
      seen.blank = isUniform(example.sound.data);
      break;
    case 'text':
      seen.blank = example.text.trim() === '';
      break;
    case 'row':
      seen.blank = example.cells.every((cell) => cell === '');
  }
  return seen;
}

function momentsOf(values: ExampleData, channels: number): MomentsState[] {
  const totals = new ValueTotals(channels);
  totals.add(values);
  return totals.seen();
}
