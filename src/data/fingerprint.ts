/** What tells whether two runs saw the same data. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compareNames, telling } from './files.js';
import { isReader, type Collection, type OpenOptions, type Reader } from './reader.js';

const CHUNK_BYTES = 1024 * 1024;
/** Files hashed at the same time. */
const CONCURRENCY = 8;
/** Examples hashed at a time when there are no files. */
const SLICE = 500;

/**
 * "sha256:" and 64 hexadecimal digits, over the contents of the dataset's files and their names relative to the dataset
 * (so a moved dataset keeps its fingerprint, and a changed, added, removed or renamed file changes it). Generated data,
 * which has no files, is hashed by its values.
 * @throws DataError when a file cannot be read
 */
export async function fingerprint(dataset: Reader | Collection, options: OpenOptions = {}): Promise<string> {
  const { files, path: place } = dataset.info;
  const digest = createHash('sha256');
  if (files.length === 0 && isReader(dataset)) await hashValues(dataset, digest, options);
  else {
    const base = files.includes(place) ? path.dirname(place) : commonFolder(place, files);
    const named = files.map((file) => ({ file, name: path.relative(base, file).split(path.sep).join('/') }));
    named.sort((a, b) => compareNames(a.name, b.name));
    const hashes = await hashFiles(
      named.map(({ file }) => file),
      options,
    );
    named.forEach(({ name }, i) => digest.update(JSON.stringify([name, hashes[i]])));
  }
  return `sha256:${digest.digest('hex')}`;
}

/** The dataset's folder: its path, or where its files lie when the path is one of several files. */
function commonFolder(dataset: string, files: string[]): string {
  const inside = files.every((file) => !path.relative(dataset, file).startsWith('..'));
  return inside ? dataset : path.dirname(dataset);
}

async function hashFiles(files: string[], { signal, onProgress }: OpenOptions): Promise<string[]> {
  const hashes = new Array<string>(files.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      signal?.throwIfAborted();
      const index = next++;
      hashes[index] = await hashFile(files[index] ?? '', signal);
      onProgress?.((index + 1) / files.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, files.length) }, work));
  return hashes;
}

async function hashFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  await telling(file, async () => {
    try {
      await pipeline(
        createReadStream(file, { highWaterMark: CHUNK_BYTES }),
        async (chunks: AsyncIterable<Buffer>) => {
          for await (const chunk of chunks) hash.update(chunk);
        },
        ...(signal ? [{ signal }] : []),
      );
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  });
  return hash.digest('hex');
}

async function hashValues(reader: Reader, digest: Hash, { signal, onProgress }: OpenOptions): Promise<void> {
  const { count, shape, classes } = reader.info;
  digest.update(JSON.stringify({ count, shape, classes }));
  for (let start = 0; start < count; start += SLICE) {
    signal?.throwIfAborted();
    const length = Math.min(SLICE, count - start);
    const { data, offsets } = await reader.read(Array.from({ length }, (_, i) => start + i));
    digest.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (offsets) digest.update(new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength));
    onProgress?.((start + length) / count);
  }
  if (reader.labels)
    digest.update(new Uint8Array(reader.labels.buffer, reader.labels.byteOffset, reader.labels.byteLength));
}
