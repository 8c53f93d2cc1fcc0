/** Datasets within a workspace folder, for pickers and trees. Runs in the extension host: names and first bytes only. */
import * as path from 'node:path';
import { detectIn, lookAtFiles } from './detect.js';
import { IMAGE_NAME } from './fileNames.js';
import { look } from './files.js';
import { firstEntries, glimpse, glimpseFolder, type Glimpse } from './glimpse.js';
import type { Detection } from './reader.js';

export interface FindOptions {
  signal?: AbortSignal;
  /** At most so many are returned. */
  limit?: number;
  /** Names of folders that are not looked into, besides those that never hold data (node_modules and the like). */
  exclude?: readonly string[];
}

const NEVER = ['node_modules', 'bower_components', 'dist', 'out', '__pycache__', 'venv', 'site-packages'];
/** Files that may be datasets by themselves. */
const SINGLE = /\.(np[yz]|zip|tar|tgz|tar\.gz|(csv|tsv|jsonl|ndjson|txt)(\.gz)?)$/i;
/** Smaller text files are notes, licences and lists of packages. */
const MIN_TEXT_BYTES = 64 * 1024;
const DEFAULT_LIMIT = 50;
const MAX_FOLDERS = 3000;
const MAX_DEPTH = 8;
const MAX_ENTRIES = 2000;
/** A few pictures are documentation rather than data. */
const MIN_FLAT_IMAGES = 20;

/**
 * The nearest first. A folder that is a dataset is not searched further; links are not followed.
 * @returns what was found so far when it is aborted
 */
export async function findDatasets(
  folder: string,
  { signal, limit = DEFAULT_LIMIT, exclude = [] }: FindOptions = {},
): Promise<Detection[]> {
  const skipped = new Set([...NEVER, ...exclude]);
  const found: Detection[] = [];
  const waiting = [{ folder, depth: 0 }];
  // The list grows while it is walked: breadth first.
  for (const [visited, { folder: current, depth }] of waiting.entries()) {
    if (signal?.aborted || visited >= MAX_FOLDERS) break;
    const seen = glimpseFolder(current, await firstEntries(current, MAX_ENTRIES));
    const { entries } = seen;
    const [whole] = await asyncFilter(await detectIn(seen), (detection) => isLikely(detection, seen));
    if (whole?.path === current) found.push(whole);
    else {
      for (const { name, isDirectory } of entries)
        if (!isDirectory && SINGLE.test(name)) found.push(...(await detectFile(path.join(current, name))));
      if (depth < MAX_DEPTH)
        for (const { name, isDirectory } of entries)
          if (isDirectory && !skipped.has(name)) waiting.push({ folder: path.join(current, name), depth: depth + 1 });
    }
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/** A damaged archive is told when somebody opens it. */
async function detectFile(file: string): Promise<Detection[]> {
  try {
    const [found] = await detectIn(await glimpse(file));
    if (!found || (found.format === 'text' && (await look(file)).size < MIN_TEXT_BYTES)) return [];
    return [found];
  } catch {
    return [];
  }
}

/** A person who names a folder of two pictures means it; pictures that merely lie in a workspace are something else. */
async function isLikely(detection: Detection, seen: Glimpse): Promise<boolean> {
  if (detection.format !== 'imageFolder') return true;
  const { layout, count, otherFolders } = await lookAtFiles(seen, IMAGE_NAME);
  if (layout === 'flat') return count >= MIN_FLAT_IMAGES;
  return layout === 'splits' || (count >= 2 && otherFolders === 0);
}

async function asyncFilter<T>(items: T[], keep: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept = await Promise.all(items.map(keep));
  return items.filter((_, i) => kept[i]);
}
