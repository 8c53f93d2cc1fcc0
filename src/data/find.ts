/** Datasets within a workspace folder, for pickers and trees. Runs in the extension host: names and first bytes only. */
import * as path from 'node:path';
import { detectIn } from './detect.js';
import { lookAtFiles } from './filesLook.js';
import { CSV_NAME, IMAGE_NAME, JSONL_NAME, PARQUET_NAME, SOUND_NAME, TEXT_NAME } from './fileNames.js';
import { look } from './files.js';
import { firstEntries, glimpse, glimpseFolder, type Glimpse, type Seen } from './glimpse.js';
import { IgnoreRules } from './ignoreRules.js';
import { splitOfName } from './namedParts.js';
import { DataError, type Detection, type DirectoryEntry } from './reader.js';
import { nextSlice, sliceIsOver } from './slice.js';

export interface FindOptions {
  signal?: AbortSignal;
  /** At most so many are found. */
  limit?: number;
  /** The search ends after this time, also when a disk does not answer. */
  milliseconds?: number;
  /** What is not looked at: globs as VS Code's "files.exclude" has them, relative to the folder. */
  exclude?: readonly string[];
  /** Whether what .gitignore files name is left out; so by default. */
  useIgnoreFiles?: boolean;
  /** Told each as it is found, the nearest first. */
  onFound?: (detection: Detection) => void;
}

export interface Search {
  /** The nearest first. */
  found: Detection[];
  /** Why not all folders were looked at; null when they were. */
  cut: 'stopped' | 'time' | 'limit' | null;
}

/** Folders that never hold data. */
const NEVER = new Set(['node_modules', 'bower_components', 'dist', 'out', '__pycache__', 'venv', 'site-packages']);
/** Files that may be datasets by themselves. */
const SINGLE = /\.(zip|tar|tgz|tar\.gz|parquet|parq|pq|(np[yz]|csv|tsv|jsonl|ndjson|txt)(\.gz)?)$/i;
/** Smaller ones are settings and examples; smaller texts notes, licences and lists of packages. */
const MIN_BYTES: Record<string, number> = { csv: 1024, jsonl: 1024, text: 64 * 1024 };
/** Single files that are looked at in each folder. */
const MAX_SINGLES = 20;
/** Beside a dataset of several files, these are others. */
const ARCHIVE = /\.(npz|npz\.gz|zip|tar|tgz|tar\.gz)$/i;
const DEFAULT_LIMIT = 100;
const DEFAULT_MILLISECONDS = 20_000;
const MAX_DEPTH = 12;
/** Of each folder. */
const MAX_ENTRIES = 4000;
/** Folders that are looked at together: disks answer several questions at once. */
const AT_ONCE = 8;
/** One of the files that a program writes of one table. */
const SHARD = /^part-\d|^\d+\.|-\d+-of-\d+/;
/** Fewer pictures, sounds or texts are documentation rather than data. */
const MIN_FLAT_FILES = 20;

interface Folder {
  /** Relative to the workspace, with "/"; empty for itself. */
  name: string;
  depth: number;
  rules: IgnoreRules;
}

interface Visit {
  found: Detection[];
  folders: Folder[];
}

/** A folder whose files are examples is not searched further; links and hidden folders are not followed. */
export async function findDatasets(workspace: string, options: FindOptions = {}): Promise<Search> {
  const { signal, limit = DEFAULT_LIMIT, milliseconds = DEFAULT_MILLISECONDS, exclude = [], onFound } = options;
  const time = AbortSignal.timeout(milliseconds);
  const stop = signal ? AbortSignal.any([signal, time]) : time;
  const stopped = new Promise<null>((resolve) => {
    stop.addEventListener('abort', () => resolve(null), { once: true });
  });
  const found: Detection[] = [];
  const cut = (): Search => ({ found, cut: found.length >= limit ? 'limit' : signal?.aborted ? 'stopped' : 'time' });

  const look = new Look(workspace, options.useIgnoreFiles ?? true);
  const waiting: Folder[] = [{ name: '', depth: 0, rules: IgnoreRules.of(exclude) }];
  const underWay: Promise<Visit>[] = [];
  for (let next = 0; ;) {
    while (underWay.length < AT_ONCE && next < waiting.length) underWay.push(look.visit(waiting[next++] as Folder));
    const first = underWay.shift();
    if (!first) return { found, cut: null };
    const visit = stop.aborted ? null : await Promise.race([first, stopped]);
    if (!visit) return cut();
    for (const detection of visit.found) {
      found.push(detection);
      onFound?.(detection);
      if (found.length >= limit) return cut();
    }
    for (const folder of visit.folders) waiting.push(folder);
  }
}

class Look {
  /** Listings of folders that are not visited yet: their parents looked into them. */
  private readonly listed = new Map<string, Promise<Listed>>();

  constructor(
    private readonly workspace: string,
    private readonly useIgnoreFiles: boolean,
  ) {}

  async visit(folder: Folder): Promise<Visit> {
    const { name, depth } = folder;
    const { seen, rules } = await this.list(name, folder.rules);
    this.listed.delete(name);
    const target = path.join(this.workspace, name);
    const inside = (below: string): string => [name, ...below.split(path.sep)].filter((step) => step !== '').join('/');
    const view = glimpseFolder(target, seen, async (below) => {
      const parent = await this.listed.get(path.posix.dirname(inside(below)));
      return (await this.list(inside(below), parent?.rules ?? rules)).seen.entries;
    });
    const found = (await detections(view)).filter((detection) => detection.path === target).slice(0, 1);
    const [whole] = found;
    if (whole?.files !== undefined) {
      for (const key of this.listed.keys()) if (key.startsWith(`${name}/`) || name === '') this.listed.delete(key);
      return { found, folders: [] };
    }
    const named = whole ? ARCHIVE : SINGLE;
    const singles = seen.entries.filter((entry) => !entry.isDirectory && named.test(entry.name));
    for (const entry of singles.slice(0, MAX_SINGLES)) found.push(...(await detectFile(path.join(target, entry.name))));
    const folders = depth < MAX_DEPTH ? seen.entries.filter((entry) => entry.isDirectory) : [];
    return { found, folders: folders.map((entry) => ({ name: inside(entry.name), depth: depth + 1, rules })) };
  }

  /** @param above rules of the folder that it is in */
  private list(name: string, above: IgnoreRules): Promise<Listed> {
    let listed = this.listed.get(name);
    if (!listed) this.listed.set(name, (listed = this.look(name, above)));
    return listed;
  }

  private async look(name: string, above: IgnoreRules): Promise<Listed> {
    const target = path.join(this.workspace, name);
    const { entries, hidden, complete } = await firstEntries(target, MAX_ENTRIES);
    const hasRules = this.useIgnoreFiles && hidden.includes('.gitignore');
    const rules = hasRules ? await above.with(path.join(target, '.gitignore'), name) : above;
    const kept: DirectoryEntry[] = [];
    for (const entry of entries) {
      if (sliceIsOver()) await nextSlice(); // rules take long for thousands of names
      if (entry.isDirectory && NEVER.has(entry.name)) continue;
      if (!rules.leaveOut(name === '' ? entry.name : `${name}/${entry.name}`, entry.isDirectory)) kept.push(entry);
    }
    return { seen: { entries: kept, complete }, rules };
  }
}

interface Listed {
  seen: Seen;
  /** With those of the folder itself. */
  rules: IgnoreRules;
}

/** What cannot be read is told when somebody opens it. */
async function detections(seen: Glimpse): Promise<Detection[]> {
  try {
    const found = await detectIn(seen);
    const likely = await Promise.all(found.map((detection) => isLikely(detection, seen)));
    return found.filter((_, i) => likely[i]);
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

async function detectFile(file: string): Promise<Detection[]> {
  try {
    const [found] = await detectIn(await glimpse(file));
    return found && (await look(file)).size >= (MIN_BYTES[found.format] ?? 0) ? [found] : [];
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

const NAMED: Record<string, RegExp> = {
  imageFolder: IMAGE_NAME,
  soundFolder: SOUND_NAME,
  parquet: PARQUET_NAME,
  csv: CSV_NAME,
  jsonl: JSONL_NAME,
  text: TEXT_NAME,
};

/** A person who names a folder of two pictures means it; pictures that merely lie in a workspace are something else. */
async function isLikely({ format, files }: Detection, seen: Glimpse): Promise<boolean> {
  const named = NAMED[format];
  if (!named) return true;
  if (files === undefined) {
    // "requirements-dev.txt" is no validation split.
    const names = seen.entries.filter(({ name, isDirectory }) => !isDirectory && named.test(name));
    const splits = names.map(({ name }) => splitOfName(name));
    if (format === 'parquet' && names.some(({ name }) => SHARD.test(name))) return true;
    if (!splits.includes('train') || splits.includes(null)) return false;
    const sizes = await Promise.all(names.map(async ({ name }) => (await look(seen.file(name))).size));
    return Math.max(...sizes) >= (MIN_BYTES[format] ?? 0);
  }
  const { layout, paths, folders, otherFolders } = await lookAtFiles(seen, named);
  if (format === 'text' && paths.length < MIN_FLAT_FILES) return false;
  // A folder with a single one that holds all is found inside.
  if (layout === 'flat') return folders === 0 && paths.length >= MIN_FLAT_FILES;
  return layout === 'splits' || (folders >= 2 && otherFolders === 0);
}
