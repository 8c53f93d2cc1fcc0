import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { Session, until } from './session.js';
import { answer, chooseInMenu, openFile, question, runCommand, screenshot, webviewFrame } from './workbench.js';

const table = [
  'species,island,mass',
  ...Array.from({ length: 120 }, (_, i) => `${i % 2 ? 'cat' : 'dog'},${'ABC'[i % 3] ?? ''}land,${3 + ((7 * i) % 50)}`),
].join('\n');

describe('Inspect Dataset', () => {
  let session: Session;
  let frame: Frame;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({
      'animals.csv': table,
      'islands.pretrain.json': JSON.stringify({ data: { path: 'animals.csv', labelColumn: 'island' } }, null, 2),
    });
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

  it('is in the menu of a file in the Explorer', async function () {
    this.timeout(90_000);
    const { page } = session;
    await runCommand(page, 'View: Show Explorer');
    await page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'animals.csv' })
      .click({ button: 'right' });
    const entry = page.locator('.monaco-menu .action-item', { hasText: 'Inspect Dataset' });
    await entry.waitFor({ timeout: 10_000 });
    await screenshot(page, 'inspect-explorer');
    await chooseInMenu(page, 'Inspect Dataset');
    const animals = await webviewFrame(page, { selector: 'h1', text: 'animals.csv', timeout: 60_000 });
    assert.deepEqual(await animals.locator('.tiles dd').allInnerTexts(), ['120', '2']);
  });

  it('has one page for a dataset: asked again, it comes to the front and is made anew', async function () {
    this.timeout(90_000);
    const { page } = session;
    await runCommand(page, 'Pretrain: Inspect Dataset');
    await until(async () => (await question(page)).labels.includes('digits'), 'the digits are found', 20_000);
    await answer(page, 'digits');
    await page.locator('.tab.active', { hasText: 'digits: Dataset' }).waitFor({ timeout: 10_000 });
    frame = await webviewFrame(page, { selector: 'h1', text: 'digits' });
    await frame.locator('h1').evaluate((title) => title.classList.add('earlier'));
    await frame.locator('h1:not(.earlier)').waitFor({ timeout: 60_000 });
    assert.equal(await page.locator('.tab', { hasText: 'digits: Dataset' }).count(), 1);
  });

  it('is shown again, at once, by a window that was reloaded', async function () {
    this.timeout(120_000);
    const { page } = session;
    await session.workbench.reload();
    frame = await webviewFrame(page, { selector: 'h1', text: 'digits', timeout: 60_000 });
    assert.deepEqual(await frame.locator('.tiles dd').allInnerTexts(), ['6,000', '10', '5,000', '1,000']);
    assert.match(await frame.locator('.summary').innerText(), / · inspected \w+ \d+, \d{4}, \d\d:\d\d$/);
    assert.ok((await frame.locator('.class-row canvas').count()) >= 50);
    assert.equal(await page.locator('.notification-list-item', { hasText: 'Inspecting' }).count(), 0);
  });

  it('of a recipe is above its data, and reads the data as the recipe does', async function () {
    this.timeout(90_000);
    const { page } = session;
    await openFile(page, 'islands.pretrain.json');
    await page.locator('.codelens-decoration a', { hasText: 'Inspect Dataset' }).click({ timeout: 30_000 });
    const animals = await webviewFrame(page, {
      selector: '.summary',
      text: 'as islands.pretrain.json reads it',
      timeout: 60_000,
    });
    assert.deepEqual(await animals.locator('.tiles dd').allInnerTexts(), ['120', '3']);
    await screenshot(page, 'inspect-recipe');
  });

  it('offers the data of the recipe in the editor first', async function () {
    this.timeout(60_000);
    const { page } = session;
    await openFile(page, 'islands.pretrain.json');
    await runCommand(page, 'Pretrain: Inspect Dataset');
    assert.equal((await question(page)).labels[0], 'The data of islands');
    await page.keyboard.press('Escape');
  });
});
