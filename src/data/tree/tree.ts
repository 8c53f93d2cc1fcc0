/**
 * The files of a dataset, wherever they lie: in a folder, alone, packed by gzip, or in a ZIP or tar archive. Readers
 * stand on this and need not know which. Light enough for the extension host: nothing is decoded here.
 */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { look, readStart } from '../files.js';
import { isGzip } from '../gzip.js';
import { DataError, type DatasetOptions, type OpenOptions, type UnreadableFile } from '../reader.js';
import { checkPacking, isTar, isZip, TAR_BLOCK } from './magic.js';
import { openFolderTree } from './folder.js';
import { openFileTree, diskFile } from './storedFile.js';
import { openTarTree } from './tarTree.js';
import { openZipTree } from './zipTree.js';

/** A file of a dataset, on disk or in an archive. */
export interface DataFile {
  /** Path within the tree, '/' between folders: "train/cat/1.jpg". A file packed by gzip alone is named without ".gz". */
  readonly name: string;
  /** For messages: the real path; in an archive "…/data.tar.gz/train/cat/1.jpg". */
  readonly path: string;
  /** Bytes when unpacked; null when that is not known beforehand: packed by gzip, or in a folder (100,000 are not asked). */
  readonly size: number | null;
  /**
   * The first `bytes` bytes, fewer when it is shorter. Quick, except from a large .tar.gz beyond what is remembered (the
   * first 512 bytes of each file, as long as these are not too many): then the archive is unpacked up to there.
   * @throws DataError
   */
  start(bytes: number): Promise<Buffer>;
  /**
   * The whole unpacked content, the caller's own; empty for an empty file. From a large .tar.gz the archive is unpacked
   * up to there each time: for many files use {@link Tree.contents}.
   * @throws DataError when larger than `most` bytes (by default MAX_BYTES of files.ts), gone, cut off or damaged
   */
  read(options?: ReadOptions): Promise<Buffer>;
  /**
   * The unpacked content in pieces of up to 1 MiB, never whole in memory. Check sums are known at the end only: what
   * came before a DataError may be wrong.
   * @throws DataError when gone, cut off or damaged
   */
  stream(options?: { signal?: AbortSignal }): AsyncIterable<Buffer>;
  /**
   * For reading here and there. What is packed, which can only be unpacked from its beginning, is held in memory meanwhile.
   * @throws DataError as {@link read}; packed, when larger than `most` bytes (by default 2 GiB)
   */
  open(options?: ReadOptions): Promise<RandomAccess>;
}

/** A file that is open. */
export interface RandomAccess {
  /** Bytes when unpacked. */
  readonly size: number;
  /** These bytes, fewer at the end; they may share memory with what is read otherwise. @throws DataError */
  read(start: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export interface ReadOptions {
  signal?: AbortSignal;
  /** Refuse more bytes than this, before they are in memory. */
  most?: number;
}

export interface ContentsOptions extends ReadOptions {
  /** Visits under way at the same time, 8 by default; so many contents are in memory. */
  concurrency?: number;
  /** `fraction` is 0..1. */
  onProgress?: (fraction: number) => void;
}

export interface Tree {
  /** As given. */
  readonly path: string;
  /** "table": its files are cells of tables. */
  readonly kind: 'folder' | 'file' | 'zip' | 'tar' | 'table';
  /** All files in a stable order (compareNames of the whole name); hidden ones (".x", "__MACOSX") are left out silently. */
  readonly files: readonly DataFile[];
  /**
   * What was left out and why: links out of the folder, names that climb out of the archive, duplicates, encrypted
   * entries; also that a tar archive has no end mark, so that files may be missing.
   */
  readonly problems: readonly UnreadableFile[];
  /**
   * Visits the contents of these files, each once, in whatever order is cheapest (a .tar.gz is unpacked once, in its own
   * order). Up to `concurrency` visits are under way at once; further files wait until one is done, so memory stays
   * bounded. A file that cannot be read is given as its error. Ends when all visits have ended.
   * @throws what a visit throws, the signal's reason, or DataError when the archive as a whole cannot be read on
   */
  contents(
    files: readonly DataFile[],
    visit: (file: DataFile, content: Buffer | DataError) => void | Promise<void>,
    options?: ContentsOptions,
  ): Promise<void>;
  /** Files must not be read any more afterwards. */
  close(): Promise<void>;
}

export interface TreeOptions extends OpenOptions, Pick<DatasetOptions, 'onError'> {
  /** More files than this are refused. */
  maxFiles?: number;
}

/** What an archive or folder may hold by default. */
const MAX_FILES = 2_000_000;

/**
 * Opens a folder, a single file (also packed by gzip), a ZIP archive, or a tar archive (also packed by gzip): which one
 * is told by the first bytes, whatever the name. A name that promises an archive which the bytes are not is refused.
 * @throws DataError when it is missing, empty, damaged, packed in another way, or holds too many files
 */
export async function openTree(target: string, options: TreeOptions = {}): Promise<Tree> {
  const { isDirectory, size } = await look(target);
  const known = { maxFiles: MAX_FILES, ...options };
  if (isDirectory) return openFolderTree(target, known);
  const stored = await readStart(target, TAR_BLOCK);
  checkPacking(target, stored);
  if (isZip(stored)) return openZipTree(target, known);
  const file = diskFile(target, path.basename(target), size);
  const isPacked = isGzip(stored);
  if (isTar(isPacked ? await file.start(TAR_BLOCK) : stored)) return openTarTree(target, size, isPacked, known);
  const promised = /\.(zip|tar|tgz|tar\.gz)$/i.exec(target)?.[1];
  if (promised !== undefined)
    throw new DataError(
      t(
        '{0} is named as a .{1} archive but is none: it begins with the bytes {2}.',
        path.basename(target),
        promised,
        stored.subarray(0, 4).toString('hex'),
      ),
      target,
      t('Download or copy it again; a web page may have been saved in its place.'),
    );
  return openFileTree(file);
}
