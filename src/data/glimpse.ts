/** A bounded look at a folder, archive or file, for finding out what it is: names and first bytes only. */
import { createReadStream, promises as fs } from 'node:fs';
import * as path from 'node:path';
import { createGunzip } from 'node:zlib';
import { compareNames, listFolder, look, readStart } from './files.js';
import { isGzip } from './gzip.js';
import type { DirectoryEntry } from './reader.js';
import { isTar, isZip, TAR_BLOCK } from './tree/magic.js';
import { entryName } from './tree/names.js';
import { ZipFile } from './zip.js';

/** Entries of one folder, and of one archive, that are looked at. */
const MAX_ENTRIES = 500;
/** Unpacked bytes of a tar archive that are looked at for names. */
const MAX_TAR_BYTES = 4 * 1024 * 1024;

export interface Glimpse {
  path: string;
  kind: 'folder' | 'archive' | 'file';
  /** Of the folder or archive; for a file the file itself, without ".gz". */
  entries: readonly DirectoryEntry[];
  /** Entries of a folder inside, by its path relative to here; some of a large one, none of one that is closed to us. */
  list(folder: string): Promise<readonly DirectoryEntry[]>;
  /** First bytes of a file inside, unpacked when it is packed by gzip; none from an archive. @throws DataError */
  start(name: string, bytes: number): Promise<Buffer>;
}

/** @throws DataError when it is missing or cannot be read */
export async function glimpse(target: string): Promise<Glimpse> {
  const { isDirectory } = await look(target);
  if (isDirectory) return glimpseFolder(target, (await listFolder(target)).entries);
  const stored = await readStart(target, TAR_BLOCK);
  if (isZip(stored) && !/\.npz$/i.test(target)) return archive(target, await zipNames(target));
  const unpacked = isGzip(stored) ? await unpackStart(target, MAX_TAR_BYTES) : stored;
  if (isTar(unpacked.subarray(0, TAR_BLOCK)))
    return archive(target, tarNames(isGzip(stored) ? unpacked : await readStart(target, MAX_TAR_BYTES)));
  return {
    path: target,
    kind: 'file',
    entries: [{ name: path.basename(target).replace(/\.gz$/i, ''), isDirectory: false }],
    list: () => Promise.resolve([]),
    start: (_name, bytes) =>
      Promise.resolve(bytes <= unpacked.length ? unpacked.subarray(0, bytes) : startOf(target, bytes)),
  };
}

/** @param entries of the folder, known already */
export function glimpseFolder(folder: string, entries: readonly DirectoryEntry[]): Glimpse {
  const listed = new Map<string, Promise<readonly DirectoryEntry[]>>();
  return {
    path: folder,
    kind: 'folder',
    entries,
    list(inside) {
      let found = listed.get(inside);
      if (!found) listed.set(inside, (found = firstEntries(path.join(folder, inside))));
      return found;
    },
    start: (name, bytes) => startOf(path.join(folder, name), bytes),
  };
}

/** A look into a folder that may be huge or closed to us: then what could be seen. Links are not followed. */
export async function firstEntries(folder: string, most = MAX_ENTRIES): Promise<DirectoryEntry[]> {
  const entries: DirectoryEntry[] = [];
  try {
    for await (const entry of await fs.opendir(folder)) {
      if (!entry.name.startsWith('.') && (entry.isFile() || entry.isDirectory()))
        entries.push({ name: entry.name, isDirectory: entry.isDirectory() });
      if (entries.length >= most) break;
    }
  } catch {
    return entries; // looking around must not fail: opening the folder tells the reason
  }
  return entries.sort((a, b) => compareNames(a.name, b.name));
}

function archive(target: string, names: readonly string[]): Glimpse {
  const folders = new Map<string, Map<string, boolean>>();
  for (const name of names) {
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
    list: (folder) => Promise.resolve(list(folder.split(path.sep).join('/'))),
    start: () => Promise.resolve(Buffer.alloc(0)),
  };
}

async function zipNames(file: string): Promise<string[]> {
  const zip = await ZipFile.open(file);
  try {
    return usable(zip.entries.map(({ name }) => name));
  } finally {
    await zip.close();
  }
}

/** POSIX.1-2017, pax, ustar header block. Long names in extra headers are passed over: the others tell enough. */
function tarNames(start: Buffer): string[] {
  const names: string[] = [];
  const text = (block: Buffer, from: number, to: number): string => {
    const field = block.subarray(from, to);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end < 0 ? field.length : end);
  };
  for (let at = 0; at + TAR_BLOCK <= start.length;) {
    const block = start.subarray(at, at + TAR_BLOCK);
    if (block[0] === 0 || !isTar(block)) break;
    const type = String.fromCharCode(block[156] ?? 0);
    const prefix = text(block, 257, 262) === 'ustar' ? text(block, 345, 500) : '';
    const name = text(block, 0, 100);
    if (type === '0' || type === '\0') names.push(prefix === '' ? name : `${prefix}/${name}`);
    const size = Number.parseInt(text(block, 124, 136).trim(), 8);
    if (!Number.isSafeInteger(size) || size < 0) break;
    at += TAR_BLOCK * (1 + Math.ceil(size / TAR_BLOCK));
  }
  return usable(names);
}

function usable(names: readonly string[]): string[] {
  const used: string[] = [];
  for (const stored of names) {
    if (used.length >= MAX_ENTRIES * 10) break;
    if (stored.endsWith('/')) continue;
    const name = entryName(stored);
    if (name !== null && 'name' in name) used.push(name.name);
  }
  return used;
}

async function startOf(file: string, bytes: number): Promise<Buffer> {
  const stored = await readStart(file, Math.max(bytes, 2));
  return isGzip(stored) ? unpackStart(file, bytes) : stored.subarray(0, bytes);
}

/** What can be unpacked of the beginning; a damaged file is told when it is opened. */
async function unpackStart(file: string, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const source = createReadStream(file);
  const unpacked = source.pipe(createGunzip());
  source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= bytes) break;
    }
  } catch {
    // cut off or damaged: what came before is looked at
  } finally {
    source.destroy();
    unpacked.destroy();
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}
