/** What the beginnings of many files tell, and which files cannot be read. */
import { formatCount, t } from '../protocol/l10n.js';
import type { LaidOutFile } from './fileLayout.js';
import { describeEntries, fileError, joinList, listFolder } from './files.js';
import { DataError, type DatasetOptions, type OpenOptions, type UnreadableFile } from './reader.js';
import type { DataFile, Tree } from './tree/tree.js';

/** Files looked at at the same time; decoding is on this thread. */
const CONCURRENCY = 8;

export interface WithHeaders<Header> {
  /** Those that can be read, in their order. */
  files: (LaidOutFile & { header: Header })[];
  unreadable: UnreadableFile[];
}

/**
 * @param sizes bytes that are read of each file; of one whose header is not within the first of them, the next
 * @param parse throws with the reason when the bytes are no whole header
 * @throws DataError when one cannot be read and such are not skipped, or none can
 */
export async function readHeaders<Header>(
  tree: Tree,
  files: readonly LaidOutFile[],
  sizes: readonly number[],
  parse: (start: Buffer, file: DataFile) => Header,
  options: DatasetOptions,
): Promise<WithHeaders<Header>> {
  const headers = new Array<Header | null>(files.length).fill(null);
  let failures: { index: number; reason: string }[] = [];
  for (const [round, bytes] of sizes.entries()) {
    const indexes = round === 0 ? files.map((_, i) => i) : failures.map(({ index }) => index);
    if (indexes.length === 0) break;
    failures = [];
    await visitStarts(
      tree,
      indexes.map((index) => (files[index] as LaidOutFile).file),
      bytes,
      (i, start, file) => {
        const index = indexes[i] as number;
        try {
          if (start instanceof DataError) throw start;
          headers[index] = parse(start, file);
        } catch (error) {
          failures.push({ index, reason: error instanceof Error ? error.message : String(error) });
        }
      },
      options,
    );
  }
  options.signal?.throwIfAborted();
  failures.sort((a, b) => a.index - b.index);
  const unreadable = failures.map(({ index, reason }) => ({ file: (files[index] as LaidOutFile).file.path, reason }));
  if (unreadable.length === files.length || (unreadable.length > 0 && options.onError !== 'skip'))
    throw someUnreadable(tree.path, unreadable, files.length);
  return {
    files: files.flatMap((file, i) => {
      const header = headers[i];
      return header === null || header === undefined ? [] : [{ ...file, header }];
    }),
    unreadable,
  };
}

/** The first bytes of many files: one after the other from a folder or ZIP, in one pass from what has an order. */
async function visitStarts(
  tree: Tree,
  files: readonly DataFile[],
  bytes: number,
  action: (index: number, start: Buffer | DataError, file: DataFile) => void | Promise<void>,
  { signal, onProgress }: OpenOptions,
): Promise<void> {
  const indexes = new Map(files.map((file, index) => [file, index]));
  if (tree.kind === 'tar' || tree.kind === 'table') {
    const visit = (file: DataFile, content: Buffer | DataError) =>
      action(indexes.get(file) as number, content instanceof DataError ? content : content.subarray(0, bytes), file);
    return tree.contents(files, visit, { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) });
  }
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < files.length) {
      signal?.throwIfAborted();
      const index = next++;
      const file = files[index] as DataFile;
      const start = await (bytes === Infinity ? file.read(signal ? { signal } : {}) : file.start(bytes)).catch(
        (error: unknown) => {
          const told = fileError(error, file.path);
          if (told instanceof DataError) return told;
          throw error;
        },
      );
      await action(index, start, file);
      onProgress?.(++done / files.length);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, files.length) }, work));
}

function someUnreadable(target: string, unreadable: UnreadableFile[], count: number): DataError {
  const [first] = unreadable;
  const shown = unreadable.slice(0, 3).map(({ file, reason }) => `${file}: ${reason}`);
  if (unreadable.length > shown.length) shown.push(t('{0} more', formatCount(unreadable.length - shown.length)));
  const reasons = joinList(shown);
  const all = unreadable.length === count;
  return new DataError(
    all
      ? t('None of the {0} files in {1} can be read ({2}).', formatCount(count), target, reasons)
      : t(
          '{0} of the {1} files in {2} cannot be read ({3}).',
          formatCount(unreadable.length),
          formatCount(count),
          target,
          reasons,
        ),
    first?.file ?? target,
    all
      ? t('Check that they open in another program.')
      : t('Mend or remove them, or set "onError": "skip" in the recipe’s data to leave such files out.'),
  );
}

/** A folder or archive without examples of the kind. @param what e.g. "images" */
export async function nothingFound(tree: Tree, what: string, advice: string): Promise<DataError> {
  const holds =
    tree.kind === 'folder'
      ? describeEntries(await listFolder(tree.path))
      : t('{0} other files', formatCount(tree.files.length));
  const [first] = tree.problems;
  return new DataError(
    t('{0} holds no {1}, but {2}.', tree.path, what, holds),
    tree.path,
    first === undefined ? advice : `${first.file}: ${first.reason}`,
  );
}
