import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Session, until } from './session.js';
import { answer, notification, openFile, runCommand, screenshot } from './workbench.js';

describe('A run that is steered, killed and resumed', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    const recipe = { data: { path: 'digits' }, pretrain: { epochs: 2000, checkpointEpochs: 1 } };
    session = await Session.open({ 'long.pretrain.json': JSON.stringify(recipe, null, 2) });
    await session.page.setViewportSize({ width: 1800, height: 1100 });
    await openFile(session.page, 'long.pretrain.json');
    await session.page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
    await runCommand(session.page, 'Pretrain: Start Pretraining');
    await (await session.monitor()).untilStep(40);
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  for (const [name, theme, kind] of [
    ['light', 'Light Modern', 'vs'],
    ['high-contrast', 'Dark High Contrast', 'hc-black'],
    ['dark', 'Dark Modern', 'vs-dark'],
  ] as const) {
    it(`is shown in the colours of the theme: ${name}`, async () => {
      const { page } = session;
      await runCommand(page, 'Preferences: Color Theme');
      await answer(page, theme);
      await page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: 10_000 });
      const monitor = await session.monitor();
      await monitor.untilState('running');
      await sleep(1_000); // two pictures later
      await screenshot(page, `monitor-${name}`);
    });
  }

  it('asks before the same recipe is trained twice at once', async () => {
    const { page } = session;
    await openFile(page, 'long.pretrain.json');
    await runCommand(page, 'Pretrain: Start Pretraining');
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'is training already' });
    await dialog.waitFor({ timeout: 10_000 });
    await screenshot(page, 'already-training');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal(session.runs().length, 1);
  });

  it('takes another learning rate while it trains', async () => {
    const { page } = session;
    await runCommand(page, 'Pretrain: Set Learning Rate');
    await answer(page, '0.0005');
    await until(() => session.run().learningRate === 0.0005, 'the rate is in the record', 10_000);
  });

  it('draws a sample when it is asked for one', async () => {
    const monitor = await session.monitor();
    const before = await monitor.shownStep();
    await runCommand(session.page, 'Pretrain: Sample Now');
    await monitor.untilStep(before + 1, 20_000);
  });

  it('is interrupted when its process is killed, with the reason and a way to go on', async () => {
    const { pid } = session.run();
    assert.ok(pid !== null);
    process.kill(pid, 'SIGKILL');
    const monitor = await session.monitor();
    await monitor.untilState('interrupted', 10_000);
    const toast = await notification(session.page, /SIGKILL/);
    await screenshot(session.page, 'interrupted');
    const { step } = session.run();
    await toast.getByRole('button', { name: 'Resume' }).click();
    await monitor.untilState('running', 30_000);
    assert.notEqual(session.run().pid, pid);
    await until(() => session.run().step > step, 'it goes on from where it was');
    assert.equal(session.runs().length, 1);
  });

  it('stops with a checkpoint', async () => {
    const monitor = await session.monitor();
    await runCommand(session.page, 'Pretrain: Stop');
    await monitor.untilState('stopped');
    assert.equal(session.run().state, 'stopped');
  });

  it('is deleted after a question', async () => {
    const { page } = session;
    await runCommand(page, 'Pretrain: Delete Run');
    const dialog = page.locator('.monaco-dialog-box', { hasText: 'Delete the run' });
    await dialog.waitFor({ timeout: 10_000 });
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await until(() => session.runs().length === 0, 'its folder is gone', 10_000);
    await page.locator('.tab', { hasText: 'long: ' }).waitFor({ state: 'detached', timeout: 10_000 });
  });
});
