/** WAV files that are broken in every way their format allows. */
import { readFileSync } from 'node:fs';
import { chunk, extensible, uint16, wavFile } from './wavFile.js';

const ima = (framesPerBlock: number): Buffer => Buffer.concat([uint16(2), uint16(framesPerBlock)]);
const imaFile = readFileSync('test/fixtures/sound/ima-adpcm.wav');
const doubles = (...values: number[]): Buffer => Buffer.from(Float64Array.from(values).buffer);
const floats = (...values: number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);
const whole = wavFile();
const list = chunk('LIST', Buffer.from('INFOISFT'));

/** What is broken, the file, and what its message says after "broken.wav, byte ". */
export const brokenWav: readonly [what: string, bytes: Uint8Array, message: string][] = [
  ['empty', whole.subarray(0, 0), '0: it has 0 bytes, too few for the head of a WAV file'],
  ['cut after "RIFF"', whole.subarray(0, 4), '0: it has 4 bytes, too few'],
  ['cut after the RIFF size', whole.subarray(0, 8), '0: it has 8 bytes, too few'],
  ['cut after "WAVE"', whole.subarray(0, 12), '12: it ends before a "fmt " chunk'],
  ['cut after the name "fmt "', whole.subarray(0, 16), '12: it ends before a "fmt " chunk'],
  [
    'cut after the size of fmt',
    whole.subarray(0, 20),
    '12: it is cut off or damaged: its chunk "fmt " states 16 bytes, but only 0 follow',
  ],
  [
    'cut in fmt',
    whole.subarray(0, 30),
    '12: it is cut off or damaged: its chunk "fmt " states 16 bytes, but only 10 follow',
  ],
  ['cut after fmt', whole.subarray(0, 36), '36: it ends before a "data" chunk'],
  ['cut after the name "data"', whole.subarray(0, 40), '36: it ends before a "data" chunk'],
  [
    'cut after the size of data',
    whole.subarray(0, 44),
    '36: it is cut off: its "data" chunk states 40 bytes, but only 0 follow',
  ],
  ['cut in data', whole.subarray(0, 83), '36: it is cut off: its "data" chunk states 40 bytes, but only 39 follow'],
  [
    'cut in a chunk between',
    wavFile({ before: list }).subarray(0, 50),
    '36: it is cut off or damaged: its chunk "LIST" states 8 bytes, but only 6 follow',
  ],
  [
    'a chunk of 4 GB',
    wavFile({ before: chunk('junk', list, 0xfffffff0) }),
    '36: it is cut off or damaged: its chunk "junk" states 4,294,967,280 bytes',
  ],
  [
    'a size of 2 GB',
    wavFile({ dataSize: 0x80000000 }),
    '36: it is cut off: its "data" chunk states 2,147,483,648 bytes, but only 40 follow',
  ],
  [
    'an MP3',
    Buffer.from('ID3\x04\0\0\0\0\0\0\0\0\0\0', 'latin1'),
    '0: it is no WAV file: it begins with the bytes 49443304, not with "RIFF"',
  ],
  [
    'an AVI film',
    Buffer.concat([whole.subarray(0, 8), Buffer.from('AVI '), whole.subarray(12)]),
    '8: there is "AVI " where "WAVE" should be',
  ],
  [
    'data before fmt',
    Buffer.concat([whole.subarray(0, 12), whole.subarray(36), whole.subarray(12, 36)]),
    '12: its samples ("data") come without a "fmt " chunk before them',
  ],
  ['no fmt', Buffer.concat([whole.subarray(0, 12), list]), '28: it ends before a "fmt " chunk'],
  ['no data', Buffer.concat([whole.subarray(0, 36), list]), '52: it ends before a "data" chunk'],
  [
    'a fmt too short',
    Buffer.concat([whole.subarray(0, 12), chunk('fmt ', Buffer.alloc(14)), whole.subarray(36)]),
    '20: its "fmt " chunk has 14 bytes, but needs 16',
  ],
  ['no channels', wavFile({ channels: 0, blockAlign: 2 }), '22: it states 0 channels'],
  ['a rate of 0', wavFile({ rate: 0 }), '24: it states a sampling rate of 0 Hz'],
  ['an absurd rate', wavFile({ rate: 4_000_000_000 }), '24: it states a sampling rate of 4,000,000,000 Hz'],
  [
    'too many channels',
    wavFile({ channels: 65535, blockAlign: 2 }),
    '32: it states 2 bytes for a frame, but 65535 × 16 bits take 131070',
  ],
  ['a frame of 0 bytes', wavFile({ blockAlign: 0 }), '32: it states 0 bytes for a frame, but 1 × 16 bits take 2'],
  ['a frame too large', wavFile({ blockAlign: 4 }), '32: it states 4 bytes for a frame, but 1 × 16 bits take 2'],
  ['0 bits', wavFile({ bits: 0 }), '34: it states PCM of 0 bits; read are 1 to 32'],
  ['64-bit integers', wavFile({ bits: 64 }), '34: it states PCM of 64 bits; read are 1 to 32'],
  ['16-bit floats', wavFile({ tag: 3 }), '34: it states floats of 16 bits; read are 32 or 64'],
  ['mu-law of 16 bits', wavFile({ tag: 7 }), '34: it states mu-law of 16 bits; read are 8'],
  [
    'Microsoft ADPCM',
    readFileSync('test/fixtures/sound/ms-adpcm.wav'),
    '20: its codec is Microsoft ADPCM (0x0002), which is not read',
  ],
  ['GSM', readFileSync('test/fixtures/sound/gsm.wav'), '20: its codec is GSM 6.10 (0x0031), which is not read'],
  ['MP3 in WAV', wavFile({ tag: 0x55 }), '20: its codec is MP3 (0x0055), which is not read'],
  ['an unknown codec', wavFile({ tag: 0xabc }), '20: its codec is unknown (0x0abc), which is not read'],
  [
    'an extensible format without its extension',
    wavFile({ tag: 0xfffe }),
    '20: its extensible "fmt " chunk has 16 bytes, but needs 40',
  ],
  [
    'an unknown codec in the extension',
    wavFile({ tag: 0xfffe, extension: extensible(0x92, 16) }),
    '44: its codec is Dolby AC-3 (0x0092), which is not read',
  ],
  [
    'a strange GUID',
    wavFile({ tag: 0xfffe, extension: extensible(1, 16).fill(0xee, 20) }),
    '44: its extensible format names a codec that is not read, by an unknown GUID',
  ],
  [
    'more valid bits than bits',
    wavFile({ tag: 0xfffe, extension: extensible(1, 24) }),
    '38: it states 24 valid bits in samples of 16 bits',
  ],
  [
    'a NaN',
    wavFile({ tag: 3, bits: 32, channels: 2, data: floats(0, 0, 0.5, NaN) }),
    '56: frame 1 of channel 1 is no finite number',
  ],
  [
    'an infinite float',
    wavFile({ tag: 3, bits: 32, data: floats(-Infinity) }),
    '44: frame 0 of channel 0 is no finite number',
  ],
  [
    'a double beyond 32-bit floats',
    wavFile({ tag: 3, bits: 64, data: doubles(0, 1e300) }),
    '52: frame 1 of channel 0 is no finite number',
  ],
  [
    'ADPCM blocks that do not fit',
    wavFile({ tag: 0x11, bits: 4, blockAlign: 255, extension: ima(505) }),
    '32: its blocks of 255 bytes do not fit IMA ADPCM of 1 channels',
  ],
  [
    'ADPCM blocks of 0 bytes',
    wavFile({ tag: 0x11, bits: 4, blockAlign: 0, extension: ima(505) }),
    '32: its blocks of 0 bytes do not fit',
  ],
  [
    'ADPCM frames that do not fit',
    wavFile({ tag: 0x11, bits: 4, blockAlign: 256, extension: ima(506) }),
    '38: it states 506 frames a block, but 256 bytes hold 505',
  ],
  [
    'ADPCM of 3 bits',
    wavFile({ tag: 0x11, bits: 3, blockAlign: 256, extension: ima(505) }),
    '34: it states IMA ADPCM of 3 bits; read are 4',
  ],
  [
    'big-endian ADPCM',
    wavFile({ container: 'RIFX', tag: 0x11, bits: 4, blockAlign: 256 }),
    '20: it is IMA ADPCM in a big-endian file, which is not read',
  ],
  [
    'an ADPCM step that is not',
    Buffer.from(imaFile).fill(89, 62, 63),
    '62: a block of IMA ADPCM begins with step 89; there are 0 to 88',
  ],
];
