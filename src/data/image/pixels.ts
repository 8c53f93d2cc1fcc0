/** Stored pixels to what is trained on: grey or RGB, without transparency. */

/** Eight bits a value, [height, width, channels]: grey, RGB, or RGB with alpha. */
export interface Pixels {
  width: number;
  height: number;
  channels: 1 | 3 | 4;
  data: Uint8Array;
}

/**
 * Transparency is composed on white; colour becomes grey by luma. Both round as Pillow's `paste` with a mask and
 * `convert("L")` do.
 */
export function toChannels({ channels: from, data }: Pixels, channels: 1 | 3): Uint8Array {
  if (from === channels) return data;
  const pixels = data.length / from;
  const out = new Uint8Array(pixels * channels);
  if (from === 1) {
    for (let i = 0, to = 0; i < pixels; i++, to += 3) out[to] = out[to + 1] = out[to + 2] = data[i] as number;
    return out;
  }
  for (let i = 0, at = 0, to = 0; i < pixels; i++, at += from) {
    let red = data[at] as number;
    let green = data[at + 1] as number;
    let blue = data[at + 2] as number;
    if (from === 4 && data[at + 3] !== 255) {
      const alpha = data[at + 3] as number;
      red = onWhite(red, alpha);
      green = onWhite(green, alpha);
      blue = onWhite(blue, alpha);
    }
    if (channels === 1) out[to++] = luma(red, green, blue);
    else {
      out[to++] = red;
      out[to++] = green;
      out[to++] = blue;
    }
  }
  return out;
}

function onWhite(value: number, alpha: number): number {
  return Math.round((value * alpha + 255 * (255 - alpha)) / 255);
}

/** ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B in 16 bits of fraction. */
function luma(red: number, green: number, blue: number): number {
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
}
