/** The "fmt " chunk of a WAV file: WAVEFORMATEX and WAVEFORMATEXTENSIBLE. */
import { formatCount, t } from '../../protocol/l10n.js';
import type { SoundProblem } from './problem.js';

export type WavEncoding = 'pcm' | 'float' | 'muLaw' | 'aLaw' | 'imaAdpcm';

export interface WavFormat {
  encoding: WavEncoding;
  channels: number;
  /** In Hz. */
  sampleRate: number;
  /** Bits a sample takes; a sample of fewer valid bits fills the upper ones. */
  bits: number;
  /** Bytes of one frame, with ADPCM of one block of frames. */
  blockAlign: number;
  /** 1 but for ADPCM. */
  framesPerBlock: number;
}

const encodings: Record<number, WavEncoding> = { 1: 'pcm', 3: 'float', 6: 'aLaw', 7: 'muLaw', 0x11: 'imaAdpcm' };

/** Codecs that are not read, by name (RFC 2361 and Microsoft's mmreg.h). */
const otherCodecs: Record<number, string> = {
  0x02: 'Microsoft ADPCM',
  0x10: 'OKI ADPCM',
  0x14: 'G.723 ADPCM',
  0x20: 'Yamaha ADPCM',
  0x31: 'GSM 6.10',
  0x40: 'G.721 ADPCM',
  0x45: 'G.726 ADPCM',
  0x50: 'MPEG layer 1 or 2',
  0x55: 'MP3',
  0x64: 'G.726 ADPCM',
  0x92: 'Dolby AC-3',
  0xff: 'AAC',
  0x160: 'Windows Media Audio',
  0x161: 'Windows Media Audio',
  0x162: 'Windows Media Audio',
  0x163: 'Windows Media Audio',
  0x1610: 'HE-AAC',
  0x674f: 'Ogg Vorbis',
  0x6750: 'Ogg Vorbis',
  0x6751: 'Ogg Vorbis',
  0xf1ac: 'FLAC',
};

const EXTENSIBLE = 0xfffe;
/** KSDATAFORMAT_SUBTYPE_PCM and its like are the format's number in 4 bytes, 0x0000, 0x0010, and these. */
const SUBTYPE_TAIL = [0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/** Above any sound card and bat detector: a larger rate is damage. */
const MAX_RATE = 10_000_000;

/**
 * @param start where the chunk's content lies, `size` how long it is
 * @throws DataError by `problem`
 */
export function parseFormat(
  view: DataView,
  start: number,
  size: number,
  littleEndian: boolean,
  problem: SoundProblem,
): WavFormat {
  if (size < 16)
    throw problem(
      start,
      t('its "fmt " chunk has {0} bytes, but needs 16', size),
      t('Download, copy or save it again.'),
    );
  const word = (at: number): number => view.getUint16(start + at, littleEndian);
  const channels = word(2);
  const sampleRate = view.getUint32(start + 4, littleEndian);
  const blockAlign = word(12);
  const bits = word(14);
  const encoding = encodingOf(view, start, size, littleEndian, problem);
  if (channels === 0) throw problem(start + 2, t('it states 0 channels'), t('Download, copy or save it again.'));
  if (sampleRate === 0)
    throw problem(start + 4, t('it states a sampling rate of 0 Hz'), t('Download, copy or save it again.'));
  if (sampleRate > MAX_RATE)
    throw problem(
      start + 4,
      t('it states a sampling rate of {0} Hz, which no recorder has', formatCount(sampleRate)),
      t('Download, copy or save it again.'),
    );
  checkBits(encoding, bits, (what) => problem(start + 14, what));
  const format = { encoding, channels, sampleRate, blockAlign, framesPerBlock: 1 };
  if (encoding === 'imaAdpcm') {
    if (!littleEndian) throw problem(start, t('it is IMA ADPCM in a big-endian file, which is not read'));
    return { ...format, bits, framesPerBlock: imaFramesPerBlock(view, start, size, format, problem) };
  }
  const width = Math.ceil(bits / 8);
  if (blockAlign !== channels * width)
    throw problem(
      start + 12,
      t('it states {0} bytes for a frame, but {1} × {2} bits take {3}', blockAlign, channels, bits, channels * width),
    );
  return { ...format, bits: 8 * width };
}

function encodingOf(
  view: DataView,
  start: number,
  size: number,
  littleEndian: boolean,
  problem: SoundProblem,
): WavEncoding {
  const tag = view.getUint16(start, littleEndian);
  if (tag !== EXTENSIBLE) return known(tag, start, problem);
  if (size < 40)
    throw problem(
      start,
      t('its extensible "fmt " chunk has {0} bytes, but needs 40', size),
      t('Download, copy or save it again.'),
    );
  const validBits = view.getUint16(start + 18, littleEndian);
  const bits = view.getUint16(start + 14, littleEndian);
  if (validBits > bits)
    throw problem(
      start + 18,
      t('it states {0} valid bits in samples of {1} bits', validBits, bits),
      t('Download, copy or save it again.'),
    );
  const isKnown =
    view.getUint16(start + 28, littleEndian) === 0 &&
    view.getUint16(start + 30, littleEndian) === 0x10 &&
    SUBTYPE_TAIL.every((byte, i) => view.getUint8(start + 32 + i) === byte);
  if (!isKnown)
    throw problem(start + 24, t('its extensible format names a codec that is not read, by an unknown GUID'));
  return known(view.getUint32(start + 24, littleEndian), start + 24, problem);
}

function known(tag: number, at: number, problem: SoundProblem): WavEncoding {
  const encoding = encodings[tag];
  if (encoding) return encoding;
  const name = otherCodecs[tag];
  const hex = `0x${tag.toString(16).padStart(4, '0')}`;
  throw problem(
    at,
    name
      ? t('its codec is {0} ({1}), which is not read', name, hex)
      : t('its codec is unknown ({0}), which is not read', hex),
  );
}

function checkBits(encoding: WavEncoding, bits: number, problem: (what: string) => Error): void {
  const fits = {
    pcm: bits >= 1 && bits <= 32,
    float: bits === 32 || bits === 64,
    muLaw: bits === 8,
    aLaw: bits === 8,
    imaAdpcm: bits === 4,
  }[encoding];
  if (fits) return;
  const names = { pcm: 'PCM', float: t('floats'), muLaw: 'mu-law', aLaw: 'A-law', imaAdpcm: 'IMA ADPCM' };
  const allowed = { pcm: t('1 to 32'), float: t('32 or 64'), muLaw: '8', aLaw: '8', imaAdpcm: '4' };
  throw problem(t('it states {0} of {1} bits; read are {2}', names[encoding], bits, allowed[encoding]));
}

/** A block has 4 bytes for each channel with its first sample, then 8 samples in every 4 bytes of a channel. */
function imaFramesPerBlock(
  view: DataView,
  start: number,
  size: number,
  { channels, blockAlign }: { channels: number; blockAlign: number },
  problem: SoundProblem,
): number {
  const words = blockAlign / (4 * channels);
  const frames = 1 + 8 * (words - 1);
  if (!Number.isInteger(words) || words < 1)
    throw problem(
      start + 12,
      t('its blocks of {0} bytes do not fit IMA ADPCM of {1} channels', blockAlign, channels),
      t('Download, copy or save it again.'),
    );
  const stated = size >= 20 ? view.getUint16(start + 18, true) : frames;
  if (stated !== frames)
    throw problem(
      start + 18,
      t('it states {0} frames a block, but {1} bytes hold {2}', stated, blockAlign, frames),
      t('Download, copy or save it again.'),
    );
  return frames;
}
