import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, isAlive, sharedMnist, until } from './session.js';
import { answer, notification, openFile, question, runCommand, screenshot } from './workbench.js';

describe('Pretraining in VS Code', () => {
  let session: Session;
  let recipe: string;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({});
    recipe = path.join(session.folder, 'digits-autoencoder.pretrain.json');
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  it('begins with a recipe for a dataset that was found', async () => {
    const { page } = session;
    await runCommand(page, 'Pretrain: New Recipe');
    await until(async () => (await question(page)).labels.includes('digits'), 'the dataset is offered');
    await answer(page, 'digits');
    await until(async () => (await question(page)).title.includes('Method'), 'the method is asked for');
    await answer(page, 'Autoencoder');
    await page.locator('.tab[data-resource-name="digits-autoencoder.pretrain.json"]').waitFor();
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
    // Long enough to be paused and reloaded in, short enough to be waited for.
    fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, '"epochs": 120'));
    await session.page.locator('.view-lines', { hasText: '"epochs": 120' }).waitFor();
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
    await page.locator('.statusbar-item', { hasText: /epoch \d+ of 120 · loss 0\.\d+/ }).waitFor({ timeout: 10_000 });
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
    await page
      .locator('.pane-body .monaco-list-row', { hasText: /digits-autoencoder.*epoch \d+ of 120/ })
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

  it('goes on, is reloaded in the middle of training, and completes in the same process', async function () {
    this.timeout(180_000);
    const { pid, step } = session.run();
    await runCommand(session.page, 'Pretrain: Resume');
    await until(() => session.run().step > step + 20, 'it goes on');
    await session.workbench.reload();
    const monitor = await session.monitor();
    assert.equal(session.run().pid, pid);
    await monitor.untilState('completed', 120_000);
    const run = session.run();
    assert.equal(run.state, 'completed');
    assert.equal(run.epoch, 120);
    assert.equal(session.runs().length, 1);
    const lines = fs.readFileSync(path.join(run.folder, 'metrics.jsonl'), 'utf8').trim().split('\n');
    const steps = new Set(lines.map((line) => (JSON.parse(line) as { step: number }).step));
    assert.equal(steps.size, run.step, 'each step was measured once');
    assert.ok((await monitor.loss()) < 0.15);
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
    await until(() => session.runs().length === 2, 'it is started');
    await until(() => session.run().epoch >= 1, 'an epoch');
    await session.untilState('completed', 120_000);
    const { metrics, dataset } = session.run();
    assert.deepEqual([dataset?.trainingCount, dataset?.validationCount], [60_000, 10_000]);
    // Keras reaches 0.191 after one epoch.
    assert.ok((metrics['validationLoss'] ?? 1) < 0.19, `validation loss ${metrics['validationLoss'] ?? 'unknown'}`);
    await notification(session.page, /mnist is complete/).catch(() => undefined);
    await screenshot(session.page, 'mnist');
  });
});
