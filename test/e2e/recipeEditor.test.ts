import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { Session, until } from './session.js';
import { notification, openFile, runCommand, screenshot } from './workbench.js';

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

  /** Takes the quick fix with this text where the cursor is. */
  async function mend(fix: string): Promise<void> {
    const row = page.locator('.action-widget .monaco-list-row', { hasText: fix }).first();
    await until(async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+.');
      return row.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false, // on a busy computer the list may close again
      );
    }, `the quick fix ${fix} is offered`);
    await row.click({ timeout: 10_000 });
  }

  it('is in a language of its own, coloured as JSON with comments', async () => {
    await page.locator('.statusbar-item', { hasText: 'Pretraining Recipe' }).waitFor();
    const shown = page.locator('.view-line span span');
    const color = async (text: string): Promise<string | null> => {
      const part = shown.filter({ hasText: text }).first();
      const classes = (await part.count()) === 0 ? null : await part.getAttribute('class');
      return /\bmtk\d+/.exec(classes ?? '')?.[0] ?? null;
    };
    const colors = async () => new Set([await color('keyboard'), await color('"encoder"'), await color('32')]);
    await until(async () => (await colors()).size === 3, 'comments, names and numbers have colours of their own');
  });

  it('has each mistake marked once, as an error in our words, those of the data too', async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    const row = page.locator('.markers-panel .monaco-list-row');
    await row.filter({ hasText: 'epohcs' }).waitFor({ timeout: 30_000 });
    const marked = async () => (await row.allTextContents()).filter((one) => !one.startsWith('slip.pretrain.json'));
    // VS Code's JSON server may look at a recipe before it is told of our schema, which allows comments: until then it
    // marks them, too ("Comments are not permitted in JSON", 521).
    await until(async () => (await marked()).length === 2, 'two mistakes are marked, and no comment');
    const rows = await marked();
    assert.match(rows[0] ?? '', /no file or folder "digitz"\. Did you mean "digits"\?/);
    assert.match(rows[1] ?? '', /"epohcs" is not a property of "pretrain"\. Did you mean "epochs"\?/);
    assert.equal(await page.locator('.markers-panel .codicon-error').count(), 2);
    await until(async () => (await squiggles()) === 2, 'both are underlined');
    await screenshot(page, 'recipe-problems');
  });

  it('offers above its stage to show what is wrong, not to start', async function () {
    this.timeout(60_000);
    await openFile(page, 'slip.pretrain.json'); // VS Code asks for such lines only while the editor has the focus
    await page.locator('.codelens-decoration a', { hasText: '2 problems' }).waitFor({ timeout: 30_000 });
    assert.equal(await page.locator('.codelens-decoration', { hasText: 'Start' }).count(), 0);
  });

  it('that was started nevertheless says what is wrong, and that there is more', async function () {
    this.timeout(90_000);
    const both = text();
    fs.writeFileSync(path.join(session.folder, 'slip.pretrain.json'), both.replace('[32]', '[32.5]'));
    await page.locator('.codelens-decoration a', { hasText: '3 problems' }).waitFor({ timeout: 20_000 });
    await runCommand(page, 'View: Toggle Panel Visibility');
    await runCommand(page, 'Pretrain: Start Pretraining');
    const toast = await notification(page, /32\.5.*There is 1 more problem\./);
    await screenshot(page, 'recipe-not-started');
    await toast.getByRole('button', { name: 'Show Problems' }).click();
    await page.locator('.markers-panel .monaco-list-row', { hasText: '32.5' }).waitFor({ timeout: 10_000 });
    assert.equal(session.runs().length, 0);
    fs.writeFileSync(path.join(session.folder, 'slip.pretrain.json'), both);
    await page.locator('.codelens-decoration a', { hasText: '2 problems' }).waitFor({ timeout: 20_000 });
  });

  it('mends a slip by its quick fix', async function () {
    this.timeout(90_000);
    await openFile(page, 'slip.pretrain.json');
    await goTo(5, 45);
    await mend('"epochs"');
    await save();
    await until(() => text().includes('"epochs": 5'), 'the name is mended', 10_000);
  });

  it('then says what only a look at the disk can tell', async () => {
    await runCommand(page, 'Problems: Focus on Problems View');
    const row = page.locator('.markers-panel .monaco-list-row', { hasText: 'digitz' });
    await row.waitFor({ timeout: 30_000 });
    assert.match(await row.innerText(), /pretrain/);
  });

  it('mends the path by its quick fix, and then says what the stage costs', async function () {
    this.timeout(90_000);
    await openFile(page, 'slip.pretrain.json');
    await goTo(3, 24);
    await mend('digits');
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
