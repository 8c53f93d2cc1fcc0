/** Opening what is a file for each example: images or sounds, in a folder or archive. */
import type { FileFacts } from './fileCollection.js';
import { nothingFound, readHeaders, type WithHeaders } from './fileHeaders.js';
import { layoutFiles } from './fileLayout.js';
import { layoutByTables } from './fileTable.js';
import type { DatasetOptions } from './reader.js';
import { openTree, type DataFile, type Tree } from './tree/tree.js';

export interface ExampleFiles<Header> {
  /** Names of files that are read, and of those that are of the same kind, but not read. */
  named: RegExp;
  others: RegExp;
  /** In words: what is looked for, what to choose where there is none, and why the others are left out. */
  what: string;
  choose: string;
  convert: string;
  /** As {@link readHeaders} takes them. */
  headerBytes: readonly number[];
  parse: (start: Buffer, file: DataFile) => Header;
}

/**
 * @param make the dataset, which closes the tree
 * @throws DataError when there are no such files, or when one cannot be read and such are not skipped
 */
export async function openFiles<Header, Opened>(
  target: string,
  options: DatasetOptions,
  { named, others, what, choose, convert, headerBytes, parse }: ExampleFiles<Header>,
  make: (tree: Tree, files: WithHeaders<Header>['files'], found: Pick<FileFacts, 'problems' | 'tables'>) => Opened,
): Promise<Opened> {
  const tree = await openTree(target, options);
  try {
    const examples = tree.files.filter(({ name }) => named.test(name));
    const layout =
      (await layoutByTables(tree, examples, options)) ?? (await layoutFiles(tree, (name) => named.test(name), options));
    if (layout.files.length === 0) throw await nothingFound(tree, what, choose);
    const leftOut = tree.files.filter(({ name }) => others.test(name));
    const { files, unreadable } = await readHeaders(tree, layout.files, headerBytes, parse, options);
    return make(tree, files, {
      problems: [...layout.problems, ...leftOut.map((file) => ({ file: file.path, reason: convert })), ...unreadable],
      tables: layout.tables,
    });
  } catch (error) {
    await tree.close();
    throw error;
  }
}
