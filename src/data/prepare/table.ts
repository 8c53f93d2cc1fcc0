/** Rows of a table to numbers from 0 to 1: scaling and one-hot encoding learned on the training part. */
import type { TableCollection } from '../table/collection.js';
import { learnPreparation, TablePreparer, type TablePreparation as Columns } from '../table/prepare.js';
import type { Plan, Preparation, Preparer } from './preparation.js';

export interface TablePreparation extends Preparation {
  kind: 'table';
  /** [numbers of a row]. */
  shape: [number];
  range: [0, 1];
  columns: Columns;
}

/** Beyond so many categories of a column, the rarest are one. */
const MOST_CATEGORIES = 100;

export const table: Preparer<'table', TablePreparation> = {
  kind: 'table',
  typeOf: () => 'float32',
  parallel: false,

  plan(collection, _options, training): Plan<TablePreparation> {
    const columns = learnPreparation((collection as TableCollection).table, training, {
      scaling: 'minMax',
      mostCategories: MOST_CATEGORIES,
    });
    const { width } = new TablePreparer(columns);
    return { preparation: { kind: 'table', shape: [width], range: [0, 1], columns }, notes: [] };
  },

  open({ columns }) {
    const preparer = new TablePreparer(columns);
    return (cells) => preparer.apply(cells);
  },
};
