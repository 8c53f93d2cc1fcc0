import * as assert from 'node:assert/strict';
import * as path from 'node:path';
import { PNG } from 'pngjs';
import * as jpeg from 'jpeg-js';
import { openDataset } from '../../../../src/data/index.js';
import { factsOf } from '../../../../src/data/inspect/describe.js';
import { inspectDataset, type InspectOptions } from '../../../../src/data/inspect/index.js';
import { inspectionMarkdown } from '../../../../src/data/inspect/markdown.js';
import { planPreparation } from '../../../../src/data/prepare/index.js';
import type { Collection, DataKind, Reader, Stored, StoredKind } from '../../../../src/data/reader.js';
import { chooseSplits } from '../../../../src/data/split.js';
import { TextPacker } from '../../../../src/data/text/collection.js';
import { exampleTensor, type Inspection } from '../../../../src/protocol/inspection.js';
import { stream } from '../../../../src/protocol/random.js';
import type { TextOptions } from '../../../../src/recipe/recipe.js';
import { dataOptions, idx, png, put, temporaryFolder } from '../make.js';
import { wavFile } from '../sound/wavFile.js';

const at = temporaryFolder();

async function inspected(dataset: Reader | Collection, options: Partial<InspectOptions> = {}) {
  try {
    return await inspectDataset(dataset, { data: { ...dataOptions, path: dataset.info.path }, ...options });
  } finally {
    await dataset.close();
  }
}

async function inspectAt(target: string, options: Partial<InspectOptions> = {}) {
  return inspected(await openDataset(target, { onError: 'skip' }), options);
}

/** A scene of a few rectangles that no other seed has. */
function scene(seed: number, width = 40, height = 40): Buffer {
  const random = stream(seed, 'scene');
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let box = 0; box < 8; box++) {
    const [left, top] = [random.integer(width - 8), random.integer(height - 8)];
    const colour = [random.integer(256), random.integer(256), random.integer(256)];
    for (let y = top; y < Math.min(height, top + 6 + random.integer(20)); y++)
      for (let x = left; x < Math.min(width, left + 14); x++) rgba.set(colour, 4 * (y * width + x));
  }
  return rgba;
}

function scenePng(seed: number): Buffer {
  const image = new PNG({ width: 40, height: 40 });
  image.data = scene(seed);
  return PNG.sync.write(image);
}

const sceneJpeg = (seed: number) => jpeg.encode({ width: 40, height: 40, data: scene(seed) }, 75).data;

const nameOf = ({ examples }: Inspection, position: number) =>
  examples.find((example) => example.position === position)?.name;

describe('Inspecting a folder of images', () => {
  let inspection: Inspection;
  let tensors: Record<string, { shape: number[] }>;

  before(async () => {
    for (let i = 0; i < 12; i++) put(at('photos', 'train', 'cat', `cat${i}.png`), scenePng(i));
    for (let i = 0; i < 3; i++) put(at('photos', 'train', 'dog', `dog${i}.png`), scenePng(100 + i));
    for (let i = 0; i < 4; i++) put(at('photos', 'test', 'dog', `dog${i}.png`), scenePng(200 + i));
    put(at('photos', 'test', 'cat', 'leaked.png'), scenePng(3)); // is train/cat/cat3.png
    put(at('photos', 'train', 'dog', 'mislabelled.png'), scenePng(5)); // is train/cat/cat5.png
    put(at('photos', 'test', 'cat', 'saved-again.jpg'), sceneJpeg(7)); // nearly train/cat/cat7.png
    put(at('photos', 'train', 'cat', 'empty.png'), png(40, 40, [9, 9, 9]));
    put(at('photos', 'train', 'cat', 'cut-off.png'), scenePng(50).subarray(0, 200));
    put(at('photos', 'train', 'cat', 'nothing.png'), '');
    put(at('photos', 'train', 'cat', 'large.png'), png(80, 60, [1, 2, 3]));
    ({
      inspection,
      pictures: { tensors },
    } = await inspectAt(at('photos')));
  });

  it('tells kind, format with the reason, classes by split, and what is drawn', () => {
    assert.deepEqual([inspection.kind, inspection.format, inspection.count], ['image', 'imageFolder', 25]);
    assert.match(inspection.reason, /folders for train and test/);
    assert.deepEqual(inspection.classes, { cat: 17, dog: 8 });
    assert.deepEqual(inspection.classesBySplit, { train: { cat: 15, dog: 4 }, test: { cat: 2, dog: 4 } });
    assert.deepEqual(inspection.splits, { train: 19, validation: 0, test: 6 });
    assert.deepEqual(inspection.drawn, { training: 17, validation: 2, test: 0, validationFrom: 'fraction' });
    assert.deepEqual(inspection.prepared?.shape, [40, 40, 3]);
    assert.deepEqual([inspection.imbalance?.largest.name, inspection.imbalance?.ratio], ['cat', 3.75]);
  });

  it('says which way to read was chosen, in place of what looking tells', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 2 ? 'cat' : 'dog'},${'ABC'[i % 3] ?? ''},${i}`);
    const file = put(at('animals.csv'), ['species,island,mass', ...rows].join('\n'));
    assert.match((await inspectAt(file)).inspection.reason, /column "species"\. .* column "island"\. Then write/);
    const { inspection: chosen } = await inspected(await openDataset(file, { labelColumn: 'island' }), {
      data: { ...dataOptions, path: file, labelColumn: 'island' },
    });
    assert.deepEqual(Object.keys(chosen.classes), ['A', 'B', 'C']);
    assert.equal(chosen.reason, 'It is read so because the recipe or an option says "labelColumn": "island".');
  });

  it('takes labels that are learned as numbers for no classes', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${2700 + 25 * i}`);
    const file = put(at('masses.csv'), ['a,mass', ...rows].join('\n'));
    const { inspection } = await inspected(await openDataset(file, { labelColumn: 'mass' }), {
      data: { ...dataOptions, path: file, labelColumn: 'mass' },
    });
    assert.deepEqual([inspection.quantities, inspection.imbalance], [{ least: 2700, most: 4175 }, null]);
    assert.deepEqual(
      inspection.findings.map(({ text }) => text).filter((text) => /[Cc]lass|unbalanced/.test(text)),
      ['The labels are numbers: fine-tuning learns these, unless its "task" in the recipe is "classification".'],
    );
    const told = factsOf(inspection).find(({ label }) => label === 'Classes')?.value;
    assert.equal(told, 'none: the labels are numbers, 60 different ones from 2700 to 4175');
  });

  it('does not offer windows to who has them', async () => {
    const file = put(at('poem.txt'), 'A line of it.\n'.repeat(40));
    assert.match((await inspectAt(file)).inspection.reason, /Then write "text": {"unit":"window"}/);
    const text = { ...dataOptions.text, unit: 'window' as const, window: 20 };
    const { inspection } = await inspected(await openDataset(file, { text }), {
      data: { ...dataOptions, path: file, text },
    });
    assert.equal(inspection.reason, 'It is read so because the recipe or an option says "text": {"unit":"window"}.');
  });

  it('says that cells may hold several labels, and warns of sums below a table', async () => {
    const tags = ['red', 'red|round', 'round', 'red|soft', 'soft|round', 'soft', 'red|round|soft'];
    const rows = Array.from({ length: 70 }, (_, i) => `${i},${i % 11},${tags[i % 7]!}`);
    const file = put(at('tags.csv'), ['a,b,tags', ...rows, 'Total,,'].join('\n'));
    const { inspection } = await inspectAt(file);
    assert.match(inspection.reason, /"tags" could hold several labels.*Then write "labelColumn": "tags", "labelSep/);
    const warned = inspection.findings.filter(({ severity }) => severity === 'warning').map(({ text }) => text);
    assert.match(warned.join('\n'), /^tags\.csv has rows that look like sums below a table.*line 72: "Total"/m);
    const chosen = { labelColumn: 'tags', labelSeparator: '|' };
    const parted = await inspected(await openDataset(file, chosen), {
      data: { ...dataOptions, path: file, ...chosen },
    });
    assert.equal(
      parted.inspection.reason,
      'It is read so because the recipe or an option says "labelColumn": "tags", "labelSeparator": "|".',
    );
    assert.deepEqual(Object.keys(parted.inspection.classes), ['red', 'round', 'soft']);
  });

  it('finds the planted exact duplicates: between splits and with another label', () => {
    const { exact } = inspection.duplicates;
    assert.deepEqual([exact.examples, exact.groups, exact.betweenSplits, exact.otherClass], [2, 2, 1, 2]);
    assert.deepEqual(
      exact.pairs.map(({ first, second }) => [nameOf(inspection, first), nameOf(inspection, second)]),
      [
        ['train/cat/cat3.png', 'test/cat/leaked.png'],
        ['train/cat/cat5.png', 'train/dog/mislabelled.png'],
      ],
    );
  });

  it('finds the planted near duplicate, and nothing else', () => {
    const near = inspection.duplicates.near!;
    assert.deepEqual([near.examples, near.betweenSplits, near.complete], [1, 1, true]);
    const [pair] = near.pairs;
    assert.deepEqual(
      [nameOf(inspection, pair!.first), nameOf(inspection, pair!.second)],
      ['train/cat/cat7.png', 'test/cat/saved-again.jpg'],
    );
    assert.ok(pair!.distance <= 5);
  });

  it('names what cannot be read, with the reason, and goes on', () => {
    assert.equal(inspection.problemCount, 2);
    const byFile = Object.fromEntries(inspection.problems.map(({ file, reason }) => [path.basename(file), reason]));
    assert.match(byFile['cut-off.png']!, /cut off/);
    assert.match(byFile['nothing.png']!, /empty|0 bytes/);
  });

  it('tells sizes and images of one colour', () => {
    const { sizes, blank } = inspection;
    assert.deepEqual([sizes?.mostFrequent.count, sizes?.distinct], [24, 2]);
    assert.deepEqual([sizes?.largest.height, sizes?.largest.width], [60, 80]);
    assert.equal(nameOf(inspection, sizes!.largest.position), 'train/cat/large.png');
    assert.deepEqual(
      blank.positions.map((position) => nameOf(inspection, position)),
      ['train/cat/empty.png', 'train/cat/large.png'],
    );
  });

  it('warns of what harms most first', () => {
    const warnings = inspection.findings.filter(({ severity }) => severity === 'warning').map(({ text }) => text);
    assert.match(warnings[0]!, /2 files or parts cannot be used/);
    assert.match(warnings.join('\n'), /outside of the training split that are in it too: 1\./);
    assert.match(warnings.join('\n'), /Classes with fewer than 10 training examples: dog\./);
    assert.equal(inspection.findings.findIndex(({ severity }) => severity === 'information') >= warnings.length, true);
  });

  it('brings a picture of every example that it names', () => {
    assert.ok(inspection.typical.length >= 20);
    for (const { position } of inspection.examples)
      assert.equal(tensors[exampleTensor.image(position)]?.shape.length, 3);
    const largest = inspection.sizes!.largest.position;
    assert.deepEqual(tensors[exampleTensor.image(largest)]?.shape, [60, 80, 3]);
    const named = new Set(inspection.examples.map(({ position }) => position));
    for (const { first, second } of inspection.duplicates.exact.pairs) assert.ok(named.has(first) && named.has(second));
  });
});

describe('Inspecting arrays of images', () => {
  it('tells mean, deviation and pixels that never change, of the training images alone', async () => {
    const training = [0, 10, 20, 30, 0, 30, 20, 10, 0, 50, 20, 90]; // pixels 0 and 2 are the same in all three
    put(at('small', 'train-images-idx3-ubyte'), idx(8, [3, 2, 2], training));
    put(at('small', 'train-labels-idx1-ubyte'), idx(8, [3], [0, 1, 1]));
    put(at('small', 't10k-images-idx3-ubyte'), idx(8, [1, 2, 2], [255, 255, 255, 254]));
    put(at('small', 't10k-labels-idx1-ubyte'), idx(8, [1], [1]));
    const { inspection } = await inspectAt(at('small'));
    const mean = training.reduce((sum, value) => sum + value, 0) / 12;
    const deviation = Math.sqrt(training.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 12);
    const { values, constant } = inspection;
    assert.deepEqual([values?.minimum, values?.maximum, values?.count], [0, 90, 12]);
    assert.ok(Math.abs(values!.mean - mean) < 1e-9 && Math.abs(values!.deviation - deviation) < 1e-9);
    assert.ok(Math.abs(values!.scaled!.mean - mean / 255) < 1e-12);
    assert.deepEqual(constant, { pixels: 2, of: 4, share: 0.5, images: 3 });
  });

  it('of which there are many looks into a seeded sample, and says so', async () => {
    put(
      at('many', 'train-images-idx3-ubyte'),
      idx(
        8,
        [500, 2, 2],
        Array.from({ length: 2000 }, (_, i) => i % 251),
      ),
    );
    put(
      at('many', 'train-labels-idx1-ubyte'),
      idx(
        8,
        [500],
        Array.from({ length: 500 }, (_, i) => i % 5),
      ),
    );
    const limits = { examples: 40, values: Infinity };
    const first = await inspectAt(at('many'), { limits });
    assert.deepEqual([first.inspection.examined, first.inspection.values?.count], [40, 160]);
    assert.deepEqual(Object.values(first.inspection.classes), [100, 100, 100, 100, 100]);
    assert.match(
      first.inspection.findings.map(({ text }) => text).join(),
      /those of 40 examples, chosen at random from 500/,
    );
    assert.deepEqual((await inspectAt(at('many'), { limits })).inspection, first.inspection);
    assert.notDeepEqual((await inspectAt(at('many'), { limits, seed: 2 })).inspection.values, first.inspection.values);
    const byValues = await inspectAt(at('many'), { limits: { examples: 1000, values: 4 * 25 } });
    assert.equal(byValues.inspection.examined, 25);
  });

  it('stops when it is told to, and says how far it is', async () => {
    const fractions: number[] = [];
    await inspectAt(at('many'), { onProgress: (fraction) => fractions.push(fraction) });
    assert.ok(fractions.every((fraction, i) => fraction >= (fractions[i - 1] ?? 0)) && fractions.at(-1)! > 0.99);
    await assert.rejects(inspectAt(at('many'), { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
  });
});

describe('Inspecting sounds', () => {
  it('tells shortest and longest, rates, silence and duplicates, and brings their sound', async () => {
    const tone = (length: number, pitch: number, rate = 8000) => {
      const samples = Int16Array.from({ length }, (_, i) => Math.round(8000 * Math.sin(i * pitch)));
      return wavFile({ rate, data: new Uint8Array(samples.buffer) });
    };
    put(at('sounds', 'a', 'short.wav'), tone(2000, 0.1));
    put(at('sounds', 'a', 'long.wav'), tone(24000, 0.3, 16000));
    put(at('sounds', 'b', 'silent.wav'), tone(4000, 0));
    put(at('sounds', 'b', 'again.wav'), tone(2000, 0.1));
    const { inspection, pictures } = await inspectAt(at('sounds'));
    assert.deepEqual(
      [inspection.lengths?.shortest.value, inspection.lengths?.longest.value, inspection.lengths?.unit],
      [0.25, 1.5, 'seconds'],
    );
    assert.equal(nameOf(inspection, inspection.lengths!.longest.position), 'a/long.wav');
    assert.deepEqual(inspection.rates, [
      { value: 8000, count: 3 },
      { value: 16000, count: 1 },
    ]);
    assert.deepEqual(
      inspection.blank.positions.map((position) => nameOf(inspection, position)),
      ['b/silent.wav'],
    );
    assert.deepEqual([inspection.duplicates.exact.otherClass, inspection.duplicates.near], [2, null]);
    const { position } = inspection.lengths!.longest;
    assert.equal(pictures.tensors[exampleTensor.sound(position)]?.data.length, 2 * 24000);
    assert.equal(pictures.metadata[exampleTensor.sound(position)], '16000');
    assert.equal(pictures.tensors[exampleTensor.wave(position)]?.shape[1], 2);
    assert.equal(pictures.tensors[exampleTensor.spectrogram(position)]?.shape[0], 48);
  });
});

/** A collection in memory, as readers of texts and tables have it. */
function collection<Kind extends StoredKind>(kind: Kind, examples: Stored[Kind][], more: object = {}): Collection {
  const made: Collection<Kind> = {
    kind,
    info: {
      kind,
      format: 'inMemory',
      path: '.',
      count: examples.length,
      shape: [-1],
      range: null,
      classes: null,
      groups: null,
      splits: [{ name: 'train', start: 0, count: examples.length }],
      problems: [],
      files: [],
    },
    labels: null,
    groups: null,
    name: (position) => `example ${position}`,
    visit: async (positions, action) => {
      for (const position of Array.from(positions ?? examples.keys())) await action(position, examples[position]!);
    },
    close: () => Promise.resolve(),
    ...more,
  };
  return made;
}

describe('Inspecting texts, tables and what is not known yet', () => {
  it('learns a tokenizer from no more of the texts than a check of the recipe does', async () => {
    const packer = new TextPacker();
    packer.begin('train');
    // 4 MB in words of which each is in one text.
    for (let i = 0; i < 2000; i++) packer.add(`word${i} ${'x '.repeat(1000)}`, null, `line ${i + 1}`, 'words.txt');
    const texts = packer.collection({ format: 'text', path: 'words.txt', files: [], problems: [] });
    const data = { ...dataOptions, text: { ...dataOptions.text, vocabularySize: 10_000 } };
    const shapeOf = async (glance: boolean) =>
      (await planPreparation(texts, data, chooseSplits(texts, null, data, 1), { glance })).preparation.shape;
    const [part, all] = [await shapeOf(true), await shapeOf(false)];
    assert.notDeepEqual(part, all);
    const { inspection } = await inspected(texts, { data });
    assert.deepEqual(inspection.prepared?.shape, part);
  });

  it('shows texts with their tokens, as a recipe’s tokenizer cuts them', async () => {
    const packer = new TextPacker();
    packer.begin('train');
    const texts = ['Is my card lost?', 'My card is red.', `card ${'is lost '.repeat(200)}`];
    texts.forEach((text, i) => packer.add(text, null, `line ${i + 1}`, 'cards.txt'));
    const cards = packer.collection({ format: 'text', path: 'cards.txt', files: [], problems: [] });
    const tokens = async (text: Partial<TextOptions>) => {
      const data = { ...dataOptions, text: { ...dataOptions.text, ...text } };
      const { inspection } = await inspected(cards, { data });
      return inspection.examples.map((example) => example.tokens);
    };
    const [first, second, long] = await tokens({ tokenizer: 'word', lowercase: true });
    assert.deepEqual([first, second], ['is my card lost ?'.split(' '), 'my card is red .'.split(' ')]);
    assert.deepEqual([long?.length, long?.slice(0, 3)], [120, ['card', 'is', 'lost']]);
    assert.deepEqual((await tokens({ tokenizer: 'character', lowercase: false }))[0]?.slice(0, 4), [
      'I',
      's',
      '" "',
      'm',
    ]);
    const [ids] = await tokens({ tokenizer: 'word', lowercase: true, features: 'ids', length: 4 });
    assert.deepEqual(ids, ['is', 'my', 'card', 'lost'], 'the rest is cut off');
  });

  it('tells characters, words, shortest and longest texts, empty and repeated ones', async () => {
    const { inspection } = await inspected(collection('text', ['to be', 'or not to be 😀', '  ', 'to be']));
    const { lengths, characters, blank, duplicates } = inspection;
    assert.deepEqual([lengths?.shortest.value, lengths?.longest.value, lengths?.unit], [2, 14, 'characters']);
    assert.deepEqual([characters?.words, characters?.distinct], [9, 8]);
    assert.deepEqual([blank.positions, duplicates.exact.examples], [[2], 1]);
    assert.equal(inspection.examples.find(({ position }) => position === 1)?.text, 'or not to be 😀');
  });

  it('tells the columns of a table by name', async () => {
    const rows = Array.from({ length: 8 }, (_, i) => [
      i === 2 ? 'NA' : 1.5 + (i % 2),
      i % 3 ? 'Adelie' : 'Gentoo',
      i % 2,
    ]);
    const file = put(at('penguins.csv'), ['mass,species,label', ...rows.map((row) => row.join(','))].join('\n'));
    const { inspection } = await inspected(await openDataset(file));
    assert.deepEqual(
      inspection.columns.map(({ name, type, missing, mean }) => [name, type, missing, mean]),
      [
        ['mass', 'number', 1, 14.5 / 7],
        ['species', 'text', 0, null],
      ],
    );
    assert.match(inspectionMarkdown(inspection), /\| species \| text \| 0 \| 2 \|.*Adelie \(5\), Gentoo \(3\)/);
  });

  it('says of an unknown kind that its examples cannot be looked into, and tells the rest', async () => {
    const strange = collection('text', ['a', 'b'], { kind: 'molecule' });
    strange.info.kind = 'molecule' as DataKind;
    const { inspection } = await inspected(strange);
    assert.deepEqual([inspection.kind, inspection.count, inspection.examined], ['molecule', 2, 0]);
    assert.match(inspection.findings[0]!.text, /cannot look into examples of this kind/);
    assert.ok(factsOf(inspection).length > 3);
  });
});

describe('An inspection as Markdown', () => {
  it('has facts, classes with bars, and names as plain text', async () => {
    put(at('names', 'a|b', '1.png'), scenePng(1));
    put(at('names', 'a|b', '2.png'), scenePng(2));
    put(at('names', '[x](y)', '3.png'), scenePng(3));
    const { inspection } = await inspectAt(at('names'));
    const text = inspectionMarkdown(inspection);
    assert.match(text, /^# Dataset names\n/);
    assert.match(text, /\| a\\\|b \| 2 \| 67 % \| █{30} \|/);
    assert.match(text, /\| \\\[x\\\]\(y\) \| 1 \|/);
    assert.match(text, /\*\*Examples\*\* \| 3 of 40 × 40 × 3 \|/);
  });
});
