/** Examples that are files each: images and sounds. */
import type { LaidOutFile } from './fileLayout.js';
import { compareNames } from './files.js';
import { labelIndex } from './labelIndex.js';
import {
  DataError,
  type Collection,
  type DatasetInfo,
  type Split,
  type Stored,
  type UnreadableFile,
  type VisitOptions,
} from './reader.js';
import { SPLIT_ORDER } from './splitNames.js';
import type { DataFile, Tree } from './tree/tree.js';

export interface FileFacts {
  format: string;
  shape: number[];
  range: [number, number];
  problems: UnreadableFile[];
  /** Where the examples lie, when not in the tree's own files. */
  files?: readonly string[];
  /** Tables that labels were taken from. */
  tables?: readonly DataFile[];
}

export class FileCollection<Kind extends 'image' | 'sound'> implements Collection<Kind> {
  readonly info: DatasetInfo;
  readonly labels: Int32Array | null;
  readonly groups: Int32Array | null;

  /** @param files in the order of positions: by split */
  constructor(
    readonly kind: Kind,
    private readonly tree: Tree,
    private readonly files: readonly LaidOutFile[],
    { format, shape, range, problems, files: places, tables = [] }: FileFacts,
  ) {
    const labels = labelIndex(files.map(({ label }) => label));
    const groups = labelIndex(files.map(({ group }) => group));
    this.labels = labels?.indexes ?? null;
    this.groups = groups?.indexes ?? null;
    this.info = {
      kind,
      format,
      path: tree.path,
      count: files.length,
      shape,
      range,
      classes: labels?.names ?? null,
      groups: groups?.names ?? null,
      splits: splitsOf(files),
      problems: [...problems].sort((a, b) => compareNames(a.file, b.file)),
      // What lies in an archive changes with the archive.
      files: [
        ...(places ??
          (tree.kind === 'folder'
            ? [...files.map(({ file }) => file), ...tables].map((file) => file.path)
            : [tree.path])),
      ],
    };
  }

  name(position: number): string {
    return this.files[position]?.file.name ?? '';
  }

  async visit(
    positions: ArrayLike<number> | null,
    action: (position: number, example: Stored[Kind] | DataError) => void | Promise<void>,
    options: VisitOptions = {},
  ): Promise<void> {
    const wanted = new Map<DataFile, number>();
    if (positions === null) this.files.forEach(({ file }, position) => wanted.set(file, position));
    else
      for (let i = 0; i < positions.length; i++) {
        const position = positions[i] as number;
        const file = this.files[position]?.file;
        if (!file) throw new RangeError(`Position ${position} is outside of ${this.files.length} examples`);
        wanted.set(file, position);
      }
    await this.tree.contents(
      [...wanted.keys()],
      (file, content) => action(wanted.get(file) as number, content),
      options,
    );
  }

  close(): Promise<void> {
    return this.tree.close();
  }
}

function splitsOf(files: readonly LaidOutFile[]): Split[] {
  const splits: Split[] = [];
  for (const name of SPLIT_ORDER) {
    const start = files.findIndex(({ split }) => split === name);
    if (start >= 0) splits.push({ name, start, count: files.filter(({ split }) => split === name).length });
  }
  if (splits[0] && splits.length === 1) splits[0].name = 'train';
  return splits;
}
