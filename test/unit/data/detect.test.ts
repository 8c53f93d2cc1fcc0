import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { detectDataset } from '../../../src/data/detect.js';
import { openDataset } from '../../../src/data/index.js';
import { otherReadingText, readingsWithin } from '../../../src/data/otherReadings.js';
import { png, put, temporaryFolder } from './make.js';
import { tar, tarPart, zip } from './tree/make.js';
import { wavFile } from './sound/wavFile.js';

describe('What a folder, archive or file is taken for', () => {
  const at = temporaryFolder();
  const speakers = ['ann', 'bob', 'eve'];
  const spoken = Array.from(
    { length: 120 },
    (_, i) => `${i % 10}_${speakers[Math.floor(i / 10) % 3] ?? ''}_${Math.floor(i / 30)}.wav`,
  );

  it('says from which part of the names labels are taken, and how to take another', async () => {
    for (const name of spoken) put(at('spoken', name), 'x');
    const [detection, ...more] = await detectDataset(at('spoken'));
    assert.deepEqual(more, []);
    assert.match(
      detection?.reason ?? '',
      /part 1 of the file names: "0" in 0_ann_0\.wav \(\{label\}_\{source\}_\{index\}\.wav\)/,
    );
    const [other, ...others] = detection?.others ?? [];
    assert.deepEqual(others, [], 'the number at the end only counts');
    assert.deepEqual(
      [detection?.taken, other].map((reading) => [reading?.title, reading?.data]),
      [
        ['Label from part 1 of the file names, such as "0"', { filePattern: '{label}_{source}_{index}.wav' }],
        ['Label from part 2 of the file names, such as "ann"', { filePattern: '{index}_{label}_{index2}.wav' }],
      ],
    );
    assert.equal(detection?.taken?.reason, detection?.reason);
    assert.ok(other);
    assert.equal(
      otherReadingText(other),
      'The label could also be part 2 of the file names, such as "ann". Then write "filePattern": "{index}_{label}_{index2}.wav" into "data" of the recipe.',
    );
  });

  it('tells what the reader does: both take the same labels, also with the other reading', async () => {
    for (const name of spoken) put(at('readable', name), wavFile());
    const [detection] = await detectDataset(at('readable'));
    const likely = await openDataset(at('readable'));
    assert.deepEqual(
      likely.info.classes,
      Array.from({ length: 10 }, (_, i) => String(i)),
    );
    assert.deepEqual((await openDataset(at('readable'), detection?.taken?.data)).info.classes, likely.info.classes);
    const other = await openDataset(at('readable'), detection?.others?.[0]?.data ?? {});
    assert.deepEqual(other.info.classes, speakers);
  });

  it('is the same in an archive, packed or not', async () => {
    for (const pack of ['c', 'cz']) {
      const file = at(`spoken.${pack}.tar`);
      execFileSync('tar', [`-${pack}f`, file, '-C', at(), 'spoken']);
      const [detection] = await detectDataset(file);
      assert.equal(detection?.format, 'soundFolder');
      assert.equal(detection?.others?.length, 1, pack);
      assert.match(detection?.reason ?? '', /part 1/);
    }
  });

  it('of a table says which column is the label, and which others could be', async () => {
    const sexes = ['male', 'female'];
    const rows = Array.from({ length: 400 }, (_, i) => [
      ['Adelie', 'Gentoo', 'Chinstrap'][i % 3],
      ['Biscoe', 'Dream', 'Torgersen'][Math.floor(i / 40) % 3],
      180 + (i % 50),
      sexes[Math.floor(i / 2) % 2],
      3000 + 7 * i,
    ]);
    const csv = (names: string) => [names, ...rows.map((row) => row.join(','))].join('\n');
    const table = csv('species,island,flipper_mm,sex,mass_g');
    put(at('penguins', 'train.csv'), table);
    put(at('penguins', 'test.csv'), 'other,names\n1,2\n');
    const expected = ['island', 'sex'];
    for (const target of [
      put(at('penguins.csv'), table),
      put(at('penguins.csv.gz'), gzipSync(table)),
      at('penguins'),
    ]) {
      const [detection] = await detectDataset(target);
      assert.match(detection?.reason ?? '', /named as CSV files are\. The label is taken from the column "species"\./);
      assert.deepEqual(
        detection?.others?.map(({ data }) => data.labelColumn),
        expected,
        target,
      );
    }
    const [detection] = await detectDataset(at('penguins.csv'));
    const [island] = detection?.others ?? [];
    assert.deepEqual(
      [detection?.taken, island].map((reading) => [reading?.title, reading?.data]),
      [
        ['Label from the column "species"', { labelColumn: 'species' }],
        ['Label from the column "island"', { labelColumn: 'island' }],
      ],
    );
    assert.equal(
      island && otherReadingText(island),
      'The label could also be the column "island". Then write "labelColumn": "island" into "data" of the recipe.',
    );
    assert.deepEqual((await openDataset(at('penguins.csv'))).info.classes, ['Adelie', 'Chinstrap', 'Gentoo']);
    assert.deepEqual((await openDataset(at('penguins.csv'), island?.data)).info.classes, [
      'Biscoe',
      'Dream',
      'Torgersen',
    ]);
    // A usual name goes before the first column.
    const [named] = await detectDataset(put(at('named.csv'), csv('kind,class,x,sex,mass')));
    assert.deepEqual(
      [/column "class"/.test(named?.reason ?? ''), named?.others?.map(({ data }) => data.labelColumn)],
      [true, ['kind', 'sex']],
    );
  });

  describe('of cells with several labels', () => {
    const genres = ['comedy', 'drama', 'horror', 'war'];
    const some = (i: number, separator: string) =>
      genres.filter((_, bit) => ((i % 15) + 1) & (1 << bit)).join(separator);
    const several = (name: string, separator: string, example: string) => [
      `Several labels from the column "${name}", such as "${example}"`,
      { labelColumn: name, labelSeparator: separator },
    ];
    const readings = async (target: string) => {
      const [detection] = await detectDataset(target);
      return [detection?.taken, ...(detection?.others ?? [])].map(
        (reading) => reading && [reading.title, reading.data],
      );
    };

    it('offers to part them: of texts, of a table, of lines, of a table beside images', async () => {
      const rows = (row: (i: number) => string) => Array.from({ length: 60 }, (_, i) => row(i)).join('\n');
      const texts = put(at('several', 'films.csv'), `text,label\n${rows((i) => `A film no. ${i}.,${some(i, '|')}`)}\n`);
      const taken = ['Label from the column "label"', { labelColumn: 'label' }];
      assert.deepEqual(await readings(texts), [taken, several('label', '|', 'comedy|drama')]);
      const [detection] = await detectDataset(texts);
      assert.match(
        otherReadingText(detection!.others![0]!),
        /^The column "label" could hold several labels, parted by "\|", such as "comedy\|drama"\. Then write "labelColumn": "label", "labelSeparator": "\|" into/,
      );
      assert.equal((await openDataset(texts)).info.labelSets, undefined, 'by default each is one label');
      assert.deepEqual((await openDataset(texts, detection!.others![0]!.data)).info.labelSets?.names, genres);

      const table = put(
        at('several', 'table.csv'),
        `name,year,tags,kind\n${rows((i) => `n${i},${1990 + i},"${some(i, ', ')}",${i % 2 ? 'a' : 'b'}`)}\n`,
      );
      const found = await readings(table);
      assert.deepEqual(found.slice(0, 2), [
        ['Label from the column "kind"', { labelColumn: 'kind' }],
        several('tags', ', ', 'comedy, drama'),
      ]);

      const lines = put(
        at('several', 'films.jsonl'),
        rows((i) => JSON.stringify({ id: `f${i}`, text: `A film; no. ${i % 3}; good`, label: some(i, ';') })),
      );
      assert.deepEqual(await readings(lines), [taken, several('label', ';', 'comedy;drama')]);
      assert.deepEqual((await openDataset(lines, { labelSeparator: ';' })).info.labelSets?.names, genres);

      for (let i = 0; i < 60; i++) put(at('several', 'images', `${i}.png`), png(2, 2, [i, 2, 3]));
      put(at('several', 'images', 'tags.csv'), `file,tags\n${rows((i) => `${i}.png,${some(i, ';')}`)}\n`);
      assert.deepEqual(await readings(at('several', 'images')), [
        ['Images in folders or an archive', { format: 'imageFolder' }],
        ['CSV files: tables, or texts with labels', { format: 'csv' }],
        several('tags', ';', 'comedy;drama'),
      ]);
      const images = await openDataset(at('several', 'images'), { labelColumn: 'tags', labelSeparator: ';' });
      assert.deepEqual([images.info.kind, images.info.labelSets?.names], ['image', genres]);
    });

    it('takes no names, places, sentences or numbers for such', async () => {
      const cities = ['Berlin', 'Paris', 'Rome', 'Bonn', 'Lyon', 'Turin', 'Nice', 'Kiel'];
      const lands = ['Germany', 'France', 'Italy'];
      const all: Record<string, (i: number) => string> = {
        places: (i) => `${cities[i % 8]!}, ${lands[i % 3]!}`,
        persons: (i) => `Smith${i % 9}, ${i % 4 ? 'Ann' : 'Bob'}`,
        sentences: (i) => (i % 3 ? `Well, this is no. ${i}, said A.` : `Then ${i}`),
        codes: (i) => `${i};${i * 7}${i % 2 ? `;${i * 3}` : ''}`,
        versions: (i) => (i % 5 ? 'a' : 'a|b'),
        once: (i) => (i === 5 ? 'cat;dog' : ['cat', 'dog'][i % 2]!),
        seldom: (i) => (i % 15 === 5 ? 'cat;dog' : ['cat', 'dog'][i % 2]!),
        kinds: (i) => ['cat', 'dog'][i % 2]!,
      };
      for (const [name, cell] of Object.entries(all)) {
        const lines = Array.from({ length: 40 }, (_, i) => `${i / 2},${i % 7},"${cell(i)}"`);
        const file = put(at('single', `${name}.csv`), ['x,y,label', ...lines].join('\n'));
        assert.doesNotMatch(JSON.stringify(await readings(file)), /labelSeparator/, name);
      }
    });
  });

  it('of a table without categories, of sentences or a broken one says nothing of labels', async () => {
    for (const csv of [
      'a,b\n1,2\n3,4\n5,7\n',
      'text,label\nHow are you today?,a\nI am very well.,b\nWhere is my card?,a\n',
      'a,b\n1,2,3\n"',
      '',
      '\0\0\0',
    ]) {
      const [detection] = await detectDataset(put(at('plain.csv'), csv));
      assert.deepEqual([detection?.format, detection?.others], ['csv', undefined], csv);
      assert.doesNotMatch(detection?.reason ?? '', /label/);
    }
  });

  it('of an archive that is cut off is what its beginning shows, without a word on labels', async () => {
    const file = at('cut.tar');
    execFileSync('tar', ['-cf', file, '-C', at(), 'spoken']);
    truncateSync(file, 30 * 1024 + 700);
    const [detection] = await detectDataset(file);
    assert.equal(detection?.format, 'soundFolder');
    assert.doesNotMatch(detection?.reason ?? '', /label/);
  });

  it('sees long names in tar archives, and passes over names that lead out of them', async () => {
    const long = `${'deep/'.repeat(30)}1.png`;
    const parts = ['1', '2', '3'].map((name) => ({ name: `../${name}.wav`, content: 'x' }));
    const named = tarPart({ name: '././@LongLink', type: 'L', content: `${long}\0` });
    writeFileSync(at('long.tar.gz'), gzipSync(tar(...parts, named, { name: long.slice(0, 99), content: 'x' })));
    const [detection] = await detectDataset(at('long.tar.gz'));
    assert.equal(detection?.format, undefined, 'thirty folders deep is no layout of a dataset');
    writeFileSync(at('out.tar'), tar(...parts, { name: 'in/1.png', content: 'x' }, { name: 'in/2.png', content: 'x' }));
    assert.deepEqual(
      (await detectDataset(at('out.tar'))).map(({ format }) => format),
      ['imageFolder'],
    );
  });

  it('is what there is most of, and the rest is another reading that "format" chooses', async () => {
    for (const name of spoken) put(at('mixed', name), 'x');
    put(at('mixed', 'spectrogram.png'), png(2, 2, [1, 2, 3]));
    put(at('mixed', 'readme.txt'), 'x');
    const [detection] = await detectDataset(at('mixed'));
    assert.equal(detection?.format, 'soundFolder');
    const chosen = detection?.others?.map(({ data }) => data) ?? [];
    assert.deepEqual(chosen[0], { format: 'imageFolder' });
    assert.deepEqual(
      [detection.taken, detection.others?.[0]].map((reading) => [reading?.title, reading?.data.format]),
      [
        ['Sounds in folders or an archive', 'soundFolder'],
        ['Images in folders or an archive', 'imageFolder'],
      ],
    );
    assert.equal((await openDataset(at('mixed'), chosen[0])).info.format, 'imageFolder');
    assert.doesNotMatch(JSON.stringify(chosen), /"text"/, 'a text beside other data describes it');
  });

  it('of a format that is not the likeliest says how its labels could be read, once it is chosen', async () => {
    for (const name of spoken) put(at('fewer', name), 'x');
    for (let i = 0; i < spoken.length + 5; i++) put(at('fewer', `${i}.png`), png(2, 2, [1, 2, 3]));
    const detections = await detectDataset(at('fewer'));
    const [images] = detections;
    const sounds = images?.others?.find(({ data }) => data.format === 'soundFolder');
    const within = readingsWithin(detections, sounds!);
    assert.deepEqual(
      [within?.taken, ...(within?.others ?? [])].map((reading) => reading?.data),
      [
        { format: 'soundFolder', filePattern: '{label}_{source}_{index}.wav' },
        { format: 'soundFolder', filePattern: '{index}_{label}_{index2}.wav' },
      ],
    );
    assert.equal(readingsWithin(detections, images!.taken!), null, 'its labels were asked for already');
    const row = (i: number) => `${i % 2 ? 'u' : 'v'},${i % 3 ? 'x' : 'y'},${i}.5\n`;
    put(at('table', 'data.csv'), `a,b,c\n${Array.from({ length: 30 }, (_, i) => row(i)).join('')}`);
    for (let i = 0; i < 5; i++) put(at('table', `${i}.png`), png(2, 2, [1, 2, 3]));
    const beside = await detectDataset(at('table'));
    const csv = beside[0]?.others?.find(({ data }) => data.format === 'csv');
    const columns = readingsWithin(beside, csv!);
    assert.deepEqual(
      [columns?.taken, ...(columns?.others ?? [])].map((reading) => [reading?.title, reading?.data]),
      [
        ['Label from the column "a"', { format: 'csv', labelColumn: 'a' }],
        ['Label from the column "b"', { format: 'csv', labelColumn: 'b' }],
      ],
    );
    const unsure = beside.map(({ format, kind, path: file, reason, others = [] }) => {
      return { format, kind, path: file, reason, others };
    });
    assert.deepEqual(readingsWithin(unsure, csv!)?.taken.data, { format: 'csv' }, 'no label, where none is likely');
  });

  it('is files that stand alone where one folder holds all, as the reader takes it', async () => {
    for (const name of spoken) put(at('one', 'recordings', name), wavFile());
    const [detection] = await detectDataset(at('one'));
    assert.match(detection?.reason ?? '', /It holds sounds, .*part 1/);
    assert.equal((await openDataset(at('one'))).info.classes?.length, 10);
  });

  it('passes through the one folder of an archive, also beside a README', async () => {
    const rows = { name: 'sub/points/points.csv', content: 'a,b\n1,2\n3,4\n' };
    const about = ['README.md', 'sub/LICENSE'].map((name) => ({ name, content: 'Points.' }));
    const file = put(at('about.zip'), zip([...about, rows]).bytes);
    assert.equal((await detectDataset(file))[0]?.format, 'csv');
    assert.equal((await openDataset(file)).info.count, 2);
    const other = put(at('other.zip'), zip([{ name: 'notes.doc', content: 'Points.' }, rows]).bytes);
    assert.deepEqual(await detectDataset(other), [], 'what lies there may be the data');
  });

  it('tells that names could tell labels beside folders, unless they say the same', async () => {
    for (let i = 0; i < 30; i++) {
      const kind = i % 2 ? 'cat' : 'dog';
      put(at('words', speakers[i % 3] ?? '', `${kind}_${i}.png`), png(2, 2, [1, 2, 3]));
      put(at('same', kind, `${kind}.${i}.png`), png(2, 2, [1, 2, 3]));
    }
    const [words] = await detectDataset(at('words'));
    assert.deepEqual(
      words?.others?.map(({ data }) => data),
      [{ filePattern: '{label}_{index}.png' }],
    );
    assert.deepEqual(words.taken, {
      title: 'Label from the names of the folders, such as "ann"',
      reason: words.reason,
      data: {},
    });
    assert.deepEqual((await openDataset(at('words'), words.others[0]?.data)).info.classes, ['cat', 'dog']);
    const [same] = await detectDataset(at('same'));
    assert.deepEqual([same?.others, same?.taken], [undefined, undefined], 'without a doubt there is no question');
  });

  it('is documents in folders, not only the notes beside them', async () => {
    for (const name of ['README.txt', 'pos/1.txt', 'pos/2.txt', 'neg/1.txt']) put(at('opinions', name), 'A good film.');
    for (const name of ['notes.txt', 'train/pos/1.txt', 'train/neg/1.txt', 'test/pos/1.txt'])
      put(at('films', name), 'A good film.');
    for (const [folder, classes, count] of [
      ['opinions', ['neg', 'pos'], 4],
      ['films', ['neg', 'pos'], 4],
    ] as const) {
      const { info } = await openDataset(at(folder));
      assert.deepEqual([info.format, info.classes, info.count], ['text', classes, count]);
    }
    // One text and a folder of others is that text.
    for (const name of ['book.txt', 'old/book.txt']) put(at('book', name), 'Chapter 1');
    const [book] = await detectDataset(at('book'));
    assert.equal(book?.path, at('book', 'book.txt'));
    // It may be one long text, or a list.
    assert.deepEqual([book?.taken?.data, book?.others?.map(({ data }) => data)], [{}, [{ text: { unit: 'window' } }]]);
  });

  it('is texts with a label each where they lie in folders', async () => {
    for (let i = 0; i < 24; i++) put(at('reviews', i % 2 ? 'good' : 'bad', `${i}.txt`), 'It is what it is.\n');
    const [detection] = await detectDataset(at('reviews'));
    assert.equal(detection?.format, 'text');
    assert.deepEqual((await openDataset(at('reviews'))).info.classes, ['bad', 'good']);
    assert.equal(path.basename(detection.path), 'reviews');
  });
});
