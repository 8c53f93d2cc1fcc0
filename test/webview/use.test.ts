/// <reference lib="dom" />
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { encodeSafetensors } from '../../src/protocol/safetensors.js';
import type { FromUse, ShowUse } from '../../src/protocol/use.js';
import { useOther } from './lab.js';
import { results, type OpenOptions, type ThemeName } from './page.js';
import { askedImages, askedSounds, askedTexts, similarImages, type Asked } from './uses.js';

describe('the page of what a run says of files', () => {
  const lab = useOther<FromUse>('use');
  let page: Page;

  async function show(asked: Asked, options: OpenOptions = {}, changes: Partial<ShowUse> = {}): Promise<void> {
    page = await lab.open(options);
    await page.evaluate(
      ({ message, base64 }) => {
        const pictures = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        window.postMessage({ ...message, pictures });
      },
      {
        message: { ...asked.shown, ...changes },
        base64: Buffer.from(encodeSafetensors(asked.pictures)).toString('base64'),
      },
    );
    await page.locator('h1').waitFor();
  }

  it('shows each file with its likeliest classes as bars as long as they are likely', async () => {
    await show(await askedImages());
    assert.equal(await page.locator('h1').innerText(), 'photos/new');
    assert.match(await page.locator('.summary').innerText(), /^predicted by pets · Linear probe/);
    const answer = page.locator('.answer').first();
    assert.deepEqual(await answer.locator('.class-percent').allInnerTexts(), ['93.0 %', '4.1 %', '2.0 %', '0.9 %']);
    const [first = 0, second = 0] = await answer
      .locator('.class-bar i')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().width));
    assert.ok(Math.abs(second / first - 0.041 / 0.93) < 0.02, `${second} of ${first}`);
    assert.match((await answer.locator('.class-list').getAttribute('aria-label')) ?? '', /: \w+, 93\.0 %$/);
    assert.equal(await answer.locator('.own canvas').count(), 1);
  });

  it('marks the labels that an example is given where it may have several', async () => {
    const { shown, pictures } = await askedImages();
    const [first] = shown.answers;
    first!.classes = [
      { name: 'cat', probability: 0.9, given: true },
      { name: 'dog', probability: 0.6, given: true },
      { name: 'ant', probability: 0.2, given: false },
    ];
    await show({ shown, pictures });
    const list = page.locator('.answer').first().locator('.class-list');
    assert.match((await list.getAttribute('aria-label')) ?? '', /: cat, dog$/);
    const marks = await list
      .locator('.class-name')
      .evaluateAll((names) => names.map((name) => getComputedStyle(name, '::before').content));
    assert.deepEqual(marks, ['"✓ "', '"✓ "', 'none']);
  });

  it('shows the number that each is given by a run that has learned numbers, and those of the most similar', async () => {
    const { shown, pictures } = await askedTexts();
    const numbers = [3849.2345, -0.125, 1.5e9];
    const answers = shown.answers.map((answer, i) => ({
      ...answer,
      classes: [],
      prediction: numbers[i]!,
      similar: answer.similar.map((one) => ({ ...one, label: '3750' })),
    }));
    await show({ shown: { ...shown, classes: [], answers }, pictures });
    assert.deepEqual(await page.locator('.prediction-number').allInnerTexts(), ['3,849.23', '−0.125', '1.5E9']);
    assert.equal(await page.locator('.prediction .quiet').first().innerText(), 'prediction');
    assert.equal(await page.locator('.class-list, .histogram').count(), 0);
    assert.match(await page.locator('.nearest .card').first().innerText(), /3750\s+cosine 0\.9910/);
    await page.screenshot({ path: path.join(results, 'use-numbers.png'), fullPage: true });
  });

  it('shows the training examples that are most like it, with class and cosine', async () => {
    await show(await askedImages());
    const nearest = page.locator('.answer').first().locator('.nearest');
    assert.equal(await nearest.locator('canvas').count(), 5);
    assert.match(await nearest.locator('figcaption').first().innerText(), /^(cat|dog|fox)\s+cosine 0\.9910$/);
  });

  it('counts the classes of several, and none of one', async () => {
    const asked = await askedImages();
    await show(asked);
    assert.deepEqual(await page.locator('.histogram tbody th').allInnerTexts(), ['cat', 'dog']);
    await page.context().close();
    await show(asked, {}, { answers: asked.shown.answers.slice(0, 1), count: 1 });
    assert.equal(await page.locator('.histogram').count(), 0);
  });

  it('says what is not shown, what could not be read and what to know', async () => {
    await show(
      await askedImages(),
      {},
      {
        count: 2500,
        unreadable: [{ file: 'new/<b>cut.png', reason: 'It is cut off.' }],
        notes: ['The data have changed since.'],
      },
    );
    const text = await page.locator('main').innerText();
    assert.match(text, /The first 6 of 2,500 are shown\. All are in the exported table\./);
    assert.match(text, /new\/<b>cut\.png\s+It is cut off\./);
    assert.match(text, /The data have changed since\./);
  });

  it('opens files, the run and the export, also by keyboard', async () => {
    const asked = await askedImages();
    await show(asked);
    await page.locator('vscode-button', { hasText: 'Export as CSV' }).focus();
    await page.keyboard.press('Enter');
    await page.locator('vscode-button', { hasText: 'Open Monitor' }).click();
    await page.locator('.file-name').first().focus();
    await page.keyboard.press('Enter');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    const [first] = asked.shown.answers;
    assert.deepEqual(lab.sent, [
      { type: 'ready' },
      { type: 'export' },
      { type: 'openRun' },
      { type: 'openFile', file: first?.file },
    ]);
  });

  it('of what is similar has many examples, no classes and no table to export', async () => {
    await show(await similarImages());
    assert.equal(await page.locator('.nearest canvas').count(), 24);
    assert.equal(await page.locator('.class-list, .histogram').count(), 0);
    assert.equal(await page.locator('vscode-button', { hasText: 'Export' }).count(), 0);
    assert.match(await page.locator('.summary').innerText(), /^training examples of pets with the most similar codes/);
  });

  it('shows texts and sounds as they are read and heard, and names alone without pictures', async () => {
    await show(await askedTexts());
    assert.match(await page.locator('.own .text-example').first().innerText(), /Is my card/);
    await page.context().close();
    await show(await askedSounds());
    assert.ok((await page.locator('.own .sound-picture').count()) === 2);
    assert.ok((await page.locator('.nearest .sound-picture').count()) === 4);
    await page.context().close();
    const { shown, pictures } = await askedImages();
    const bare = shown.answers.map((answer) => ({
      ...answer,
      shown: null,
      similar: answer.similar.map(({ name, label, cosine }) => ({ name, label, cosine })),
    }));
    await show({ shown, pictures }, {}, { answers: bare });
    assert.match(await page.locator('.nearest figcaption').first().innerText(), /\.png · \w+ · cosine 0\.9910/);
  });

  for (const width of [360, 700, 1280])
    it(`fits ${width} pixels: nothing scrolls sideways`, async () => {
      await show(await askedImages(), { width });
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(beyond, 0);
    });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`is drawn in the colours of the theme: ${theme}`, async () => {
      const made = { images: askedImages, sounds: askedSounds, texts: askedTexts, similar: similarImages };
      for (const [name, asked] of Object.entries(made)) {
        if (name !== 'images') await page.context().close();
        await show(await asked(), { theme, height: 1000 });
        await page.screenshot({ path: path.join(results, `use-${name}-${theme}.png`), fullPage: true });
      }
    });
});
