import * as assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { openDataset } from '../../../src/data/index.js';
import { chooseSplits } from '../../../src/data/split.js';
import { isReader, type Collection } from '../../../src/data/reader.js';
import { planPreparation } from '../../../src/data/prepare/index.js';
import { prepared, dataOptions } from './make.js';

/** The sets of ../shared/data as they lie there, with the counts of its README. */
const DATA = path.resolve('../shared/data');

describe('The real data sets', function () {
  this.timeout(120_000);
  before(function () {
    if (existsSync(DATA)) return;
    console.log('      skipped: there is no ../shared/data with the real data sets');
    this.skip();
  });

  const facts = async (name: string, options = {}) => {
    const dataset = await openDataset(path.join(DATA, name), options);
    const { kind, format, count, classes, splits, problems, groups } = dataset.info;
    const perClass = (from = 0, length = count) =>
      classes?.map((_, label) => dataset.labels!.subarray(from, from + length).filter((one) => one === label).length);
    return { dataset: dataset as Collection, kind, format, count, classes, groups, splits, problems, perClass };
  };

  it('sign-language-digits: photographs in a .tar.gz, three of them of another size and turned', async () => {
    const { dataset, ...found } = await facts('sign-language-digits/sign-language-digits.tar.gz');
    assert.deepEqual([found.kind, found.format, found.count, found.problems], ['image', 'imageFolder', 2062, []]);
    assert.deepEqual(found.classes, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    assert.deepEqual(found.perClass(), [205, 206, 206, 206, 207, 207, 207, 206, 208, 204]);
    const { preparation, notes, reader } = await prepared(dataset);
    assert.deepEqual(preparation.shape, [100, 100, 3]);
    assert.match(notes.join(), /^3 of 2062 images have another size than 100 × 100/);
    assert.equal((await reader.read([0, 2061])).data.length, 2 * 30_000);
    await reader.close();
  });

  it('clothing-small: images of many sizes, with training and validation', async () => {
    const { dataset, ...found } = await facts('clothing-small/clothing-small.tar.gz');
    assert.deepEqual([found.kind, found.count, found.problems], ['image', 3408, []]);
    assert.deepEqual(
      found.splits.map(({ name, count }) => [name, count]),
      [
        ['train', 3067],
        ['validation', 341],
      ],
    );
    assert.equal(found.classes?.length, 10);
    const train = found.perClass(0, 3067)!;
    assert.deepEqual([Math.min(...train), Math.max(...train)], [112, 795]);
    const { preparation } = await planPreparation(
      dataset,
      dataOptions,
      chooseSplits(dataset, dataset.labels, dataOptions, 1),
    );
    assert.deepEqual(preparation.shape, [64, 64, 3]);
    await dataset.close();
  });

  it('fsdd: spoken digits in a .tar.gz, labels from the names of the files, speakers as groups', async () => {
    const { dataset, ...found } = await facts('fsdd/recordings.tar.gz');
    assert.deepEqual([found.kind, found.format, found.count, found.problems], ['sound', 'soundFolder', 3000, []]);
    assert.deepEqual(
      found.perClass(),
      Array.from({ length: 10 }, () => 300),
    );
    const { preparation, reader } = await prepared(dataset);
    assert.deepEqual(
      [preparation.shape.slice(1), preparation.range],
      [
        [64, 1],
        [-80, 0],
      ],
    );
    const { data } = await reader.read([0, 1500, 2999]);
    assert.ok(data.every((value) => value >= -80.001 && value <= 0.001) && data.some((value) => value < -20));
    await reader.close();

    const speakers = await facts('fsdd/recordings.tar.gz', {
      filePattern: '{label}_{speaker}_{index}.wav',
      groups: 'speaker',
    });
    assert.deepEqual(speakers.groups, ['george', 'jackson', 'lucas', 'nicolas', 'theo', 'yweweler']);
    const { training, validation } = chooseSplits(speakers.dataset, speakers.dataset.labels, dataOptions, 1);
    assert.deepEqual([training.length, validation.length], [2500, 500]);
    await speakers.dataset.close();
  });

  it('banking77: questions in CSV files with quotes and line breaks, 77 intents, training and test', async () => {
    const { dataset, ...found } = await facts('banking77');
    assert.deepEqual([found.kind, found.format, found.count, found.classes?.length], ['text', 'csv', 13_083, 77]);
    assert.deepEqual(
      found.splits.map(({ name, count }) => [name, count]),
      [
        ['train', 10_003],
        ['test', 3080],
      ],
    );
    const train = found.perClass(0, 10_003)!;
    assert.deepEqual([Math.min(...train), Math.max(...train)], [35, 187]);
    assert.ok(found.perClass(10_003, 3080)!.every((count) => count === 40));
    let breaks = 0;
    await dataset.visit(null, (_, text) => void (breaks += Number(/\n/.test(text as string))));
    assert.equal(breaks, 13);
  });

  it('tinyshakespeare: one text, in paragraphs', async () => {
    const { dataset, ...found } = await facts('tinyshakespeare/input.txt');
    assert.deepEqual([found.kind, found.format, found.classes], ['text', 'text', null]);
    const all = readFileSync(path.join(DATA, 'tinyshakespeare/input.txt'), 'utf8')
      .trim()
      .split(/\n(?:[ \t]*\n)+/);
    const texts: string[] = [];
    await dataset.visit(null, (_, text) => void texts.push(text as string));
    assert.deepEqual(texts, all);
  });

  it('penguins: a table with missing values, three species', async () => {
    const { dataset, ...found } = await facts('penguins');
    assert.deepEqual([found.kind, found.format, found.count], ['table', 'csv', 344]);
    assert.deepEqual(
      [found.classes, found.perClass()],
      [
        ['Adelie', 'Chinstrap', 'Gentoo'],
        [152, 68, 124],
      ],
    );
    const { preparation, reader } = await prepared(dataset);
    const { data } = await reader.read(Array.from({ length: 344 }, (_, i) => i));
    assert.equal(data.length, 344 * preparation.shape[0]!);
    assert.ok(data.every((value) => value >= 0 && value <= 1));
  });

  for (const name of ['mnist', 'fashion-mnist'])
    it(`${name}: IDX files`, async () => {
      const { dataset, ...found } = await facts(name);
      assert.deepEqual([found.format, found.count, found.classes?.length], ['idx', 70_000, 10]);
      assert.ok(isReader(dataset));
      assert.equal(found.problems.length, 0);
    });
});
