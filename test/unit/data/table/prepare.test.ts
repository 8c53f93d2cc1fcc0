import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { clusterCsv, clusterRows, CLUSTER_COLUMNS } from '../../../../src/data/table/clusters.js';
import { openCsv } from '../../../../src/data/table/csv.js';
import { packTable, type PackedTable, type Packing } from '../../../../src/data/table/pack.js';
import { learnPreparation, TablePreparer, type Cell, type LearnOptions } from '../../../../src/data/table/prepare.js';
import { runPeer } from '../peer.js';
import { assertTold, pieces } from '../pieces.js';
import { put, temporaryFolder } from '../make.js';

type Rows = Record<string, number[][]>;
interface Expected {
  standard: Rows;
  minMax: Rows;
  oneHot: Rows;
  oneHotFrequent: Rows;
  oneHotFew: Rows;
}

async function packed(csv: string | Uint8Array, columns: [string, Packing][]): Promise<PackedTable> {
  return packTable(await openCsv(pieces(csv, 300), 'a.csv'), new Map(columns), 'a.csv');
}

async function assertPrepared(csv: Uint8Array, training: number, expected: Expected): Promise<void> {
  const cases: [Rows, Packing, LearnOptions][] = [
    [expected.standard, 'number', { scaling: 'standard' }],
    [expected.minMax, 'number', { scaling: 'minMax' }],
    [expected.oneHot, 'category', {}],
    [expected.oneHotFrequent, 'category', { leastFrequency: 5 }],
    [expected.oneHotFew, 'category', { mostCategories: 3 }],
  ];
  for (const [columns, packing, options] of cases) {
    assert.ok(Object.keys(columns).length > 0);
    for (const [name, rows] of Object.entries(columns)) {
      const table = await packed(csv, [[name, packing]]);
      const learned = learnPreparation(
        table,
        Array.from({ length: training }, (_, i) => i),
        options,
      );
      const preparer = new TablePreparer(learned);
      const what = `${name} ${JSON.stringify(options)}`;
      assert.equal(preparer.width, rows[0]!.length, what);
      const values = preparer.applyTable(
        table,
        Array.from({ length: table.rows }, (_, i) => i),
      );
      rows.flat().forEach((value, i) => {
        assert.ok(
          Math.abs(values[i]! - value) <= 2e-7 * Math.max(1, Math.abs(value)),
          `${what} ${i}: ${values[i]} is not ${value}`,
        );
      });
    }
  }
}

describe('preparation of a table', () => {
  const at = temporaryFolder();
  const mixed = readFileSync('test/fixtures/tables/mixed.csv');

  it('is what scikit-learn makes of it', async () =>
    assertPrepared(mixed, 60, JSON.parse(readFileSync('test/fixtures/tables/expected.json', 'utf8')) as Expected));

  it('is so in other data too, where scikit-learn is at hand', async function () {
    const csv = clusterCsv(700, 8);
    const text = await runPeer(this, ['test/fixtures/tables/make.py', put(at('clusters.csv'), csv), '300']);
    await assertPrepared(Buffer.from(csv), 300, JSON.parse(text) as Expected);
  });

  const packing = (name: string, i: number): [string, Packing] => [name, i < 5 ? 'number' : 'category'];

  it('gives the same bits for a row at inference, after a way through JSON', async () => {
    const table = await packed(clusterCsv(400, 2), CLUSTER_COLUMNS.map(packing));
    const learned = learnPreparation(
      table,
      Array.from({ length: 200 }, (_, i) => i),
      { leastFrequency: 3 },
    );
    const whole = new TablePreparer(learned);
    const later = new TablePreparer(JSON.parse(JSON.stringify(learned)) as typeof learned);
    const rows = clusterRows(400, 2);
    const all = whole.applyTable(
      table,
      rows.map((_, i) => i),
    );
    rows.forEach((row, i) => assert.deepEqual(later.apply(row), all.slice(i * whole.width, (i + 1) * whole.width)));
    assert.deepEqual(
      whole.applyTable(table, [3, 1]),
      Float32Array.from([...later.apply(rows[3]!), ...later.apply(rows[1]!)]),
    );
  });

  it('names its outputs', async () => {
    const table = await packed('n,m,c\n1,,x\n2,3,y\n3,4,\n4,5,x\n2.5,4,\n', [
      ['n', 'number'],
      ['m', 'number'],
      ['c', 'category'],
    ]);
    const preparer = new TablePreparer(learnPreparation(table, null, { leastFrequency: 2 }));
    assert.deepEqual(preparer.outputs, ['n', 'm', 'm missing', 'c = x', 'c missing', 'c other']);
    assert.deepEqual([...preparer.apply([2.5, null, 'never seen'])], [0, 0, 1, 0, 0, 1]);
    assert.deepEqual([...preparer.apply([2.5, 4, null])], [0, 0, 0, 0, 1, 0]);
  });

  it('of a column without values is 0', async () => {
    const table = await packed('n,c\nNA,x\n,y\n', [['n', 'number']]);
    assert.deepEqual([...new TablePreparer(learnPreparation(table)).apply([null])], [0, 1]);
  });

  it('refuses rows that do not fit', async () => {
    const table = await packed('n,c\n1,x\n2,y\n', [
      ['n', 'number'],
      ['c', 'category'],
    ]);
    const preparer = new TablePreparer(learnPreparation(table));
    const wrong: Cell[][] = [[1], ['1', 'x'], [NaN, 'x'], [Infinity, 'x'], [1, 'x', 2]];
    for (const row of wrong) assert.throws(() => preparer.apply(row), RangeError);
    const other = await packed('n,c\n1,x\n2,y\n', [['c', 'category']]);
    assert.throws(() => preparer.applyTable(other, [0]), /no column of number “n”/);
  });
});

describe('packed columns', () => {
  it('are numbers with NaN, codes with -1, and text as bytes', async () => {
    const { rows, columns } = await packed('n,c,t\n1.5,x,"a, b"\nNA,,\n-2,y,é\n3,x,"say ""x"""\n', [
      ['t', 'text'],
      ['c', 'category'],
      ['n', 'number'],
    ]);
    assert.equal(rows, 4);
    const [t, c, n] = columns;
    assert.ok(t?.packing === 'text' && c?.packing === 'category' && n?.packing === 'number');
    assert.deepEqual([...n.values], [1.5, NaN, -2, 3]);
    assert.deepEqual(
      [[...c.codes], c.categories],
      [
        [0, -1, 1, 0],
        ['x', 'y'],
      ],
    );
    const texts = Array.from({ length: rows }, (_, i) =>
      Buffer.from(t.bytes.subarray(t.offsets[i], t.offsets[i + 1])).toString(),
    );
    assert.deepEqual(texts, ['a, b', '', 'é', 'say "x"']);
  });
  it('are joined from many blocks', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${i},c${i % 7},text ${i}`);
    const { columns } = await packed(`n,c,t\n${lines.join('\n')}\n`, [
      ['n', 'number'],
      ['c', 'category'],
      ['t', 'text'],
    ]);
    const [n, c, t] = columns;
    assert.ok(t?.packing === 'text' && c?.packing === 'category' && n?.packing === 'number');
    lines.forEach((line, i) => {
      const text = Buffer.from(t.bytes.subarray(t.offsets[i], t.offsets[i + 1])).toString();
      assert.equal(`${n.values[i]},${c.categories[c.codes[i]!]},${text}`, line);
    });
  });
  for (const [cell, shown] of [
    ['12a', '12a'],
    ['Infinity', 'Infinity'],
    ['1e999', '1e999'],
    ['"1,5"', '1,5'],
  ] as const)
    it(`refuse ${cell} among numbers, with line and column`, () =>
      assert.rejects(packed(`c,n\nx,1\ny,${cell}\n`, [['n', 'number']]), (error) => {
        assertTold(error, 'a.csv', new RegExp(`line 3, column “n”: “${shown}” is no finite number`));
        return true;
      }));
  it('refuse a column that is not there', () =>
    assert.rejects(packed('a,b\n1,2\n', [['c', 'number']]), (error) => {
      assertTold(error, 'a.csv', /no column “c”/);
      return true;
    }));
});
