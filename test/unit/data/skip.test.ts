import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { openDataset } from '../../../src/data/index.js';
import { DataError, type Collection, type Reader } from '../../../src/data/reader.js';
import { clusterCsv } from '../../../src/data/table/clusters.js';
import { jpg, png, prepared, put, rejectsWith, temporaryFolder } from './make.js';
import { wavFile } from './sound/wavFile.js';

/** Broken among whole ones: what is refused by default is left out with "skip", and the run tells how many and which. */
describe('"onError": "skip"', function () {
  this.timeout(60_000);
  const at = temporaryFolder();
  const line = (text: string, label: string): string => JSON.stringify({ text, label });
  const cifar = (count: number): Buffer => Buffer.concat(Array.from({ length: count }, () => Buffer.alloc(3073, 1)));
  const rows = clusterCsv(40, 1).trim().split('\n');

  /** Files by name, how many examples are whole, and what is told of each part that is not. */
  const cases: Record<string, { files: Record<string, string | Buffer>; count: number; told: RegExp[] }> = {
    images: {
      files: {
        'a/1.png': png(2, 2, [1, 2, 3]),
        'a/2.jpg': jpg(8, 8, [1, 2, 3]).subarray(0, 40),
        'b/3.png': 'no image',
        'b/4.png': png(2, 2, [4, 5, 6]),
        'b/5.png': '',
      },
      count: 2,
      told: [/2\.jpg: its JPEG/, /3\.png: it is neither PNG/, /5\.png: it is empty/],
    },
    sounds: {
      files: { 'a/1.wav': wavFile(), 'a/2.wav': wavFile().subarray(0, 50), 'b/3.wav': 'RIFF', 'b/4.wav': wavFile() },
      count: 2,
      told: [/2\.wav: .*byte 36: it is cut off/, /3\.wav: .*byte 0: it has 4 bytes/],
    },
    'texts, a document each': {
      files: {
        'a/1.txt': 'one',
        'a/2.txt': Buffer.from('t\xfcr', 'latin1'),
        'b/3.txt': 'two\nlines',
        'b/4.txt.gz': Buffer.from('1f8b08', 'hex'),
      },
      count: 2,
      told: [/2\.txt: .*byte 1/, /4\.txt\.gz is cut off/],
    },
    'lines of JSON': {
      files: {
        'data.jsonl': ['{', line('one', 'a'), '[1]', '{"text": 5}', line('two', 'b'), '{"txt": "no"}', '{"text":'].join(
          '\n',
        ),
      },
      count: 2,
      told: [1, 3, 4, 6, 7].map((at) => new RegExp(`data\\.jsonl, line ${at}\\b`)),
    },
    'rows of a table': {
      files: {
        'train.csv': [...rows.slice(0, 10), '1,2', ...rows.slice(10, 20), '"a ""quoted"" one"', ...rows.slice(20)].join(
          '\n',
        ),
        'test.csv': [...rows.slice(0, 9), rows[9]!.replace(/^[^,]*/, 'x')].join('\n'),
      },
      count: 40 + 8,
      told: [
        /train\.csv, line 11: the record has 2/,
        /train\.csv, line 22: the record has 1/,
        /test\.csv, line 10, col/,
      ],
    },
    'batches of CIFAR': {
      files: {
        'data_batch_1.bin': cifar(2),
        'data_batch_2.bin': cifar(3).subarray(1),
        'data_batch_3.bin': cifar(1).fill(10, 0, 1),
        'test_batch.bin': cifar(1),
      },
      count: 3,
      told: [/batch_2\.bin has 9,218 bytes/, /batch_3\.bin is damaged: image 0/],
    },
  };

  for (const [what, { files, count, told }] of Object.entries(cases))
    describe(what, () => {
      const folder = (): string => at(what);
      before(() => {
        for (const [name, content] of Object.entries(files)) put(at(what, name), content);
      });
      const open = (): Promise<Reader | Collection> => openDataset(folder(), { onError: 'skip' });

      it('without it are refused, and it is named as what can be done', async () => {
        const run = async (): Promise<unknown> => prepared(await openDataset(folder()));
        await assert.rejects(run, (error) => {
          assert.ok(error instanceof DataError, String(error));
          assert.match(error.advice ?? '', /"onError": "skip"/);
          return true;
        });
      });

      it('with it are left out, and those that are whole are read', async () => {
        const dataset = await open();
        const { reader, splits, notes } = await prepared(dataset, { onError: 'skip' });
        assert.equal(splits.training.length, count);
        const { data, count: read } = await reader.read(splits.training);
        assert.ok(read === count && data.every(Number.isFinite));
        const reasons = dataset.info.problems.map(({ file, reason }) => `${path.basename(file)}: ${reason}`);
        const said = [...reasons, ...notes].join('\n');
        for (const one of told) assert.match(said, one);
        await reader.close();
      });

      it('with it are told by the run: how many, and the first of them', async () => {
        const dataset = await open();
        const { notes } = await prepared(dataset, { onError: 'skip' });
        const counts = notes.flatMap((note) =>
          Number(/^(\d+) (files?|examples)\b.*(not used|left out)/.exec(note)?.[1] ?? 0),
        );
        assert.equal(
          counts.reduce((sum, one) => sum + one, 0),
          told.length,
          notes.join('\n'),
        );
        assert.match(notes.join('\n'), told[0]!);
      });
    });

  it('does not leave out a file that is a whole split', async () => {
    const options = { onError: 'skip' } as const;
    put(at('splits', 'train.txt'), Buffer.from('t\xfcr', 'latin1'));
    put(at('splits', 'test.txt'), 'whole');
    await rejectsWith(openDataset(at('splits'), options), 'train.txt', /byte 1/);
    put(at('batches', 'data_batch_1.bin'), cifar(1).subarray(1));
    put(at('batches', 'test_batch.bin'), cifar(1));
    await rejectsWith(openDataset(at('batches'), options), 'data_batch_1.bin', /3,072 bytes/);
  });

  it('leaves out a text with all its lines, also those before the broken byte', async () => {
    put(at('lines', 'a', '1.txt'), 'one\ntwo\n');
    put(at('lines', 'b', '2.txt'), Buffer.concat([Buffer.from('three\nfour\n'.repeat(20_000)), Buffer.of(0xff)]));
    put(at('lines', 'c', '3.txt'), 'five\n');
    const dataset = await openDataset(at('lines'), { onError: 'skip', text: { unit: 'line' } });
    const texts: string[] = [];
    await (dataset as Collection<'text'>).visit(null, (_, text) => void texts.push(String(text)));
    assert.deepEqual(texts, ['one', 'two', 'five']);
    assert.deepEqual(
      [dataset.info.classes, [...dataset.labels!]],
      [
        ['a', 'c'],
        [0, 0, 1],
      ],
    );
    assert.deepEqual(dataset.info.splits, [{ name: 'train', start: 0, count: 3 }]);
  });

  it('says so where nothing is left', async () => {
    const options = { onError: 'skip' } as const;
    const file = put(at('none.jsonl'), '{"text": 1}\n{"text": null}\n');
    await rejectsWith(openDataset(file, options), 'none.jsonl', /Nothing in .* can be read\. none\.jsonl, line 1/);
    for (const name of ['a/1.txt', 'b/2.txt']) put(at('none', name), Buffer.of(0xff));
    await rejectsWith(openDataset(at('none'), options), 'a/1.txt', /Nothing in .* can be read\. 1\.txt/);
    for (const i of [1, 2]) put(at('noBatch', `data_batch_${i}.bin`), 'x');
    put(at('noBatch', 'test_batch.bin'), cifar(1));
    await rejectsWith(openDataset(at('noBatch'), options), 'data_batch_1.bin', /Nothing in .* can be read/);
  });

  it('tells no more than the first hundred lines one by one', async () => {
    const file = put(at('many.jsonl'), [line('one', 'a'), ...Array.from({ length: 500 }, () => '[')].join('\n'));
    const { info } = await openDataset(file, { onError: 'skip' });
    assert.equal(info.count, 1);
    assert.deepEqual(
      info.problems.slice(-2).map(({ reason }) => reason),
      ['many.jsonl, line 101, column 2: this is no JSON.', 'Left out: 400 more lines or rows.'],
    );
  });
});
