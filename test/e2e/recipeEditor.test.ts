import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { Session, until } from './session.js';
import { openFile, runCommand, screenshot } from './workbench.js';

const RECIPE = `{
  // A person's slip of the keyboard, and a folder that is not there.
  "data": { "path": "digitz" },
  "encoder": { "type": "dense", "units": [32] },
  "pretrain": { "method": "autoencoder", "epohcs": 5 }
}
`;

describe('A recipe in the editor', () => {
  let session: Session;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({ 'slip.pretrain.json': RECIPE });
    ({ page } = session);
    await openFile(page, 'slip.pretrain.json');
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  const text = () => fs.readFileSync(path.join(session.folder, 'slip.pretrain.json'), 'utf8');
  const squiggles = () => page.locator('.view-overlays :is(.squiggly-error, .squiggly-warning)').count();

  async function save(): Promise<void> {
    await runCommand(page, 'File: Save');
  }

  /** Puts the cursor behind a text of the file. */
  async function goTo(line: number, column: number): Promise<void> {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+G');
    await page.keyboard.type(`${line}:${column}`);
    await page.keyboard.press('Enter');
  }

  it('is JSON with comments', async () => {
    await page.locator('.statusbar-item', { hasText: 'JSON with Comments' }).waitFor();
  });

  it('has each problem marked once, with its reason', async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    const row = page.locator('.markers-panel .monaco-list-row');
    await row.filter({ hasText: 'epohcs' }).waitFor({ timeout: 30_000 });
    const rows = await row.allTextContents();
    assert.equal(rows.filter((one) => one.includes('epohcs')).length, 1, rows.join('\n'));
    await until(async () => (await squiggles()) > 0, 'it is underlined');
    await screenshot(page, 'recipe-problems');
  });

  it('mends a slip by its quick fix', async () => {
    await openFile(page, 'slip.pretrain.json');
    await goTo(5, 45);
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: '"epochs"' }).first().click({ timeout: 10_000 });
    await save();
    await until(() => text().includes('"epochs": 5'), 'the name is mended', 10_000);
  });

  it('then says what only a look at the disk can tell', async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    const row = page.locator('.markers-panel .monaco-list-row', { hasText: 'digitz' });
    await row.waitFor({ timeout: 30_000 });
    assert.match(await row.innerText(), /pretrain/);
  });

  it('mends the path by its quick fix, and then says what the stage costs', async () => {
    await openFile(page, 'slip.pretrain.json');
    await goTo(3, 24);
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: 'digits' }).first().click({ timeout: 10_000 });
    await save();
    await until(() => text().includes('"digits"'), 'the path is mended', 10_000);
    await page.locator('.codelens-decoration', { hasText: '50,992 parameters' }).waitFor({ timeout: 30_000 });
    await until(async () => (await squiggles()) === 0, 'nothing is marked any more');
  });

  it('completes the values that there are', async () => {
    await goTo(4, 47);
    await page.keyboard.type(', "activation": ');
    await page.keyboard.press('Control+Space');
    const row = page.locator('.suggest-widget.visible .monaco-list-row', { hasText: 'gelu' });
    await row.first().waitFor({ timeout: 10_000 });
    await screenshot(page, 'recipe-completion');
    await page.keyboard.press('Escape');
    await runCommand(page, 'File: Revert File');
  });

  it('starts by the line above its stage', async function () {
    this.timeout(60_000);
    await page.locator('.codelens-decoration a', { hasText: 'Start Pretraining' }).click();
    await until(() => session.runs().length === 1, 'a run was started');
    await session.untilState('completed');
    assert.equal(session.run().epochs, 5);
  });
});
