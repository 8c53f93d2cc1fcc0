import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { Session, until } from './session.js';
import { answer, hoverOf, notification, question, runCommand, screenshot } from './workbench.js';

describe("The tree of the workspace's datasets", () => {
  let session: Session;
  let page: Page;

  before(async function () {
    this.timeout(120_000);
    session = await Session.open({ '.gitignore': 'outputs/\n' });
    ({ page } = session);
    for (let i = 0; i < 30; i++) put(`spoken/${i % 10}_${['ann', 'bob'][i % 2] ?? ''}_${i}.wav`, '');
    put('outputs/table.csv', 'a,b\n1,2\n'.repeat(300));
    put('excluded/table.csv', 'a,b\n1,2\n'.repeat(300));
    put('.vscode/settings.json', JSON.stringify({ 'files.exclude': { '**/excluded': true } }));
    await page.locator('.activitybar a.action-label[aria-label="Pretrain"]').click();
  });
  after(() => session.close());
  afterEach(async function () {
    if (this.currentTest?.isFailed() === true) await session.keepPicture(this.currentTest.title);
  });

  function put(name: string, content: string): void {
    const file = path.join(session.folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  const pane = () => page.locator('.pane', { has: page.locator('.pane-header', { hasText: 'Datasets' }) });
  const row = (text: string | RegExp) => pane().locator('.monaco-list-row', { hasText: text });
  const action = (of: Locator, label: string) => of.locator(`a.action-label[aria-label^="${label}"]`);

  it('lists what was found with format, counts and shape', async () => {
    await row(/digits.*IDX images · 5,000 \+ 1,000 · 28×28/).waitFor({ timeout: 30_000 });
    await row(/spoken.*sound · 30 · 10 classes/).waitFor({ timeout: 20_000 });
    await screenshot(page, 'datasets');
  });

  it('says why, and how else it could be read', async () => {
    const hover = await hoverOf(page, row('spoken'), 'part 1 of the file names');
    const text = (await hover.innerText()).replaceAll('\u00a0', ' ');
    assert.match(text, /could also be part 2 .*"filePattern": "\{index\}_\{label\}_\{index2\}\.wav"/s);
    await screenshot(page, 'datasets-hover');
  });

  it('notices a dataset that appears, and passes over ignored and excluded ones', async function () {
    this.timeout(60_000);
    put('fruit/table.csv', 'a,b\n1,2\n'.repeat(300));
    await row(/fruit.*CSV/).waitFor({ timeout: 30_000 });
    assert.equal(await row('outputs').count(), 0);
    assert.equal(await row('excluded').count(), 0);
  });

  it('looks again when it is asked to', async () => {
    fs.rmSync(path.join(session.folder, 'fruit'), { recursive: true });
    await pane().locator('.pane-header').hover();
    await action(pane(), 'Refresh Datasets').click();
    await until(async () => (await row('fruit').count()) === 0, 'what is gone is gone');
  });

  it('makes a recipe for a dataset, which lists the same ones', async () => {
    await row('spoken').hover();
    await action(row('spoken'), 'New Recipe').click();
    const asked = await question(page);
    assert.equal(asked.placeholder, 'spoken can be read in more than one way. Which is meant?');
    assert.deepEqual(asked.labels, [
      'Label from part 1 of the file names, such as "0"',
      'Label from part 2 of the file names, such as "ann"',
    ]);
    await screenshot(page, 'datasets-reading');
    await answer(page, 'Label from part 2');
    await until(async () => (await question(page)).title.includes('Method'), 'the method is asked');
    await answer(page, 'Autoencoder');
    await page.locator('.tab[data-resource-name="spoken-autoencoder.pretrain.json"]').waitFor({ timeout: 20_000 });
    const recipe = fs.readFileSync(path.join(session.folder, 'spoken-autoencoder.pretrain.json'), 'utf8');
    assert.match(recipe, /"filePattern": "\{index\}_\{label\}_\{index2\}\.wav"/);
    await runCommand(page, 'Pretrain: New Recipe');
    const { labels } = await question(page);
    assert.deepEqual(
      labels.filter((label) => ['digits', 'spoken', 'outputs', 'excluded'].includes(label)),
      ['digits', 'spoken'],
    );
    await page.keyboard.press('Escape');
  });

  it('asks for the labels of a format that is not the likeliest, too', async function () {
    this.timeout(60_000);
    for (let i = 0; i < 30; i++) put(`both/${i % 10}_${['ann', 'bob'][i % 2] ?? ''}_${i}.wav`, '');
    for (let i = 0; i < 35; i++) put(`both/${i}.png`, '');
    await row('both').waitFor({ timeout: 30_000 });
    await row('both').hover();
    await action(row('both'), 'New Recipe').click();
    await until(async () => (await question(page)).labels[0]?.startsWith('Images') === true, 'the format is asked');
    await answer(page, 'Sounds in folders');
    await until(
      async () => (await question(page)).labels[0]?.startsWith('Label from') === true,
      'the labels are asked',
    );
    await answer(page, 'Label from part 2');
    await until(async () => (await question(page)).title.includes('Method'), 'the method is asked');
    await answer(page, 'Autoencoder');
    await page.locator('.tab[data-resource-name="both-autoencoder.pretrain.json"]').waitFor({ timeout: 20_000 });
    const recipe = fs.readFileSync(path.join(session.folder, 'both-autoencoder.pretrain.json'), 'utf8');
    assert.match(recipe, /"format": "soundFolder"/);
    assert.match(recipe, /"filePattern": "\{index\}_\{label\}_\{index2\}\.wav"/);
  });

  it('shows sample data of another kind as soon as they are made', async function () {
    this.timeout(90_000);
    await runCommand(page, 'Pretrain: Create Sample Dataset');
    const { labels } = await question(page);
    assert.deepEqual(
      labels.filter((label) => !label.includes(' ')),
      ['digits', 'tones', 'sentences', 'clusters'],
    );
    await answer(page, 'sentences');
    await notification(page, 'The sample dataset is in sentences', { timeout: 40_000 });
    await row(/sentences.*JSON Lines/).waitFor({ timeout: 20_000 });
  });
});
