/** WAV files put together by hand, for what no program writes. */

export interface Parts {
  container?: 'RIFF' | 'RIFX' | 'RF64';
  /** Stated in the head; the true one when left out. */
  riffSize?: number;
  tag?: number;
  channels?: number;
  rate?: number;
  blockAlign?: number;
  bits?: number;
  /** What follows the first 16 bytes of "fmt ". */
  extension?: Uint8Array;
  data?: Uint8Array;
  /** Stated; the true one when left out. */
  dataSize?: number;
  /** Between "fmt " and "data", as they are. */
  before?: Uint8Array;
  after?: Uint8Array;
}

/** 16-bit PCM at 8000 Hz with one channel where nothing else is said. */
export function wavFile(parts: Parts = {}): Buffer {
  const { container = 'RIFF', tag = 1, channels = 1, rate = 8000, bits = 16, extension = new Uint8Array(0) } = parts;
  const big = container === 'RIFX';
  const { blockAlign = channels * Math.ceil(bits / 8), data = ramp(20), before, after } = parts;
  const format = Buffer.concat([
    ...[tag, channels].map((value) => uint16(value, big)),
    ...[rate, rate * blockAlign].map((value) => uint32(value % 2 ** 32, big)),
    ...[blockAlign, bits].map((value) => uint16(value, big)),
    extension,
  ]);
  const body = Buffer.concat([
    ...[chunk('fmt ', format, format.length, big), before ?? new Uint8Array(0)],
    ...[chunk('data', data, parts.dataSize ?? data.length, big), after ?? new Uint8Array(0)],
  ]);
  return Buffer.concat([ascii(container), uint32(parts.riffSize ?? body.length + 4, big), ascii('WAVE'), body]);
}

/** With its pad byte, where `content` is odd. */
export function chunk(id: string, content: Uint8Array, size = content.length, big = false): Buffer {
  return Buffer.concat([ascii(id), uint32(size, big), content, new Uint8Array(content.length % 2)]);
}

/** "fmt " beyond its first 16 bytes, as WAVEFORMATEXTENSIBLE has it. */
export function extensible(tag: number, validBits: number, big = false): Buffer {
  const tail = Buffer.from('800000aa00389b71', 'hex');
  return Buffer.concat([
    ...[uint16(22, big), uint16(validBits, big), uint32(4, big), uint32(tag, big), uint16(0, big), uint16(16, big)],
    tail,
  ]);
}

/** 16-bit samples 0, 100, 200, ... */
export function ramp(count: number, big = false): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, i) => uint16(100 * i, big)));
}

export function uint16(value: number, big = false): Buffer {
  const bytes = Buffer.alloc(2);
  if (big) bytes.writeUInt16BE(value);
  else bytes.writeUInt16LE(value);
  return bytes;
}

export function uint32(value: number, big = false): Buffer {
  const bytes = Buffer.alloc(4);
  if (big) bytes.writeUInt32BE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

export function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
