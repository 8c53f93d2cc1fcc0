/**
 * Prepared examples on disk, so that they are decoded once: `<folder>/<key>/` holds values.bin (rows, little-endian) and
 * pack.json. An entry is written aside and renamed when it is whole; the least recently used ones make room.
 */
import { createHash, randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import * as path from 'node:path';
import type { ValueType } from './values.js';

/** Raised when what an entry holds changes; others are then passed over, and removed in time. */
const VERSION = 1;
const META = 'pack.json';
const VALUES = 'values.bin';
/** What all entries together may take. */
const MAX_BYTES = 20 * 1024 ** 3;
/** What a writer that was killed left behind is removed after this time. */
const STALE_MILLISECONDS = 24 * 3600 * 1000;

export interface PackMeta {
  type: ValueType;
  /** Values of one row. */
  width: number;
  rows: number;
  /** Rows that could not be prepared, and why. */
  unreadable: [row: number, reason: string][];
}

/** An entry under way. */
export interface PackWriter {
  file: string;
  /** @returns the file's final place: another process's, when that one was quicker */
  commit(meta: PackMeta): Promise<string>;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

export class PackCache {
  /** @param folder made when something is written; it ignores itself in git */
  constructor(
    readonly folder: string,
    private readonly maxBytes = MAX_BYTES,
  ) {}

  /** Of anything that JSON can hold. */
  static key(content: unknown): string {
    return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
  }

  /** A whole entry, now the most recently used; null when there is none, or a damaged one, which is removed. */
  async find(key: string): Promise<{ file: string; meta: PackMeta } | null> {
    const entry = path.join(this.folder, key);
    const text = await fs.readFile(path.join(entry, META), 'utf8').catch(() => null);
    if (text === null) return null;
    const meta = parseMeta(text);
    const file = path.join(entry, VALUES);
    const size = await fs.stat(file).then(
      (stats) => stats.size,
      () => -1,
    );
    if (meta === null || size !== meta.rows * meta.width * (meta.type === 'uint8' ? 1 : 4)) {
      await fs.rm(entry, { recursive: true, force: true });
      return null;
    }
    const now = new Date();
    await fs.utimes(entry, now, now).catch(() => undefined); // a read-only cache still serves
    return { file, meta };
  }

  /** @param bytes that will be written: room is made for them first @throws the file system's error */
  async write(key: string, bytes: number): Promise<PackWriter> {
    await fs.mkdir(this.folder, { recursive: true });
    await fs.writeFile(path.join(this.folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined); // it is there
    await this.makeRoom(bytes);
    const aside = path.join(this.folder, `.${key}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
    await fs.mkdir(aside);
    const abandon = () => fs.rm(aside, { recursive: true, force: true });
    const entry = path.join(this.folder, key);
    return {
      file: path.join(aside, VALUES),
      abandon,
      commit: async (meta) => {
        await fs.writeFile(path.join(aside, META), JSON.stringify({ version: VERSION, ...meta }));
        try {
          await fs.rename(aside, entry);
        } catch (error) {
          const found = await this.find(key);
          await abandon();
          if (!found) throw error;
        }
        return path.join(entry, VALUES);
      },
    };
  }

  /** Removes the least recently used entries until `bytes` more fit, and what killed writers left. */
  private async makeRoom(bytes: number): Promise<void> {
    const entries: { path: string; used: number; bytes: number }[] = [];
    for (const entry of await fs.readdir(this.folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const place = path.join(this.folder, entry.name);
      const stats = await fs.stat(place).catch(() => null);
      if (stats === null) continue; // removed meanwhile
      if (entry.name.endsWith('.tmp')) {
        if (Date.now() - stats.mtimeMs > STALE_MILLISECONDS) await fs.rm(place, { recursive: true, force: true });
        continue;
      }
      const size = await fs.stat(path.join(place, VALUES)).then(
        (values) => values.size,
        () => 0,
      );
      entries.push({ path: place, used: stats.mtimeMs, bytes: size });
    }
    let total = entries.reduce((sum, entry) => sum + entry.bytes, bytes);
    entries.sort((a, b) => a.used - b.used);
    for (const entry of entries) {
      if (total <= this.maxBytes) return;
      // An entry that another trainer reads goes on being read where the system allows its removal, else it stays.
      await fs.rm(entry.path, { recursive: true, force: true }).catch(() => undefined);
      total -= entry.bytes;
    }
  }
}

function parseMeta(text: string): PackMeta | null {
  let value: Partial<PackMeta & { version: number }>;
  try {
    value = JSON.parse(text) as Partial<PackMeta & { version: number }>;
  } catch {
    return null; // damaged: prepared anew
  }
  const { version, type, width, rows, unreadable } = value;
  const isWhole = (number: unknown): number is number => Number.isSafeInteger(number) && Number(number) >= 0;
  if (version !== VERSION || (type !== 'uint8' && type !== 'int32' && type !== 'float32')) return null;
  if (!isWhole(width) || !isWhole(rows) || !Array.isArray(unreadable)) return null;
  return { type, width, rows, unreadable };
}
