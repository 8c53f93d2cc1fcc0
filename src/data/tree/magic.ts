/** What a file is, told by its first bytes. */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';

/** Tar archives are made of blocks of this many bytes; the first one tells that it is one. */
export const TAR_BLOCK = 512;

/** Packings that are not read, by their first bytes. */
const OTHERS: [name: string, start: string][] = [
  ['bzip2', '425a683'],
  ['xz', 'fd377a585a00'],
  ['7-Zip', '377abcaf271c'],
  ['RAR', '526172211a07'],
  ['Zstandard', '28b52ffd'],
  ['LZ4', '04224d18'],
  ['compress', '1f9d'],
];

/** A ZIP archive begins with an entry, or, without any, with its end. */
export function isZip(start: Buffer): boolean {
  return ['504b0304', '504b0506', '504b0708'].includes(start.toString('hex', 0, 4));
}

/** @param start the first TAR_BLOCK bytes */
export function isTar(start: Buffer): boolean {
  return start.length >= TAR_BLOCK && start[0] !== 0 && tarChecksumFits(start);
}

/** POSIX.1-2017, pax, ustar header block: the sum of all bytes, those of the sum itself taken as spaces. */
export function tarChecksumFits(header: Buffer): boolean {
  const told = Number.parseInt(header.toString('latin1', 148, 156).replace(/[\0 ]+/g, ' '), 8);
  let sum = 8 * 0x20;
  let signed = sum; // old tars added signed bytes
  for (let i = 0; i < TAR_BLOCK; i++) {
    if (i >= 148 && i < 156) continue;
    const byte = header[i] as number;
    sum += byte;
    signed += (byte << 24) >> 24;
  }
  return told === sum || told === signed;
}

/** @throws DataError for a packing that is not read here */
export function checkPacking(file: string, start: Buffer): void {
  const hex = start.toString('hex', 0, 8);
  const [name] = OTHERS.find(([, magic]) => hex.startsWith(magic)) ?? [];
  if (name !== undefined)
    throw new DataError(
      t('{0} is packed by {1}, which is not read here.', path.basename(file), name),
      file,
      t('Unpack it, or pack it again as .zip or .tar.gz.'),
    );
}
