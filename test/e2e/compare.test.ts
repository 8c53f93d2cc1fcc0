import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Frame } from 'playwright-core';
import type { ReproductionRecord } from '../../src/protocol/reproduction.js';
import { Session, until } from './session.js';
import {
  answer,
  chooseInMenu,
  notification,
  openFile,
  question,
  runCommand,
  screenshot,
  webviewFrame,
} from './workbench.js';

const RECIPE = 'rates.pretrain.json';

const recipe = (learningRate: number) =>
  JSON.stringify(
    { data: { path: 'digits', limit: 1024 }, pretrain: { epochs: 4, optimizer: { learningRate } } },
    null,
    2,
  );

describe('Runs side by side in VS Code', () => {
  let session: Session;

  before(async function () {
    this.timeout(180_000);
    session = await Session.open({ [RECIPE]: recipe(0.001) });
    await session.page.setViewportSize({ width: 1800, height: 1000 });
    await openFile(session.page, RECIPE);
    await session.page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  const rows = () => session.page.locator('.pane-body .monaco-list-row', { hasText: /rates.*loss/ });

  async function untilComplete(runs: number): Promise<void> {
    await until(
      () => session.runs().length === runs && session.run().state === 'completed',
      `${runs} runs are complete`,
      60_000,
    );
  }

  /** In the question that is open. */
  async function tickAll(): Promise<void> {
    const widget = session.page.locator('.quick-input-widget:visible');
    const unticked = widget.locator('.monaco-list-row [role="checkbox"][aria-checked="false"]');
    while ((await unticked.count()) > 0) await unticked.first().click();
    await widget.locator('.monaco-button', { hasText: 'OK' }).click();
  }

  function comparison(): Promise<Frame> {
    return webviewFrame(session.page, { selector: '.results tbody tr', timeout: 60_000 });
  }

  it('says what is missing while there is one run, and none to compare it with', async function () {
    this.timeout(90_000);
    const { page } = session;
    await runCommand(page, 'Pretrain: Start Pretraining');
    await untilComplete(1);
    await rows().first().waitFor();
    await runCommand(page, 'Pretrain: Compare Runs');
    await notification(page, 'There are fewer than two runs to compare');
  });

  it('compares the runs that are picked: curves, results, and the field that differs', async function () {
    this.timeout(90_000);
    const { page } = session;
    fs.writeFileSync(path.join(session.folder, RECIPE), recipe(0.01));
    await openFile(page, RECIPE);
    await runCommand(page, 'Pretrain: Start Pretraining');
    await untilComplete(2);
    await until(async () => (await rows().count()) === 2, 'both runs are in the tree');
    await runCommand(page, 'Pretrain: Compare Runs');
    await until(async () => (await question(page)).title === 'Compare Runs', 'the runs are asked for');
    await tickAll();
    const frame = await comparison();
    await until(async () => (await frame.locator('.results tbody tr').count()) === 2, 'both runs are in the table');
    const differing = await frame.locator('.recipes > .scrolling tbody tr').allInnerTexts();
    assert.deepEqual(
      differing.map((row) => row.split('\t')[0]),
      ['pretrain.optimizer.learningRate'],
    );
    assert.deepEqual(differing[0]?.split('\t').slice(1).sort(), ['0.001', '0.01']);
    await until(async () => (await frame.locator('.results td.best').count()) > 0, 'the best are marked');
    assert.match((await frame.locator('.chart-frame').getAttribute('aria-label')) ?? '', /training 0\.\d+/);
    await screenshot(page, 'compare-runs');
  });

  it('takes a run out, and adds it again', async function () {
    this.timeout(90_000);
    const { page } = session;
    const frame = await comparison();
    await frame.locator('.take-out').first().click();
    await until(async () => (await frame.locator('.results tbody tr').count()) === 1, 'a run is taken out');
    await frame.locator('.few-note:not([hidden])').waitFor();
    await frame.locator('vscode-button', { hasText: 'Add Runs' }).click();
    await until(async () => (await question(page)).title === 'Compare Runs', 'the runs are asked for');
    await tickAll();
    await until(async () => (await frame.locator('.results tbody tr').count()) === 2, 'it is there again');
  });

  it('reproduces a run: the same, bit by bit, told with the way to the report', async function () {
    this.timeout(120_000);
    const { page } = session;
    await rows().last().click({ button: 'right' });
    await chooseInMenu(page, 'Reproduce Run');
    const toast = await notification(page, 'was reproduced, bit by bit', { timeout: 60_000 });
    const again = session.run();
    const [first] = session.runs();
    assert.equal(again.reproduces?.id, first?.id);
    const record = JSON.parse(
      fs.readFileSync(path.join(again.folder, 'reproduction.json'), 'utf8'),
    ) as ReproductionRecord;
    assert.equal(record.same, true);
    await page.locator('.pane-body .monaco-list-row', { hasText: /rates.*reproduction/ }).waitFor();
    await screenshot(page, 'reproduced');
    await toast.getByRole('button', { name: 'Show Details' }).click();
    const report = await webviewFrame(page, { selector: 'h1:has-text("Reproduction of")', timeout: 30_000 });
    assert.match(await report.locator('body').innerText(), /measured values .* are the same/);
  });

  it('asks before it reproduces a run whose data have changed, and names the files', async function () {
    this.timeout(120_000);
    const { page } = session;
    const [name] = fs.readdirSync(path.join(session.folder, 'digits')).filter((one) => /train-labels/.test(one));
    assert.ok(name);
    const file = path.join(session.folder, 'digits', name);
    const bytes = gunzipSync(fs.readFileSync(file));
    bytes[bytes.length - 1] = bytes.at(-1) === 3 ? 4 : 3;
    fs.writeFileSync(file, gzipSync(bytes));
    await runCommand(page, 'Pretrain: Reproduce Run');
    await until(async () => (await question(page)).labels.length >= 2, 'the run is asked for');
    await answer(page, 'rates');
    const toast = await notification(page, `changed: ${name}`, { timeout: 60_000 });
    assert.ok(await toast.getByRole('button', { name: 'Do It Anyway' }).isVisible());
    const before = session.runs().length;
    await toast.getByRole('button', { name: 'Do It Anyway' }).click();
    await until(() => session.runs().length === before + 1, 'it is done all the same', 60_000);
  });

  it('comes back after a reload of the window', async function () {
    this.timeout(90_000);
    await session.workbench.reload();
    const tab = session.page.locator('.tab', { hasText: 'Compare Runs' });
    await tab.click();
    const frame = await comparison();
    await until(async () => (await frame.locator('.results tbody tr').count()) === 2, 'both runs are there');
  });
});
