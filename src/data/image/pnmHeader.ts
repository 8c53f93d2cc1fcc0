/** Netpbm's PBM, PGM and PPM (netpbm.sourceforge.net/doc: pbm, pgm, ppm). */
import { t } from '../../protocol/l10n.js';
import type { ImageHeader } from './header.js';
import { checkSize, CutOff } from './limits.js';

export interface PnmHeader {
  shown: ImageHeader;
  /** P1 .. P6: 1 and 4 are bits, 2 and 5 grey, 3 and 6 RGB; up to 3 in words, then in bytes. */
  kind: number;
  /** The value of white; 1 for bits. */
  max: number;
  /** First byte of the pixels. */
  start: number;
}

const part = () => t('PNM header');
/** More than any program's comments, so that a damaged file ends. */
const MAX_HEADER_BYTES = 65_536;
const MAX_VALUE = 65_535;

/** @throws CutOff, Error */
export function pnmHeader(bytes: Buffer): PnmHeader {
  const kind = (bytes[1] as number) - 0x30;
  const bitmap = kind === 1 || kind === 4;
  let at = 2;
  const [width, height, max] = [number(t('width')), number(t('height')), bitmap ? 1 : number(t('largest value'))];
  checkSize(width, height, part());
  if (max < 1 || max > MAX_VALUE) throw new Error(t('its {0} says that the largest value is {1}', part(), max));
  return {
    shown: {
      type: 'pnm',
      width,
      height,
      channels: kind === 3 || kind === 6 ? 3 : 1,
      bitDepth: max > 255 ? 16 : 8,
      orientation: 1,
      cmyk: false,
      interlaced: false,
    },
    kind,
    max,
    start: at + 1, // one white space
  };

  /** The next number behind white space and comments; `at` is then behind it. */
  function number(what: string): number {
    let text = '';
    for (; ; at++) {
      if (at >= MAX_HEADER_BYTES) throw new Error(t('its {0} does not end', part()));
      if (at >= bytes.length) throw new CutOff(part(), at + 1);
      const char = String.fromCharCode(bytes[at] as number);
      if (char === '#') {
        const end = bytes.indexOf(0x0a, at);
        if (end < 0 && bytes.length < MAX_HEADER_BYTES) throw new CutOff(part(), bytes.length + 1);
        at = end < 0 ? MAX_HEADER_BYTES - 1 : end;
      } else if (/\d/.test(char)) text += char;
      else if (!/\s/.test(char)) throw new Error(t('its {0} is damaged at byte {1} (its {2})', part(), at, what));
      if (!/\d/.test(char) && text) break;
      if (text.length > 10) throw new Error(t('its {0} is damaged (its {1})', part(), what));
    }
    return Number(text);
  }
}
