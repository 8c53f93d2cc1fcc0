import * as assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { openCsvData } from '../../../src/data/csvData.js';
import { openJsonl, openText } from '../../../src/data/textData.js';
import { prepareDataset } from '../../../src/data/prepare/index.js';
import { scaled as scaledRows } from '../../../src/data/prepare/scale.js';
import type { Collection, DatasetOptions } from '../../../src/data/reader.js';
import type { TableCollection } from '../../../src/data/table/collection.js';
import { stream } from '../../../src/protocol/random.js';
import type { TableOptions } from '../../../src/recipe/recipe.js';
import { dataOptions, prepared, put, rejectsWith, temporaryFolder } from './make.js';

describe('Tables and texts', () => {
  const at = temporaryFolder();
  const examples = async (dataset: Collection): Promise<unknown[]> => {
    const found: unknown[] = [];
    await dataset.visit(null, (position, example) => void (found[position] = example));
    return found;
  };
  const named = ({ labels, info }: Collection) => Array.from(labels ?? [], (label) => info.classes?.[label] ?? null);

  describe('in CSV files', () => {
    const train = 'size,kind,weight,id\n1,a,10,r1\n2,b,NA,r2\n3,a,30,r3\n5,c,20,r4\n';

    it('are rows of numbers and categories, with the label apart', async () => {
      const dataset = await openCsvData(put(at('one.csv'), train), { labelColumn: 'kind' });
      assert.deepEqual([dataset.kind, dataset.info.count, dataset.info.classes], ['table', 4, ['a', 'b', 'c']]);
      assert.deepEqual(named(dataset), ['a', 'b', 'a', 'c']);
      assert.deepEqual(
        (await examples(dataset)).map((row) => (row as unknown[]).slice(0, 2)),
        [
          [1, 10],
          [2, null],
          [3, 30],
          [5, 20],
        ],
      );
    });

    it('become numbers from 0 to 1 by what the training rows have', async () => {
      put(at('parts', 'train.csv'), 'x,c,label\n0,a,p\n10,b,q\n5,a,p\n');
      put(at('parts', 'test.csv'), 'x,c,label\n20,z,q\n');
      const dataset = await openCsvData(at('parts'));
      assert.deepEqual(
        dataset.info.splits.map(({ name, start, count }) => [name, start, count]),
        [
          ['train', 0, 3],
          ['test', 3, 1],
        ],
      );
      assert.deepEqual(named(dataset), ['p', 'q', 'p', 'q']);
      const training = Int32Array.of(0, 1, 2);
      const splits = { training, validation: Int32Array.of(3), validationFrom: 'test' } as const;
      const { reader, preparation } = await prepareDataset(dataset, dataOptions, splits, {
        cache: null,
        fingerprint: '',
      });
      assert.deepEqual([preparation.shape, preparation.range], [[3], [0, 1]]);
      // x scaled by 0..10 of the training rows; c = a, c = b; "z" was never seen.
      assert.deepEqual([...(await reader.read([0, 1, 2, 3])).data], [0, 1, 0, 1, 0, 1, 0.5, 1, 0, 2, 0, 0]);
    });

    it('are texts where a column is named as such, whatever stands beside it', async () => {
      const file = put(at('named.csv'), 'size,note,label\n1,a b,x\n2,c d,y\n3,e f,x\n');
      assert.equal((await openCsvData(file)).kind, 'table');
      const dataset = await openCsvData(file, { textColumn: 'note' });
      assert.deepEqual(
        [dataset.kind, await examples(dataset), named(dataset)],
        ['text', ['a b', 'c d', 'e f'], ['x', 'y', 'x']],
      );
      const other = await openCsvData(file, { textColumn: 'label', labelColumn: 'note' });
      assert.deepEqual(
        [await examples(other), named(other)],
        [
          ['x', 'y', 'x'],
          ['a b', 'c d', 'e f'],
        ],
      );
      await rejectsWith(openCsvData(file, { textColumn: 'note', labelColumn: 'mood' }), 'named.csv', /mood/);
    });

    it('take the label by its usual name, else a category in the first or last column', async () => {
      const label = async (text: string) => named(await openCsvData(put(at('label.csv'), text)));
      const rows = Array.from({ length: 12 }, (_, i) => `${i % 2 ? 'u' : 'v'},${i},${i % 3 ? 'm' : 'n'},${i * 1.5}`);
      assert.deepEqual((await label(`first,x,Class,y\n${rows.join('\n')}`)).slice(0, 2), ['n', 'm']);
      assert.deepEqual((await label(`first,x,second,z\n${rows.join('\n')}`)).slice(0, 2), ['v', 'u']);
      assert.deepEqual(await label(`x,z\n1,2\n3,4\n`), []);
    });

    it('have numbers for labels, all different or written differently, in ascending order', async () => {
      const count = 50_000;
      const value = (row: number): number => ((row * 7919) % count) / 8 - 1000;
      const rows = Array.from({ length: count }, (_, row) => `${row % 13},${(row * 3) % 17},${value(row)}`);
      const many = await openCsvData(put(at('many.csv'), `a,b,target\n${rows.join('\n')}\n`));
      assert.equal(many.info.classes!.length, count);
      assert.deepEqual(many.info.classes!.slice(0, 3), ['-1000', '-999.875', '-999.75']);
      assert.deepEqual(
        [...many.labels!],
        Array.from({ length: count }, (_, row) => (row * 7919) % count),
      );
      assert.deepEqual(many.info.shape, [2]);
      const few = 'a;target\n1;"10,0"\n2;"2,5"\n3;NA\n4;10\n5;"-3,5"\n';
      const comma = await openCsvData(put(at('comma.csv'), few));
      assert.deepEqual(comma.info.classes, ['-3.5', '2.5', '10']);
      assert.deepEqual([...comma.labels!], [2, 1, -1, 2, 0]);
    });

    it('are texts when there is a column of sentences with a label', async () => {
      const text =
        'text,category\n"How do I, please, pay?",pay\n"Line\nbreak ""quoted""",ask\nWhere is my card now?,ask\n';
      for (const [name, content] of [
        ['texts.csv', text],
        ['texts.csv.gz', gzipSync(text)],
      ] as const) {
        const dataset = await openCsvData(put(at(name), content));
        assert.deepEqual([dataset.kind, dataset.info.format, named(dataset)], ['text', 'csv', ['pay', 'ask', 'ask']]);
        assert.deepEqual(await examples(dataset), [
          'How do I, please, pay?',
          'Line\nbreak "quoted"',
          'Where is my card now?',
        ]);
      }
    });

    it('are a table when there is more than a label beside the sentences', async () => {
      const text =
        'text,category,age\nHow do I pay for it?,pay,3\nWhere is my card now?,ask,4\nWhy is it so late?,ask,5\n';
      assert.equal((await openCsvData(put(at('aged.csv'), text))).kind, 'table');
    });

    it('are read as the recipe says where looking would tell otherwise', async () => {
      const open = (text: string, table: DatasetOptions['table'] = {}) =>
        openCsvData(put(at('said.csv'), text), { table });
      const rows = async (text: string, table?: DatasetOptions['table']) => examples(await open(text, table));
      const names = 'red,1\nblue,2\nred,3\nblue,4\n';
      assert.deepEqual([(await open(names)).info.count, (await open(names, { header: true })).info.count], [4, 3]);
      const points = 'a;b\n1.500;2\n2.500;7\n';
      assert.deepEqual(await rows(points), [
        [1.5, 2],
        [2.5, 7],
      ]);
      const spaced = 'a b c\n9 1,5 2\n8 2,5 7\n7 1,5 3\n';
      assert.deepEqual((await rows(spaced, { separator: ' ', decimal: '.' }))[0], [9, '1,5', 2]);
      assert.deepEqual((await rows(spaced, { separator: ' ', decimal: ',' }))[0], [9, 1.5, 2]);
      const gaps = 'x,a,b\n5,-999,1\n6,NA,2\n8,3,3\n9,4,1\n1,NA,1\n2,3,0\n3,4,0\n';
      const middle = async (missing: string[]) => (await rows(gaps, { missing })).map((row) => (row as unknown[])[1]);
      assert.deepEqual(await middle(['-999']), [null, 'NA', '3', '4', 'NA', '3', '4']);
      assert.deepEqual(await middle(['-999.0', 'NA']), [null, null, 3, 4, null, 3, 4]);
    });

    it('are learned from in the columns that the recipe names', async () => {
      const open = (columns: string[] | null, options = {}) =>
        openCsvData(put(at('columns.csv'), train), { table: { columns }, ...options });
      const learned = async (dataset: Promise<Collection>) =>
        ((await dataset) as TableCollection).columns.map(({ name }) => name);
      assert.deepEqual(await learned(open(null)), ['size', 'weight']);
      assert.deepEqual(await learned(open(['weight', 'size'])), ['size', 'weight']);
      const labelled = open(['weight'], { labelColumn: 'kind' });
      assert.deepEqual([await learned(labelled), named(await labelled)], [['weight'], ['a', 'b', 'a', 'c']]);
      assert.deepEqual((await open(['weight'])).info.problems, []);
      await rejectsWith(open(['weight', 'colour']), 'columns.csv', /no column "colour"/, /size, kind/);
      await rejectsWith(open(['id']), 'columns.csv', /no column of numbers or categories/);
      // A number of each row is left out, unless it is asked for.
      const counted = `n,x\n${Array.from({ length: 12 }, (_, i) => `${i},${i % 5}`).join('\n')}`;
      const numbered = (columns: string[] | null) =>
        openCsvData(put(at('numbered.csv'), counted), { table: { columns } });
      assert.deepEqual(await learned(numbered(null)), ['x']);
      assert.deepEqual(await learned(numbered(['n', 'x'])), ['n', 'x']);
    });

    it('become what the recipe says: as many categories, scaled or not', async () => {
      const cells = 'x,c\n1,a\n2,b\n3,a\n4,c\n5,a\n6,b\n7,d\n8,a\n';
      const numbers = async (table: Partial<TableOptions>) => {
        const { reader, preparation } = await prepared(
          await openCsvData(put(at('scaled.csv'), cells), { labelColumn: 'x' }),
          {
            table: { ...dataOptions.table, ...table },
          },
        );
        return { range: preparation.range, rows: [...(await reader.read([0, 1, 2, 3, 6])).data] };
      };
      assert.deepEqual(await numbers({ mostCategories: 2 }), { range: [0, 1], rows: [1, 0, 0, 1, 1, 0, 0, 1, 0, 1] });
      const scaled = async (scaling: TableOptions['scaling'], last = 9) => {
        const dataset = await openCsvData(put(at('x.csv'), `x\n1\n3\n5\n7\n${last}\n`));
        const options = { ...dataOptions, table: { ...dataOptions.table, scaling } };
        const training = Int32Array.of(0, 1, 2, 3);
        const splits = { training, validation: Int32Array.of(4), validationFrom: 'fraction' } as const;
        const { reader, preparation } = await prepareDataset(dataset, options, splits, {
          cache: null,
          fingerprint: '',
        });
        return {
          range: preparation.range,
          rows: [...scaledRows(await reader.read([0, 1, 2, 3, 4]), preparation.range)],
        };
      };
      // Of 1, 3, 5, 7: mean 4, standard deviation sqrt(5).
      const standard = await scaled('standard');
      assert.equal(standard.range, null);
      [-3, -1, 1, 3, 5].forEach((value, i) => assert.ok(Math.abs(standard.rows[i]! - value / Math.sqrt(5)) < 1e-6));
      assert.deepEqual(await scaled('none'), { range: null, rows: [1, 3, 5, 7, 9] });
      assert.deepEqual((await scaled('minMax')).rows, [0, 1 / 3, 2 / 3, 1, 1].map(Math.fround));
      await rejectsWith(scaled('none', 1e39), 'row 5', /"x" is too large for 32-bit floats/);
    });

    it('leave out a row that is too large for floats where that is wanted, packed with the others', async () => {
      const rows = Array.from({ length: 20_000 }, (_, i) => (i === 12_345 ? '1e39,1e39' : `${i},${i % 3}`));
      const file = put(at('too large.csv'), `x,z\n${rows.join('\n')}\n`);
      for (const memoryBytes of [1000, 1e9]) {
        const dataset = await openCsvData(file, {}, memoryBytes);
        const { reader, splits, unreadable, notes } = await prepared(dataset, {
          onError: 'skip',
          table: { ...dataOptions.table, scaling: 'none' },
        });
        assert.deepEqual(unreadable, [
          { position: 12_345, reason: 'row 12346 cannot be used: "x" is too large for 32-bit floats.' },
        ]);
        assert.match(notes.join(), /^1 examples that cannot be read were left out/);
        assert.deepEqual([splits.training.length, splits.training.includes(12_345)], [19_999, false]);
        const { data } = await reader.read([12_344, 12_346, 19_999]);
        assert.deepEqual([...data], [12_344, 2, 12_346, 1, 19_999, 1]);
      }
    });

    it('are the same when they are too large for memory, as one file or several, packed or not', async () => {
      const random = stream(3, 'large table');
      const row = (i: number) =>
        `${i % 7 ? random.integer(100) / 4 : ''},${['u', 'v', 'w'][random.integer(3)]},${random.integer(5)},${i % 3 ? 'p' : 'q'}`;
      const lines = Array.from({ length: 30_000 }, (_, i) => row(i));
      const csv = (some: string[]) => `x,c,n,label\n${some.join('\n')}\n`;
      put(at('large', 'train.csv'), csv(lines.slice(0, 20_000)));
      put(at('large', 'test.csv'), csv(lines.slice(20_000)));
      put(at('large.csv.gz'), gzipSync(csv(lines)));
      for (const target of [at('large'), at('large.csv.gz')]) {
        const whole = await openCsvData(target);
        const large = await openCsvData(target, {}, 1000);
        assert.deepEqual([large.info, large.labels], [whole.info, whole.labels]);
        assert.deepEqual(await examples(large), await examples(whole));
        const numbers = async (dataset: Collection) =>
          (await (await prepared(dataset)).reader.read([0, 7, 19_999, 20_000, 29_999, 3])).data;
        assert.deepEqual(await numbers(large), await numbers(whole));
        const some: number[] = [];
        await large.visit([29_999, 5, 20_000], (position) => void some.push(position));
        assert.deepEqual(some, [5, 20_000, 29_999]);
      }
      const changed = await openCsvData(at('large'), {}, 1000);
      for (const count of [19_000, 21_000]) {
        put(at('large', 'train.csv'), csv(Array.from({ length: count }, (_, i) => row(i))));
        await rejectsWith(prepared(changed), 'large', /changed while it was read: it had 20,000 rows/);
      }
    });

    it('have the scale of their training rows, wherever these lie', async () => {
      const cells = Array.from({ length: 30_000 }, (_, i) => `${i / 2},${i % 10}`);
      const dataset = await openCsvData(put(at('far.csv'), `x,z\n${cells.join('\n')}`), {}, 1000);
      const splits = {
        training: Int32Array.of(29_999, 10, 20_001),
        validation: Int32Array.of(0),
        validationFrom: 'fraction',
      } as const;
      const { reader } = await prepareDataset(dataset, dataOptions, splits, { cache: null, fingerprint: '' });
      // x from 5 to 14,999.5, z from 0 to 9.
      const { data } = await reader.read([10, 29_999, 20_001, 0]);
      const expected = [0, 0, 1, 1, (10_000.5 - 5) / (14_999.5 - 5), 1 / 9, -5 / (14_999.5 - 5), 0];
      assert.deepEqual([...data], expected.map(Math.fround));
    });

    it('may have a test file without labels, as competitions have it', async () => {
      const rows = (label: boolean, text: boolean) =>
        Array.from({ length: 40 }, (_, i) =>
          [...(text ? [`How do I pay bill ${i}?`] : [i % 7, i / 2]), ...(label ? [i % 2 ? 'yes' : 'no'] : [])].join(
            ',',
          ),
        ).join('\n');
      for (const [kind, head] of [
        ['table', 'a,b'],
        ['text', 'text'],
      ] as const) {
        put(at('labels', kind, 'train.csv'), `${head},label\n${rows(true, kind === 'text')}\n`);
        put(at('labels', kind, 'test.csv'), `${head}\n${rows(false, kind === 'text')}\n`);
        const dataset = await openCsvData(at('labels', kind));
        const { info, labels } = dataset;
        assert.deepEqual([info.kind, info.count, info.classes], [kind, 80, ['no', 'yes']]);
        assert.deepEqual([...labels!.subarray(38, 42)], [0, 1, -1, -1]);
        const [problem, ...more] = info.problems.filter(({ file }) => file.endsWith('test.csv'));
        assert.match(problem?.reason ?? '', /no column “label”: its rows are without a label/);
        assert.deepEqual(more, []);
        const { reader } = await prepared(dataset);
        assert.ok((await reader.read([0, 79])).data.length > 0);
      }
      put(at('labels', 'numbers', 'train.csv'), 'a,target\n1,0\n2,1\n3,0\n');
      put(at('labels', 'numbers', 'test.csv'), 'a\n1\n2\n');
      const numbers = await openCsvData(at('labels', 'numbers'), { labelColumn: 'target' });
      assert.deepEqual([...numbers.labels!], [0, 1, 0, -1, -1]);
      // Another column must be there, and the message says what to do where it is the label.
      put(at('labels', 'other', 'train.csv'), 'age,survived,port\n21,0,x\n30,1,y\n42,0,x\n50,1,y\n');
      put(at('labels', 'other', 'test.csv'), 'age,port\n21,x\n30,y\n');
      await rejectsWith(openCsvData(at('labels', 'other')), 'test.csv', /no column “survived”/, /"labelColumn"/);
      const survived = await openCsvData(at('labels', 'other'), { labelColumn: 'survived' });
      assert.deepEqual(
        [survived.info.classes, [...survived.labels!]],
        [
          ['0', '1'],
          [0, 1, 0, 1, -1, -1],
        ],
      );
    });

    it('tell rows that look like sums below the table, and read them', async () => {
      const rows = (label: string) => Array.from({ length: 30 }, (_, i) => `n${i % 5},${i / 2},${i % 3},${label}`);
      const remarksOf = async (name: string, ...more: string[]) => {
        const lines = ['kind,x,y,label', ...rows('a'), ...rows('b'), ...more];
        const { info } = await openCsvData(put(at('footers', name), lines.join('\n')));
        return [info.count, info.remarks];
      };
      assert.deepEqual(await remarksOf('none.csv', 'Totals are large,1,2,a', 'total,1,2,a', 'other,,,a', 'sum,1,,a'), [
        64,
        [],
      ]);
      const [count, remarks] = await remarksOf(
        'some.csv',
        ' Total: ,,,123',
        '"Grand total",NA,,',
        'AVERAGE,,1.5,',
        'Sum,,,',
      );
      assert.equal(count, 64);
      assert.deepEqual(remarks, [
        'some.csv has rows that look like sums below a table, whose first cell says so and most others are empty: 4 (line 62: "Total:", line 63: "Grand total", line 64: "AVERAGE", …). They are read as examples: delete those that are none.',
      ]);
      const texts = await openCsvData(
        put(at('footers', 'texts.csv'), 'text,label,id\nA b c.,x,1\nD e f.,y,2\nsum,,\n'),
      );
      assert.match(texts.info.remarks?.join() ?? '', /line 4: "sum"/);
    });

    it('keep groups that a column tells', async () => {
      const numbers = await openCsvData(put(at('n.csv'), 'who,x\n12,1\n7,2\n12,3\n'), { groups: 'who' });
      assert.deepEqual([numbers.info.groups, numbers.info.shape], [['12', '7'], [1]]);
      const { info, groups } = await openCsvData(put(at('g.csv'), 'who,x\nann,1\nbob,2\nann,3\n'), { groups: 'who' });
      assert.deepEqual(
        [info.groups, [...groups!]],
        [
          ['ann', 'bob'],
          [0, 1, 0],
        ],
      );
    });

    it('are refused with the place when they cannot be used', async () => {
      const open = (text: string, options = {}) => openCsvData(put(at('bad.csv'), text), options);
      await rejectsWith(open('a,b\n1,2\n3\n'), 'bad.csv', /line 3/);
      await rejectsWith(open(train, { labelColumn: 'colour' }), 'bad.csv', /no column "colour"/, /size, kind/);
      await rejectsWith(open('id\nr1\nr2\n'), 'bad.csv', /no column of numbers or categories|no rows|text/);
      for (const name of ['train_a', 'train_b', 'test']) put(at('twice', `${name}.csv`), train);
      await rejectsWith(openCsvData(at('twice')), 'twice', /train_a\.csv and train_b\.csv/);
      put(at('many', 'a.csv'), train);
      put(at('many', 'b.csv'), train);
      await rejectsWith(openCsvData(at('many')), 'many', /several files .*a\.csv and b\.csv/, /Name one of them/);
      await rejectsWith(open(train, { textColumn: 'review' }), 'bad.csv', /no column "review"/, /size, kind/);
    });
  });

  describe('in text files', () => {
    it('are lines, or paragraphs where blank lines part them', async () => {
      assert.deepEqual(await examples(await openText(put(at('lines.txt'), 'one\ntwo\n\n'))), ['one', 'two']);
      const dataset = await openText(put(at('paragraphs.txt'), 'one\nmore\n\n\ntwo\n'));
      assert.deepEqual([await examples(dataset), dataset.name(1)], [['one\nmore', 'two'], 'line 5 of paragraphs.txt']);
    });

    it('are what is asked for', async () => {
      const file = put(at('asked.txt'), 'one\nmore\n\ntwo\n');
      const units = async (unit: 'line' | 'paragraph' | 'document' | null) => {
        const dataset = await openText(file, { text: { unit } });
        return [await examples(dataset), dataset.name(dataset.info.count - 1)];
      };
      assert.deepEqual(await units('line'), [['one', 'more', 'two'], 'line 4 of asked.txt']);
      assert.deepEqual(await units('paragraph'), [['one\nmore', 'two'], 'line 4 of asked.txt']);
      assert.deepEqual(await units('document'), [['one\nmore\n\ntwo\n'], 'asked.txt']);
      assert.deepEqual(await units(null), await units('paragraph'));
      const windows = await openText(file, { text: { unit: 'window', window: 7 } });
      assert.deepEqual(await examples(windows), ['one\nmor', 'e\n\ntwo\n']);
      assert.deepEqual(
        [windows.info.sequential, (await openText(file)).info.sequential, windows.name(1)],
        [true, undefined, 'window 2 of asked.txt, from line 2'],
      );
      put(at('folders', 'a', 'x.txt'), 'one\ntwo\n');
      put(at('folders', 'b', 'y.txt'), 'three\n');
      const dataset = await openText(at('folders'), { text: { unit: 'line' } });
      assert.deepEqual(
        [await examples(dataset), named(dataset), dataset.name(1)],
        [['one', 'two', 'three'], ['a', 'a', 'b'], 'line 2 of a/x.txt'],
      );
    });

    it('are documents with the label of their folder', async () => {
      for (const [name, text] of [
        ['train/good/1', 'yes\n\nplease'],
        ['train/bad/2', 'no'],
        ['test/bad/3', 'never'],
      ] as const)
        put(at('reviews', `${name}.txt`), text);
      const dataset = await openText(at('reviews'));
      assert.deepEqual(
        [await examples(dataset), named(dataset)],
        [
          ['no', 'yes\n\nplease', 'never'],
          ['bad', 'good', 'bad'],
        ],
      );
      assert.deepEqual(
        dataset.info.splits.map(({ name, count }) => [name, count]),
        [
          ['train', 2],
          ['test', 1],
        ],
      );
    });

    it('are splits by their names', async () => {
      for (const name of ['train', 'valid', 'test']) put(at('wiki', `wiki.${name}.txt`), `${name} one\n${name} two\n`);
      const { info } = await openText(at('wiki'));
      assert.deepEqual(
        info.splits.map(({ name, count }) => [name, count]),
        [
          ['train', 2],
          ['validation', 2],
          ['test', 2],
        ],
      );
    });
  });

  it('in JSON Lines are texts with labels, and a wrong line is named', async () => {
    const lines = '{"text":"hello","label":"a"}\n{"label":"b","text":"bye"}\n';
    const dataset = await openJsonl(put(at('x.jsonl'), lines));
    assert.deepEqual(
      [await examples(dataset), named(dataset)],
      [
        ['hello', 'bye'],
        ['a', 'b'],
      ],
    );
    const byName = await openJsonl(put(at('z.jsonl'), '{"text":"hello","note":"a","label":"b"}\n'), {
      textColumn: 'note',
    });
    assert.deepEqual([await examples(byName), named(byName)], [['a'], ['b']]);
    await rejectsWith(openJsonl(put(at('y.jsonl'), `${lines}{"text": 5}`)), 'y.jsonl', /line 3/);
  });
});
