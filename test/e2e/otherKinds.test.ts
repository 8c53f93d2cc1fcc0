import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { CLUSTER_CLASSES, clusterCsv } from '../../src/data/table/clusters.js';
import { GRAMMAR_CLASSES, grammarSentences } from '../../src/data/text/grammar.js';
import { stream } from '../../src/protocol/random.js';
import type { MultiLabelEvaluation } from '../../src/protocol/run.js';
import { readMetrics } from '../trainer/trainer.js';
import { Session, until } from './session.js';
import { answer, chooseInMenu, openFile, question, runCommand, screenshot, webviewFrame } from './workbench.js';

describe('A new recipe for data that are no images', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({});
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  function put(name: string, content: string): void {
    const file = path.join(session.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  /** Questions of customers and what they want, as a bank has them. */
  function questions(count: number, seed: number): string {
    const { texts, labels } = grammarSentences(count, seed);
    const lines = texts.map((text, i) => `"${text.replaceAll('"', '""')}",${GRAMMAR_CLASSES[labels[i]!] ?? ''}`);
    return ['text,category', ...lines, ''].join('\n');
  }

  /**
   * By the palette, all as it is proposed but for the epochs.
   * @param reading the answer to how the data are to be read, where that is asked
   */
  async function trained(data: string, reading?: string) {
    const { page, folder } = session;
    const before = session.runs().length;
    const name = `${data}-autoencoder.pretrain.json`;
    await runCommand(page, 'Pretrain: New Recipe');
    const isOffered = async () => (await question(page)).labels.some((label) => label.startsWith(data));
    await until(isOffered, 'the dataset is offered');
    await answer(page, data);
    if (reading !== undefined) {
      await until(async () => (await question(page)).title.includes('How to Read'), 'it is asked how to read it');
      await answer(page, reading);
    }
    await until(async () => (await question(page)).title.includes('Method'), 'the method is asked for');
    await answer(page, 'Autoencoder');
    await page.locator(`.tab[data-resource-name="${name}"]`).waitFor();
    const recipe = path.join(folder, name);
    fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, '"epochs": 4'));
    // Of 600 examples 540 train, in 3 batches.
    await page.locator('.codelens-decoration', { hasText: '12 steps' }).waitFor({ timeout: 30_000 });
    await runCommand(page, 'Pretrain: Start Pretraining');
    await until(() => session.runs().length > before, 'it is started');
    await session.untilState('completed', 120_000);
    const monitor = await session.monitor();
    await monitor.untilState('completed');
    await screenshot(page, `other-kinds-${data}`);
    const run = session.run();
    return { run, losses: readMetrics(run.folder).flatMap(({ values }) => values['validationLoss'] ?? []) };
  }

  // The first one: it is fine-tuned from the only run there is.
  it('learns several labels of a text, shows how well it tells each, and predicts them', async function () {
    this.timeout(180_000);
    const { page } = session;
    const words: Record<string, string[]> = {
      fruit: ['apple', 'pear', 'plum'],
      place: ['town', 'river', 'hill'],
      rain: ['cloud', 'storm', 'drops'],
    };
    const random = stream(4, 'several labels');
    const rows = Array.from({ length: 600 }, (_, i) => {
      const labels = Object.keys(words).filter(() => random.uniform() < 0.5);
      const said = labels.flatMap((label) => [0, 1].map(() => words[label]![random.integer(3)]!));
      return `film ${i} was about ${said.join(' ')},${labels.join(';') || ';'}`;
    });
    put('films/films.csv', ['text,label', ...rows, ''].join('\n'));
    const { run } = await trained('films', 'Several labels from the column "label"');
    const { kind, classes, severalLabels } = run.dataset!;
    assert.deepEqual([kind, classes, severalLabels], ['text', Object.keys(words), true]);
    const recipe = 'films-autoencoder.pretrain.json';
    const file = path.join(session.folder, recipe);
    const text = fs.readFileSync(file, 'utf8');
    assert.match(text, /"labelSeparator": ";"/);
    fs.writeFileSync(
      file,
      text.replace(/\s*\}\s*$/, ', "finetune": { "epochs": 20, "optimizer": { "learningRate": 0.01 } } }'),
    );
    await openFile(page, recipe);
    await runCommand(page, 'Pretrain: Fine-Tune');
    await until(async () => (await question(page)).title === 'Fine-Tune: Mode', 'the mode is asked for');
    await answer(page, 'Full');
    await until(async () => (await question(page)).title === 'Fine-Tune: Labels', 'the labels are asked for');
    await answer(page, 'all labels');
    await until(() => session.run().stage === 'finetune', 'it is started');
    await session.untilState('completed');
    const evaluation = JSON.parse(
      fs.readFileSync(path.join(session.run().folder, 'evaluation.json'), 'utf8'),
    ) as MultiLabelEvaluation;
    assert.equal(evaluation.task, 'multiLabel');
    const { scores, meanAveragePrecision } = evaluation.splits['validation']!;
    assert.ok(meanAveragePrecision > 0.9, `${meanAveragePrecision}`);
    const monitor = await webviewFrame(page, { selector: '.label-table tbody tr', text: 'fruit', timeout: 30_000 });
    const table = await monitor.locator('.label-table tbody tr').allInnerTexts();
    assert.deepEqual(
      table.map((row) => row.split(/\s+/).slice(0, 2)),
      Object.keys(words).map((label, i) => [label, String(scores[i]!.support)]),
    );
    assert.match((await monitor.locator('.labels li').allInnerTexts()).join('\n'), /(fruit|place|rain) \d+\.\d %/);
    await monitor.locator('.label-table').scrollIntoViewIfNeeded();
    await screenshot(page, 'several-labels');

    const asked = ['film 700 was about apple plum', 'film 800 was about apple pear river hill'];
    put('asked.jsonl', asked.map((text) => JSON.stringify({ text })).join('\n'));
    await runCommand(page, 'View: Show Explorer');
    await page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'asked.jsonl' })
      .click({ button: 'right' });
    await chooseInMenu(page, 'Predict');
    const predicted = await webviewFrame(page, { selector: 'h1', text: 'asked.jsonl', timeout: 60_000 });
    const lists = await predicted
      .locator('.answer .class-list')
      .evaluateAll((all) => all.map((list) => list.getAttribute('aria-label')));
    assert.equal(lists.length, 2);
    assert.match(lists[0]!, /: fruit$/);
    assert.match(lists[1]!, /: (fruit, place|place, fruit)$/);
    await screenshot(page, 'several-labels-predicted');
  });

  it('trains on texts', async function () {
    this.timeout(180_000);
    put('questions/train.csv', questions(600, 1));
    put('questions/test.csv', questions(100, 2));
    const { run, losses } = await trained('questions');
    assert.deepEqual([run.dataset?.kind, run.dataset?.classes?.length], ['text', GRAMMAR_CLASSES.length]);
    assert.equal(run.dataset!.trainingCount + run.dataset!.validationCount, 600, 'the test texts are left alone');
    assert.equal(losses.length, 4);
    assert.ok(losses[3]! < losses[0]!, losses.join(', '));
  });

  it('trains on a table', async function () {
    this.timeout(180_000);
    put('fruit/fruit.csv', clusterCsv(600, 1));
    const { run, losses } = await trained('fruit', 'the column "kind"');
    assert.deepEqual([run.dataset?.kind, run.dataset?.classes?.length], ['table', CLUSTER_CLASSES.length]);
    assert.ok(losses[3]! < losses[0]!, losses.join(', '));
  });
});
