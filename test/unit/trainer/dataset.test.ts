import assert from 'node:assert/strict';
import { encodeIdx } from '../../../src/data/idxWrite.js';
import { checkText } from '../../../src/trainer/commands/check.js';
import { buildLearner } from '../../../src/trainer/cost.js';
import { loadDataset, type LoadedDataset } from '../../../src/trainer/dataset.js';
import { checkedRecipe } from '../../../src/trainer/language.js';
import { augmentationOf } from '../../../src/data/augment/ofDataset.js';
import type { AugmentationOptions } from '../../../src/recipe/augmentation.js';
import { put, temporaryFolder } from '../data/make.js';

describe('A dataset for training', () => {
  const at = temporaryFolder();
  const opened: LoadedDataset[] = [];
  afterEach(async () => {
    for (const dataset of opened.splice(0)) await dataset.close();
  });

  async function load(data: string, pretrain: object, more: object = {}) {
    const text = JSON.stringify({ data: { path: data, ...more }, pretrain });
    const { recipe } = checkedRecipe(text, at('test.pretrain.json'));
    const dataset = await loadDataset(recipe, data, at('cache'), { kept: null, onPlanned: () => undefined });
    opened.push(dataset);
    return { recipe, dataset };
  }

  /** Rows whose number, city and label all follow from their index. */
  function table(name: string, rows: number, label: (i: number) => string): string {
    const cities = ['Rome', 'Oslo', 'Bonn'];
    const lines = Array.from({ length: rows }, (_, i) => `${((i * 37) % 101) / 4},${cities[i % 3]},${label(i)}`);
    return put(at(name), `size,city,label\n${lines.join('\n')}\n`);
  }

  it('draws validation and parts of the labels by chance where labels are numbers, the same for every stage', async () => {
    const value = (i: number): number => ((i * 37) % 500) / 8;
    const file = table('numbers.csv', 500, (i) => String(value(i)));
    const loaded = async (stage: 'pretrain' | 'finetune', finetune: object = {}) => {
      const text = JSON.stringify({ data: { path: file }, finetune });
      const { recipe } = checkedRecipe(text, at('test.pretrain.json'));
      const work = { stage };
      const dataset = await loadDataset(recipe, file, at('cache'), { kept: null, work, onPlanned: () => undefined });
      opened.push(dataset);
      return dataset;
    };
    const { positions, training, facts } = await loaded('pretrain');
    assert.deepEqual([training.quantities, facts.classes], [true, null]);
    const values = Array.from(positions.validation, value);
    const mean = values.reduce((sum, one) => sum + one / values.length, 0);
    assert.equal(values.length, 50);
    assert.ok(mean > 24 && mean < 38, `the mean of all is 31: ${mean}`);
    const parts = await Promise.all([0.1, 0.5].map((labelFraction) => loaded('finetune', { labelFraction })));
    const [tenth, half] = parts.map((part) => new Set(part.positions.training));
    assert.deepEqual([tenth!.size, half!.size], [45, 225]);
    assert.ok([...tenth!].every((position) => half!.has(position)));
    assert.deepEqual(parts[0]!.positions.validation, positions.validation);
    const classes = await loaded('finetune', { task: 'classification', labelFraction: 0.5 });
    assert.deepEqual([classes.training.quantities, classes.facts.classes!.length], [false, 500]);
    assert.equal(classes.training.count, 450, 'one of each class');
  });

  it('makes views by the key of seed, step and example, whatever else is in the batch', async () => {
    const { width, count } = { width: 6, count: 100 };
    const pixels = Uint8Array.from({ length: count * width * width }, (_, i) => (i * 7919) % 256);
    const file = put(at('pictures-idx3-ubyte'), encodeIdx([count, width, width], pixels));
    const { dataset } = await load(file, { method: 'contrastive' });
    const { training } = dataset;
    const all = Int32Array.from({ length: training.count }, (_, i) => i);
    const [first, second] = await training.views!(all, 1, 3, 2);
    assert.equal(first!.length, training.count * width * width);
    assert.notDeepEqual(first, second);
    assert.deepEqual(await training.views!(all, 1, 3, 2), [first, second]);
    const part = all.slice(70, 73).reverse();
    const [alone] = await training.views!(part, 1, 3, 1);
    const size = width * width;
    for (const [i, position] of part.entries())
      assert.deepEqual(
        alone!.slice(i * size, (i + 1) * size),
        first!.slice(position * size, (position + 1) * size),
        'of the same example',
      );
    assert.notDeepEqual(await training.views!(all, 1, 4, 1), [first]);
    assert.notDeepEqual(await training.views!(all, 2, 3, 1), [first]);
  });

  it('makes views of the examples at those positions: where nothing is changed, they are the same', async () => {
    const pixels = Uint8Array.from({ length: 50 * 16 }, (_, i) => (i * 7919) % 256);
    const file = put(at('still-idx3-ubyte'), encodeIdx([50, 4, 4], pixels));
    const image = { crop: 0, brightness: 0, contrast: 0 };
    const { dataset } = await load(file, { method: 'redundancy', augmentation: { image } });
    const positions = Int32Array.of(3, 0, 1);
    const [view] = await dataset.validation!.views!(positions, 1, 0, 1);
    assert.deepEqual(view, await dataset.validation!.batch(positions));
  });

  it('makes none where the method has no use for them', async () => {
    const { dataset } = await load(
      table('plain.csv', 30, (i) => `c${i % 2}`),
      { method: 'autoencoder' },
    );
    assert.ok(!('views' in dataset.training));
  });

  it('replaces columns by those of training rows alone, categories as a whole', async () => {
    const file = table('mixed.csv', 60, (i) => `c${i % 2}`);
    const options = { mask: 0.9, noise: 0 };
    const { dataset } = await load(file, { method: 'contrastive', augmentation: { table: options } });
    const { training, validation } = dataset;
    const width = training.shape[0]!;
    assert.equal(width, 4, 'a number and three cities');
    const numbers = (rows: ArrayLike<number>) => Array.from(rows).filter((_, i) => i % width === 0);
    const known = new Set(numbers(await training.batch(Int32Array.from({ length: training.count }, (_, i) => i))));
    const positions = Int32Array.from({ length: validation!.count }, (_, i) => i);
    const own = numbers(await validation!.batch(positions));
    let replaced = 0;
    for (let step = 0; step < 20; step++) {
      const [view] = await validation!.views!(positions, 1, step, 1);
      numbers(view!).forEach((value, i) => {
        if (value === own[i]) return;
        replaced++;
        assert.ok(known.has(value), `${value} is no training row's`);
      });
      for (let i = 0; i < positions.length; i++)
        assert.equal(
          Array.from(view!.slice(i * width + 1, (i + 1) * width)).reduce((a, b) => a + b),
          1,
          'one city',
        );
    }
    assert.ok(replaced > 50, String(replaced));
  });

  it('knows how examples are to be changed by what they are', () => {
    const options = {} as AugmentationOptions;
    const kindOf = (kind: 'image' | 'sound' | 'array' | 'text', shape: number[]) =>
      augmentationOf({ kind }, { kind: 'numbers', shape, range: [0, 1] }, options).kind;
    assert.equal(kindOf('image', [8, 8, 1]), 'image');
    assert.equal(kindOf('sound', [8, 8, 1]), 'sound');
    assert.equal(kindOf('array', [8, 8, 1]), 'table');
    assert.equal(kindOf('text', [8]), 'table');
    const vocabulary = { size: 9, pad: 0, mask: null };
    const ids = { kind: 'text' as const, shape: [8], range: null, vocabulary };
    assert.deepEqual(augmentationOf({ kind: 'text' }, ids, options).vocabulary, vocabulary);
    assert.equal(
      augmentationOf({ kind: 'table' }, { kind: 'numbers', shape: [2], range: null }, options).bounded,
      false,
    );
  });

  it('is refused by supervised pretraining where a label is missing, or all are', async () => {
    const pretrain = { method: 'supervised' };
    const whole = await load(
      table('whole.csv', 30, (i) => `c${i % 2}`),
      pretrain,
    );
    assert.deepEqual(whole.dataset.example.labels, { classes: ['c0', 'c1'], unlabelled: 0, counts: [13, 14] });
    assert.match(buildLearner(whole.recipe, whole.dataset.example).summary, /2 classes/);
    const gaps = await load(
      table('gaps.csv', 30, (i) => (i % 10 === 3 ? '' : `c${i % 2}`)),
      pretrain,
    );
    assert.throws(() => buildLearner(gaps.recipe, gaps.dataset.example), /3 of the examples have none/);
    const none = await load(
      table('none.csv', 30, (i) => `c${i % 2}`),
      pretrain,
      { labels: 'none' },
    );
    assert.throws(() => buildLearner(none.recipe, none.dataset.example), /these examples have none/);
  });

  it('without labels is told by a check of the recipe, at the method, with another one as a fix', async () => {
    const file = table('checked.csv', 30, (i) => `c${i % 2}`);
    const recipe = (labels: string) => `{
  "data": { "path": ${JSON.stringify(file)}, "labels": "${labels}" },
  "pretrain": { "method": "supervised", "batchSize": 16 }
}`;
    const told = async (labels: string) =>
      (await checkText(recipe(labels), at('checked.pretrain.json'))).problems.filter(
        ({ severity }) => severity === 'error',
      );
    assert.deepEqual(await told('auto'), []);
    const [problem] = await told('none');
    assert.deepEqual([problem!.code, problem!.line], ['labels-needed', 3]);
    assert.match(JSON.stringify(problem!.fixes), /contrastive/);
  });
});
