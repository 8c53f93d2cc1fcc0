import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, until } from './session.js';
import { notification, openFile, runCommand, screenshot } from './workbench.js';

describe('In a workspace that is not trusted', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    const recipe = '{ "data": { "path": "nothing" }, "pretrain": { "epochs": 1 } }';
    const settings = { 'security.workspace.trust.startupPrompt': 'never', 'security.workspace.trust.banner': 'never' };
    session = await Session.open({ 'a.pretrain.json': recipe }, { workspaceTrust: true, settings });
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  it('no trainer starts, and the person is told why and how to change it', async function () {
    this.timeout(90_000);
    const { page } = session;
    await openFile(page, 'a.pretrain.json');
    await runCommand(page, 'Pretrain: Start Pretraining');
    const toast = await notification(page, 'This workspace is not trusted');
    await screenshot(page, 'untrusted');
    assert.equal(session.runs().length, 0);
    // Not even a check of the recipe: its missing folder is not reported.
    await sleep(2_000);
    assert.equal(await page.locator('.squiggly-error').count(), 0);
    await toast.getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await page.locator('.workspace-trust-editor').waitFor({ timeout: 20_000 });
  });

  it('recipes are checked as soon as it becomes trusted', async function () {
    this.timeout(90_000);
    const { page } = session;
    await page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).first().click();
    await openFile(page, 'a.pretrain.json');
    await until(
      async () => (await page.locator('.squiggly-error').count()) > 0,
      'the missing folder is reported',
      40_000,
    );
  });
});
