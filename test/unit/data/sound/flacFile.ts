/** FLAC files put together by hand (RFC 9639), for what no program writes. */
import { createHash } from 'node:crypto';

export type Bits = (readonly [value: number | bigint, count: number])[];

/** Rice codes with one parameter and one partition; escaped: with so many bits each. */
export type Coding = { rice: number; method?: 0 | 1 } | { escape: number; method?: 0 | 1 };

export interface Frame {
  size?: number;
  /** 0 to 7: so many channels and one more, 8: left and side, 9: side and right, 10: mid and side. */
  assignment?: number;
  subframes: Bits[];
  number?: number;
  variable?: boolean;
  /** Code in the header, and what follows it there. */
  sizeCode?: number;
  sizeBits?: Bits;
  rateCode?: number;
  rateBits?: Bits;
  bitsCode?: number;
  reserved?: number;
  sync?: number;
  crc8?: number;
  crc16?: number;
  padding?: number;
}

export interface Stream {
  rate?: number;
  channels?: number;
  bits?: number;
  total?: number;
  md5?: Buffer;
  frames: (Frame | Buffer)[];
  /** Before "fLaC". */
  before?: Buffer;
  magic?: string;
  /** Metadata after STREAMINFO. */
  blocks?: { type: number; content: Buffer; size?: number }[];
  infoType?: number;
  infoSize?: number;
  after?: Buffer;
}

/** 16 bits, one channel, 8000 Hz where nothing else is said. */
export function flacFile(stream: Stream): Buffer {
  const { rate = 8000, channels = 1, bits = 16, total = 0, blocks = [], before, after } = stream;
  const info = toBytes([
    ...([
      [16, 16],
      [65535, 16],
      [0, 24],
      [0, 24],
      [rate, 20],
      [channels - 1, 3],
      [bits - 1, 5],
    ] satisfies Bits),
    [BigInt(total), 36],
  ]);
  const head = Buffer.concat([info, stream.md5 ?? Buffer.alloc(16)]);
  const all = [{ type: stream.infoType ?? 0, content: head, size: stream.infoSize ?? head.length }, ...blocks];
  const metadata = all.map(({ type, content, size = content.length }, i) =>
    Buffer.concat([
      toBytes([
        [i === all.length - 1 ? 1 : 0, 1],
        [type, 7],
        [size, 24],
      ]),
      content,
    ]),
  );
  const frames = stream.frames.map((one, i) => (Buffer.isBuffer(one) ? one : frame({ number: i, ...one })));
  return Buffer.concat([
    ...[before ?? Buffer.alloc(0), Buffer.from(stream.magic ?? 'fLaC'), ...metadata, ...frames],
    after ?? Buffer.alloc(0),
  ]);
}

/** Of 16 samples where nothing else is said; what the header leaves open is as STREAMINFO has it. */
export function frame(parts: Frame): Buffer {
  const { size = 16, assignment = parts.subframes.length - 1, number = 0, rateBits = [], padding = 0 } = parts;
  const head = toBytes([
    ...([
      [parts.sync ?? 0x7ffc, 15],
      [parts.variable ? 1 : 0, 1],
      [parts.sizeCode ?? 7, 4],
    ] satisfies Bits),
    ...([
      [parts.rateCode ?? 0, 4],
      [assignment, 4],
      [parts.bitsCode ?? 0, 3],
      [parts.reserved ?? 0, 1],
    ] satisfies Bits),
    ...utf8(number),
    ...(parts.sizeBits ?? (parts.sizeCode === undefined ? [[size - 1, 16] as const] : [])),
    ...rateBits,
  ]);
  const withSum = Buffer.concat([head, Buffer.of(parts.crc8 ?? crc(head, 8, 0x07))]);
  const body: Bits = parts.subframes.flat();
  const count = body.reduce((sum, [, bits]) => sum + bits, 0);
  const all = Buffer.concat([withSum, toBytes([...body, [padding, -count & 7]])]);
  return Buffer.concat([all, toBytes([[parts.crc16 ?? crc(all, 16, 0x8005), 16]])]);
}

export function constant(value: number, bits = 16): Bits {
  return [...subframe(0), [BigInt(value), bits]];
}

export function verbatim(values: readonly number[], bits = 16): Bits {
  return [...subframe(1), ...values.map((value): [bigint, number] => [BigInt(value), bits])];
}

/** @param wasted lowest bits that are zero in all values and left out */
export function fixed(values: readonly number[], order: number, coding: Coding, bits = 16, wasted = 0): Bits {
  const coefficients = [[], [1], [2, -1], [3, -3, 1], [4, -6, 4, -1]][order]!;
  return predicted(8 + order, [], values, coefficients, 0, coding, bits, wasted);
}

export function lpc(
  values: readonly number[],
  { coefficients, precision, shift }: { coefficients: readonly number[]; precision: number; shift: number },
  coding: Coding,
  bits = 16,
  wasted = 0,
): Bits {
  const told: Bits = [
    ...([
      [precision - 1, 4],
      [shift, 5],
    ] satisfies Bits),
    ...coefficients.map((one): [number, number] => [one, precision]),
  ];
  return predicted(31 + coefficients.length, told, values, coefficients, shift, coding, bits, wasted);
}

/** Residuals by arbitrary precision: what the reader must not get wrong. */
function predicted(
  type: number,
  told: Bits,
  values: readonly number[],
  coefficients: readonly number[],
  shift: number,
  coding: Coding,
  bits: number,
  wasted: number,
): Bits {
  const big = values.map((value) => BigInt(value) >> BigInt(wasted));
  const order = coefficients.length;
  const residual = big.slice(order).map((value, i) => {
    const sum = coefficients.reduce((sum, one, j) => sum + BigInt(one) * big[order + i - 1 - j]!, 0n);
    return value - (sum >> BigInt(shift));
  });
  return [
    ...subframe(type, wasted),
    ...big.slice(0, order).map((value): [bigint, number] => [value, bits - wasted]),
    ...told,
    ...coded(residual, coding),
  ];
}

export function coded(residual: readonly bigint[], coding: Coding): Bits {
  const method = coding.method ?? 0;
  const start: Bits = [
    [method, 2],
    [0, 4],
  ];
  if ('escape' in coding)
    return [
      ...start,
      ...([
        [2 ** (4 + method) - 1, 4 + method],
        [coding.escape, 5],
      ] satisfies Bits),
      ...residual.map((value): [bigint, number] => [value, coding.escape]),
    ];
  return [...start, [coding.rice, 4 + method], ...residual.flatMap((value) => riceCode(value, coding.rice))];
}

export function riceCode(value: bigint, parameter: number): Bits {
  const folded = value >= 0n ? 2n * value : -2n * value - 1n;
  let zeros = Number(folded >> BigInt(parameter));
  const bits: Bits = [];
  for (; zeros > 0; zeros -= 32) bits.push([0, Math.min(32, zeros)]);
  return [...bits, [1, 1], [folded, parameter]];
}

export function subframe(type: number, wasted = 0): Bits {
  return [[0, 1], [type, 6], wasted > 0 ? [1, 1] : [0, 1], ...(wasted > 0 ? [[1, wasted] as const] : [])];
}

/** As STREAMINFO has it. @param samples interleaved */
export function md5(samples: readonly number[], bits: number): Buffer {
  const width = Math.ceil(bits / 8);
  const bytes = samples.map((value) => toBytes([[BigInt(value), 8 * width]]).reverse());
  return createHash('md5').update(Buffer.concat(bytes)).digest();
}

/** Bit by bit, as the polynomial's definition says. */
export function crc(bytes: Uint8Array, width: number, polynomial: number): number {
  let sum = 0;
  for (const byte of bytes)
    for (let bit = 7; bit >= 0; bit--) {
      const top = (sum >> (width - 1)) & 1;
      sum = ((sum << 1) & (2 ** width - 1)) ^ (top === ((byte >> bit) & 1) ? 0 : polynomial);
    }
  return sum;
}

export function toBytes(bits: Bits): Buffer {
  let digits = '';
  for (const [value, count] of bits)
    if (count > 0) digits += BigInt.asUintN(count, BigInt(value)).toString(2).padStart(count, '0');
  return Buffer.from(digits.match(/.{1,8}/g)?.map((byte) => parseInt(byte.padEnd(8, '0'), 2)) ?? []);
}

function utf8(number: number): Bits {
  if (number < 0x80) return [[number, 8]];
  const more = [0x800, 0x1_0000, 0x20_0000, 0x400_0000, 0x8000_0000, 2 ** 36].findIndex((end) => number < end) + 1;
  const big = BigInt(number);
  const first: Bits = [
    [2 ** (more + 1) - 1, more + 1],
    [0, 1],
    [big >> BigInt(6 * more), 6 - more],
  ];
  const rest = Array.from({ length: more }, (_, i): Bits => [
    [2, 2],
    [big >> BigInt(6 * (more - 1 - i)), 6],
  ]);
  return [...first, ...rest.flat()];
}
