import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pngOf } from './pictures.js';
import { Session, until } from './session.js';
import { answer, chooseInMenu, question, runCommand, screenshot, webviewFrame } from './workbench.js';

const SHARED = path.resolve('../shared/data/fashion-mnist');
const RECIPE = 'fashion-mnist-contrastive.pretrain.json';

/** By palette, trees and menus alone, as the first page of the documentation tells it. */
describe('The whole way, on real images', () => {
  let session: Session;

  before(async function () {
    this.timeout(120_000);
    if (!fs.existsSync(SHARED)) {
      console.log('      skipped: there is no ../shared/data/fashion-mnist');
      this.skip();
    }
    session = await Session.open({});
    const { page, folder } = session;
    fs.rmSync(path.join(folder, 'digits'), { recursive: true });
    fs.cpSync(SHARED, path.join(folder, 'fashion-mnist'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'garment.png'), pngOf(path.join(SHARED, 't10k-images-idx3-ubyte.gz'), 0));
    await page.setViewportSize({ width: 1800, height: 1000 });
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
  });
  after(() => session?.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  const row = (text: string | RegExp) => session.page.locator('.pane-body .monaco-list-row', { hasText: text });

  async function untilComplete(runs: number): Promise<void> {
    await until(
      () => session.runs().length === runs && session.run().state === 'completed',
      `${runs} runs are complete`,
      120_000,
    );
  }

  it('pretrains on images without their labels, by a recipe that New Recipe has written', async function () {
    this.timeout(180_000);
    const { page, folder } = session;
    await runCommand(page, 'Pretrain: New Recipe');
    await until(async () => (await question(page)).labels.includes('fashion-mnist'), 'the dataset is offered', 30_000);
    await answer(page, 'fashion-mnist');
    await until(async () => (await question(page)).title.includes('Method'), 'the method is asked for');
    await answer(page, 'Contrastive');
    await page.locator(`.tab[data-resource-name="${RECIPE}"]`).waitFor();
    const file = path.join(folder, RECIPE);
    const text = fs.readFileSync(file, 'utf8');
    assert.match(text, /"type": "convolutional"/);
    const smaller = text
      .replace(/"validation": "auto"/, '"validation": "auto", "limit": 1500')
      .replace(/"epochs": \d+/, '"epochs": 4')
      .replace(/\n\}\s*$/, ',\n\n  "finetune": { "mode": "probe", "labelsPerClass": 10, "epochs": 5 }\n}\n');
    fs.writeFileSync(file, smaller);
    await page.locator('.view-lines', { hasText: '"limit": 1500' }).waitFor();
    await runCommand(page, 'Pretrain: Start Pretraining');
    await untilComplete(1);
    await row(/fashion-mnist-contrastive.*Complete/).waitFor();
    await (await session.monitor()).untilState('completed');
    await screenshot(page, 'whole-way-1-pretrained');
  });

  it('is fine-tuned beside its run, from ten labels per class, and shows the examples of a confusion', async function () {
    this.timeout(120_000);
    const { page } = session;
    const pretrained = row(/fashion-mnist-contrastive.*Complete/).first();
    await pretrained.hover();
    await pretrained.locator('a.action-label[aria-label^="Fine-Tune"]').click();
    await until(async () => (await question(page)).title === 'Fine-Tune: Mode', 'the mode is asked for');
    await answer(page, 'Linear probe');
    await until(async () => (await question(page)).title === 'Fine-Tune: Labels', 'the labels are asked for');
    await answer(page, '10 labels per class');
    await untilComplete(2);
    await row(/Linear probe.*test accuracy [\d.]+ % · 100 labels/).waitFor();
    const frame = await webviewFrame(page, { selector: '.confusion-grid', timeout: 60_000 });
    // T-shirts that are taken for shirts: there are always some.
    await frame.locator('.confusion-grid [role=row]').nth(1).locator('[role=gridcell]').nth(6).click();
    const shown = frame.locator('.confusion-examples li');
    await shown.first().waitFor();
    assert.ok((await shown.locator('canvas').count()) > 0);
    assert.match(await frame.locator('.confusion').innerText(), /[1-9]\d* of 1,000 “0” are taken for “6”/);
    await screenshot(page, 'whole-way-2-confusion');
  });

  it('is measured for label efficiency, and the curve opens', async function () {
    this.timeout(240_000);
    const { page } = session;
    await row(/fashion-mnist-contrastive.*Complete/)
      .first()
      .click({ button: 'right' });
    await chooseInMenu(page, 'Measure Label Efficiency');
    await until(async () => (await question(page)).title === 'Measure Label Efficiency', 'how much is asked');
    await answer(page, 'Quick');
    const frame = await webviewFrame(page, { selector: 'h1', text: 'Label efficiency of', timeout: 200_000 });
    assert.equal(await frame.locator('.picture circle').count(), 12);
    assert.match(await frame.locator('.sentence').innerText(), /^With 10 labels per class/);
    await row(/Label efficiency.*With \d+ labels/).waitFor();
    await screenshot(page, 'whole-way-3-efficiency');
  });

  it('tells what a file shows', async function () {
    this.timeout(120_000);
    const { page } = session;
    await runCommand(page, 'View: Show Explorer');
    await page
      .locator('.explorer-folders-view .monaco-list-row', { hasText: 'garment.png' })
      .click({ button: 'right' });
    await chooseInMenu(page, 'Predict');
    const frame = await webviewFrame(page, { selector: 'h1', text: 'garment.png', timeout: 90_000 });
    const answered = frame.locator('.answer');
    assert.equal(await answered.count(), 1);
    assert.equal(await answered.locator('.nearest canvas').count(), 5);
    assert.match(await answered.locator('.class-list li').first().innerText(), /\d+\.\d %$/);
    await screenshot(page, 'whole-way-4-prediction');
  });
});
