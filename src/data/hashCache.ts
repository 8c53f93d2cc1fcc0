/** Hashes of files that have not been touched since: data of many GB need not be read at each start. */
import { randomBytes } from 'node:crypto';
import { promises as fs } from 'node:fs';
import * as path from 'node:path';

const VERSION = 1;
const FILE = 'hashes.json';
/** The most recently hashed ones are kept. */
const MAX_FILES = 100_000;
/** After this time a file is read again, whatever its times say: a disk may lose bits. */
const TRUST_MILLISECONDS = 7 * 24 * 3600 * 1000;
/** A file that was written so shortly before may be written again within the same tick of the file system's clock. */
const SETTLED_MILLISECONDS = 2000;

interface Entry {
  /** Size, inode, device, and times of change and of modification in nanoseconds. */
  stamp: string;
  /** SHA-256, 64 hexadecimal digits. */
  hash: string;
  /** When it was read, in milliseconds since 1970. */
  at: number;
}

export class HashCache {
  private changed = false;

  private constructor(
    private readonly folder: string,
    private readonly entries: Map<string, Entry>,
  ) {}

  /** @param folder made when something is written; a file in it that is missing or damaged is an empty cache */
  static async open(folder: string): Promise<HashCache> {
    const text = await fs.readFile(path.join(folder, FILE), 'utf8').catch(() => '');
    return new HashCache(folder, parse(text));
  }

  /**
   * The file's hash: as it was, while its size, inode, device, times of change (ctime) and of modification are what they
   * were and it is not longer ago than a week; else `read`'s.
   */
  async hash(file: string, read: () => Promise<string>): Promise<string> {
    const name = path.resolve(file);
    const before = await stampOf(name);
    const known = this.entries.get(name);
    const now = Date.now();
    if (before && known?.stamp === before.stamp && known.at <= now && now - known.at < TRUST_MILLISECONDS)
      return known.hash;
    const hash = await read();
    const after = await stampOf(name);
    this.changed = this.entries.delete(name) || this.changed;
    if (before && after && before.stamp === after.stamp && after.touched < now - SETTLED_MILLISECONDS) {
      this.entries.set(name, { stamp: before.stamp, hash, at: now });
      this.changed = true;
    }
    return hash;
  }

  /** That this fails costs time at the next start, nothing else. */
  async save(): Promise<void> {
    if (!this.changed) return;
    const aside = path.join(this.folder, `.${FILE}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
    const files = [...this.entries].sort(([, a], [, b]) => b.at - a.at).slice(0, MAX_FILES);
    try {
      await fs.mkdir(this.folder, { recursive: true });
      await fs.writeFile(path.join(this.folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(() => undefined); // it is there
      await fs.writeFile(aside, JSON.stringify({ version: VERSION, files }));
      await fs.rename(aside, path.join(this.folder, FILE));
      this.changed = false;
    } catch {
      await fs.rm(aside, { force: true }).catch(() => undefined);
    }
  }
}

/** `touched`: the later of both times, in milliseconds. */
async function stampOf(file: string): Promise<{ stamp: string; touched: number } | null> {
  try {
    const { size, ino, dev, mtimeNs, ctimeNs } = await fs.stat(file, { bigint: true });
    const touched = Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n);
    return { stamp: [size, ino, dev, ctimeNs, mtimeNs].join(' '), touched };
  } catch {
    return null; // reading it tells why
  }
}

function parse(text: string): Map<string, Entry> {
  try {
    const { version, files } = JSON.parse(text) as { version?: unknown; files?: unknown };
    if (version !== VERSION || !Array.isArray(files)) return new Map();
    return new Map(files.slice(0, MAX_FILES).filter(isNamedEntry));
  } catch {
    return new Map();
  }
}

function isNamedEntry(value: unknown): value is [string, Entry] {
  if (!Array.isArray(value)) return false;
  const [name, entry] = value as [unknown, Partial<Record<keyof Entry, unknown>> | null];
  return (
    typeof name === 'string' &&
    typeof entry?.stamp === 'string' &&
    typeof entry.at === 'number' &&
    typeof entry.hash === 'string' &&
    /^[0-9a-f]{64}$/.test(entry.hash)
  );
}
