import assert from 'node:assert/strict';
import { costText, engineReport, formatBytes, runText, statusText, datasetText } from '../../../src/host/format.js';
import type { RunRecord } from '../../../src/protocol/run.js';
import { freeName, recipeFileName } from '../../../src/host/recipeName.js';
import { runRecord } from './support.js';

describe('Texts about runs', () => {
  it('tell the epoch under way, the loss and the time left', () => {
    const run = runRecord({ epoch: 11.5, epochs: 100, metrics: { loss: 0.09532, validationLoss: 0.1 } });
    assert.equal(runText(run, 'running', 'en'), 'epoch 12 of 100 · loss 0.0953');
    assert.equal(statusText(run, 'running', 90, 'en'), 'digits · epoch 12 of 100 · loss 0.0953 · 1 min 30 s left');
    assert.equal(statusText(run, 'running', null, 'en'), 'digits · epoch 12 of 100 · loss 0.0953');
    assert.equal(statusText(run, 'paused', 90, 'en'), 'digits · Paused · epoch 12 of 100 · loss 0.0953');
  });

  it('tell no epoch beyond the last and none of a complete run', () => {
    const run = runRecord({ epoch: 100, epochs: 100, metrics: {} });
    assert.equal(runText(run, 'running'), 'epoch 100 of 100');
    assert.equal(runText(run, 'completed'), 'Complete');
    assert.equal(runText(runRecord({ epoch: 0, metrics: {} }), 'preparing'), 'Preparing');
  });

  it('tell of a fine-tuning that is complete how many labels it took and how well it does', () => {
    const dataset = { trainingCount: 100 } as NonNullable<RunRecord['dataset']>;
    const metrics = { loss: 0.3, validationAccuracy: 0.8, testAccuracy: 0.7834 };
    const run = runRecord({ stage: 'finetune', method: 'probe', epoch: 11.5, epochs: 20, dataset, metrics });
    assert.equal(runText(run, 'completed', 'en'), 'test accuracy 78.3 % · 100 labels');
    assert.equal(runText(run, 'completed', 'de'), 'test accuracy 78,3 % · 100 labels');
    assert.equal(runText(run, 'stopped', 'en'), 'Stopped · epoch 12 of 20 · loss 0.300');
    const untested = { ...run, metrics: { validationAccuracy: 0.8 } };
    assert.equal(runText(untested, 'completed', 'en'), 'validation accuracy 80.0 % · 100 labels');
    assert.equal(runText({ ...run, metrics: {} }, 'completed'), 'Complete');
    assert.equal(runText({ ...run, stage: 'pretrain' }, 'completed', 'en'), 'Complete · loss 0.300');
  });

  it('write thousands as people do', () => {
    assert.equal(
      runText(runRecord({ epoch: 1233.2, epochs: 2000, metrics: {} }), 'running', 'en'),
      'epoch 1,234 of 2,000',
    );
  });

  it('write sizes and costs as people do', () => {
    assert.deepEqual(
      [412e6, 1.24e9, 5e3].map((bytes) => formatBytes(bytes, 'en')),
      ['410 MB', '1.2 GB', '5 kB'],
    );
    const cost = { stage: 'pretrain' as const, parameters: 50992, epochs: 100, stepsPerEpoch: 235, memoryBytes: 4e8 };
    assert.equal(costText(cost, 'en'), '50,992 parameters · 23,500 steps · about 400 MB');
    assert.equal(costText(cost, 'de'), '50.992 parameters · 23.500 steps · about 400 MB');
  });

  it('report engines as a table with the reasons below', () => {
    const report = engineReport(
      [
        {
          name: 'tensorflow',
          loads: false,
          reason: 'No native library.',
          version: null,
          threads: null,
          stepMilliseconds: null,
        },
        { name: 'wasm', loads: true, reason: null, version: '4.22.0', threads: 2, stepMilliseconds: 1.234 },
      ],
      'en',
    );
    assert.match(report, /\| tensorflow \| no \| – \| – \| – \|/);
    assert.match(report, /\| wasm \| yes \| 4\.22\.0 \| 2 \| 1\.23\u00a0ms \|/);
    assert.match(report, /- \*\*tensorflow\*\*: No native library\./);
    assert.match(report, /uses? \*\*wasm\*\*|use \*\*wasm\*\*/);
  });
});

describe('The text for a dataset', () => {
  it('tells the format, the examples of each split and their shape, as far as they are known', () => {
    const nothing = { counts: [], atLeast: false, shape: [], classes: null, bytes: null };
    const mnist = { ...nothing, counts: [60_000, 10_000], shape: [28, 28] };
    assert.equal(datasetText('IDX images', mnist, 'en'), 'IDX images · 60,000 + 10,000 · 28×28');
    assert.equal(datasetText('images', { ...nothing, classes: 3 }, 'en'), 'images · 3 classes');
    assert.equal(datasetText('sound', { ...nothing, counts: [20_000], atLeast: true }, 'en'), 'sound · 20,000+');
    assert.equal(datasetText('CSV', { ...nothing, bytes: 82_337 }, 'en'), 'CSV · 82 kB');
    assert.equal(datasetText('text', null, 'en'), 'text');
  });
});

describe('The name of a new recipe', () => {
  it('tells the data and the method', () => {
    assert.equal(recipeFileName('/w/My Digits (2)', 'autoencoder'), 'my-digits-2-autoencoder');
    assert.equal(recipeFileName('/w/faces.npz', 'autoencoder'), 'faces-autoencoder');
    for (const file of [
      'a.csv',
      'a.TSV',
      'a.csv.gz',
      'a.parquet',
      'a.jsonl',
      'a.txt',
      'a.npy.gz',
      'a.zip',
      'a.tar.gz',
      'a.tgz',
    ])
      assert.equal(recipeFileName(`/w/${file}`, 'autoencoder'), 'a-autoencoder', file);
    assert.equal(recipeFileName('/w/v1.2', 'autoencoder'), 'v1-2-autoencoder');
    assert.equal(recipeFileName('/w/数字', 'autoencoder'), '数字-autoencoder');
    assert.equal(recipeFileName('/', 'autoencoder'), 'autoencoder');
  });

  it('is one that is free', () => {
    assert.equal(freeName('a', new Set()), 'a');
    assert.equal(freeName('a', new Set(['a.pretrain.json', 'a-2.pretrain.json'])), 'a-3');
  });
});
