/** CRC-32 as in ISO 3309; Node has it since 20.15 only. */
import * as zlib from 'node:zlib';

const native = (zlib as { crc32?: (data: Uint8Array, value: number) => number }).crc32;

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** @param before the sum of what came before */
export function crc32(bytes: Uint8Array, before = 0): number {
  return native ? native(bytes, before) : crc32OfBytes(bytes, before);
}

/** For Node before 20.15. */
export function crc32OfBytes(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ (table[(crc ^ (bytes[i] as number)) & 255] as number);
  return ~crc >>> 0;
}
