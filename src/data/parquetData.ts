/** Parquet files: tables of numbers and categories, texts with a label, images or sounds with a label. */
import { t } from '../protocol/l10n.js';
import { nothingFound, readHeaders } from './fileHeaders.js';
import type { LaidOutFile } from './fileLayout.js';
import { readHeader } from './image/header.js';
import { HEADER_BYTES, ImageCollection } from './imageFolder.js';
import { LeftOut } from './leftOut.js';
import { TABLE_BYTES } from './pack/pack.js';
import { bytesLeaf, CellTree } from './parquet/cells.js';
import { blocksOf, profileFiles } from './parquet/columns.js';
import { Faults } from './parquet/faults.js';
import { KeptColumns } from './parquet/kept.js';
import { labelOf, Labels, listsOfLabels } from './parquet/labels.js';
import { sniff, type Sniffed } from './parquet/media.js';
import { groupsOf, leavesOrLeftOut, opened, textsIn, type ColumnOptions, type MayLack } from './parquet/read.js';
import { shardedParts, type ShardedPart } from './parquet/shards.js';
import { DataError, type Collection, type DatasetOptions, type UnreadableFile } from './reader.js';
import { readSoundHeader } from './sound/decode.js';
import { SoundCollection } from './soundFolder.js';
import { lacksLabels, tableCollection, textColumns, type DatasetSource } from './table/dataset.js';
import { TextPacker, type TextCollection } from './text/collection.js';
import type { TextColumns } from './text/textColumns.js';
import { openTree, type DataFile, type Tree } from './tree/tree.js';

/**
 * One file, or splits by name, each in any number of shards. A column of image or sound files makes it images or sounds,
 * a column of sentences with at most a label beside it, or the one that is asked for, texts, everything else is a table.
 * @param memoryBytes a table that takes more is read from its file again whenever its values are needed
 * @throws DataError
 */
export async function openParquet(
  target: string,
  options: DatasetOptions = {},
  memoryBytes = TABLE_BYTES,
): Promise<Collection> {
  const tree = await openTree(target, options);
  let kept = false;
  try {
    const problems = [...tree.problems];
    const parts = shardedParts(tree, problems);
    const shards = parts.flatMap(({ files }) => files);
    const [first] = shards;
    if (!first) throw await nothingFound(tree, t('Parquet files'), t('Choose a .parquet file, or a folder of such.'));
    const files = tree.kind === 'folder' ? shards.map((file) => file.path) : [target];
    const source = { path: target, files, problems };
    const leftOut = new LeftOut(options);
    const faults = new Faults(leftOut);
    const { media, lists } = await lookAtFirst(shards, options, faults);
    if (media) {
      const collection = await openMedia(tree, parts, media, source, options, faults);
      collection.info.problems.push(...leftOut.problems());
      kept = true;
      return collection;
    }
    const half = (from: number): ColumnOptions => {
      const { onProgress, signal, table } = options;
      const columns: ColumnOptions = { faults, lists, missing: table?.missing, ...(signal && { signal }) };
      return onProgress ? { ...columns, onProgress: (fraction) => onProgress(from + fraction / 2) } : columns;
    };
    const keptColumns = new KeptColumns(memoryBytes);
    const own = parts[0]?.files ?? [];
    const profiles = await profileFiles(own, problems, half(0), keptColumns);
    const count = profiles[0]?.count ?? 0;
    if (count === 0) {
      faults.checkAny(0, own);
      if (profiles.length > 0)
        throw new DataError(t('{0} has no rows.', first.path), first.path, t('Choose a table with rows of values.'));
    }
    const texts = textColumns(profiles, options);
    const collection = texts
      ? await openTexts(parts, texts, source, half(0.5))
      : await tableCollection(
          { format: 'parquet', parts, profiles, ...source },
          (part, columns, column) =>
            blocksOf(part.files, columns, { ...half(0.5), mayLack: lacking(column, problems) }, keptColumns),
          options,
          {
            memoryBytes,
            async *read(columns, open) {
              const again = await openTree(target, { ...open, onError: options.onError ?? 'stop' });
              try {
                for (const { files: same } of shardedParts(again, []))
                  yield blocksOf(same, columns, { ...open, faults, missing: options.table?.missing });
              } finally {
                await again.close();
              }
            },
          },
        );
    keptColumns.clear();
    collection.info.problems.push(...leftOut.problems());
    return collection;
  } finally {
    if (!kept) await tree.close();
  }
}

/** By the first shard that can be opened: the column of images or sounds, and the one of lists of labels; null for none. */
async function lookAtFirst(
  shards: readonly DataFile[],
  options: DatasetOptions,
  faults: Faults,
): Promise<{ media: Sniffed | null; lists: string | null }> {
  const { signal, textColumn } = options;
  for await (const file of opened(shards, { faults, ...(signal && { signal }) }))
    return { media: textColumn ? null : await sniff(file, signal), lists: listsOfLabels(file, options) };
  return { media: null, lists: null };
}

/** Files but those of the first split may lack labels. @param problems gets those that do */
function lacking(column: string | null | undefined, problems: UnreadableFile[]): MayLack | null {
  return column ? { column, tell: (file) => problems.push(lacksLabels(file, column)) } : null;
}

async function openTexts(
  parts: readonly ShardedPart[],
  { text, label }: TextColumns,
  source: DatasetSource,
  options: ColumnOptions,
): Promise<TextCollection> {
  const packer = new TextPacker();
  const { faults } = options;
  const known = new Labels();
  const columns = label === null ? [text] : [text, label];
  for (const [i, part] of parts.entries()) {
    packer.begin(part.split);
    const before = packer.count;
    const unchanged = { ...options, missing: null, mayLack: i > 0 ? lacking(label, source.problems) : null };
    for await (const file of opened(part.files, options)) {
      const [leaf, labelLeaf] = leavesOrLeftOut(file, columns, unchanged) ?? [];
      if (!leaf) continue;
      for (const [group, range] of groupsOf(file)) {
        const already = packer.count;
        const isRead = await faults.rows(file.file, range, async () => {
          const labels = labelLeaf ? await known.of(file, labelLeaf.name, columns, options, group) : null;
          const kept = faults.kept(file.file, range);
          const isKept = kept && new Set(kept);
          await textsIn(file, leaf, undefined, unchanged, group, (row, bytes, start, end) => {
            const at = row - range.first;
            if (isKept?.has(at) === false) return;
            const content = bytes?.subarray(start, end) ?? new Uint8Array(0);
            packer.add(content, labels?.[at] ?? null, t('row {0} of {1}', row + 1, file.file.name), file.file.path);
          });
          return true;
        });
        if (!isRead) packer.back(already);
      }
    }
    faults.checkAny(packer.count - before, part.files);
  }
  return packer.collection({ format: 'parquet', ...source });
}

async function openMedia(
  tree: Tree,
  parts: readonly ShardedPart[],
  { kind, column }: Sniffed,
  { files, problems }: DatasetSource,
  options: DatasetOptions,
  faults: Faults,
): Promise<ImageCollection | SoundCollection> {
  const columnOptions: ColumnOptions = { faults, ...(options.signal && { signal: options.signal }) };
  const shards: { file: DataFile; rows: number }[] = [];
  /** By the place of the cell. */
  const examples: (Omit<LaidOutFile, 'file'> & { cell: number })[] = [];
  const [knownLabels, knownGroups] = [new Labels(), new Labels()];
  let first = 0;
  for (const [i, { split, files: own }] of parts.entries()) {
    const mayLack = i > 0 ? lacking(options.labelColumn, problems) : null;
    const before = examples.length;
    for await (const file of opened(own, columnOptions)) {
      const names = file.footer.leaves.map(({ name }) => name);
      try {
        bytesLeaf(file, column);
      } catch (error) {
        faults.file(error);
        continue;
      }
      const label = labelOf(file, options, mayLack);
      const of = (known: Labels, name: string | null | undefined, group: number) =>
        name ? known.of(file, name, names, { ...columnOptions, lists: label }, group) : Promise.resolve(null);
      for (const [group, range] of groupsOf(file))
        await faults.rows(file.file, range, async () => {
          const labels = await of(knownLabels, label, group);
          const groups = await of(knownGroups, options.groups, group);
          for (const row of faults.kept(file.file, range) ?? Array.from({ length: range.rows }, (_, at) => at))
            examples.push({
              cell: first + range.first + row,
              split,
              label: labels?.[row] ?? null,
              group: groups?.[row] ?? null,
            });
        });
      first += file.footer.rows;
      shards.push({ file: file.file, rows: file.footer.rows });
    }
    faults.checkAny(examples.length - before, own);
  }
  const cells = CellTree.of(
    tree,
    shards.map(({ file }) => file),
    shards.map(({ rows }) => rows),
    column,
  );
  const laidOut = examples.map(({ cell, ...example }) => ({ ...example, file: cells.files[cell] as DataFile }));
  if (kind === 'image') {
    const read = await readHeaders(cells, laidOut, HEADER_BYTES, (start) => readHeader(start), options);
    return new ImageCollection(cells, read.files, {
      format: 'parquet',
      problems: [...problems, ...read.unreadable],
      files,
    });
  }
  const read = await readHeaders(
    cells,
    laidOut,
    [Infinity],
    (bytes, { path: place }) => readSoundHeader(bytes, place),
    options,
  );
  return new SoundCollection(cells, read.files, {
    format: 'parquet',
    problems: [...problems, ...read.unreadable],
    files,
  });
}
