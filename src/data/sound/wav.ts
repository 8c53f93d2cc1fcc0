/**
 * WAV files: RIFF, RIFX (big-endian) and RF64 / BW64 (sizes of 64 bits). Sources: IBM & Microsoft 1991, "Multimedia
 * Programming Interface and Data Specifications 1.0"; Microsoft 1994, "New Multimedia Data Types and Data Techniques";
 * EBU Tech 3306 v1.1 (RF64).
 */
import { formatCount, t } from '../../protocol/l10n.js';
import type { DataError } from '../reader.js';
import { decodeImaAdpcm, imaFrames } from './imaAdpcm.js';
import { problemIn, type SoundProblem } from './problem.js';
import type { Sound } from './sound.js';
import { parseFormat, type WavFormat } from './wavFormat.js';
import { decodeSamples } from './wavSamples.js';

export interface WavHeader extends WavFormat {
  littleEndian: boolean;
  /** Samples at one moment, one for each channel. */
  frames: number;
  /** The samples are bytes [dataStart, dataEnd) of the file. */
  dataStart: number;
  dataEnd: number;
}

/** SoX writes this size, rounded down to whole blocks, when it does not know it. */
const SOX_UNKNOWN = 0x7ffff000;

/**
 * @param bytes the whole file
 * @throws DataError when it is no WAV file, cut off, or of a kind that is not read
 */
export function readWavHeader(bytes: Uint8Array, file: string): WavHeader {
  const problem = problemIn(file, t('Save it as WAV of 16-bit PCM.'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const id = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  const container = bytes.length < 12 ? '' : id(0);
  if (!['RIFF', 'RIFX', 'RF64', 'BW64'].includes(container)) throw notRiff(bytes, problem);
  if (id(8) !== 'WAVE')
    throw problem(
      8,
      t('there is {0} where "WAVE" should be', quote(id(8))),
      t('It is RIFF of another kind: convert it to WAV.'),
    );
  const littleEndian = container !== 'RIFX';
  const size32 = (at: number): number => view.getUint32(at, littleEndian);
  const sizeStated = size32(4) + 8 === bytes.length;

  let format: WavFormat | null = null;
  let dataSize64: number | null = null;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const name = id(at);
    const start = at + 8;
    const size = size32(at + 4);
    const left = bytes.length - start;
    if (name === 'data') {
      if (!format)
        throw problem(
          at,
          t('its samples ("data") come without a "fmt " chunk before them'),
          t('Download, copy or save it again.'),
        );
      const dataSize = dataBytes(size, left, format, dataSize64, sizeStated);
      if (dataSize > left)
        throw problem(
          at,
          t(
            'it is cut off: its "data" chunk states {0} bytes, but only {1} follow',
            formatCount(dataSize),
            formatCount(left),
          ),
          t('Download, copy or save it again.'),
        );
      const frames = countFrames(dataSize, format);
      return { ...format, littleEndian, frames, dataStart: start, dataEnd: start + dataSize };
    }
    if (size > left)
      throw problem(
        at,
        t(
          'it is cut off or damaged: its chunk {0} states {1} bytes, but only {2} follow',
          quote(name),
          formatCount(size),
          formatCount(left),
        ),
        t('Download, copy or save it again.'),
      );
    if (name === 'fmt ' && !format) format = parseFormat(view, start, size, littleEndian, problem);
    if (name === 'ds64' && size >= 16) dataSize64 = Number(view.getBigUint64(start + 8, littleEndian));
    at = start + size;
    // Some writers forget the pad byte after an odd chunk.
    if (size % 2 === 1 && !['fmt ', 'data'].includes(id(at))) at++;
  }
  throw problem(
    Math.min(at, bytes.length),
    t('it ends before a {0} chunk', format ? '"data"' : '"fmt "'),
    t('Download, copy or save it again.'),
  );
}

/**
 * Values are scaled as libsndfile does: integers by 2^-(bits - 1), 8 bits around 128; floats stay as they are.
 * @param bytes the whole file
 * @param file for messages
 * @throws DataError as {@link readWavHeader}, and when a sample is no finite number
 */
export function decodeWav(bytes: Uint8Array, file: string): Sound {
  const header = readWavHeader(bytes, file);
  const { sampleRate, channels, encoding } = header;
  const decode = encoding === 'imaAdpcm' ? decodeImaAdpcm : decodeSamples;
  return { sampleRate, channels, data: decode(bytes, header, problemIn(file, t('Save it as WAV of 16-bit PCM.'))) };
}

function notRiff(bytes: Uint8Array, problem: SoundProblem): DataError {
  if (bytes.length < 12)
    return problem(
      0,
      t('it has {0} bytes, too few for the head of a WAV file', formatCount(bytes.length)),
      t('Download, copy or save it again.'),
    );
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  return problem(0, t('it is no WAV file: it begins with the bytes {0}, not with "RIFF"', start));
}

function quote(id: string): string {
  return `"${id.replace(/[^\x20-\x7e]/g, '?')}"`;
}

/**
 * Bytes of samples. A program that writes into a pipe does not know their number beforehand and leaves 0, 0xFFFFFFFF or
 * SoX's number: then they go to the end of the file.
 */
function dataBytes(
  size: number,
  left: number,
  { blockAlign }: WavFormat,
  size64: number | null,
  sizeStated: boolean,
): number {
  if (size === 0xffffffff && size64 !== null && size64 !== 0) return size64;
  if (size === 0xffffffff || size === SOX_UNKNOWN - (SOX_UNKNOWN % blockAlign)) return left;
  return size === 0 && !sizeStated ? left : size;
}

/**
 * As libsndfile counts: a part of a frame at the end is left out; ADPCM's last block counts whole, for "fact", which
 * tells where the sound ends in it, is often wrong.
 */
function countFrames(dataSize: number, format: WavFormat): number {
  return format.encoding === 'imaAdpcm' ? imaFrames(dataSize, format) : Math.floor(dataSize / format.blockAlign);
}
