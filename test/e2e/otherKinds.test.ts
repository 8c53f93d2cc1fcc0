import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { CLUSTER_CLASSES, clusterCsv } from '../../src/data/table/clusters.js';
import { GRAMMAR_CLASSES, grammarSentences } from '../../src/data/text/grammar.js';
import { readMetrics } from '../trainer/trainer.js';
import { Session, until } from './session.js';
import { answer, question, runCommand, screenshot } from './workbench.js';

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
