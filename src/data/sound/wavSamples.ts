/** Samples of a WAV file that stand for themselves: PCM, floats, and the logarithmic bytes of ITU-T G.711. */
import { t } from '../../protocol/l10n.js';
import type { SoundProblem } from './problem.js';
import type { WavHeader } from './wav.js';

/** [frames, channels]. @throws DataError when a float is not finite */
export function decodeSamples(bytes: Uint8Array, header: WavHeader, problem: SoundProblem): Float32Array {
  const { encoding, channels, frames, bits, dataStart, littleEndian } = header;
  const data = new Float32Array(frames * channels);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataStart, data.length * (bits / 8));
  if (encoding === 'float') {
    decodeFloats(view, bits, littleEndian, data);
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0)
      throw problem(
        dataStart + wrong * (bits / 8),
        t('frame {0} of channel {1} is no finite number', Math.floor(wrong / channels), wrong % channels),
        t('Save it again without such values, or leave it out.'),
      );
  } else if (encoding === 'pcm') decodePcm(view, bits, littleEndian, data);
  else {
    const table = encoding === 'muLaw' ? muLaw : aLaw;
    for (let i = 0; i < data.length; i++) data[i] = table[view.getUint8(i)] as number;
  }
  return data;
}

function decodePcm(view: DataView, bits: number, littleEndian: boolean, out: Float32Array): void {
  if (bits === 8) for (let i = 0; i < out.length; i++) out[i] = (view.getUint8(i) - 128) / 0x80;
  else if (bits === 16) for (let i = 0; i < out.length; i++) out[i] = view.getInt16(2 * i, littleEndian) / 0x8000;
  else if (bits === 24) {
    const low = littleEndian ? 0 : 2;
    for (let i = 0, at = 0; i < out.length; i++, at += 3)
      out[i] =
        (view.getUint8(at + low) | (view.getUint8(at + 1) << 8) | (view.getInt8(at + 2 - low) << 16)) / 0x80_0000;
  } else for (let i = 0; i < out.length; i++) out[i] = view.getInt32(4 * i, littleEndian) / 0x8000_0000;
}

function decodeFloats(view: DataView, bits: number, littleEndian: boolean, out: Float32Array): void {
  if (bits === 32) for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(4 * i, littleEndian);
  else for (let i = 0; i < out.length; i++) out[i] = view.getFloat64(8 * i, littleEndian);
}

/** Value of each byte, as a 16-bit sample times 2^-15: sign, 3 bits of exponent, 4 of mantissa. */
const muLaw = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const size = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
  return (code & 0x80 ? 0 - size : size) / 0x8000;
});

const aLaw = Float32Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const exponent = (code & 0x70) >> 4;
  const mantissa = ((code & 0x0f) << 4) + 8;
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (code & 0x80 ? size : -size) / 0x8000;
});
