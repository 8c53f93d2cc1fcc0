/** Rows of a table to numbers: scaling and one-hot encoding learned on the training part. */
import { t } from '../../protocol/l10n.js';
import { DataError } from '../reader.js';
import type { TableCollection } from '../table/collection.js';
import {
  TableLearner,
  TablePreparer,
  type NumberPreparation,
  type TablePreparation as Columns,
} from '../table/prepare.js';
import type { Plan, Preparation, PreparedBlock, Preparer } from './preparation.js';

export interface TablePreparation extends Preparation {
  kind: 'table';
  /** [numbers of a row]. */
  shape: [number];
  /** 0..1 when the columns were scaled by their smallest and largest values. */
  range: [0, 1] | null;
  columns: Columns;
}

/** Largest 32-bit float. */
const MAX_FLOAT = 3.4028234663852886e38;

export const table: Preparer<'table', TablePreparation> = {
  kind: 'table',
  typeOf: () => 'float32',
  parallel: false,

  async plan(collection, { table: { scaling, mostCategories } }, training, open): Promise<Plan<TablePreparation>> {
    const learner = new TableLearner({ scaling, mostCategories });
    for await (const { table, rows } of (collection as TableCollection).rowsAt(training, open))
      learner.add(table, rows);
    const columns = learner.result();
    const tooLarge = columns.columns.find((column) => column.kind === 'number' && !isUsable(column));
    if (tooLarge)
      throw new DataError(
        t('{0}, column "{1}": its numbers are too large for 32-bit floats.', collection.info.path, tooLarge.name),
        collection.info.path,
        t('Write them in a larger unit, or leave the column out by "table": {"columns": [...]} in the recipe’s data.'),
      );
    const { width } = new TablePreparer(columns);
    const range = scaling === 'minMax' ? ([0, 1] as [0, 1]) : null;
    return { preparation: { kind: 'table', shape: [width], range, columns }, notes: [] };
  },

  async *blocks(collection, { columns }, positions, open) {
    const preparer = new TablePreparer(columns);
    const { width } = preparer;
    for await (const { table, rows } of (collection as TableCollection).rowsAt(positions, open)) {
      const values = preparer.applyTable(table, rows);
      const unusable: PreparedBlock['unusable'] = [];
      for (let i = 0; i < values.length; i++) {
        if (Number.isFinite(values[i])) continue;
        const index = Math.floor(i / width);
        unusable.push({ index, reason: tooLarge(preparer.outputs[i - index * width]) });
        i = (index + 1) * width - 1; // one reason is enough
      }
      yield { values, unusable };
    }
  },

  open({ columns }) {
    const preparer = new TablePreparer(columns);
    return (cells) => {
      const values = preparer.apply(cells);
      for (let i = 0; i < values.length; i++)
        if (!Number.isFinite(values[i])) throw new Error(tooLarge(preparer.outputs[i]));
      return values;
    };
  },
};

function tooLarge(output = ''): string {
  return t('"{0}" is too large for 32-bit floats', output);
}

function isUsable({ shift, scale, fill }: NumberPreparation): boolean {
  return Number.isFinite(shift) && Number.isFinite(scale) && Math.abs(fill) <= MAX_FLOAT;
}
