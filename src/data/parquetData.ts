/** Parquet files: tables of numbers and categories, texts with a label, images or sounds with a label. */
import * as path from 'node:path';
import { t } from '../protocol/l10n.js';
import { nothingFound, readHeaders } from './fileHeaders.js';
import type { LaidOutFile } from './fileLayout.js';
import { readHeader } from './image/header.js';
import { HEADER_BYTES, ImageCollection } from './imageFolder.js';
import { MEMORY_BYTES } from './pack/pack.js';
import { CellTree } from './parquet/cells.js';
import { blocksOf, codesIn, leafOf, opened, profileFiles, Texts, type ColumnOptions } from './parquet/columns.js';
import { classNames } from './parquet/features.js';
import { ParquetFile } from './parquet/file.js';
import { sniff, type Sniffed } from './parquet/media.js';
import { shardedParts, type ShardedPart } from './parquet/shards.js';
import { DataError, type Collection, type DatasetOptions } from './reader.js';
import { readSoundHeader } from './sound/decode.js';
import { SoundCollection } from './soundFolder.js';
import { tableCollection, textColumns, type DatasetSource } from './table/dataset.js';
import { Dictionary } from './table/dictionary.js';
import { TextPacker, type TextCollection } from './text/collection.js';
import { LABEL_NAMES, type TextColumns } from './text/textColumns.js';
import { openTree, type Tree } from './tree/tree.js';

/**
 * One file, or splits by name, each in any number of shards. A column of image or sound files makes it images or sounds,
 * a column of sentences with at most a label beside it, or the one that is asked for, texts, everything else is a table.
 * @param memoryBytes a table that takes more is read from its file again whenever its values are needed
 * @throws DataError
 */
export async function openParquet(
  target: string,
  options: DatasetOptions = {},
  memoryBytes = MEMORY_BYTES,
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
    const media = options.textColumn ? null : await sniff(first, options.signal);
    if (media) {
      const collection = await openMedia(tree, parts, media, source, options);
      kept = true;
      return collection;
    }
    const half = (from: number): DatasetOptions => {
      const { onProgress } = options;
      return onProgress ? { ...options, onProgress: (fraction) => onProgress(from + fraction / 2) } : options;
    };
    const missing = options.table?.missing;
    const profiles = await profileFiles(parts[0]?.files ?? [], problems, { ...half(0), missing });
    if (profiles[0]?.count === 0)
      throw new DataError(t('{0} has no rows.', first.path), first.path, t('Choose a table with rows of values.'));
    const texts = textColumns(profiles, options);
    return texts
      ? await openTexts(parts, texts, source, half(0.5))
      : await tableCollection(
          { format: 'parquet', parts, profiles, ...source },
          (part, columns) => blocksOf(part.files, columns, { ...half(0.5), missing }),
          options,
          {
            memoryBytes,
            async *read(columns, open) {
              const again = await openTree(target, open);
              try {
                for (const { files: own } of shardedParts(again, []))
                  yield blocksOf(own, columns, { ...open, missing });
              } finally {
                await again.close();
              }
            },
          },
        );
  } finally {
    if (!kept) await tree.close();
  }
}

async function openTexts(
  parts: readonly ShardedPart[],
  { text, label }: TextColumns,
  source: DatasetSource,
  options: DatasetOptions,
): Promise<TextCollection> {
  const packer = new TextPacker();
  const columns = label === null ? [text] : [text, label];
  for (const part of parts) {
    packer.begin(part.split);
    for await (const file of opened(part.files, options)) {
      const labels = label === null ? null : await labelsIn(file, label, columns, options);
      const leaf = leafOf(file, text, columns);
      const texts = new Texts(leaf);
      for await (const page of file.pages(leaf, options)) {
        let { row } = page;
        texts.each(page, (bytes, start, end) => {
          const content = bytes?.subarray(start, end) ?? new Uint8Array(0);
          const name = t('row {0} of {1}', row + 1, file.file.name);
          packer.add(content, labels?.[row++] ?? null, name, file.file.path);
        });
      }
    }
  }
  return packer.collection({ format: 'parquet', ...source });
}

async function openMedia(
  tree: Tree,
  parts: readonly ShardedPart[],
  { kind, column }: Sniffed,
  { files, problems }: DatasetSource,
  options: DatasetOptions,
): Promise<ImageCollection | SoundCollection> {
  const shards = parts.flatMap((part) => part.files);
  const cells = await CellTree.of(tree, shards, column, options.signal ? { signal: options.signal } : {});
  const examples: LaidOutFile[] = [];
  const { signal } = options;
  for (const { split, files: own } of parts)
    for await (const file of opened(own, signal ? { signal } : {})) {
      const label = labelOf(file, options);
      const columns = file.footer.leaves.map(({ name }) => name);
      const labels = label === null ? null : await labelsIn(file, label, columns, options);
      const groups = options.groups ? await labelsIn(file, options.groups, columns, options) : null;
      for (let row = 0; row < file.footer.rows; row++)
        examples.push({
          file: cells.files[examples.length] as LaidOutFile['file'],
          split,
          label: labels?.[row] ?? null,
          group: groups?.[row] ?? null,
        });
    }
  if (kind === 'image') {
    const read = await readHeaders(cells, examples, HEADER_BYTES, (start) => readHeader(start), options);
    return new ImageCollection(cells, read.files, {
      format: 'parquet',
      problems: [...problems, ...read.unreadable],
      files,
    });
  }
  const read = await readHeaders(
    cells,
    examples,
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

/** By the recipe, else by a usual name; else the only column of class numbers. */
function labelOf(file: ParquetFile, { labelColumn }: DatasetOptions): string | null {
  const names = file.footer.leaves.map(({ name }) => name);
  if (labelColumn) {
    if (names.includes(labelColumn)) return labelColumn;
    throw new DataError(
      t('{0} has no column "{1}".', path.basename(file.file.path), labelColumn),
      file.file.path,
      t('Its columns are {0}.', names.slice(0, 20).join(', ')),
    );
  }
  for (const usual of LABEL_NAMES) {
    const found = names.find((name) => name.trim().toLowerCase() === usual);
    if (found !== undefined) return found;
  }
  const [only, ...others] = [...classNames(file.footer.notes).keys()].filter((name) => names.includes(name));
  return only !== undefined && others.length === 0 ? only : null;
}

async function labelsIn(
  file: ParquetFile,
  name: string,
  columns: readonly string[],
  options: ColumnOptions,
): Promise<(string | null)[]> {
  const dictionary = new Dictionary();
  const names = classNames(file.footer.notes).get(name);
  const codes = await codesIn(file, leafOf(file, name, columns), names, dictionary, {
    ...(options.signal && { signal: options.signal }),
  });
  const texts = dictionary.texts();
  return Array.from(codes, (code) => texts[code] ?? null);
}
