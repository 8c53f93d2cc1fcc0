import type { Assets, Preparation } from '../data/prepare/preparation.js';
import type { TablePreparation } from '../data/prepare/table.js';
import { shownCells, shownColumns } from '../data/table/restore.js';
import { textOfTokens } from '../data/text/tokenizer/tokenText.js';
import type { Preview } from '../learn/method/method.js';
import { RunFile } from '../protocol/run.js';
import type { NamedTensor } from '../protocol/safetensors.js';
import type { SampleView } from '../protocol/sample.js';

/** What people read of examples that are no pictures, as metadata of the file that holds them. */

/** Metadata of a preview's file; empty where all is pictures. */
export type ShownTexts = (preview: Preview) => Record<string, string>;

/** Of all that a preview shows. */
export function shownTexts(preparation: Preparation, assets: Assets): ShownTexts {
  const textsOf = textsOfTensors(preparation, assets);
  return ({ views, tensors }) => {
    const names = views.flatMap(examplesOf);
    return textsOf(Object.fromEntries(names.flatMap((name) => (tensors[name] ? [[name, tensors[name]]] : []))));
  };
}

/**
 * Of tensors of examples: `tokens`, the text of each id in them, which the token adds to the tokens before it, special ones by
 * their names; `columns` and `rows`, the cells of rows of a table, as {@link CellsView} describes them.
 */
export function textsOfTensors(
  preparation: Preparation,
  { [RunFile.tokenizer]: tokenizer }: Assets,
): (tensors: Readonly<Record<string, NamedTensor>>) => Record<string, string> {
  let textOf: ((id: number) => string) | null = null;
  const columns = preparation.kind === 'table' ? (preparation as TablePreparation).columns : null;
  return (tensors) => {
    const texts: Record<string, string> = {};
    const ids = Object.values(tensors).flatMap(({ data }) => (data instanceof Int32Array ? [data] : []));
    if (ids.length > 0 && tokenizer !== undefined) {
      textOf ??= textOfTokens(tokenizer, RunFile.tokenizer);
      const known = new Set(ids.flatMap((data) => Array.from(data)).filter((id) => id >= 0));
      texts['tokens'] = JSON.stringify(Object.fromEntries(Array.from(known, (id) => [id, textOf?.(id)])));
    }
    if (columns) {
      const rows = Object.entries(tensors).flatMap(([name, { shape, data }]) => {
        const [count = 0, width = 0] = shape;
        if (!(data instanceof Float32Array) || shape.length !== 2) return [];
        return [[name, Array.from({ length: count }, (_, row) => shownCells(columns, data, row * width))] as const];
      });
      if (rows.length > 0) {
        texts['columns'] = JSON.stringify(shownColumns(columns));
        texts['rows'] = JSON.stringify(Object.fromEntries(rows));
      }
    }
    return texts;
  };
}

/** Names of a view's tensors of examples. */
function examplesOf(view: SampleView): string[] {
  switch (view.kind) {
    case 'tokens':
      return [view.input, view.output];
    case 'cells':
      return [view.input, view.output, ...(view.seen === undefined ? [] : [view.seen])];
    case 'pairs':
      return [view.first, view.second];
    case 'guesses':
    case 'labels':
    case 'labelScores':
    case 'agreement':
      return [view.input];
    case 'confusion':
      return [view.examples];
    default:
      return [];
  }
}
