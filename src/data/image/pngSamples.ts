import { t } from '../../protocol/l10n.js';

/** Rows of PNG samples to eight bits a channel (PNG specification, 11.2.1, 11.3.1, 13.12). */

export interface PngColours {
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  type: number;
  depth: number;
  palette: Buffer | null;
  /** tRNS: alpha of each palette entry, or the one sample or colour that is transparent. */
  transparency: Buffer | null;
}

/**
 * Writes one row: a pixel every `step` bytes of `out`, as grey, RGB or, where there is transparency, RGB with alpha.
 * @param from of the row's first byte in `raw`
 * @throws Error for an index outside of the palette
 */
export function unpackSamples(
  raw: Buffer,
  from: number,
  width: number,
  { type, depth, palette, transparency }: PngColours,
  out: Uint8Array,
  to: number,
  step: number,
): void {
  const size = depth >> 3; // bytes of a sample, the upper one first; 0 for parts of a byte
  const mask = 2 ** depth - 1;
  const scale = depth < 8 ? 255 / mask : 1;
  const part = (x: number): number =>
    ((raw[from + ((x * depth) >> 3)] as number) >> (8 - depth - ((x * depth) & 7))) & mask;
  const sample = (at: number): number => (size === 2 ? raw.readUInt16BE(at) : (raw[at] as number));
  const stored = type === 0 ? 1 : type === 2 ? 3 : type === 6 ? 4 : 0;
  if (depth === 8 && stored === step && (type === 6 || !transparency)) {
    out.set(raw.subarray(from, from + width * stored), to); // already as wanted
  } else if (type === 3) {
    const count = palette ? Math.floor(palette.length / 3) : 0;
    for (let x = 0; x < width; x++, to += step) {
      const index = size === 0 ? part(x) : (raw[from + x] as number);
      if (index >= count) throw new Error(t('a pixel has colour {0} of a palette of {1}', index, count));
      for (let c = 0; c < 3; c++) out[to + c] = palette?.[3 * index + c] as number;
      if (transparency) out[to + 3] = transparency[index] ?? 255;
    }
  } else if (type === 0 || type === 4) {
    const key = type === 0 && transparency ? transparency.readUInt16BE(0) : null;
    const pixel = type === 4 ? 2 * size : size;
    for (let x = 0, at = from; x < width; x++, to += step, at += pixel) {
      const value = size === 0 ? part(x) * scale : (raw[at] as number);
      out[to] = value;
      if (type === 0 && key === null) continue;
      out[to + 1] = out[to + 2] = value;
      out[to + 3] = key === null ? (raw[at + size] as number) : (size === 0 ? part(x) : sample(at)) === key ? 0 : 255;
    }
  } else {
    const key = type === 2 && transparency ? [0, 2, 4].map((at) => transparency.readUInt16BE(at)) : null;
    const pixel = (type === 6 ? 4 : 3) * size;
    for (let x = 0, at = from; x < width; x++, to += step, at += pixel) {
      out[to] = raw[at] as number;
      out[to + 1] = raw[at + size] as number;
      out[to + 2] = raw[at + 2 * size] as number;
      if (type === 6) out[to + 3] = raw[at + 3 * size] as number;
      else if (key) out[to + 3] = key.every((value, c) => sample(at + c * size) === value) ? 0 : 255;
    }
  }
}
