import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { Session, until } from './session.js';
import { answer, question, runCommand, screenshot, webviewFrame } from './workbench.js';

describe('Inspect Dataset', () => {
  let session: Session;
  let frame: Frame;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({});
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  it('offers the datasets of the workspace and shows what is in one, beside the editor', async function () {
    this.timeout(90_000);
    const { page } = session;
    await runCommand(page, 'Pretrain: Inspect Dataset');
    await until(async () => (await question(page)).labels.includes('digits'), 'the digits are found', 20_000);
    assert.equal((await question(page)).title, 'Inspect Dataset');
    await answer(page, 'digits');
    frame = await webviewFrame(page, { selector: 'h1', text: 'digits', timeout: 60_000 });
    assert.deepEqual(await frame.locator('.tiles dd').allInnerTexts(), ['6,000', '10', '5,000', '1,000']);
    assert.equal(await frame.locator('.class-row').count(), 10);
    assert.ok((await frame.locator('.class-row canvas').count()) >= 50);
    await screenshot(page, 'inspect-dataset');
  });

  it('leaves no file of its samples behind', () => {
    const left = fs.readdirSync(os.tmpdir()).filter((name) => /^pretrain-[-0-9a-f]{36}\.safetensors$/.test(name));
    assert.deepEqual(left, []);
  });

  it('exports what it shows as Markdown', async function () {
    this.timeout(60_000);
    const { page } = session;
    await frame.locator('vscode-button', { hasText: 'Export as Markdown' }).click();
    await page.locator('.quick-input-widget:visible input[type="text"]').first().waitFor({ timeout: 10_000 });
    await page.keyboard.press('Enter');
    const file = path.join(session.folder, 'digits-dataset.md');
    await until(() => fs.existsSync(file), 'the document is written', 15_000);
    assert.match(fs.readFileSync(file, 'utf8'), /^# Dataset digits\n[^]*\| 7 \| 600 \| 10 % \| 500 \| 100 \|/);
    await page.locator('.tab[data-resource-name="digits-dataset.md"]').waitFor({ timeout: 10_000 });
  });

  it('begins a recipe with the data that it shows', async function () {
    this.timeout(60_000);
    const { page } = session;
    await frame.locator('vscode-button', { hasText: 'New Recipe with This Data' }).click();
    await answer(page, 'Autoencoder');
    await page.locator('.tab[data-resource-name="digits-autoencoder.pretrain.json"]').waitFor({ timeout: 15_000 });
    const recipe = fs.readFileSync(path.join(session.folder, 'digits-autoencoder.pretrain.json'), 'utf8');
    assert.match(recipe, /"path": "digits"/);
  });
});
