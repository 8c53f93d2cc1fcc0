/** What tells whether two runs saw the same data. */
import { createHash, type Hash } from 'node:crypto';
import * as path from 'node:path';
import { formatCount, t } from '../protocol/l10n.js';
import { compareNames, readPieces } from './files.js';
import { HashCache } from './hashCache.js';
import { isReader, type Collection, type OpenOptions, type Reader } from './reader.js';

/** Files hashed at the same time. */
const CONCURRENCY = 8;
/** Examples hashed at a time when there are no files. */
const SLICE = 500;
/** Of a longer name the end is shown. */
const MAX_NAME = 100;

/** One file of a dataset as it was. */
export interface FileHash {
  /** Relative to the dataset, '/' between folders. */
  name: string;
  /** SHA-256 of its content, 64 hexadecimal digits. */
  hash: string;
}

export interface Fingerprint {
  /** "sha256:" and 64 hexadecimal digits. */
  value: string;
  /** By name; empty for generated data. */
  files: FileHash[];
}

export interface FingerprintOptions extends OpenOptions {
  /** Folder with the hashes of files that have not been touched since; without, each file is read. */
  cache?: string;
}

/**
 * Its value is over the contents of the dataset's files and their names relative to the dataset (so a moved dataset keeps
 * it, and a changed, added, removed or renamed file changes it). An archive is one file. Generated data, which has no
 * files, is hashed by its values.
 * @throws DataError when a file cannot be read
 */
export async function fingerprint(
  dataset: Reader | Collection,
  options: FingerprintOptions = {},
): Promise<Fingerprint> {
  const { files: places, path: place } = dataset.info;
  const digest = createHash('sha256');
  let files: FileHash[] = [];
  if (places.length === 0 && isReader(dataset)) await hashValues(dataset, digest, options);
  else {
    const base = places.includes(place) ? path.dirname(place) : commonFolder(place, places);
    const named = places.map((file) => ({ file, name: path.relative(base, file).split(path.sep).join('/') }));
    named.sort((a, b) => compareNames(a.name, b.name));
    const hashes = await hashFiles(
      named.map(({ file }) => file),
      options,
    );
    files = named.map(({ name }, i) => ({ name, hash: hashes[i] ?? '' }));
    for (const { name, hash } of files) digest.update(JSON.stringify([name, hash]));
  }
  return { value: `sha256:${digest.digest('hex')}`, files };
}

/** Names of files by what became of them, in order. */
export interface FileChanges {
  added: string[];
  removed: string[];
  changed: string[];
}

export function compareFiles(before: readonly FileHash[], after: readonly FileHash[]): FileChanges {
  const hashes = new Map(before.map(({ name, hash }) => [name, hash]));
  const names = new Set(after.map(({ name }) => name));
  return {
    added: after.filter(({ name }) => !hashes.has(name)).map(({ name }) => name),
    removed: before.filter(({ name }) => !names.has(name)).map(({ name }) => name),
    changed: after.filter(({ name, hash }) => (hashes.get(name) ?? hash) !== hash).map(({ name }) => name),
  };
}

/**
 * e.g. "changed: a.png, b.png; added: c.png and 1,204 more".
 * @param most names of each sort
 * @returns empty when nothing changed
 */
export function describeChanges({ changed, added, removed }: FileChanges, most = 3): string {
  const sorts = [
    [changed, (list: string) => t('changed: {0}', list)],
    [added, (list: string) => t('added: {0}', list)],
    [removed, (list: string) => t('removed: {0}', list)],
  ] as const;
  return sorts
    .filter(([names]) => names.length > 0)
    .map(([names, sentence]) => {
      const shown = names.slice(0, most).map((name) => (name.length > MAX_NAME ? `…${name.slice(-MAX_NAME)}` : name));
      const more = names.length - shown.length;
      return sentence(more > 0 ? t('{0} and {1} more', shown.join(', '), formatCount(more)) : shown.join(', '));
    })
    .join('; ');
}

/** The dataset's folder: its path, or where its files lie when the path is one of several files. */
function commonFolder(dataset: string, files: string[]): string {
  const inside = files.every((file) => !path.relative(dataset, file).startsWith('..'));
  return inside ? dataset : path.dirname(dataset);
}

async function hashFiles(files: string[], { signal, onProgress, cache }: FingerprintOptions): Promise<string[]> {
  const known = cache === undefined ? null : await HashCache.open(cache);
  const hashes = new Array<string>(files.length);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      signal?.throwIfAborted();
      const index = next++;
      const file = files[index] ?? '';
      const read = (): Promise<string> => hashFile(file, signal);
      hashes[index] = known ? await known.hash(file, read) : await read();
      onProgress?.((index + 1) / files.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, files.length) }, work));
  await known?.save();
  return hashes;
}

async function hashFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of readPieces(file, signal)) hash.update(piece);
  return hash.digest('hex');
}

async function hashValues(reader: Reader, digest: Hash, { signal, onProgress }: OpenOptions): Promise<void> {
  const { count, shape, classes, labelSets } = reader.info;
  digest.update(JSON.stringify({ count, shape, classes, labelSets }));
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
