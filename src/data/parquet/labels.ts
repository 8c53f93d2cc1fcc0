/** Which column of a Parquet file holds the labels, and what they are. */
import * as path from 'node:path';
import { t } from '../../protocol/l10n.js';
import { DataError, type DatasetOptions } from '../reader.js';
import { Dictionary } from '../table/dictionary.js';
import { LABEL_NAMES } from '../text/textColumns.js';
import { classNames } from './features.js';
import type { ParquetFile } from './file.js';
import { codesIn, leafOf, leftOut, type ColumnOptions, type MayLack } from './read.js';

/**
 * The column of labels where it is one of lists, each of several labels: the one that is asked for, else the first by a
 * usual name.
 * @throws DataError where the column that is asked for holds other lists
 */
export function listsOfLabels(
  { file, footer: { leaves } }: ParquetFile,
  { labelColumn, table }: DatasetOptions,
): string | null {
  if (!labelColumn) {
    const name = usualName(leaves.filter((leaf) => leftOut(leaf, leaf.name) === null).map((leaf) => leaf.name));
    const isList = leaves.some((leaf) => leaf.repeated && leaf.name === name);
    return name !== undefined && isList && table?.columns?.includes(name) !== true ? name : null;
  }
  const inside = leaves.filter(({ repeated, path: [name], name: whole }) =>
    repeated ? name === labelColumn || whole === labelColumn : false,
  );
  if (inside.length === 0) return null;
  if (inside.some((leaf) => leaf.name === labelColumn && leftOut(leaf, labelColumn) === null)) return labelColumn;
  throw new DataError(
    t('Column "{0}" of {1} holds lists that are no labels.', labelColumn, path.basename(file.path)),
    file.path,
    t(
      'Several labels of a row are a list of texts or of whole numbers, or one text such as "cat;dog" with ";" as "labelSeparator" in the recipe’s data.',
    ),
  );
}

/** By the recipe, else by a usual name; else the only column of class numbers; null for none, also where it may be lacking. */
export function labelOf(
  { file, footer: { leaves, notes } }: ParquetFile,
  { labelColumn }: DatasetOptions,
  mayLack: MayLack | null,
): string | null {
  const names = leaves.map(({ name }) => name);
  if (labelColumn) {
    if (names.includes(labelColumn)) return labelColumn;
    if (mayLack?.column === labelColumn) {
      mayLack.tell(file.path);
      return null;
    }
    throw new DataError(
      t('{0} has no column "{1}".', path.basename(file.path), labelColumn),
      file.path,
      t('Its columns are {0}.', names.slice(0, 20).join(', ')),
    );
  }
  const usable = leaves.filter((leaf) => leftOut(leaf, leaf.name) === null).map(({ name }) => name);
  const [only, ...others] = [...classNames(notes).keys()].filter((name) => usable.includes(name));
  return usualName(usable) ?? (only !== undefined && others.length === 0 ? only : null);
}

function usualName(names: readonly string[]): string | undefined {
  return LABEL_NAMES.map((usual) => names.find((name) => name.trim().toLowerCase() === usual)).find(
    (name) => name !== undefined,
  );
}

/** Labels, or groups, of all files of a dataset: each text is in memory once. */
export class Labels {
  private readonly dictionary = new Dictionary();
  private readonly texts: string[] = [];

  /** Of each row of a row group. @param others columns, for messages */
  async of(
    file: ParquetFile,
    name: string,
    others: readonly string[],
    options: ColumnOptions,
    group: number,
  ): Promise<(string | null)[]> {
    const { dictionary, texts } = this;
    const names = classNames(file.footer.notes).get(name);
    const unchanged = { ...options, missing: null };
    const leaf = leafOf(file, name, others, options.lists);
    const codes = await codesIn(file, leaf, names, dictionary, unchanged, group);
    while (texts.length < dictionary.size) texts.push(dictionary.text(texts.length));
    return Array.from(codes, (code) => texts[code] ?? null);
  }
}
