import * as assert from 'node:assert/strict';
import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { mock } from 'node:test';
import { gzipSync } from 'node:zlib';
import { detectDataset } from '../../../src/data/detect.js';
import { findDatasets } from '../../../src/data/find.js';
import { decodeImage } from '../../../src/data/image/decode.js';
import { ImageCollection } from '../../../src/data/imageFolder.js';
import { openDataset } from '../../../src/data/index.js';
import { ParquetFile } from '../../../src/data/parquet/file.js';
import { openParquet } from '../../../src/data/parquetData.js';
import { parquetFile, type ParquetColumn, type ParquetRows } from '../../../src/data/parquetWrite.js';
import type { Collection } from '../../../src/data/reader.js';
import { SoundCollection } from '../../../src/data/soundFolder.js';
import type { TableCollection } from '../../../src/data/table/collection.js';
import { prepared, put, rejectsWith, temporaryFolder } from './make.js';
import { tar, zip } from './tree/make.js';

const fixtures = path.join(__dirname, '../../fixtures/parquet');
const at = (...names: string[]): string => path.join(fixtures, ...names);
const named = ({ labels, info }: Collection) => Array.from(labels ?? [], (label) => info.classes?.[label] ?? null);

async function examples(dataset: Collection, positions: number[] | null = null): Promise<unknown[]> {
  const found: unknown[] = [];
  await dataset.visit(positions, (position, example) => void (found[position] = example));
  return found;
}

async function* once(rows: ParquetRows): AsyncGenerator<ParquetRows> {
  yield await Promise.resolve(rows);
}

describe('Datasets in Parquet files', () => {
  const scratch = temporaryFolder();

  describe('of tables', () => {
    it('have the columns, labels and rows that the same table has as CSV', async () => {
      const table = (await openDataset(at('table.parquet'))) as TableCollection;
      // As sets.py writes it.
      const rows = Array.from({ length: 40 }, (_, i) => [
        i % 9 === 8 ? '' : i / 4,
        ['red', 'green', 'blue'][(i * i) % 3],
        (i * i) % 17,
        i % 3 === 0,
        new Date(i * 31 * 86_400_000).toISOString().slice(0, 10),
        ['cat', 'dog'][i % 2],
      ]);
      const csv = ['size,colour,count,ripe,day,kind', ...rows.map((row) => row.join(','))].join('\n');
      const same = (await openDataset(put(scratch('table.csv'), csv))) as TableCollection;
      assert.equal(table.info.count, 40);
      assert.deepEqual(await examples(table), await examples(same));
      assert.deepEqual(named(table), named(same));
      assert.deepEqual([table.info.classes, table.info.shape], [same.info.classes, same.info.shape]);
      assert.deepEqual(
        table.columns.map((profile) => ({ ...profile, firstOther: null })),
        same.columns.map((profile) => ({ ...profile, firstOther: null })),
      );
      assert.deepEqual(
        table.info.problems.map(({ reason }) => reason),
        same.info.problems.map(({ reason }) => reason),
      );
      const numbers = await prepared(table);
      assert.deepEqual(
        (await numbers.reader.read([0, 8, 39])).data,
        (await (await prepared(same)).reader.read([0, 8, 39])).data,
      );
    });

    it('take label and groups as the recipe says', async () => {
      const table = await openParquet(at('table.parquet'), { labelColumn: 'ripe', groups: 'count' });
      assert.deepEqual(table.info.classes, ['false', 'true']);
      assert.deepEqual(
        [...(table.groups ?? [])].slice(0, 4).map((group) => table.info.groups?.[group]),
        ['0', '1', '4', '9'],
      );
      await rejectsWith(
        openParquet(at('table.parquet'), { labelColumn: 'kin' }),
        'table.parquet',
        /no column "kin".*kind/,
      );
    });

    it('are read from within archives, and under other names by how they begin', async () => {
      const bytes = readFileSync(at('table.parquet'));
      const members = ['in/train.parquet', 'in/test.parquet'].map((name) => ({ name, content: bytes }));
      const packed = tar(...members);
      put(scratch('one.tar'), packed);
      put(scratch('one.tar.gz'), gzipSync(packed));
      put(scratch('one.zip'), zip(members).bytes);
      const rows = await examples((await openDataset(at('table.parquet'))) as Collection);
      for (const name of ['one.tar', 'one.tar.gz', 'one.zip']) {
        const archived = (await openDataset(scratch(name))) as Collection;
        assert.deepEqual(
          archived.info.splits.map((split) => [split.name, split.count]),
          [
            ['train', 40],
            ['test', 40],
          ],
          name,
        );
        assert.deepEqual(await examples(archived), [...rows, ...rows], name);
      }
      assert.equal((await openDataset(put(scratch('unnamed.bin'), bytes))).info.count, 40);
    });

    it('that are too large for memory are read again, row group by row group', async () => {
      const whole = await openParquet(at('table.parquet'));
      const again = await openParquet(at('table.parquet'), {}, 0);
      assert.deepEqual(await examples(again), await examples(whole));
    });

    it('are read once where they fit into memory, in all columns', async () => {
      const pages = mock.method(ParquetFile.prototype, 'pages');
      try {
        await openParquet(at('table.parquet'));
      } finally {
        pages.mock.restore();
      }
      const read = pages.mock.calls.map(({ arguments: [leaf, , group] }) => `${leaf.name} ${group}`);
      assert.deepEqual([...new Set(read)].sort(), read.sort());
      assert.equal(read.length, 6 * 3, 'each column of each row group');
    });

    it('have missing values where the recipe names words for them', async () => {
      const missing = await openParquet(at('table.parquet'), {
        labelColumn: 'colour',
        table: { missing: ['16', 'red'] },
      });
      const rows = await examples(missing);
      // Columns size, count, ripe, kind: rows 0 and 4 as sets.py writes them.
      assert.deepEqual(
        [rows[0], rows[4], named(missing).slice(0, 2)],
        [
          [0, 0, 'true', 'cat'],
          [1, null, 'false', 'cat'],
          [null, 'green'],
        ],
      );
    });

    it('may have a test file without labels, in one of its files or in all', async () => {
      const columns = (names: string[]): ParquetColumn[] => names.map((name) => ({ name, kind: 'text' }));
      const rows = (first: (row: number) => string): string[] => Array.from({ length: 40 }, (_, row) => first(row));
      const label = (row: number): string => (row % 2 ? 'yes' : 'no');
      for (const [kind, values] of [
        ['table', [rows((row) => `a${row % 7}`), rows((row) => `b${row % 3}`)]],
        ['text', [rows((row) => `How do I pay bill ${row}?`)]],
      ] as const) {
        const names = kind === 'table' ? ['a', 'b'] : ['text'];
        const write = async (name: string, all: string[], cells: readonly string[][]): Promise<void> => {
          const pieces: Uint8Array[] = [];
          const group = { count: 40, values: [...cells] };
          for await (const piece of parquetFile(columns(all), once(group))) pieces.push(piece);
          put(scratch('lacks', kind, name), Buffer.concat(pieces));
        };
        await write('train.parquet', [...names, 'label'], [...values, rows(label)]);
        await write('test-00000-of-00002.parquet', [...names, 'label'], [...values, rows(label)]);
        await write('test-00001-of-00002.parquet', names, values);
        for (const memoryBytes of [undefined, 0]) {
          const dataset = await openParquet(scratch('lacks', kind), {}, memoryBytes);
          assert.deepEqual([dataset.info.kind, dataset.info.count, dataset.info.classes], [kind, 120, ['no', 'yes']]);
          assert.deepEqual([...dataset.labels!.subarray(78, 82)], [0, 1, -1, -1]);
          const problems = dataset.info.problems.filter(({ reason }) => reason.includes('label'));
          assert.deepEqual(
            problems.map(({ file, reason }) => [path.basename(file), reason]),
            [['test-00001-of-00002.parquet', 'It has no column “label”: its rows are without a label.']],
          );
          assert.equal((await examples(dataset)).length, 120);
        }
        // The training split must have it, each file of it.
        renameSync(scratch('lacks', kind, 'train.parquet'), scratch('lacks', kind, 'train-00000-of-00002.parquet'));
        await write('train-00001-of-00002.parquet', names, values);
        const some = await openParquet(scratch('lacks', kind), { onError: 'skip' });
        assert.equal(some.info.count, 120, 'one is left out');
        rmSync(scratch('lacks', kind, 'train-00001-of-00002.parquet'));
        rmSync(scratch('lacks', kind, 'train-00000-of-00002.parquet'));
        await write('train.parquet', names, values);
        const wrong = openParquet(scratch('lacks', kind), { labelColumn: 'label' });
        await rejectsWith(wrong, kind, /no column .label.*text|no column .label.*a, b/);
      }
    });

    it('of which some have other columns are told', async () => {
      cpSync(at('table.parquet'), scratch('differ', 'train.parquet'), { recursive: true });
      cpSync(at('values', 'decimal64.parquet'), scratch('differ', 'test.parquet'));
      await rejectsWith(openDataset(scratch('differ')), 'test.parquet', /no column “size”/);
    });
  });

  it('of texts have labels by their names, and none for -1', async () => {
    const texts = await openDataset(at('texts.parquet'));
    assert.deepEqual([(texts as Collection).kind, texts.info.format], ['text', 'parquet']);
    assert.deepEqual(await examples(texts as Collection), ['How do I, please, pay?', 'Line\nbreak', '', 'NA']);
    assert.deepEqual(named(texts as Collection), ['cat', 'dog', 'dog', null]);
    assert.equal((texts as Collection).name(1), 'row 2 of texts.parquet');
  });

  describe('of a column that is asked for as text', () => {
    it('are its texts, whatever else there is', async () => {
      const texts = (await openDataset(at('table.parquet'), {
        textColumn: 'colour',
        labelColumn: 'kind',
      })) as Collection;
      assert.deepEqual([texts.kind, texts.info.count], ['text', 40]);
      assert.deepEqual((await examples(texts)).slice(0, 3), ['red', 'green', 'green']);
      assert.deepEqual(named(texts).slice(0, 3), ['cat', 'dog', 'cat']);
      const numbers = (await openDataset(at('table.parquet'), { textColumn: 'count' })) as Collection;
      assert.deepEqual((await examples(numbers)).slice(0, 4), ['0', '1', '4', '9'], 'as a CSV file has them');
      const labels = (await openDataset(at('pictures'), { textColumn: 'label' })) as Collection;
      assert.deepEqual([labels.kind, labels.info.count], ['text', 10], 'rather than images');
    });

    it('are refused where there is none of that name, or of texts', async () => {
      await rejectsWith(
        openDataset(at('table.parquet'), { textColumn: 'hue' }),
        'table.parquet',
        /no column "hue".*kind/,
      );
      await rejectsWith(openDataset(at('pictures'), { textColumn: 'image.bytes' }), 'pictures', /"image.bytes"/);
      const wrong = { textColumn: 'colour', labelColumn: 'kin' };
      await rejectsWith(openDataset(at('table.parquet'), wrong), 'table.parquet', /no column .kin.*kind/);
    });
  });

  describe('of images', () => {
    it('have their bytes, sizes, classes by name and splits, over all shards', async () => {
      const images = (await openDataset(at('pictures'))) as ImageCollection;
      assert.ok(images instanceof ImageCollection);
      assert.deepEqual(
        images.info.splits.map(({ name, start, count }) => [name, start, count]),
        [
          ['train', 0, 8],
          ['test', 8, 2],
        ],
      );
      assert.deepEqual([...images.widths], [4, 5, 4, 5, 4, 5, 4, 5, 4, 5]);
      assert.deepEqual(named(images), [null, 'dog', 'ant', 'cat', 'dog', null, 'cat', 'dog', 'ant', 'cat']);
      assert.equal(images.name(6), 'row 2 of data/train-00001-of-00002.parquet');
      assert.equal(images.info.files.length, 3);
      const order: number[] = [];
      await images.visit(null, (position, example) => {
        order.push(position);
        // Picture i is 4 or 5 pixels wide and of grey 10 i.
        assert.ok(Buffer.isBuffer(example));
        const { width, data } = decodeImage(example, { channels: 1 });
        assert.deepEqual([width, [...data]], [4 + (position % 2), new Array<number>(3 * width).fill(10 * position)]);
      });
      assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      const some = await examples(images, [9, 3, 4]);
      assert.deepEqual(Object.keys(some), ['3', '4', '9']);
      await images.close();
    });

    it('become pixels that can be trained on', async () => {
      const images = await openDataset(at('pictures'));
      const { reader } = await prepared(images, { image: { size: 4, colour: 'grey', fit: 'cover' } });
      const { data, count } = await reader.read([7, 2]);
      assert.deepEqual([count, [...new Set(data.subarray(0, 16))], [...new Set(data.subarray(16))]], [2, [70], [20]]);
      await images.close();
    });

    it('tell of a shard that is missing, and of files that are no shards', async () => {
      cpSync(at('pictures'), scratch('part'), { recursive: true });
      rmSync(scratch('part', 'data', 'train-00001-of-00002.parquet'));
      const images = await openDataset(scratch('part'));
      assert.match(
        images.info.problems.map(({ reason }) => reason).join(),
        /There are 1 such files.* there should be 2/,
      );
      await images.close();
      renameSync(scratch('part', 'data', 'train-00000-of-00002.parquet'), scratch('part', 'data', 'one.parquet'));
      renameSync(scratch('part', 'data', 'test-00000-of-00001.parquet'), scratch('part', 'data', 'other.parquet'));
      await rejectsWith(openDataset(scratch('part')), 'part', /several files.*data\/one.parquet/);
    });
  });

  it('of sounds have their lengths and labels', async () => {
    const sounds = (await openDataset(at('sounds.parquet'))) as SoundCollection;
    assert.ok(sounds instanceof SoundCollection);
    assert.deepEqual([...sounds.seconds], [0.05, 0.0625, 0.075, 0.0875]);
    assert.deepEqual(named(sounds), ['a', 'b', 'a', 'b']);
    await sounds.close();
  });

  it('are found in a workspace, in their folder and alone', async () => {
    cpSync(at('pictures'), scratch('work', 'pictures'), { recursive: true });
    cpSync(at('table.parquet'), scratch('work', 'tables', 'fruit.parquet'), { recursive: true });
    const { found } = await findDatasets(scratch('work'));
    assert.deepEqual(found.map(({ format, path: place }) => [format, path.relative(scratch('work'), place)]).sort(), [
      ['parquet', path.join('pictures', 'data')],
      ['parquet', path.join('tables', 'fruit.parquet')],
    ]);
    const [detected] = await detectDataset(at('pictures'));
    assert.equal(detected?.reason, 'data/test-00000-of-00001.parquet is named as Parquet files are.');
  });
});
