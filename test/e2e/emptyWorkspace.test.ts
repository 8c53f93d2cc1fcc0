import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Session, until } from './session.js';
import { answer, notification, runCommand, screenshot, webviewFrame } from './workbench.js';

describe('A person who begins with nothing', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({});
    fs.rmSync(path.join(session.folder, 'digits'), { recursive: true });
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  it('is welcomed by the empty trees', async () => {
    const { page } = session;
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
    await page.locator('.welcome-view-content', { hasText: 'Create Sample Dataset' }).waitFor({ timeout: 20_000 });
    await page.locator('.welcome-view-content', { hasText: 'Nothing has been trained here yet' }).waitFor();
    await screenshot(page, 'welcome');
  });

  it('has a dataset drawn and gets a recipe for it', async function () {
    this.timeout(90_000);
    const { page } = session;
    await page.locator('.welcome-view-content').getByRole('button', { name: 'Create Sample Dataset' }).click();
    await answer(page, 'digits');
    const toast = await notification(page, 'The sample dataset is in digits', { timeout: 40_000 });
    assert.ok(fs.existsSync(path.join(session.folder, 'digits', 'train-images-idx3-ubyte.gz')));
    await toast.getByRole('button', { name: 'New Recipe' }).click();
    await answer(page, 'Autoencoder');
    await page.locator('.tab[data-resource-name="digits-autoencoder.pretrain.json"]').waitFor();
    await page.locator('.pane-body .monaco-list-row', { hasText: 'digits-autoencoder' }).waitFor({ timeout: 10_000 });
  });

  it('sees which engines load', async function () {
    this.timeout(90_000);
    const { page } = session;
    await runCommand(page, 'Pretrain: Diagnose Engines');
    const frame = await webviewFrame(page, { selector: 'h1', text: 'Engines on this computer', timeout: 60_000 });
    const rows = await frame.locator('table tbody tr').allInnerTexts();
    assert.deepEqual(
      rows.map((row) => row.split(/\s/)[0]),
      ['tensorflow', 'wasm', 'cpu'],
    );
    assert.match(rows[1] ?? '', /yes.*ms/s);
    await screenshot(page, 'engines');
  });

  it('finds the log', async () => {
    const { page } = session;
    await runCommand(page, 'Pretrain: Show Log');
    await until(
      async () => (await page.locator('.output-view-container, .output').count()) > 0,
      'the output is shown',
      10_000,
    );
  });
});
