import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { detectDataset } from '../../../src/data/detect.js';
import { openDataset } from '../../../src/data/index.js';
import { otherReadingText } from '../../../src/data/otherReadings.js';
import { png, put, temporaryFolder } from './make.js';
import { tar, tarPart } from './tree/make.js';
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
    assert.equal((await openDataset(at('mixed'), chosen[0])).info.format, 'imageFolder');
    assert.doesNotMatch(JSON.stringify(chosen), /"text"/, 'a text beside other data describes it');
  });

  it('is files that stand alone where one folder holds all, as the reader takes it', async () => {
    for (const name of spoken) put(at('one', 'recordings', name), wavFile());
    const [detection] = await detectDataset(at('one'));
    assert.match(detection?.reason ?? '', /It holds sounds, .*part 1/);
    assert.equal((await openDataset(at('one'))).info.classes?.length, 10);
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
    assert.deepEqual((await openDataset(at('words'), words.others[0]?.data)).info.classes, ['cat', 'dog']);
    assert.equal((await detectDataset(at('same')))[0]?.others, undefined);
  });

  it('is texts with a label each where they lie in folders', async () => {
    for (let i = 0; i < 24; i++) put(at('reviews', i % 2 ? 'good' : 'bad', `${i}.txt`), 'It is what it is.\n');
    const [detection] = await detectDataset(at('reviews'));
    assert.equal(detection?.format, 'text');
    assert.deepEqual((await openDataset(at('reviews'))).info.classes, ['bad', 'good']);
    assert.equal(path.basename(detection.path), 'reviews');
  });
});
