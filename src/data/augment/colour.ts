/** Brightness, contrast and colour (Howard 2013; SimCLR's colour distortion), in place, values kept in 0..1. */
import type { RandomStream } from '../../protocol/random.js';
import type { ImageAugmentation } from '../../recipe/augmentation.js';
import { clamped, signed } from './augmenter.js';

/** Brightness of red, green and blue (ITU-R BT.601). */
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];

/** Each strength draws a factor from 1 - strength to 1 + strength. @param pixels [pixels, channels] */
export function distort(
  random: RandomStream,
  pixels: Float32Array,
  channels: number,
  { brightness, contrast, saturation, hue, grey }: ImageAugmentation,
): void {
  if (brightness > 0) {
    const factor = 1 + brightness * signed(random);
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamped((pixels[i] as number) * factor);
  }
  if (contrast > 0) {
    const factor = 1 + contrast * signed(random);
    const mean = meanBrightness(pixels, channels);
    for (let i = 0; i < pixels.length; i++) pixels[i] = clamped(mean + ((pixels[i] as number) - mean) * factor);
  }
  if (channels !== 3) return;
  const stronger = saturation > 0 ? 1 + saturation * signed(random) : 1;
  const turn = hue > 0 ? 2 * Math.PI * hue * signed(random) : 0;
  const isGrey = grey > 0 && random.uniform() < grey;
  if (stronger !== 1 || turn !== 0 || isGrey) recolour(pixels, isGrey ? 0 : stronger, turn);
}

function meanBrightness(pixels: Float32Array, channels: number): number {
  let sum = 0;
  for (let i = 0; i < pixels.length; i += channels)
    sum += channels === 3 ? brightnessAt(pixels, i) : (pixels[i] as number);
  return (sum * channels) / pixels.length;
}

function brightnessAt(pixels: Float32Array, i: number): number {
  return RED * (pixels[i] as number) + GREEN * (pixels[i + 1] as number) + BLUE * (pixels[i + 2] as number);
}

/**
 * Turns and stretches the two differences red - brightness and blue - brightness, scaled as in YUV; the brightness
 * stays, up to clamping.
 */
function recolour(pixels: Float32Array, factor: number, turn: number): void {
  const [c, s] = [factor * Math.cos(turn), factor * Math.sin(turn)];
  const [toU, toV] = [0.492, 0.877];
  for (let i = 0; i < pixels.length; i += 3) {
    const y = brightnessAt(pixels, i);
    const u = toU * ((pixels[i + 2] as number) - y);
    const v = toV * ((pixels[i] as number) - y);
    const red = y + (s * u + c * v) / toV;
    const blue = y + (c * u - s * v) / toU;
    pixels[i] = clamped(red);
    pixels[i + 1] = clamped((y - RED * red - BLUE * blue) / GREEN);
    pixels[i + 2] = clamped(blue);
  }
}
