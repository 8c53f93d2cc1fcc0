/** Files that are broken in every way their format allows, from whole ones. */
import { crc32 } from 'node:zlib';

/** What was done to the file, and the file. */
export type Broken = [what: string, bytes: Buffer];

/** Cut at the given places, one byte before and one behind them. */
function cuts(bytes: Buffer, places: number[]): Broken[] {
  const lengths = new Set(places.flatMap((place) => [place - 1, place, place + 1]));
  return [...lengths]
    .filter((length) => length >= 0 && length < bytes.length)
    .map((length) => [`cut after ${length} bytes`, bytes.subarray(0, length)]);
}

function changed(what: string, bytes: Buffer, change: (copy: Buffer) => void): Broken {
  const copy = Buffer.from(bytes);
  change(copy);
  return [what, copy];
}

interface Part {
  name: string;
  start: number;
  end: number;
}

function pngChunks(bytes: Buffer): Part[] {
  const chunks: Part[] = [];
  for (let start = 8; start < bytes.length;) {
    const end = start + 12 + bytes.readUInt32BE(start);
    chunks.push({ name: bytes.toString('latin1', start + 4, start + 8), start, end });
    start = end;
  }
  return chunks;
}

function without(bytes: Buffer, { start, end }: Part): Buffer {
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

/** Changes a PNG's header and mends its checksum. */
function pngHeader(what: string, bytes: Buffer, change: (copy: Buffer) => void): Broken {
  return changed(what, bytes, (copy) => {
    change(copy);
    copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  });
}

export function brokenPng(bytes: Buffer): Broken[] {
  const chunks = pngChunks(bytes);
  return [
    ...cuts(
      bytes,
      chunks.flatMap(({ start, end }) => [start, start + 4, start + 8, (start + end) >> 1, end - 4]),
    ),
    ...chunks.map(({ name, end }) => changed(`wrong checksum of ${name}`, bytes, (copy) => (copy[end - 1]! ^= 1))),
    ...chunks.map((chunk): Broken => [`without ${chunk.name}`, without(bytes, chunk)]),
    ...[0, 1, 0x7fffffff, 0xffffffff].flatMap((size) => [
      pngHeader(`${size} wide`, bytes, (copy) => copy.writeUInt32BE(size === 1 ? 5000 : size, 16)),
      pngHeader(`${size} high`, bytes, (copy) => copy.writeUInt32BE(size === 1 ? 5000 : size, 20)),
    ]),
    pngHeader('9999 × 9999', bytes, (copy) => [16, 20].forEach((at) => copy.writeUInt32BE(9999, at))),
    pngHeader('colour type 5', bytes, (copy) => (copy[25] = 5)),
    pngHeader('3 bits', bytes, (copy) => (copy[24] = 3)),
    pngHeader('compression 1', bytes, (copy) => (copy[26] = 1)),
    changed('a chunk of 4 GB', bytes, (copy) => copy.writeUInt32BE(0xffffffff, chunks[1]!.start)),
    changed('no signature', bytes, (copy) => (copy[1] = 0x51)),
  ];
}

function jpegSegments(bytes: Buffer): Part[] {
  const segments: Part[] = [];
  for (let start = 2; start < bytes.length;) {
    const end = start + 2 + bytes.readUInt16BE(start + 2);
    segments.push({ name: bytes.toString('hex', start, start + 2), start, end });
    if (bytes[start + 1] === 0xda) break;
    start = end;
  }
  return segments;
}

export function brokenJpeg(bytes: Buffer): Broken[] {
  const segments = jpegSegments(bytes);
  const frame = segments.find(({ name }) => /^ffc[012]$/.test(name))!;
  const scan = segments.at(-1)!;
  const inFrame = (what: string, change: (copy: Buffer) => void): Broken => changed(what, bytes, change);
  return [
    ...cuts(bytes, [
      ...segments.flatMap(({ start, end }) => [start, start + 2, start + 4, (start + end) >> 1]),
      ...[0.1, 0.5, 0.9].map((part) => Math.round(scan.end + part * (bytes.length - scan.end))),
      bytes.length - 2,
    ]),
    ...segments
      .filter(({ name }) => /^ff(c[0-2]|d[ab])$/.test(name))
      .map((part): Broken => [`without ${part.name}`, without(bytes, part)]),
    inFrame('0 wide', (copy) => copy.writeUInt16BE(0, frame.start + 7)),
    inFrame('0 high', (copy) => copy.writeUInt16BE(0, frame.start + 5)),
    inFrame('65535 × 65535', (copy) => copy.fill(0xff, frame.start + 5, frame.start + 9)),
    inFrame('9000 × 9000', (copy) => [5, 7].forEach((at) => copy.writeUInt16BE(9000, frame.start + at))),
    inFrame('12 bits', (copy) => (copy[frame.start + 4] = 12)),
    inFrame('2 components', (copy) => (copy[frame.start + 9] = 2)),
    inFrame('lossless', (copy) => (copy[frame.start + 1] = 0xc3)),
    inFrame('arithmetic', (copy) => (copy[frame.start + 1] = 0xc9)),
    inFrame('sampling of 0', (copy) => (copy[frame.start + 11] = 0)),
    inFrame('zeros for a header', (copy) => copy.fill(0, 2, scan.start)),
    ['600 scans', Buffer.concat([bytes, ...Array.from({ length: 600 }, () => bytes.subarray(scan.start, scan.end))])],
  ];
}

export function brokenWebp(bytes: Buffer): Broken[] {
  const kind = bytes.toString('latin1', 12, 16);
  return [
    ...cuts(bytes, [2, 4, 8, 12, 16, 20, 21, 23, 26, 28, 30, 34, bytes.length >> 1, bytes.length - 2]),
    changed('no signature', bytes, (copy) => (copy[8] = 0x51)),
    changed('an unknown chunk', bytes, (copy) => copy.write('ABCD', 12, 'latin1')),
    changed('a chunk of 4 GB', bytes, (copy) => copy.writeUInt32LE(0xfffffff0, 16)),
    changed('4 GB long', bytes, (copy) => copy.writeUInt32LE(0xfffffff0, 4)),
    ...(kind === 'VP8X'
      ? [
          changed('16 million × 16 million', bytes, (copy) => copy.fill(0xff, 24, 30)),
          changed('another size than its pixels', bytes, (copy) => copy.writeUIntLE(9000, 24, 3)),
          changed('animated', bytes, (copy) => (copy[20]! |= 2)),
        ]
      : kind === 'VP8L'
        ? [
            changed('16384 × 16384', bytes, (copy) => copy.writeUInt32LE(0x0fffffff, 21)),
            changed('no mark of VP8L', bytes, (copy) => (copy[20] = 0)),
          ]
        : [
            changed('0 wide', bytes, (copy) => copy.writeUInt16LE(0, 26)),
            changed('16383 × 16383', bytes, (copy) => copy.writeUInt32LE(0x3fff3fff, 26)),
            changed('no start code', bytes, (copy) => (copy[23] = 0)),
          ]),
  ];
}

export function brokenBmp(bytes: Buffer): Broken[] {
  const start = bytes.readUInt32LE(10);
  const set = (what: string, at: number, value: number): Broken =>
    changed(what, bytes, (copy) => copy.writeInt32LE(value, at));
  return [
    ...cuts(bytes, [2, 10, 14, 18, 22, 26, 30, 34, 54, start, (start + bytes.length) >> 1, bytes.length - 2]),
    set('0 wide', 18, 0),
    set('-5 wide', 18, -5),
    set('0 high', 22, 0),
    set('2147483647 wide', 18, 0x7fffffff),
    set('2147483647 high', 22, 0x7fffffff),
    set('-2147483648 high', 22, -0x80000000),
    changed('9999 × 9999', bytes, (copy) => [18, 22].forEach((at) => copy.writeInt32LE(9999, at))),
    set('a header of 4 GB', 14, -1),
    set('a header of 20', 14, 20),
    set('pixels at 4 GB', 10, -1),
    set('pixels at the end', 10, bytes.length),
    changed('7 bits', bytes, (copy) => copy.writeUInt16LE(7, 28)),
    changed('0 bits', bytes, (copy) => copy.writeUInt16LE(0, 28)),
    set('JPEG inside', 30, 4),
    set('PNG inside', 30, 5),
    set('compression 77', 30, 77),
  ];
}

export function brokenPnm(bytes: Buffer): Broken[] {
  const text = bytes.toString('latin1');
  const kind = text.slice(0, 2);
  const bitmap = kind === 'P1' || kind === 'P4';
  const made = (what: string, content: string): Broken => [what, Buffer.from(content, 'latin1')];
  const max = bitmap ? '' : ' 255';
  return [
    ...cuts(bytes, [1, 2, 3, 4, 6, 8, 10, 12, 14, Math.round(bytes.length / 2), bytes.length - 4]),
    made('0 wide', `${kind} 0 5${max}\nabcdefgh`),
    made('0 high', `${kind} 5 0${max}\nabcdefgh`),
    made('-5 wide', `${kind} -5 5${max}\nabcdefgh`),
    made('99999 × 99999', `${kind} 99999 99999${max}\nabcdefgh`),
    made('a width of 30 digits', `${kind} ${'9'.repeat(30)} 5${max}\nabcdefgh`),
    made('9999 × 9999', `${kind} 9999 9999${max}\nabcdefgh`),
    made('no pixels', `${kind} 5 5${max}\n`),
    made('no height', `${kind} 5${max.replace(' 255', '')}\n`),
    made('letters for a size', `${kind} five 5${max}\nabcdefgh`),
    made('an endless comment', `${kind} #${'x'.repeat(100_000)}`),
    made('endless spaces', `${kind}${' '.repeat(100_000)}`),
    made('another kind', `P9${text.slice(2)}`),
    ...(bitmap
      ? []
      : [
          made('a largest value of 0', `${kind} 1 1 0\nabcdefgh`),
          made('a largest value of 65536', `${kind} 1 1 65536\nabcdefgh`),
        ]),
    ...(kind === 'P1' ? [made('a bit of 2', 'P1 2 2\n0 1 2 1')] : []),
    ...(kind === 'P2' || kind === 'P3'
      ? [
          made('a value beyond the largest', `${kind} 1 1 100\n101 1 1 `),
          made('a word among values', `${kind} 1 1 100\n1x 1 1 `),
          made('a negative value', `${kind} 1 1 100\n-1 1 1 `),
        ]
      : []),
  ];
}
