import * as assert from 'node:assert/strict';
import { TablePreparer, type TablePreparation } from '../../../../src/data/table/prepare.js';
import { shownCells } from '../../../../src/data/table/restore.js';

const preparation: TablePreparation = {
  version: 1,
  columns: [
    { kind: 'number', name: 'mass', shift: 4200, scale: 800, fill: 0, indicator: true },
    { kind: 'category', name: 'island', categories: ['Biscoe', 'Dream'], missing: true, other: true },
    { kind: 'number', name: 'year', shift: 2007, scale: 1, fill: 0, indicator: false },
  ],
};

describe('Cells of a prepared row', () => {
  it('are those that the row was made of', () => {
    const preparer = new TablePreparer(preparation);
    for (const [row, cells] of [
      [
        [3750, 'Dream', 2009],
        ['3,750', 'Dream', '2,009'],
      ],
      [
        [null, null, 2007],
        ['missing', 'missing', '2,007'],
      ],
      [
        [4200, 'Torgersen', 2007],
        ['4,200', 'other', '2,007'],
      ],
    ] as const)
      assert.deepEqual(shownCells(preparation, preparer.apply(row)), cells);
  });

  it('name no category where none is likely, and the likeliest where noise was added', () => {
    assert.deepEqual(shownCells(preparation, [0, 0, 0.1, -0.1, 0, 0, 0]), ['4,200', '', '2,007']);
    assert.deepEqual(shownCells(preparation, [9, 0, 0, 0.6, 0.9, 0.1, 0.02, -1], 1)[1], 'Dream');
  });
});
