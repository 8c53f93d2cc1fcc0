import * as assert from 'node:assert/strict';
import { openDataset } from '../../../../src/data/index.js';
import { augment, augmenterOf } from '../../../../src/data/augment/index.js';
import { augmentationOf, strengthsOf } from '../../../../src/data/augment/ofDataset.js';
import { inspectDataset, type InspectOptions } from '../../../../src/data/inspect/index.js';
import { planPreparation, prepareFew } from '../../../../src/data/prepare/index.js';
import { chooseSplits } from '../../../../src/data/split.js';
import { VIEWS, viewTensor, type ShownViews } from '../../../../src/protocol/inspection.js';
import { augmentationOption, type AugmentationOptions } from '../../../../src/recipe/augmentation.js';
import { filled } from '../../../../src/recipe/defaults.js';
import { dataOptions, png, put, temporaryFolder } from '../make.js';

const at = temporaryFolder();
const usual = filled(augmentationOption, {}) as unknown as AugmentationOptions;

async function inspected(target: string, options: Partial<InspectOptions> = {}) {
  const dataset = await openDataset(target);
  try {
    const data = { ...dataOptions, path: target, ...options.data };
    const { inspection, pictures } = await inspectDataset(dataset, { ...options, data });
    const shown = pictures.metadata[VIEWS];
    return { inspection, pictures, views: shown === undefined ? null : (JSON.parse(shown) as ShownViews) };
  } finally {
    await dataset.close();
  }
}

describe('Views in an inspection', () => {
  before(() => {
    for (let i = 0; i < 12; i++)
      for (const [label, blue] of [
        ['a', 0],
        ['b', 200],
      ] as const)
        put(at('colours', label, `${i}.png`), png(12, 10, [20 * i, 250 - 20 * i, blue]));
    const rows = Array.from({ length: 40 }, (_, i) => `${1000 + 10 * i},${['Rome', 'Oslo', 'Bonn'][i % 3]},${i % 2}`);
    put(at('towns.csv'), ['height,town,label', ...rows].join('\n'));
    put(
      at('texts.csv'),
      ['text,label', ...Array.from({ length: 24 }, (_, i) => `the card number ${i} was lost on the way,${i % 2}`)].join(
        '\n',
      ),
    );
  });

  it('are those that augmentation makes of the prepared examples with the seed', async () => {
    const target = at('colours');
    const { inspection, pictures, views } = await inspected(target, { seed: 7, augmentation: usual });
    assert.equal(views?.examples.length, 6);
    const dataset = await openDataset(target);
    const plan = await planPreparation(dataset, dataOptions, chooseSplits(dataset, dataset.labels, dataOptions, 7));
    const augmenter = augmenterOf(augmentationOf(dataset.info, plan.preparation, usual));
    for (const { position, name, views: own } of views.examples) {
      assert.equal(own.length, 6, 'the example and five views');
      assert.equal(name, dataset.name(position));
      const positions = Int32Array.of(position);
      const values = (await prepareFew(dataset, plan, positions)).get(position) as Float32Array;
      const bytes = (of: Float32Array) => Uint8Array.from(of, (value) => Math.round(255 * value));
      const tensor = (index: number) => pictures.tensors[viewTensor(position, index)];
      assert.deepEqual(tensor(0), { shape: [10, 12, 3], data: bytes(values) });
      const third = augment(augmenter, { seed: 7, step: 0, view: 2 }, positions, values, new Float32Array());
      assert.deepEqual(tensor(3)?.data, bytes(third));
    }
    await dataset.close();
    assert.match(inspection.augmentation?.sentence ?? '', /the recipe’s .* seed 7: crop 0\.6, .*brightness 0\.4.*flip/);
    assert.equal(inspection.augmentation?.strengths['hue'], 0.1);
  });

  it('of rows show cells in their own units and mark those that were replaced', async () => {
    const heights = new Set(Array.from({ length: 40 }, (_, i) => `1,${String(10 * i).padStart(3, '0')}`));
    const quiet = { ...usual, table: { ...usual.table, noise: 0 } };
    const { views } = await inspected(at('towns.csv'), { augmentation: quiet });
    assert.deepEqual(views?.columns, ['height', 'town']);
    let marked = 0;
    for (const { views: own } of views.examples) {
      const [original, ...changed] = own.map(({ cells = [], replaced }) => ({ cells, replaced }));
      assert.deepEqual(original?.replaced, []);
      for (const { cells, replaced } of changed) {
        assert.ok(heights.has(cells[0] ?? '') && ['Rome', 'Oslo', 'Bonn'].includes(cells[1] ?? ''), cells.join());
        assert.deepEqual(
          replaced,
          [0, 1].filter((i) => cells[i] !== original?.cells[i]),
        );
        marked += replaced?.length ?? 0;
      }
    }
    assert.ok(marked > 5, `${marked} of 60`);
  });

  it('mark no value of a row that noise alone has changed', async () => {
    const noisy = { ...usual, table: { mask: 0, replacement: 'other' as const, noise: 0.05 } };
    const { views, inspection } = await inspected(at('towns.csv'), { augmentation: noisy });
    const all = views?.examples.flatMap(({ views: own }) => own) ?? [];
    assert.ok(all.length > 30 && all.every(({ replaced }) => replaced?.length === 0));
    assert.ok(
      all.some(({ cells }) => !cells?.[0]?.endsWith('0')),
      'there is noise',
    );
    assert.match(inspection.augmentation?.sentence ?? '', /seed 1: noise 0\.05\.$/);
  });

  it('are made with the defaults of a recipe where none says otherwise', async () => {
    const { inspection } = await inspected(at('towns.csv'));
    assert.deepEqual(inspection.augmentation, {
      kind: 'table',
      strengths: { mask: 0.3, noise: 0.02, replacement: 'other' },
      sentence:
        'As "augmentation" of a recipe changes examples where it says nothing else: mask 0.3, noise 0.02, replacement other.',
    });
  });

  it('of texts that are learned from as ids read as their tokens', async () => {
    const text = { ...dataOptions.text, features: 'ids' as const };
    const { views, inspection } = await inspected(at('texts.csv'), {
      data: { ...dataOptions, path: at('texts.csv'), text },
    });
    assert.equal(inspection.augmentation?.kind, 'text');
    const [{ views: own } = { views: [] }] = views?.examples ?? [];
    assert.match(own[0]?.text ?? '', /the card number \d+ was lost on the way/);
    assert.ok(own.slice(1).some(({ text }) => text !== own[0]?.text));
    assert.ok(own.every(({ text }) => !/pad/.test(text ?? '')));
  });

  it('are not there where the recipe’s method makes none', async () => {
    const { inspection, views, pictures } = await inspected(at('colours'), { augmentation: null });
    assert.deepEqual([inspection.augmentation, views], [null, null]);
    assert.deepEqual(
      Object.keys(pictures.tensors).filter((name) => name.startsWith('view/')),
      [],
    );
  });

  it('are told by the strengths that matter for the data', () => {
    const grey = strengthsOf({ kind: 'image', shape: [8, 8, 1], options: usual });
    assert.deepEqual(grey, { crop: 0.6, brightness: 0.4, contrast: 0.4 });
    const off = { ...usual, table: { mask: 0, noise: 0, replacement: 'other' as const } };
    assert.deepEqual(strengthsOf({ kind: 'table', shape: [3], options: off }), {});
  });
});
