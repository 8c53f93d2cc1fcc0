import * as assert from 'node:assert/strict';
import { cpSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { openDataset } from '../../../../src/data/index.js';
import { ParquetFile } from '../../../../src/data/parquet/file.js';
import { openParquet } from '../../../../src/data/parquetData.js';
import { DataError, type Collection } from '../../../../src/data/reader.js';
import { openTree, type DataFile } from '../../../../src/data/tree/tree.js';
import { png, prepared, put, rejectsWith, temporaryFolder } from '../make.js';
import { doubles, parquet } from './make.js';

const fixtures = path.join(__dirname, '../../../fixtures/parquet');
const skip = { onError: 'skip' } as const;

async function examples(dataset: Collection): Promise<unknown[]> {
  const found: unknown[] = [];
  await dataset.visit(null, (position, example) => void (found[position] = example));
  return found;
}

/** `file` with the nth `from` in place of as many bytes. */
function changed(file: Buffer, from: string, to: Buffer, nth = 0): Buffer {
  let at = file.indexOf(from);
  for (let i = 0; i < nth; i++) at = file.indexOf(from, at + 1);
  assert.ok(at >= 0 && to.length === Buffer.byteLength(from), `${from} is there`);
  const copy = Buffer.from(file);
  copy.set(to, at);
  return copy;
}

const told = ({ info }: Collection): string[] =>
  info.problems.map(({ file, reason }) => `${path.basename(file)}: ${reason}`);

/** That it is refused by default with file, reason and what to do. */
async function refused(target: string, file: string, ...says: RegExp[]): Promise<void> {
  await rejectsWith(openDataset(target), file, ...says);
  await assert.rejects(openDataset(target), (error: DataError) => /"onError": "skip"/.test(error.advice ?? ''));
}

describe('Parquet with "onError": "skip"', () => {
  const at = temporaryFolder();

  describe('of tables', () => {
    const part = (name: string, content: Buffer): string => put(at(name), content);

    for (const [what, file, reason] of [
      ['cut short', parquet().subarray(0, 60), /part-1\.parquet: .*its end is missing/],
      ['no Parquet file', Buffer.from('<html>'), /part-1\.parquet: .*no Parquet file/],
      ['of a damaged description', parquet({ footer: Buffer.alloc(40, 0xff) }), /part-1\.parquet: .*description/],
      [
        'of other columns',
        parquet({
          schema: [
            { 4: 'root', 5: 1 },
            { 1: 5, 3: 0, 4: 'y' },
          ],
          column: { 3: ['y'] },
        }),
        /no column “x”/,
      ],
      [
        'of a damaged page',
        parquet({ page: { 4: 12345 } }),
        /Rows 1 to 3 are left out: .*row group 1, a page’s check sum/,
      ],
    ] as const)
      it(`a shard that is ${what} is left out as a whole, and told`, async () => {
        const folder = `shard ${what}`;
        part(`${folder}/part-0.parquet`, parquet());
        part(`${folder}/part-1.parquet`, file);
        part(`${folder}/part-2.parquet`, parquet({ body: doubles(7, 8, 9) }));
        await refused(at(folder), 'part-1.parquet');
        const table = (await openDataset(at(folder), skip)) as Collection;
        assert.deepEqual(await examples(table), [[1.5], [2.5], [4], [7], [8], [9]]);
        assert.match(told(table).join('\n'), reason);
        assert.equal(table.info.problems.length, 1);
        const { splits, notes } = await prepared(table, skip);
        assert.equal(splits.training.length, 6);
        assert.match(notes.join('\n'), /^1 file, or a part of it, is not used/m);
      });

    it('a first shard is left out, too', async () => {
      part('first/part-0.parquet', parquet().subarray(0, 60));
      part('first/part-1.parquet', parquet());
      const table = (await openDataset(at('first'), skip)) as Collection;
      assert.deepEqual(await examples(table), [[1.5], [2.5], [4]]);
    });

    it('a row of no finite number is left out, also when the table is read again', async () => {
      part('rows/part-0.parquet', parquet({ body: doubles(1, Infinity, 3) }));
      part('rows/part-1.parquet', parquet({ body: doubles(-Infinity, 5, 6) }));
      await refused(at('rows'), 'part-0.parquet', /row 2, column “x”: Infinity/);
      for (const memory of [undefined, 0]) {
        const table = await openParquet(at('rows'), skip, memory);
        assert.deepEqual(await examples(table), [[1], [3], [5], [6]]);
        assert.deepEqual(told(table), [
          'part-0.parquet: part-0.parquet, row 2, column “x”: Infinity is no finite number.',
          'part-1.parquet: part-1.parquet, row 1, column “x”: -Infinity is no finite number.',
        ]);
      }
    });

    it('of a damaged page, the rows of its row group are left out in all columns', async () => {
      const whole = readFileSync(path.join(fixtures, 'table.parquet'));
      const tree = await openTree(path.join(fixtures, 'table.parquet'));
      const file = await ParquetFile.open(tree.files[0] as DataFile);
      const second = file.footer.groups[1]?.chunks[file.footer.leaves.findIndex(({ name }) => name === 'kind')];
      await file.close();
      assert.ok(second);
      const damaged = Buffer.from(whole).fill(0xff, second.start, second.start + 8);
      const target = part('page.parquet', damaged);
      await refused(target, 'page.parquet', /column "kind" of row group 2/);
      const rows = await examples((await openDataset(path.join(fixtures, 'table.parquet'))) as Collection);
      for (const memory of [undefined, 0]) {
        const table = await openParquet(target, skip, memory);
        assert.deepEqual(await examples(table), [...rows.slice(0, 15), ...rows.slice(30)]);
        assert.equal(table.labels?.length, 25);
        assert.match(told(table).join('\n'), /Rows 16 to 30 are left out: .*"kind" of row group 2/);
      }
    });

    it('a split of which nothing is left stops', async () => {
      part('split/train.parquet', parquet());
      part('split/test.parquet', parquet().subarray(0, 60));
      await rejectsWith(openDataset(at('split'), skip), 'test.parquet', /Nothing in .* its end is missing/);
    });
  });

  it('of texts leaves out one that is no UTF-8, and one whose label is no class', async () => {
    const texts = readFileSync(path.join(fixtures, 'texts.parquet'));
    const wrong = put(at('text.parquet'), changed(texts, 'Line\nbreak', Buffer.from('Line\xffbreak', 'latin1')));
    await refused(wrong, 'text.parquet', /row 2, column “text”: its text is not UTF-8/);
    const some = (await openDataset(wrong, { ...skip, textColumn: 'text' })) as Collection;
    assert.deepEqual(await examples(some), ['How do I, please, pay?', '', 'NA']);
    assert.deepEqual(told(some), ['text.parquet: text.parquet, row 2, column “text”: its text is not UTF-8.']);
    const names = put(
      at('label.parquet'),
      changed(texts, '["cat", "dog", "ant"]', Buffer.from('["cat"              ]')),
    );
    await refused(names, 'label.parquet', /row 2, column “label”: 1 is none of its 1 classes/);
    const labelled = (await openDataset(names, { ...skip, textColumn: 'text' })) as Collection;
    assert.deepEqual(await examples(labelled), ['How do I, please, pay?', 'NA']);
    assert.deepEqual([labelled.info.classes, [...(labelled.labels ?? [])]], [['cat'], [0, -1]]);
    assert.equal(labelled.info.problems.length, 2);
  });

  it('of texts leaves out one with a list in which a label is no class', async () => {
    const texts = readFileSync(path.join(fixtures, 'several', 'sequence.parquet'));
    const file = put(
      at('several.parquet'),
      changed(texts, '["cat", "dog", "ant"]', Buffer.from('["cat", "dog"       ]')),
    );
    await refused(file, 'several.parquet', /row 1, column “labels”: 2 is none of its 2 classes/);
    const some = (await openDataset(file, { ...skip, textColumn: 'text' })) as Collection;
    assert.deepEqual(await examples(some), ['This is text 1', 'This is text 2', 'This is text 3']);
    assert.deepEqual([some.info.labelSets?.names, [...(some.labels ?? [])]], [['dog'], [0, 1, -1]]);
  });

  describe('of images', () => {
    const shard = 'data/train-00000-of-00002.parquet';
    const other = 'data/train-00001-of-00002.parquet';
    const whole = (name: string): Buffer => readFileSync(path.join(fixtures, 'pictures', name));
    const folder = (name: string, files: Record<string, Buffer>): string => {
      cpSync(path.join(fixtures, 'pictures'), at(name), { recursive: true });
      for (const [file, content] of Object.entries(files)) put(at(name, file), content);
      return at(name);
    };

    for (const name of [shard, other])
      it(`leaves out a shard that is cut short: ${name}`, async () => {
        const target = folder(`cut ${path.basename(name)}`, { [name]: whole(name).subarray(0, -20) });
        await refused(target, path.basename(name), /its end is missing/);
        const images = (await openDataset(target, skip)) as Collection;
        const left = name === shard ? 5 : 3;
        assert.deepEqual(
          images.info.splits.map((split) => [split.name, split.count]),
          [
            ['train', 8 - left],
            ['test', 2],
          ],
        );
        assert.equal(images.info.problems.length, 1);
        const all = await examples(images);
        assert.ok(all.length === 10 - left && all.every((one) => Buffer.isBuffer(one)));
        await images.close();
      });

    it('leaves out a row whose label is no class', async () => {
      const renamed = changed(whole(shard), '["cat", "dog", "ant"]', Buffer.from('["cat", "dog"       ]'));
      const target = folder('labels', { [shard]: renamed });
      await refused(target, path.basename(shard), /row 3, column “label”: 2 is none of its 2 classes/);
      const images = (await openDataset(target, skip)) as Collection;
      const labels = Array.from(images.labels ?? [], (label) => images.info.classes?.[label] ?? null);
      assert.deepEqual(labels, [null, 'dog', 'cat', 'dog', null, 'cat', 'dog', 'ant', 'cat']);
      assert.equal(images.name(2), 'row 4 of data/train-00000-of-00002.parquet');
      assert.match(told(images).join('\n'), /row 3, column “label”/);
      await images.close();
    });

    it('leaves out rows whose bytes are no image, when opened or when decoded', async () => {
      const [first, last] = [png(2, 2, [1, 2, 3]), png(2, 2, [4, 5, 6])];
      const cells = [first, changed(first, 'IHDR', Buffer.from('XHDR')), first.subarray(0, -20), last];
      const body = Buffer.concat(cells.flatMap((cell) => [Buffer.from(Uint32Array.of(cell.length).buffer), cell]));
      const schema = [
        { 4: 'root', 5: 1 },
        { 1: 6, 3: 0, 4: 'x' },
      ];
      const target = put(at('images.parquet'), parquet({ body, rows: 4, schema, column: { 1: 6 } }));
      await refused(target, 'images.parquet, row 2', /row 2: its PNG/);
      const images = (await openDataset(target, skip)) as Collection;
      const { splits, unreadable, notes } = await prepared(images, skip);
      assert.deepEqual([images.info.count, splits.training.length, unreadable.length], [3, 2, 1]);
      assert.match(notes.join('\n'), /^1 file, or a part of it, is not used: .*row 2: [^]*1 examples that.*row 3 of/m);
      await images.close();
    });
  });
});
