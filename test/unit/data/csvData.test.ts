import * as assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { openCsvData } from '../../../src/data/csvData.js';
import { openJsonl, openText } from '../../../src/data/textData.js';
import type { Collection } from '../../../src/data/reader.js';
import { prepared, put, rejectsWith, temporaryFolder } from './make.js';

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
      const { prepareDataset } = await import('../../../src/data/prepare/index.js');
      const { dataOptions } = await import('./make.js');
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

    it('take the label by its usual name, else a category in the first or last column', async () => {
      const label = async (text: string) => named(await openCsvData(put(at('label.csv'), text)));
      const rows = Array.from({ length: 12 }, (_, i) => `${i % 2 ? 'u' : 'v'},${i},${i % 3 ? 'm' : 'n'},${i * 1.5}`);
      assert.deepEqual((await label(`first,x,Class,y\n${rows.join('\n')}`)).slice(0, 2), ['n', 'm']);
      assert.deepEqual((await label(`first,x,second,z\n${rows.join('\n')}`)).slice(0, 2), ['v', 'u']);
      assert.deepEqual(await label(`x,z\n1,2\n3,4\n`), []);
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
      await rejectsWith(
        prepared(await openCsvData(at('texts.csv'))),
        'texts.csv',
        /no method of this version learns from texts/,
      );
    });
  });

  describe('in text files', () => {
    it('are lines, or paragraphs where blank lines part them', async () => {
      assert.deepEqual(await examples(await openText(put(at('lines.txt'), 'one\ntwo\n\n'))), ['one', 'two']);
      const dataset = await openText(put(at('paragraphs.txt'), 'one\nmore\n\n\ntwo\n'));
      assert.deepEqual([await examples(dataset), dataset.name(1)], [['one\nmore', 'two'], 'line 5 of paragraphs.txt']);
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
    await rejectsWith(openJsonl(put(at('y.jsonl'), `${lines}{"text": 5}`)), 'y.jsonl', /line 3/);
  });
});
