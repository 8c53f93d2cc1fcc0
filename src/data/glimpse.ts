/** A bounded look at a folder, archive or file, for finding out what it is: names and first bytes only. */
import { createReadStream, promises as fs } from 'node:fs';
import * as path from 'node:path';
import { createGunzip } from 'node:zlib';
import { compareNames, listFolder, look, openToRead, readStart } from './files.js';
import { unpackedName } from './fileNames.js';
import { isGzip } from './gzip.js';
import { DataError, type DirectoryEntry } from './reader.js';
import { Bytes } from './tree/bytes.js';
import { isTar, isZip, TAR_BLOCK } from './tree/magic.js';
import { entryName } from './tree/names.js';
import { readTar } from './tree/tar.js';
import { OpenStore } from './tree/tarStore.js';
import { ZipFile } from './zip.js';

/** Entries of one folder, and files of one archive, that are looked at. */
const MAX_ENTRIES = 500;
const MAX_ARCHIVED = 5000;
/** Unpacked bytes of a packed tar archive that are looked at for names. */
const MAX_TAR_BYTES = 32 * 1024 * 1024;

export interface Seen {
  entries: readonly DirectoryEntry[];
  /** Whether these are all. */
  complete: boolean;
}

/** Names are those of contents: without the ".gz" of a file that is packed alone. */
export interface Glimpse extends Seen {
  path: string;
  /** For a file, `entries` is the file itself; of an archive, `complete` speaks of all that is in it. */
  kind: 'folder' | 'archive' | 'file';
  /** Entries of a folder inside, by its path relative to here; some of a large one, none of one that is closed to us. */
  list(folder: string): Promise<readonly DirectoryEntry[]>;
  /** First bytes of a file inside, unpacked when it is packed by gzip; none from an archive. @throws DataError */
  start(name: string, bytes: number): Promise<Buffer>;
  /** Where a file inside a folder really lies, by its path relative to here; otherwise what is looked at. */
  file(name: string): string;
}

/** @throws DataError when it is missing or cannot be read */
export async function glimpse(target: string): Promise<Glimpse> {
  const { isDirectory, size } = await look(target);
  if (isDirectory) return glimpseFolder(target, { entries: (await listFolder(target)).entries, complete: true });
  const stored = await readStart(target, TAR_BLOCK);
  if (isZip(stored) && !/\.npz$/i.test(target)) return archive(target, await zipNames(target));
  const unpacked = isGzip(stored) ? await unpackStart(target, TAR_BLOCK) : stored;
  if (isTar(unpacked))
    return archive(target, isGzip(stored) ? await packedTarNames(target) : await tarNames(target, size));
  return {
    path: target,
    kind: 'file',
    entries: [{ name: unpackedName(path.basename(target)), isDirectory: false }],
    complete: true,
    list: () => Promise.resolve([]),
    start: (_name, bytes) =>
      bytes <= unpacked.length ? Promise.resolve(unpacked.subarray(0, bytes)) : startOf(target, bytes),
    file: () => target,
  };
}

/**
 * @param seen of the folder, known already
 * @param list what is in a folder inside, where that is known better
 */
export function glimpseFolder(folder: string, seen: Seen, list?: Glimpse['list']): Glimpse {
  const listed = new Map<string, Promise<readonly DirectoryEntry[]>>();
  const look = list ?? (async (inside: string) => (await firstEntries(path.join(folder, inside))).entries);
  const stored = new Map<string, string>();
  const file = (name: string): string => path.join(folder, stored.get(name) ?? name);
  /** A packed file gives way to one that is there unpacked, as when it is opened. */
  const contents = (entries: readonly DirectoryEntry[], inside: string): readonly DirectoryEntry[] => {
    if (!entries.some(({ name }) => /\.gz$/i.test(name))) return entries;
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    for (const { name, isDirectory } of entries) {
      const unpacked = unpackedName(name);
      if (isDirectory || unpacked === name) continue;
      byName.delete(name);
      if (byName.has(unpacked)) continue;
      byName.set(unpacked, { name: unpacked, isDirectory });
      stored.set(path.join(inside, unpacked), path.join(inside, name));
    }
    return [...byName.values()].sort((a, b) => compareNames(a.name, b.name));
  };
  return {
    path: folder,
    kind: 'folder',
    ...seen,
    entries: contents(seen.entries, ''),
    list(inside) {
      let found = listed.get(inside);
      if (!found) listed.set(inside, (found = look(inside).then((entries) => contents(entries, inside))));
      return found;
    },
    start: (name, bytes) => startOf(file(name), bytes),
    file,
  };
}

/** A look into a folder that may be huge or closed to us: then what could be seen. Links are not followed. */
export async function firstEntries(folder: string, most = MAX_ENTRIES): Promise<Seen & { hidden: string[] }> {
  const entries: DirectoryEntry[] = [];
  const hidden: string[] = [];
  let complete = true;
  try {
    for await (const entry of await fs.opendir(folder, { bufferSize: 256 })) {
      if (entry.name.startsWith('.')) hidden.push(entry.name);
      else if (entry.isFile() || entry.isDirectory()) {
        complete = entries.length < most;
        if (!complete) break;
        entries.push({ name: entry.name, isDirectory: entry.isDirectory() });
      }
    }
  } catch {
    complete = false; // looking around must not fail: opening the folder tells the reason
  }
  entries.sort((a, b) => compareNames(a.name, b.name));
  return { entries, hidden, complete };
}

interface Names {
  names: string[];
  complete: boolean;
}

function archive(target: string, { names, complete }: Names): Glimpse {
  const folders = new Map<string, Map<string, boolean>>();
  for (const name of usable(names)) {
    const steps = name.split('/');
    steps.forEach((step, i) => {
      const folder = steps.slice(0, i).join('/');
      const inside = folders.get(folder) ?? new Map<string, boolean>();
      folders.set(folder, inside.set(step, i < steps.length - 1));
    });
  }
  const list = (folder: string): DirectoryEntry[] =>
    [...(folders.get(folder) ?? [])]
      .map(([name, isDirectory]) => ({ name, isDirectory }))
      .sort((a, b) => compareNames(a.name, b.name));
  return {
    path: target,
    kind: 'archive',
    entries: list(''),
    complete,
    list: (folder) => Promise.resolve(list(folder.split(path.sep).join('/'))),
    start: () => Promise.resolve(Buffer.alloc(0)),
    file: () => target,
  };
}

async function zipNames(file: string): Promise<Names> {
  const zip = await ZipFile.open(file);
  try {
    const files = zip.entries.filter(({ isFolder }) => !isFolder);
    return { names: files.slice(0, MAX_ARCHIVED).map(({ name }) => name), complete: files.length <= MAX_ARCHIVED };
  } finally {
    await zip.close();
  }
}

async function tarNames(file: string, size: number): Promise<Names> {
  const store = new OpenStore(file, await openToRead(file));
  try {
    return await namesIn(store.bytes(size, {}), file);
  } finally {
    await store.close();
  }
}

async function packedTarNames(file: string): Promise<Names> {
  const pieces = unpackedPieces(file, MAX_TAR_BYTES);
  try {
    return await namesIn(Bytes.of(pieces), file);
  } finally {
    await pieces.return(undefined);
  }
}

/** Enough was seen. */
class Enough extends Error {}

/** Of an archive that ends early, by itself or by our bounds, the names before. */
async function namesIn(bytes: Bytes, file: string): Promise<Names> {
  const names: string[] = [];
  try {
    const end = await readTar(bytes, file, ({ name, kind }) => {
      if (names.length === MAX_ARCHIVED) throw new Enough();
      if (kind === 'file') names.push(name);
    });
    return { names, complete: end !== 'unmarked' };
  } catch (error) {
    if (error instanceof Enough || error instanceof DataError) return { names, complete: false };
    throw error;
  }
}

function usable(names: readonly string[]): string[] {
  return names.flatMap((stored) => {
    const entry = entryName(stored);
    return entry === null || entry.reason !== null ? [] : [unpackedName(entry.name)];
  });
}

async function startOf(file: string, bytes: number): Promise<Buffer> {
  const stored = await readStart(file, Math.max(bytes, 2));
  return isGzip(stored) ? unpackStart(file, bytes) : stored.subarray(0, bytes);
}

/** What can be unpacked of the beginning; a damaged file is told when it is opened. */
async function unpackStart(file: string, bytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of unpackedPieces(file, bytes)) pieces.push(piece);
  return Buffer.concat(pieces).subarray(0, bytes);
}

async function* unpackedPieces(file: string, bytes: number): AsyncGenerator<Buffer> {
  const source = createReadStream(file);
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  let length = 0;
  try {
    for await (const piece of unpacked as AsyncIterable<Buffer>) {
      yield piece;
      length += piece.length;
      if (length >= bytes) break;
    }
  } catch {
    // cut off or damaged: what came before is looked at
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}
