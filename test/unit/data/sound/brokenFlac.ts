/** FLAC files that are broken in every way their format allows. */
import {
  coded,
  constant,
  fixed,
  flacFile,
  frame,
  lpc,
  md5,
  subframe,
  verbatim,
  type Bits,
  type Stream,
} from './flacFile.js';

const RAMP = Array.from({ length: 16 }, (_, i) => 100 * i);
const ramp = frame({ subframes: [verbatim(RAMP)] });
const one = (bits: Bits, stream: Partial<Stream> = {}): Buffer =>
  flacFile({ frames: [{ subframes: [bits] }], ...stream });
const whole = one(verbatim(RAMP), { total: 16, md5: md5(RAMP, 16) });
const wrong = (parts: Partial<Parameters<typeof frame>[0]>): Buffer =>
  flacFile({ frames: [{ subframes: [verbatim(RAMP)], ...parts }] });
const changed = (at: number, value: number): Buffer => {
  const bytes = Buffer.from(whole);
  bytes[at] = value;
  return bytes;
};
const twice = (second: Partial<Parameters<typeof frame>[0]>, total = 0): Buffer =>
  flacFile({ total, frames: [{ subframes: [verbatim(RAMP)] }, { subframes: [verbatim(RAMP)], ...second }] });
const rice = { rice: 4 };
const order2 = { coefficients: [2, -1], precision: 4, shift: 0 };
const partitions = (order: number): Bits => [...subframe(8), [0, 2], [order, 4]];
/** Silence, of which 13 bytes hold 65,535 samples. */
const bomb = (total: number): Buffer => {
  const silence = (number: number): Buffer => frame({ size: 65535, number, subframes: [constant(0)] });
  return flacFile({ total, frames: Array.from({ length: 3 }, (_, number) => silence(number)) });
};

/** What is broken, the file, and what its message says after "broken.flac, byte ". The frames begin at byte 42. */
export const brokenFlac: readonly [what: string, bytes: Uint8Array, message: string][] = [
  ['empty', whole.subarray(0, 0), '0: it is empty'],
  ['cut within "fLaC"', whole.subarray(0, 3), '0: it is no FLAC file: there are the bytes 664c61 where "fLaC" should be'],
  ['cut after "fLaC"', whole.subarray(0, 4), '4: it is cut off in its metadata'],
  ['cut in the head of a block', whole.subarray(0, 7), '7: it is cut off in its metadata'],
  ['cut in STREAMINFO', whole.subarray(0, 41), '4: it is cut off or damaged: a block of metadata states 34 bytes, but only 33 follow'],
  ['cut after the metadata', whole.subarray(0, 42), '42: it is cut off: it states 16 samples, but ends after 0'],
  ['cut in the header of a frame', whole.subarray(0, 45), '45: in frame 1, the file ends within it: it is cut off'],
  ['cut in a subframe', whole.subarray(0, 60), '60: in frame 1, the file ends within it: it is cut off'],
  ['cut in the last check sum', whole.subarray(0, -1), `${whole.length - 1}: in frame 1, the file ends within it: it is cut off`],
  ['cut after the first frame', flacFile({ total: 32, frames: [ramp] }), '85: it is cut off: it states 32 samples, but ends after 16'],
  ['cut in Rice codes', one(fixed(RAMP, 1, { rice: 6 })).subarray(0, 55), '55: in frame 1, the file ends within it: it is cut off'],
  ['cut in an ID3 tag', Buffer.from('ID3\x04\0\0\0\0\x01\0abc', 'latin1'), '0: it is cut off in its ID3 tag'],
  ['an MP3', Buffer.from('ID3\x04\0\0\0\0\0\0\xff\xfb\x90\x64', 'latin1'), '10: it is no FLAC file: there are the bytes fffb9064'],
  ['Ogg FLAC', Buffer.from('OggS\0\x02\0\0\x7fFLAC', 'latin1'), '0: it is an Ogg file, which is not read'],
  ['a web page', Buffer.from('<!DOCTYPE html>'), '0: it is no FLAC file: there are the bytes 3c21444f'],
  ['no STREAMINFO', one(verbatim(RAMP), { infoType: 4 }), '4: its first block of metadata should be STREAMINFO of 34 bytes'],
  ['a STREAMINFO too short', one(verbatim(RAMP), { infoSize: 33 }), '4: its first block of metadata should be STREAMINFO of 34 bytes'],
  ['metadata of 16 MB', one(verbatim(RAMP), { blocks: [{ type: 6, content: Buffer.alloc(4), size: 0xffffff }] }), '42: it is cut off or damaged: a block of metadata states 16,777,215 bytes, but only '],
  ['a rate of 0', one(verbatim(RAMP), { rate: 0 }), '18: it states a sampling rate of 0 Hz'],
  ['3 bits', one(constant(1, 3), { bits: 3 }), '20: it states samples of 3 bits; there are 4 to 32'],
  ['a terabyte of samples', one(verbatim(RAMP), { total: 2 ** 36 - 1 }), '42: it has 68,719,476,735 samples in all channels; 268,435,456 can be held'],
  ['hours of silence that are not there', bomb(2 ** 28), '81: it is cut off: it states 268,435,456 samples, but ends after 196,605'],
  ['more samples than stated', one(verbatim(RAMP), { total: 15 }), '42: in frame 1, samples go on beyond the 15 that the file states'],
  ['more frames than stated', twice({ number: 1 }, 16), '85: samples go on beyond the 16 that the file states'],
  ['a wrong MD5', one(verbatim(RAMP), { total: 16, md5: md5(RAMP.toReversed(), 16) }), '42: the check sum of all its samples (MD5) does not fit'],
  ['a wrong sync code', wrong({ sync: 0x7ffd }), '42: in frame 1, there is no frame where it should begin'],
  ['a byte before a frame', flacFile({ frames: [Buffer.of(0), ramp] }), '42: in frame 1, there is no frame where it should begin'],
  ['bytes after the last frame', one(verbatim(RAMP), { after: Buffer.alloc(20) }), '85: in frame 2, there is no frame where it should begin'],
  ['a wrong CRC-8', wrong({ crc8: 0 }), '42: in frame 1, the check sum of its header (CRC-8) does not fit'],
  ['a wrong CRC-16', wrong({ crc16: 0 }), '42: in frame 1, its check sum (CRC-16) does not fit'],
  ['one changed bit', changed(60, whole[60]! ^ 4), '42: in frame 1, its check sum (CRC-16) does not fit'],
  ['bits after the last subframe', flacFile({ frames: [{ subframes: [fixed(RAMP, 0, { rice: 7 }, 16, 1)], padding: 1 }] }), '42: in frame 1, there are other bits than zeros at its end'],
  ['a reserved size of the block', wrong({ sizeCode: 0 }), '42: in frame 1, the header has a value that FLAC does not know'],
  ['a block of 65,536 samples', wrong({ sizeBits: [[0xffff, 16]] }), '42: in frame 1, the header has a value that FLAC does not know'],
  ['a reserved rate', wrong({ rateCode: 15 }), '42: in frame 1, the header has a value that FLAC does not know'],
  ['reserved channels', wrong({ assignment: 11 }), '42: in frame 1, the header has a value that FLAC does not know'],
  ['reserved bits', wrong({ bitsCode: 3 }), '42: in frame 1, the header has a value that FLAC does not know'],
  ['a reserved bit', wrong({ reserved: 1 }), '42: in frame 1, the header has a value that FLAC does not know'],
  ['another rate', wrong({ rateCode: 9 }), '42: in frame 1, it has 44100 Hz, but the file states 8000 Hz, 1 channels and 16 bits'],
  ['other channels', wrong({ assignment: 1 }), '42: in frame 1, it has 2 channels, but the file states 8000 Hz, 1 channels'],
  ['other bits', wrong({ bitsCode: 6 }), '42: in frame 1, it has 24 bits, but the file states 8000 Hz'],
  ['a missing frame', twice({ number: 2 }), '85: in frame 2, its number is 2 instead of 1: frames are missing or in disorder'],
  ['a frame twice', twice({ number: 0 }), '85: in frame 2, its number is 0 instead of 1'],
  ['a missing sample', twice({ variable: true, number: 17 }), '85: in frame 2, its number is 17 instead of 1'],
  ['a reserved subframe', one([...subframe(5), [0, 16]]), '42: in frame 1, a channel is coded in a way that FLAC does not know (5)'],
  ['another reserved subframe', one([...subframe(13), [0, 16]]), '42: in frame 1, a channel is coded in a way that FLAC does not know (13)'],
  ['a reserved bit in a subframe', one([[1, 1], [0, 7], [0, 16]]), '42: in frame 1, a channel is coded'],
  ['more wasted bits than bits', one([...subframe(0, 16), [0, 16]]), '42: in frame 1, 16 bits of a sample are said to be unused, of 16'],
  ['a prediction from more samples than there are', flacFile({ frames: [{ size: 2, subframes: [fixed([1, 2, 3], 3, rice)] }] }), '42: in frame 1, a channel is told by its 3 last samples, but has 2'],
  ['a reserved precision', one(lpc(RAMP, { ...order2, precision: 16 }, rice)), '42: in frame 1, its prediction has a value that FLAC does not know (16 bits'],
  ['a negative shift', one([...subframe(32), [0, 16], [3, 4], [-1, 5], [1, 4], ...coded([], rice)]), '42: in frame 1, its prediction has a value that FLAC does not know (4 bits, shifted by -1)'],
  ['a reserved way of Rice codes', one([...subframe(8), [2, 2], [0, 4]]), '42: in frame 1, a channel is coded in a way that FLAC does not know (Rice 2)'],
  ['partitions that do not fit', one(partitions(5)), '42: in frame 1, 16 samples cannot be parted into 32'],
  ['partitions smaller than what predicts', one([...subframe(12), ...([0, 0, 0, 0].map((v) => [v, 16]) as Bits), [0, 2], [3, 4]]), '42: in frame 1, 16 samples cannot be parted into 8'],
  ['a number of 33 bits', one([...subframe(8), [1, 2], [0, 4], [30, 5], [0, 30], [1, 1], [0, 30]]), '60: in frame 1, a number has more than 32 bits'],
  ['samples beyond their bits', one(fixed([...RAMP.slice(0, 15), 40_000], 1, { rice: 10 })), '42: in frame 1, a sample has more than 16 bits'],
  ['samples beyond 32 bits', one(fixed([...RAMP.slice(0, 15), 2 ** 31], 1, { rice: 30, method: 1 }, 32), { bits: 32 }), '42: in frame 1, a sample has more than 32 bits'],
]; // prettier-ignore
