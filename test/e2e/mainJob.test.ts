import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, isAlive, sharedMnist, until } from './session.js';
import { answer, openFile, question, runCommand, screenshot } from './workbench.js';

describe('Pretraining in VS Code', () => {
  let session: Session;
  let recipe: string;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({});
    await session.page.setViewportSize({ width: 1440, height: 1100 }); // all of the recipe is in view
    recipe = path.join(session.folder, 'digits-autoencoder.pretrain.json');
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  /** As if a person had typed it and saved. */
  function setEpochs(epochs: number): void {
    fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, `"epochs": ${epochs}`));
  }

  it('begins with a recipe for a dataset that was found', async () => {
    const { page } = session;
    await runCommand(page, 'Pretrain: New Recipe');
    await until(async () => (await question(page)).labels.includes('digits'), 'the dataset is offered');
    await answer(page, 'digits');
    await until(async () => (await question(page)).title.includes('Method'), 'the method is asked for');
    const offered = (await question(page)).labels.filter((label) => /^Masked|^Causal/.test(label));
    assert.deepEqual(offered, ['Masked autoencoder'], 'what learns from texts only is not offered for images');
    await answer(page, 'Autoencoder');
    const tab = page.locator('.tab[data-resource-name="digits-autoencoder.pretrain.json"]');
    await tab.waitFor();
    assert.equal(await tab.locator('.italic').count(), 0, 'the next file does not take its place');
    const text = fs.readFileSync(recipe, 'utf8');
    assert.match(text, /"path": "digits"/);
    assert.match(text, /^\s*\/\/ \S/m);
  });

  it('says above the stage what it costs', async () => {
    // The primer's network: 784 * 32 + 32 + 32 * 784 + 784 weights.
    await session.page.locator('.codelens-decoration', { hasText: '50,992 parameters' }).waitFor({ timeout: 30_000 });
  });

  it('starts from the palette and shows the loss fall and the digits become sharp', async function () {
    this.timeout(120_000);
    setEpochs(100_000); // on any computer it is not over before it is stopped
    await session.page.locator('.view-lines', { hasText: '"epochs": 100000' }).waitFor();
    await runCommand(session.page, 'Pretrain: Start Pretraining');
    const monitor = await session.monitor();
    await monitor.untilState('running');
    // Before the first step each pixel is a guess: the cross-entropy is ln 2.
    await monitor.untilStep(150);
    const loss = await monitor.loss();
    assert.ok(loss < 0.5 * Math.LN2, `the loss fell to ${loss}`);
    const [error, errorBefore] = [
      await monitor.reconstructionError('output'),
      await monitor.reconstructionError('first'),
    ];
    assert.ok(error < 0.5 * errorBefore, `the pixels came closer: from ${errorBefore} to ${error}`);
    assert.match(await monitor.text('.fact-speed'), /\d/);
  });

  it('is shown in the status bar and among the runs', async () => {
    const { page } = session;
    await page
      .locator('.statusbar-item', { hasText: /epoch [\d,]+ of 100,000 · loss 0\.\d+/ })
      .waitFor({ timeout: 10_000 });
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
    await page
      .locator('.pane-body .monaco-list-row', { hasText: /digits-autoencoder.*epoch [\d,]+ of 100,000/ })
      .waitFor({ timeout: 10_000 });
  });

  it('pauses: no step is done until it is resumed', async () => {
    const monitor = await session.monitor();
    await runCommand(session.page, 'Pretrain: Pause');
    await monitor.untilState('paused');
    await session.untilState('paused');
    const { step } = session.run();
    await sleep(1_000);
    assert.equal(session.run().step, step);
  });

  it('is found again, paused as it was, by a window that was reloaded', async function () {
    this.timeout(120_000);
    const { pid, id } = session.run();
    assert.ok(pid !== null);
    await session.workbench.reload();
    const monitor = await session.monitor();
    await monitor.untilState('paused');
    await monitor.untilStep(100);
    assert.ok(isAlive(pid));
    assert.equal(session.run().id, id);
  });

  it('goes on in the same process, through another reload, until it is stopped', async function () {
    this.timeout(120_000);
    const { pid, step } = session.run();
    await runCommand(session.page, 'Pretrain: Resume');
    await until(() => session.run().step > step, 'it goes on');
    await session.workbench.reload();
    const monitor = await session.monitor();
    await monitor.untilState('running');
    assert.equal(session.run().pid, pid);
    await runCommand(session.page, 'Pretrain: Stop');
    await session.untilState('stopped');
    assert.equal(session.runs().length, 1);
  });

  it('is complete after it was paused, resumed and reloaded in the middle', async function () {
    this.timeout(180_000);
    const { page } = session;
    const { epoch, seconds } = session.run();
    const epochs = Math.ceil((epoch / seconds) * 20); // some 20 seconds here: enough for all of this in the middle
    setEpochs(epochs);
    await openFile(page, path.basename(recipe));
    await runCommand(page, 'Pretrain: Start Pretraining');
    await until(() => session.runs().length === 2, 'it is started');
    await runCommand(page, 'Pretrain: Pause');
    await session.untilState('paused');
    await runCommand(page, 'Pretrain: Resume');
    await until(() => session.run().state !== 'paused', 'it goes on');
    await session.workbench.reload();
    await session.untilState('completed', 120_000);
    const run = session.run();
    assert.equal(run.epoch, epochs);
    const lines = fs.readFileSync(path.join(run.folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const steps = lines.map((line) => JSON.parse(line) as { step: number; values: Record<string, number> });
    const measured = steps.filter(({ values }) => 'loss' in values).map(({ step }) => step);
    assert.equal(new Set(measured).size, measured.length, 'no step was measured twice');
    await page.locator('.tab', { hasText: 'digits-autoencoder: Complete' }).waitFor({ timeout: 30_000 });
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
    await page
      .locator('.pane-body .monaco-list-row', { hasText: /digits-autoencoder.*Complete · loss 0\.\d+/ })
      .waitFor();
  });

  it('asked nothing of any other host', () => {
    // VS Code's web build names a webview's files so; its service worker answers, nothing leaves the machine.
    const others = [...session.workbench.external].filter(
      (origin) => !origin.endsWith('.vscode-resource.vscode-cdn.net'),
    );
    assert.deepEqual(others, []);
  });

  it('works on the real MNIST as it lies', async function () {
    this.timeout(180_000);
    if (!fs.existsSync(sharedMnist)) return this.skip();
    const text = { data: { path: sharedMnist, validation: 'test' }, pretrain: { epochs: 3 } };
    fs.writeFileSync(path.join(session.folder, 'mnist.pretrain.json'), JSON.stringify(text));
    await openFile(session.page, 'mnist.pretrain.json');
    await runCommand(session.page, 'Pretrain: Start Pretraining');
    await until(() => session.runs().length === 3, 'it is started');
    await until(() => session.run().epoch >= 1, 'an epoch');
    await session.untilState('completed', 120_000);
    const { metrics, dataset } = session.run();
    assert.deepEqual([dataset?.trainingCount, dataset?.validationCount], [60_000, 10_000]);
    // Keras reaches 0.191 after one epoch.
    assert.ok((metrics['validationLoss'] ?? 1) < 0.19, `validation loss ${metrics['validationLoss'] ?? 'unknown'}`);
    await screenshot(session.page, 'mnist');
  });
});
