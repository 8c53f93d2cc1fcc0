import * as assert from 'node:assert/strict';
import { openCsvData } from '../../../src/data/csvData.js';
import { openDataset } from '../../../src/data/index.js';
import { DataError, type DatasetOptions } from '../../../src/data/reader.js';
import { stream } from '../../../src/protocol/random.js';
import { clusterCsv } from '../../../src/data/table/clusters.js';
import { prepared, put, readAll, rejectsWith, temporaryFolder } from './make.js';

describe('CSV files that are broken, or look so', () => {
  const at = temporaryFolder();
  const rows = (count: number) => Array.from({ length: count }, (_, i) => `${i % 7},${i % 5}.5,${i % 2 ? 'u' : 'v'}`);
  const table = (...more: string[]) => ['a,b,c', ...rows(20), ...more].join('\n');
  const utf16 = (text: string) => Buffer.from(text, 'utf16le');
  const bigEndian = (text: string) => utf16(text).swap16();

  const comma = { table: { separator: ',' } } as const;

  const refused: [name: string, content: string | Uint8Array, says: RegExp, options?: DatasetOptions][] = [
    ['nothing but a header', 'a,b,c\n', /no rows|no column of numbers/],
    ['a header without a line break', 'a,b,c', /no rows|no column of numbers/],
    ['empty cells only', 'a,b\n,\n,\n', /no column of numbers/],
    ['one constant', 'a,b\n1,1\n1,1\n', /no column of numbers/],
    ['blank lines only', '\n\n\r\n\n', /no records/],
    ['a byte order mark only', '\ufeff', /no records/],
    ['a row too short', table('1,2'), /line 22: the record has 2 fields.*3/],
    ['a row too long', table('1,2,u,4'), /line 22: the record has 4 fields.*3/],
    ['a word alone', table('end'), /line 22: the record has 1 field/],
    ['a row too short in the middle', [table('1,2,u', '3'), ...rows(9)].join('\n'), /line 23: the record has 1 field/],
    ['a quotation mark never closed', table('1,2,"u', ...rows(3)), /line 22: field 3 opens a quotation mark/],
    ['a quotation mark never closed in the header', `"a,b,c\n${rows(5).join('\n')}`, /line 1: field 1 opens/],
    ['text after a closing mark', table('1,2,"u"v'), /line 22: field 3 goes on/],
    [
      'a number of two header names',
      'a,b,a\n1,2,3\n4,5,7\n',
      /columns 1, 3 have the same name/,
      { table: { header: true } },
    ],
    ['all names the same', 'x,x,x\n1,2,3\n4,5,7\n', /columns 1, 2, 3 have the same name/, { table: { header: true } }],
    ['a NUL in a cell', table('1,2,\0'), /is zero/],
    ['NULs at the end', `${table()}\n${'\0'.repeat(512)}`, /is zero/],
    ['NULs only', '\0'.repeat(4096), /zero|no records|no text/],
    ['Latin-1', Buffer.from(table('1,2,M\xfcnchen'), 'latin1'), /0xFC/],
    ['Shift JIS', Buffer.concat([Buffer.from(table('1,2,')), Buffer.from([0x93, 0xfa, 0x96, 0x7b])]), /0x93/],
    ['UTF-8 cut off in a character', Buffer.from(table('1,2,ü')).subarray(0, -1), /0xC3|byte/],
    ['UTF-16 cut off in a character', Buffer.concat([utf16(`\ufeff${table()}`), Buffer.of(0x31)]), /byte/],
    ['a workbook by another name', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(200)]), /./],
    ['an older workbook', Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]), /0xD0|zero/],
    ['gzip cut off', Buffer.from('1f8b0800000000000003', 'hex'), /./],
    ['very many columns without rows', ','.repeat(70_000), /more than 65,536 fields/, comma],
    ['a billion columns, as far as they go', Buffer.alloc(8 * 1024 ** 2, ','), /more than 65,536 fields/, comma],
    ['a column that is not there', table(), /no column "d"/, { labelColumn: 'd' }],
    ['columns that are not there', table(), /no column "d"/, { table: { columns: ['a', 'd'] } }],
    ['a text where the training file has numbers', '', /line 3, column “a”: “x” is no finite number/],
  ];
  for (const [name, content, says, options] of refused)
    it(`are refused with the place: ${name}`, async () => {
      const target = at(name);
      if (content !== '') put(at(name, 'a.csv'), content);
      else {
        put(at(name, 'train.csv'), table());
        put(at(name, 'test.csv'), 'a,b,c\n1,2.5,u\nx,2.5,v\n');
      }
      await assert.rejects(
        async () =>
          prepared(await openDataset(content === '' ? target : at(name, 'a.csv'), { format: 'csv', ...options })),
        (error: unknown) => {
          assert.ok(error instanceof DataError, String(error));
          assert.match(error.message, says);
          assert.ok(error.file.startsWith(target) && error.advice, error.file);
          assert.doesNotMatch(error.message, /undefined|\[object/);
          return true;
        },
      );
    });

  const read: [name: string, content: string | Uint8Array, count: number, columns: number][] = [
    ['UTF-16 with a mark', utf16(`\ufeff${table()}`), 20, 2],
    ['UTF-16, big-endian, with a mark', bigEndian(`\ufeff${table()}`), 20, 2],
    ['UTF-16 without a mark', utf16(table()), 20, 2],
    ['a byte order mark', `\ufeff${table()}`, 20, 2],
    ['line breaks of old Macs', table().replaceAll('\n', '\r'), 20, 2],
    ['mixed line breaks', table().replace('\n', '\r\n'), 20, 2],
    ['blank lines between', table().replaceAll('\n', '\n\n'), 20, 2],
    ['no last line break', table(), 20, 2],
    ['sep= before the header', `sep=,\n${table()}`, 20, 2],
    ['empty names in the header', ['a,,c', ...rows(20)].join('\n'), 20, 2],
    ['infinities among numbers, which are then words', table('inf,1.5,u', '-inf,1.5,v', 'inf,2.5,u'), 23, 2],
    ['a number beyond doubles', table('1e999,1.5,u', '1e999,2.5,u'), 22, 2],
    ['the smallest of doubles', table('5e-324,1.5,u'), 21, 2],
    ['a cell of a million characters', table(`1,2.5,"${'u'.repeat(1_000_000)}"`), 21, 2],
  ];
  for (const [name, content, count, columns] of read)
    it(`are read in spite of ${name}`, async () => {
      const dataset = await openDataset(put(at(name, 'a.csv'), content));
      assert.deepEqual([dataset.info.count, dataset.info.shape], [count, [columns]]);
      const { data } = await readAll(dataset);
      assert.ok(data.length >= count && data.every((value) => value >= 0 && value <= 1));
    });

  it('with numbers too large for floats are told by column, or by row', async () => {
    const extremes = put(at('extremes.csv'), 'x,y\n1e308,1\n-1e308,2\n0,3\n');
    await rejectsWith(
      openCsvData(extremes).then((dataset) => prepared(dataset)),
      'extremes.csv',
      /column "x".*too large/,
      /columns/,
    );
  });

  it('of 65,000 columns take little memory', async () => {
    const names = Array.from({ length: 65_000 }, (_, i) => `c${i}`).join(',');
    const cells = (from: number) => Array.from({ length: 65_000 }, (_, i) => (i + from) % 9).join(',');
    const before = process.memoryUsage().rss;
    const dataset = await openCsvData(put(at('wide.csv'), [names, cells(1), cells(2), cells(3)].join('\n')));
    assert.deepEqual([dataset.info.count, dataset.info.shape], [3, [65_000]]);
    assert.ok(process.memoryUsage().rss - before < 500e6);
  }).timeout(60_000);

  it('by bytes that changed at random are a DataError or a whole table, within 2 GB', async () => {
    const original = Buffer.from(clusterCsv(60, 4));
    let refusals = 0;
    for (let seed = 0; seed < 150; seed++) {
      const random = stream(seed, 'broken csv');
      const bytes = Buffer.from(original);
      for (let k = 0; k < 1 + random.integer(4); k++) {
        const byte = random.integer(3)
          ? [0, 10, 34, 39, 44, 59, 9, 255, 45, 101][random.integer(10)]!
          : random.integer(256);
        bytes[random.integer(bytes.length)] = byte;
      }
      try {
        const dataset = await openCsvData(put(at('changed.csv'), bytes.subarray(0, bytes.length - random.integer(30))));
        const { data } = await readAll(dataset);
        assert.ok(data.length >= dataset.info.count && data.every(Number.isFinite), `seed ${seed}`);
      } catch (error) {
        assert.ok(error instanceof DataError, `seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
        assert.ok(error.advice && error.file.endsWith('changed.csv'));
        refusals++;
      }
    }
    assert.ok(refusals > 30 && refusals < 145, `${refusals} refused`);
  }).timeout(60_000);
});
