/** A tar archive as a tree, plain or packed by gzip. */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { compareNames, MAX_BYTES, openToRead } from '../files.js';
import { DataError, type UnreadableFile } from '../reader.js';
import { Bytes } from './bytes.js';
import { entryName, inOrder, leftOut, linkReason, tooManyFiles } from './names.js';
import { gather, StoredFile, tooLarge, type Source } from './storedFile.js';
import { readTar, type TarEnd, type TarEntry } from './tar.js';
import { KeptStore, OpenStore, PackedStore, type TarStore } from './tarStore.js';
import { contentOrError, inOrderOf, visitEach, Visits, type Visit } from './visit.js';
import type { ContentsOptions, DataFile, RandomAccess, Tree, TreeOptions } from './tree.js';

/** Packed archives that are not larger when unpacked are kept in memory: going back in them costs nothing. */
const KEPT_BYTES = 64 * 1024 * 1024;
/** Of larger ones the first bytes of each file are kept, and of all files together at most so many. */
const START_BYTES = 512;
const STARTS_BYTES = 64 * 1024 * 1024;
const WINDOW_BYTES = 1024 * 1024;

/**
 * @param size of the file on disk
 * @param packed whether it is packed by gzip
 * @throws DataError when it is cut off or damaged, or holds too many files
 */
export async function openTarTree(
  file: string,
  size: number,
  packed: boolean,
  options: TreeOptions & { maxFiles: number },
): Promise<Tree> {
  const index = new Index(file, options.maxFiles);
  const store = packed ? await readPacked(file, index, options) : await readOpen(file, size, index, options);
  const { problems } = index;
  const entries = new Map<DataFile, TarEntry>();
  const stored = index.found.map(({ name, entry, start }) => {
    const place = `${file}/${name}`;
    const one = new StoredFile(name, place, new TarSource(store, entry, start, place));
    entries.set(one, entry);
    return one;
  });
  const files = inOrder(stored, problems);
  problems.sort((a, b) => compareNames(a.file, b.file));
  return {
    path: file,
    kind: 'tar',
    files,
    problems,
    contents: (wanted, visit, more = {}) =>
      store instanceof PackedStore
        ? visitInOnePass(store, entries, wanted, visit, more)
        : visitEach(
            inOrderOf(wanted, (one) => entries.get(one)?.offset),
            visit,
            more,
          ),
    close: () => store.close(),
  };
}

async function readOpen(file: string, size: number, index: Index, options: TreeOptions): Promise<TarStore> {
  const store = new OpenStore(file, await openToRead(file));
  try {
    index.end(await readTar(store.bytes(size, options), file, (entry) => index.add(entry, null)));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function readPacked(file: string, index: Index, options: TreeOptions): Promise<TarStore> {
  const store = await PackedStore.of(file);
  const whole = store.whole(options);
  const kept: Buffer[] = [];
  let length = 0;
  let startsLength = 0;
  const bytes = new Bytes(async () => {
    const next = await whole.next();
    if (next.done) return null;
    length += next.value.length;
    if (length > KEPT_BYTES) kept.length = 0;
    else kept.push(next.value);
    return next.value;
  });
  try {
    const end = await readTar(bytes, file, async (entry) => {
      if (startsLength > STARTS_BYTES) return index.add(entry, null);
      const start = Buffer.from(await bytes.take(Math.min(START_BYTES, entry.size)));
      startsLength += start.length;
      index.add(entry, start);
    });
    index.end(end);
    while (await bytes.skip(WINDOW_BYTES)); // to the end: only there gzip's check sum tells whether all was right
  } finally {
    await whole.return(undefined);
  }
  return length <= KEPT_BYTES ? new KeptStore(Buffer.concat(kept)) : store;
}

/** What is found while an archive is read through. */
class Index {
  readonly found: { name: string; entry: TarEntry; start: Buffer | null }[] = [];
  readonly problems: UnreadableFile[] = [];
  private count = 0;

  constructor(
    private readonly file: string,
    private readonly maxFiles: number,
  ) {}

  add(entry: TarEntry, start: Buffer | null): void {
    if (++this.count > this.maxFiles) throw tooManyFiles(this.file, this.maxFiles);
    const named = entry.kind === 'folder' ? null : entryName(entry.name);
    if (named === null) return;
    const reason = named.reason ?? whyNot(entry);
    if (reason !== null) this.problems.push({ file: `${this.file}/${entry.name}`, reason });
    else this.found.push({ name: named.name, entry, start });
  }

  end(end: TarEnd): void {
    if (end !== 'whole')
      this.problems.push({
        file: this.file,
        reason:
          end === 'unmarked'
            ? t('It has no mark at its end: files may be missing. Download or copy it again.')
            : t('Something follows the mark at its end, which is not read.'),
      });
  }
}

function whyNot({ kind }: TarEntry): string | null {
  if (kind === 'link') return linkReason();
  if (kind === 'sparse') return leftOut(t('a sparse file. Pack it again without --sparse.'));
  return kind === 'other' ? leftOut(t('it is no file: a device or a note of the program that packed it.')) : null;
}

class TarSource implements Source {
  constructor(
    private readonly store: TarStore,
    private readonly entry: TarEntry,
    /** The first bytes, when they were kept. */
    private readonly kept: Buffer | null,
    private readonly place: string,
  ) {}

  get size(): number {
    return this.entry.size;
  }

  async start(bytes: number): Promise<Buffer> {
    const { offset, size } = this.entry;
    const length = Math.min(bytes, size);
    if (this.kept && this.kept.length >= length) return Buffer.from(this.kept.subarray(0, length));
    return gather(this.store.pieces(offset, length), length, this.place);
  }

  async read(most: number, signal?: AbortSignal): Promise<Buffer> {
    if (this.size > most) throw tooLarge(this.place, this.size, most);
    return gather(this.stream(signal), this.size, this.place);
  }

  open(): Promise<RandomAccess | null> {
    const { store, place } = this;
    const { offset, size } = this.entry;
    if (store instanceof PackedStore) return Promise.resolve(null);
    return Promise.resolve({
      size,
      read(start, length) {
        const wanted = Math.max(0, Math.min(length, size - start));
        return gather(store.pieces(offset + start, wanted), wanted, place);
      },
      close: () => Promise.resolve(),
    });
  }

  async *stream(signal?: AbortSignal): AsyncGenerator<Buffer> {
    const { offset, size } = this.entry;
    let length = 0;
    for await (const piece of this.store.pieces(offset, size, signal)) {
      length += piece.length;
      yield piece;
    }
    if (length < size)
      throw new DataError(
        t('{0} became shorter while it was read.', path.basename(this.place)),
        this.place,
        t('Start again, and leave the file as it is meanwhile.'),
      );
  }
}

/** {@link Tree.contents} of an archive that can be read in its own order only. */
async function visitInOnePass(
  store: PackedStore,
  entries: ReadonlyMap<DataFile, TarEntry>,
  wanted: readonly DataFile[],
  visit: Visit,
  { most = MAX_BYTES, concurrency, ...options }: ContentsOptions,
): Promise<void> {
  const whole = store.whole(options);
  const bytes = Bytes.of(whole);
  const visits = new Visits(visit, concurrency);
  try {
    for (const file of inOrderOf(wanted, (one) => entries.get(one)?.offset)) {
      const entry = entries.get(file);
      if (!entry || !(file instanceof StoredFile)) throw new RangeError(`${file.path} is not in this archive`);
      await bytes.skip(entry.offset - bytes.at);
      await visits.start(
        file,
        entry.size > most
          ? tooLarge(file.path, entry.size, most)
          : await contentOrError(file.unpack(await bytes.take(entry.size), most)),
      );
    }
  } finally {
    await whole.return(undefined);
    await visits.end();
  }
  options.onProgress?.(1);
}
