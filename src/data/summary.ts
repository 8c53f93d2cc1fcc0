/** What can be told of a found dataset without opening it. Runs in the extension host: names and headers only. */
import * as path from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { lookAtFiles } from './detect.js';
import { IMAGE_NAME } from './fileNames.js';
import { readStart } from './files.js';
import { firstEntries, glimpse } from './glimpse.js';
import { isGzip } from './gzip.js';
import { groupIdxFiles } from './idxNames.js';
import type { Detection } from './reader.js';

export interface Summary {
  /** Examples of each split that comes with the data, in the order train, validation, test. */
  counts: number[];
  /** Shape of one example as it is stored, e.g. [28, 28]. */
  shape: number[];
  /** Folders that name a class each. */
  classes: number | null;
}

const ORDER = ['train', 'validation', 'test'];
/** Of a compressed file: more than enough for a header. */
const START_BYTES = 4096;

/** Null where nothing can be known so cheaply, or the files are not what their names promise. */
export async function summarize(detection: Detection): Promise<Summary | null> {
  if (detection.format === 'idx') return summarizeIdx(detection.path);
  if (detection.format === 'imageFolder') return summarizeImages(detection.path);
  return null;
}

async function summarizeIdx(target: string): Promise<Summary | null> {
  const entries = await firstEntries(target);
  const [group] = entries.length === 0 ? [] : groupIdxFiles(entries);
  const parts = [...(group?.parts ?? [])].sort((a, b) => ORDER.indexOf(a.split) - ORDER.indexOf(b.split));
  const files = entries.length === 0 ? [target] : parts.map(({ images }) => path.join(target, images));
  const sizes = await Promise.all(files.map(idxSizes));
  const [first] = sizes;
  if (!first || sizes.includes(null)) return null;
  return { counts: sizes.map((size) => size?.[0] ?? 0), shape: first.slice(1), classes: null };
}

/** Sizes in the header of an IDX file (LeCun, Cortes & Burges 1998): its number of examples first. */
async function idxSizes(file: string): Promise<number[] | null> {
  try {
    let start = await readStart(file, START_BYTES);
    if (isGzip(start)) start = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
    const dimensions = start[3] ?? 0;
    if (start.readUInt16BE(0) !== 0 || dimensions === 0) return null;
    return Array.from({ length: dimensions }, (_, i) => start.readUInt32BE(4 + 4 * i));
  } catch {
    return null; // opening it tells the reason
  }
}

async function summarizeImages(target: string): Promise<Summary | null> {
  const seen = await glimpse(target);
  const { layout, count } = await lookAtFiles(seen, IMAGE_NAME);
  // What is seen of an archive is its beginning only.
  return layout === 'classes' && seen.kind === 'folder' ? { counts: [], shape: [], classes: count } : null;
}
