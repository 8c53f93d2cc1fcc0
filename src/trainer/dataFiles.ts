import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compareFiles, describeChanges, type FileHash } from '../data/fingerprint.js';
import { RunFile } from '../protocol/run.js';
import { writeFileAtomic } from './files.js';

/** What each file of a run's data was, in a file of its own: there may be many, and the record is written often. */

/** @throws the file system's error */
export function keepDataFiles(run: string, files: readonly FileHash[]): Promise<void> {
  return writeFileAtomic(path.join(run, RunFile.data), JSON.stringify({ files }, null, 1) + '\n');
}

/** Which files are no longer what they were, in words; empty when that cannot be told. */
export async function changedDataFiles(run: string, files: readonly FileHash[]): Promise<string> {
  const text = await readFile(path.join(run, RunFile.data), 'utf8').catch(() => '');
  return describeChanges(compareFiles(readFiles(text) ?? files, files));
}

function readFiles(text: string): FileHash[] | null {
  try {
    const { files } = JSON.parse(text) as { files?: unknown };
    const isFile = (file: unknown): file is FileHash =>
      typeof file === 'object' && file !== null && 'name' in file && 'hash' in file;
    return Array.isArray(files) && files.every(isFile) ? files : null;
  } catch {
    return null; // that the data changed is known all the same, only not which files
  }
}
