/** Writing IDX files as MNIST has them. */
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { t } from '../protocol/l10n.js';
import { fileError } from './files.js';
import { DataError } from './reader.js';

const pack = promisify<Buffer, Buffer>(gzip);

/** Bytes of any shape as an IDX file of type uint8. @throws RangeError when the data does not fill the shape */
export function encodeIdx(shape: readonly number[], data: Uint8Array): Buffer {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (size !== data.length) throw new RangeError(`[${shape.join(', ')}] does not hold ${data.length} values`);
  const bytes = Buffer.alloc(4 + 4 * shape.length + size);
  bytes[2] = 0x08;
  bytes[3] = shape.length;
  shape.forEach((dimension, i) => bytes.writeUInt32BE(dimension, 4 + 4 * i));
  bytes.set(data, 4 + 4 * shape.length);
  return bytes;
}

/**
 * Writes files, gzip-compressed where the name ends in .gz, into a folder that is made when it is missing. They are
 * written aside and renamed when all are complete, so that a half-written dataset is never seen.
 * @returns paths of the files
 * @throws DataError when a file of that name is there already, or cannot be written
 */
export async function writeFiles(
  folder: string,
  files: { name: string; content: Buffer }[],
  signal?: AbortSignal,
): Promise<string[]> {
  const suffix = `.${randomBytes(4).toString('hex')}.partial`;
  const done = files.map(({ name }) => path.join(folder, name));
  const partial = files.map(({ name }) => path.join(folder, `.${name}${suffix}`));
  try {
    await fs.mkdir(folder, { recursive: true });
  } catch (error) {
    throw writeError(error, folder);
  }
  try {
    for (const file of done)
      if (await exists(file))
        throw new DataError(
          t('{0} is there already and is not overwritten.', file),
          file,
          t('Choose another folder, or remove the file first.'),
        );
    for (const [i, { name, content }] of files.entries()) {
      signal?.throwIfAborted();
      await fs.writeFile(partial[i] ?? '', name.endsWith('.gz') ? await pack(content) : content);
    }
    for (const [i, file] of done.entries()) await fs.rename(partial[i] ?? '', file);
    return done;
  } catch (error) {
    await Promise.all(partial.map((file) => fs.rm(file, { force: true })));
    throw writeError(error, folder);
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await fs.lstat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

function writeError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM')
    return new DataError(
      t('Nothing can be written to {0}: this user has no permission.', folder),
      folder,
      t('Choose another folder.'),
    );
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return new DataError(t('{0} cannot be made: a file is in the way.', folder), folder, t('Choose another folder.'));
  return fileError(error, folder);
}
