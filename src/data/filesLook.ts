/** How files that are an example each lie in folders, by a bounded look at names; fileLayout.ts sees all files. */
import * as path from 'node:path';
import { ABOUT_NAME } from './fileNames.js';
import type { Glimpse } from './glimpse.js';
import { splitName } from './splitNames.js';

export const MAX_SUBFOLDERS = 200;
/** Of files in folders that are looked at for what their names tell. */
const MAX_PATHS = 5000;

/** How a folder holds the files of a kind, by a bounded look. */
export interface FilesLook {
  layout: 'flat' | 'classes' | 'splits' | null;
  /** Path of one such file, relative to the folder. */
  example: string;
  /** Folders in which a table about the files may lie. */
  places: string[];
  /** Paths of such files, relative to the folder; some of many. */
  paths: string[];
  /** Folders with such files; 0 when these lie directly in the folder or archive. */
  folders: number;
  /** Folders without any, which then are no classes. */
  otherFolders: number;
}

/** The same layouts as fileLayout.ts has, which sees all files. */
export async function lookAtFiles(seen: Glimpse, named: RegExp): Promise<FilesLook> {
  const examplesIn = (entries: Glimpse['entries'], folder: string): string[] =>
    entries.flatMap(({ name, isDirectory }) => (!isDirectory && named.test(name) ? [path.join(folder, name)] : []));
  const root = await passedThrough(seen);
  const entries = root === '' ? seen.entries : await seen.list(root);
  const folders = entries.filter(({ isDirectory }) => isDirectory).slice(0, MAX_SUBFOLDERS);
  const flat = examplesIn(entries, root);
  const paths: string[] = [];
  const splitFolders: string[] = [];
  let withFiles = 0;
  let splits = 0;
  for (const { name } of folders) {
    const folder = path.join(root, name);
    const inner = await seen.list(folder);
    let found = examplesIn(inner, folder);
    if (found.length > 0) withFiles++;
    if (splitName(name) !== null) {
      splitFolders.push(folder);
      for (const deeper of inner.filter(({ isDirectory }) => isDirectory).slice(0, 3)) {
        const below = path.join(folder, deeper.name);
        found = [...found, ...examplesIn(await seen.list(below), below)];
      }
      if (found.length > 0) splits++;
    }
    if (paths.length < MAX_PATHS) paths.push(...found);
  }
  const [first] = paths;
  const [firstFlat] = flat;
  const otherFolders = folders.length - Math.max(withFiles, splits);
  const places = [root, ...splitFolders];
  const look = { example: first ?? firstFlat ?? '', paths, folders: withFiles, otherFolders, places };
  if (splits > 0) return { ...look, layout: 'splits', folders: splits };
  // One class teaches nothing: files in a single folder stand alone.
  if (withFiles > 1 || (withFiles === 1 && flat.length > 0)) return { ...look, layout: 'classes' };
  if (withFiles === 1) return { ...look, layout: 'flat' };
  return { ...look, layout: flat.length > 0 ? 'flat' : null, paths: flat };
}

/** An archive often holds one folder that holds everything, also beside a README; a workspace folder with one folder in it is none itself. */
export async function passedThrough(seen: Glimpse): Promise<string> {
  let root = '';
  for (let depth = 0; seen.kind === 'archive' && depth < 8; depth++) {
    const entries = root === '' ? seen.entries : await seen.list(root);
    const [only, ...more] = entries.filter(({ name, isDirectory }) => isDirectory || !ABOUT_NAME.test(name));
    if (!only?.isDirectory || more.length > 0 || splitName(only.name) !== null) break;
    root = path.join(root, only.name);
  }
  return root;
}

/** What is in there, or in the one folder that an archive holds. */
export async function onlyFolder(seen: Glimpse): Promise<Glimpse['entries']> {
  const root = await passedThrough(seen);
  return root === '' ? seen.entries : seen.list(root);
}
