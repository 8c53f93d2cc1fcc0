/** A ZIP archive as a tree. */
import { compareNames } from '../files.js';
import type { UnreadableFile } from '../reader.js';
import { ZipFile } from '../zip.js';
import type { ZipEntry } from '../zipDirectory.js';
import { entryName, inOrder, leftOut, linkReason, tooManyFiles } from './names.js';
import { StoredFile, type Source } from './storedFile.js';
import { inOrderOf, visitEach } from './visit.js';
import type { DataFile, Tree, TreeOptions } from './tree.js';

/** @throws DataError when it is no whole archive, or holds too many files */
export async function openZipTree(file: string, { maxFiles }: TreeOptions & { maxFiles: number }): Promise<Tree> {
  const zip = await ZipFile.open(file);
  try {
    if (zip.entries.length > maxFiles) throw tooManyFiles(file, maxFiles);
    const problems: UnreadableFile[] = [];
    const stored: StoredFile[] = [];
    const offsets = new Map<DataFile, number>();
    for (const entry of zip.entries) {
      const named = entry.isFolder ? null : entryName(entry.name);
      if (named === null) continue;
      const reason = named.reason ?? whyNot(zip, entry);
      if (reason !== null) problems.push({ file: `${file}/${entry.name}`, reason });
      else {
        const one = new StoredFile(named.name, `${file}/${named.name}`, new ZipSource(zip, entry));
        stored.push(one);
        offsets.set(one, entry.offset);
      }
    }
    const files = inOrder(stored, problems);
    problems.sort((a, b) => compareNames(a.file, b.file));
    return {
      path: file,
      kind: 'zip',
      files,
      problems,
      contents: (wanted, visit, options) =>
        visitEach(
          inOrderOf(wanted, (one) => offsets.get(one)),
          visit,
          options,
        ),
      close: () => zip.close(),
    };
  } catch (error) {
    await zip.close();
    throw error;
  }
}

function whyNot(zip: ZipFile, entry: ZipEntry): string | null {
  if (entry.isLink) return linkReason();
  const why = zip.whyNot(entry);
  return why && leftOut(`${why.reason}. ${why.advice}`);
}

class ZipSource implements Source {
  constructor(
    private readonly zip: ZipFile,
    private readonly entry: ZipEntry,
  ) {}

  get size(): number {
    return this.entry.bytes;
  }

  start(bytes: number): Promise<Buffer> {
    return this.zip.start(this.entry, bytes);
  }

  read(most: number): Promise<Buffer> {
    return this.zip.read(this.entry, most);
  }

  stream(signal?: AbortSignal): AsyncIterable<Buffer> {
    return this.zip.stream(this.entry, signal);
  }
}
