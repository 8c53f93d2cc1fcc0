import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { EfficiencyRecord } from '../../src/protocol/efficiency.js';
import { pngOf } from './pictures.js';
import { Session, until } from './session.js';
import {
  acceptPath,
  answer,
  chooseInMenu,
  notification,
  openFile,
  question,
  runCommand,
  screenshot,
  webviewFrame,
} from './workbench.js';

const RECIPE = 'few.pretrain.json';
const PROGRESS = '.notification-list-item';

describe('A trained network in VS Code', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    const recipe = {
      data: { path: 'digits', limit: 1024 },
      encoder: { units: [64, 32] },
      pretrain: { epochs: 3 },
      finetune: { mode: 'probe', labelsPerClass: 10, epochs: 3 },
    };
    session = await Session.open({ [RECIPE]: JSON.stringify(recipe, null, 2) });
    const { page, folder } = session;
    drawDigits(folder);
    await page.setViewportSize({ width: 1800, height: 1000 });
    await openFile(page, RECIPE);
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  /** The first test digits as pictures, and one file that is none. */
  function drawDigits(folder: string): void {
    fs.mkdirSync(path.join(folder, 'drawn'));
    for (let i = 0; i < 4; i++)
      fs.writeFileSync(
        path.join(folder, 'drawn', `${i}.png`),
        pngOf(path.join(folder, 'digits/t10k-images-idx3-ubyte.gz'), i),
      );
    fs.writeFileSync(path.join(folder, 'drawn', 'none.png'), 'hello');
  }

  const row = (text: string | RegExp) => session.page.locator('.pane-body .monaco-list-row', { hasText: text });

  async function untilComplete(runs: number): Promise<void> {
    await until(
      () => session.runs().length === runs && session.run().state === 'completed',
      `${runs} runs are complete`,
    );
  }

  it('says what is missing as long as nothing has been pretrained', async () => {
    const { page } = session;
    await runCommand(page, 'Pretrain: Measure Label Efficiency');
    const toast = await notification(page, 'There is no run with a checkpoint yet whose encoder could be measured');
    await toast.getByRole('button', { name: 'Start Pretraining' }).click();
    await untilComplete(1);
    await row(/few.*Complete · loss/).waitFor();
  });

  it('is measured for label efficiency from its menu; stopped, it goes on where it was', async function () {
    this.timeout(180_000);
    const { page } = session;
    await runCommand(page, 'Notifications: Clear All Notifications');
    await row(/few.*Complete · loss/).click({ button: 'right' });
    await chooseInMenu(page, 'Measure Label Efficiency');
    await until(async () => (await question(page)).title === 'Measure Label Efficiency', 'how much is asked');
    assert.deepEqual((await question(page)).labels, ['Quick', 'Standard', 'Thorough']);
    await screenshot(page, 'efficiency-question');
    await answer(page, 'Quick');
    const [run] = session.runs();
    assert.ok(run);
    const points = () => {
      const within = path.join(run.folder, 'efficiency');
      if (!fs.existsSync(within)) return 0;
      const [id] = fs.readdirSync(within).filter((name) => /^[0-9a-f]+$/.test(name));
      const file = path.join(within, id ?? '', 'points.jsonl');
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').length - 1 : 0;
    };
    await until(() => points() >= 1, 'a point is measured', 90_000);
    const progress = page.locator(PROGRESS, { hasText: 'Measuring label efficiency of few' });
    await progress.getByRole('button', { name: 'Cancel' }).click();
    const toast = await notification(page, /Measuring was stopped with \d+ of 12 points.*goes on where it was/);
    await screenshot(page, 'efficiency-stopped');
    const some = points();
    assert.ok(some < 12, `${some} points`);
    await toast.getByRole('button', { name: 'Go On' }).click();
    await until(async () => (await question(page)).title === 'Measure Label Efficiency', 'how much is asked');
    await answer(page, 'Quick');
    const frame = await webviewFrame(page, { selector: 'h1', text: 'Label efficiency of few', timeout: 120_000 });
    assert.equal(points(), 12, 'none was measured twice');
    const [id = ''] = fs.readdirSync(path.join(run.folder, 'efficiency')).filter((name) => /^[0-9a-f]+$/.test(name));
    const record = JSON.parse(
      fs.readFileSync(path.join(run.folder, 'efficiency', id, 'efficiency.json'), 'utf8'),
    ) as EfficiencyRecord;
    assert.equal(await frame.locator('.sentence').innerText(), record.sentence);
    assert.equal(await frame.locator('.picture circle').count(), 12);
    assert.equal(await frame.locator('.data tbody tr').count(), 3);
    await row(/Label efficiency.*With \d+ labels/).waitFor();
    await screenshot(page, 'efficiency');
  });

  it('shows the measurement again from the tree, and after a reload of the window', async function () {
    this.timeout(120_000);
    const { page } = session;
    await runCommand(page, 'View: Close All Editors');
    await row(/Label efficiency/).click();
    await webviewFrame(page, { selector: 'h1', text: 'Label efficiency of few', timeout: 60_000 });
    await session.workbench.reload();
    const frame = await webviewFrame(page, { selector: 'h1', text: 'Label efficiency of few', timeout: 60_000 });
    assert.equal(await frame.locator('.picture circle').count(), 12);
  });

  it('names the classes of files, once it has learned them: of those selected in the Explorer', async function () {
    this.timeout(180_000);
    const { page } = session;
    await openFile(page, RECIPE);
    await page.locator('.codelens-decoration a', { hasText: 'Fine-Tune' }).click();
    await untilComplete(2);
    await runCommand(page, 'View: Show Explorer');
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'drawn' }).click({ button: 'right' });
    await chooseInMenu(page, 'Predict');
    const frame = await webviewFrame(page, { selector: 'h1', text: 'drawn', timeout: 90_000 });
    const answers = frame.locator('.answer');
    assert.equal(await answers.count(), 4);
    assert.equal(await answers.first().locator('.own canvas').count(), 1);
    assert.equal(await answers.first().locator('.nearest canvas').count(), 5);
    assert.match(await answers.first().locator('.class-list li').first().innerText(), /^\d\s+\d+\.\d %$/);
    assert.match(await frame.locator('main').innerText(), /drawn.none\.png/);
    await screenshot(page, 'predict');
    await frame.locator('vscode-button', { hasText: 'Export as CSV' }).click();
    await acceptPath(page);
    const table = path.join(session.folder, 'drawn-predictions.csv');
    await until(() => fs.existsSync(table), 'the table is written', 15_000);
    assert.equal(fs.readFileSync(table, 'utf8').trim().split('\r\n').length, 5);
  });

  it('finds what is like a file', async function () {
    this.timeout(120_000);
    const { page } = session;
    await runCommand(page, 'View: Close All Editors');
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'drawn' }).first().click();
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: '1.png' }).click({ button: 'right' });
    await chooseInMenu(page, 'Find Similar');
    await until(async () => (await question(page)).title === 'Find Similar', 'the run is asked for');
    assert.equal((await question(page)).labels.length, 2);
    await page.keyboard.press('Enter');
    const frame = await webviewFrame(page, { selector: 'h1', text: '1.png', timeout: 90_000 });
    assert.equal(await frame.locator('.nearest canvas').count(), 24);
    assert.match(await frame.locator('.nearest figcaption').first().innerText(), /\d\s+cosine [\d.]+/);
    await screenshot(page, 'similar');
  });

  it('writes codes of data', async function () {
    this.timeout(120_000);
    const { page } = session;
    await runCommand(page, 'Pretrain: Embed');
    await until(async () => (await question(page)).title === 'Embed', 'the run is asked for');
    await page.keyboard.press('Enter');
    await until(async () => (await question(page)).labels.includes('digits'), 'the data are asked for', 20_000);
    await answer(page, 'digits');
    await until(async () => (await question(page)).labels.includes('NumPy'), 'the format is asked for');
    await answer(page, 'CSV');
    await acceptPath(page);
    const toast = await notification(page, /Wrote 6,?000 codes of 32 numbers each/, { timeout: 60_000 });
    await toast.getByRole('button', { name: 'Open', exact: true }).waitFor();
    const codes = fs.readFileSync(path.join(session.folder, 'digits-codes.csv'), 'utf8');
    assert.match(codes, /^name,label,code_0,/);
  });

  it('says which number a row is given, by a run that has learned numbers', async function () {
    this.timeout(120_000);
    const { page, folder } = session;
    const rows = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `${i % 7}.5,${i % 11},${(100.5 + 3 * (i % 7) - 2 * (i % 11)).toFixed(2)}`,
      );
    const table = (count: number) => ['a,b,price', ...rows(count)].join('\n');
    fs.writeFileSync(path.join(folder, 'prices.csv'), table(400));
    fs.writeFileSync(path.join(folder, 'asked.csv'), table(3));
    const recipe = {
      data: { path: 'prices.csv', labelColumn: 'price' },
      encoder: { units: [8] },
      finetune: { mode: 'scratch', epochs: 40, batchSize: 32, optimizer: { name: 'adam', learningRate: 0.01 } },
    };
    fs.writeFileSync(path.join(folder, 'prices.pretrain.json'), JSON.stringify(recipe));
    const program = path.join(import.meta.dirname, '../../dist/trainer.js');
    await promisify(execFile)(process.execPath, [program, 'finetune', 'prices.pretrain.json'], { cwd: folder });
    await runCommand(page, 'View: Close All Editors');
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'asked.csv' }).click({ button: 'right' });
    await chooseInMenu(page, 'Predict');
    await until(async () => (await question(page)).title === 'Predict', 'the run is asked for');
    await answer(page, 'prices');
    const frame = await webviewFrame(page, { selector: 'h1', text: 'asked.csv', timeout: 90_000 });
    const numbers = (await frame.locator('.prediction-number').allInnerTexts()).map(Number);
    assert.equal(numbers.length, 3);
    numbers.forEach((number, i) => assert.ok(Math.abs(number - (100.5 + i)) < 5, `${i}: ${number}`));
    assert.match(await frame.locator('.nearest figcaption, .nearest .card').first().innerText(), /\d+\.\d\d/);
    await screenshot(page, 'predict-number');
  });

  it('leaves no file of its own behind, once its pages are closed', async () => {
    await runCommand(session.page, 'View: Close All Editors');
    const left = () =>
      fs
        .readdirSync(path.join(session.server.home, 'tmp'))
        .filter((name) => /^pretrain-[-0-9a-f]{36}\.(safetensors|csv)$/.test(name));
    await until(() => left().length === 0, 'nothing is left', 10_000);
  });
});
