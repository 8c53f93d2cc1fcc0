/// <reference lib="dom" />
import assert from 'node:assert/strict';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { factsOf } from '../../src/data/inspect/describe.js';
import { VIEWS, type FromInspection, type ShownViews } from '../../src/protocol/inspection.js';
import { encodeSafetensors } from '../../src/protocol/safetensors.js';
import {
  inspectedImages,
  inspectedSentences,
  inspectedSounds,
  inspectedTable,
  inspectedTexts,
  type Inspected,
} from './inspections.js';
import { useOther } from './lab.js';
import { readTheme, results, type OpenOptions, type ThemeName } from './page.js';

/** When it was inspected. */
const AT = '2026-11-28T10:30:00.000Z';

describe('the page of an inspected dataset', () => {
  const lab = useOther<FromInspection>('inspection');
  let page: Page;

  async function show(
    { inspection, pictures }: Inspected,
    options: OpenOptions = {},
    { cutTo, recipe = null }: { cutTo?: number; recipe?: string | null } = {},
  ): Promise<void> {
    page = await lab.open(options);
    const bytes = Buffer.from(encodeSafetensors(pictures).subarray(0, cutTo)).toString('base64');
    await page.evaluate(
      ({ message, base64 }) => {
        const pictures = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        window.postMessage({ ...message, pictures });
      },
      {
        message: { type: 'show', target: '/data/photos', at: AT, recipe, inspection, facts: factsOf(inspection) },
        base64: bytes,
      },
    );
    await page.locator('h1').waitFor();
  }

  /** Colour of the pixel in the middle of a canvas. */
  const middle = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((canvas) => {
        if (!(canvas instanceof HTMLCanvasElement)) return [];
        const pixel = document.createElement('canvas'); // so that the page's own stays as it is made for drawing
        const pen = pixel.getContext('2d', { willReadFrequently: true });
        pen?.drawImage(canvas, -(canvas.width >> 1), -(canvas.height >> 1));
        return [...(pen?.getImageData(0, 0, 1, 1).data ?? [])];
      });

  it('tells counts, findings and facts in words', async () => {
    await show(await inspectedImages());
    assert.equal(await page.locator('h1').innerText(), 'photos');
    assert.deepEqual(await page.locator('.tiles dd').allInnerTexts(), ['230', '3', '200', '30', '2']);
    const warnings = page.locator('.findings [data-severity="warning"]');
    assert.match((await warnings.allInnerTexts()).join('\n'), /in it too: 1/);
    assert.match(await page.locator('.fact-list').innerText(), /Kind\s+images/);
  });

  it('says when it was inspected, which after a reload was some time ago', async () => {
    await show(await inspectedImages());
    const time = await page.evaluate((at) => new Date(at).toTimeString().slice(0, 5), AT); // in the page's own time zone
    assert.ok((await page.locator('.summary').innerText()).endsWith(` · inspected Nov 28, 2026, ${time}`));
  });

  it('shows classes as bars of their splits, as wide as their counts', async () => {
    await show(await inspectedImages());
    const widths = await page
      .locator('.histogram tr')
      .evaluateAll((rows) =>
        rows
          .slice(1)
          .map((row) =>
            [...row.querySelectorAll('i')].reduce((sum, bar) => sum + bar.getBoundingClientRect().width, 0),
          ),
      );
    const [cat = 0, dog = 0, fox = 0] = widths;
    assert.ok(Math.abs(dog / cat - 60 / 160) < 0.01 && Math.abs(fox / cat - 10 / 160) < 0.01, widths.join());
  });

  it('draws the images with the values that they have, in a row a class', async () => {
    await show(await inspectedImages());
    assert.deepEqual(await page.locator('.class-row h3').allInnerTexts(), ['cat', 'dog', 'fox']);
    assert.deepEqual(await middle('.class-row + .class-row canvas'), [200, 40, 40, 255]);
    const label = await page.locator('.class-row canvas').first().getAttribute('aria-label');
    assert.match(label ?? '', /^cat · train\/cat\/\d+\.png · training · 12 × 16$/);
  });

  it('shows duplicates side by side, those of two splits marked', async () => {
    await show(await inspectedImages());
    const pair = page.locator('.pair').first();
    assert.equal(await pair.locator('canvas').count(), 2);
    assert.match(
      await pair.innerText(),
      /training[^]*train\/cat\/3\.png[^]*test[^]*test\/cat\/0\.png[^]*in two splits/,
    );
    assert.equal(await pair.getAttribute('data-unlike'), '');
  });

  it('names what cannot be used with the reason, as text', async () => {
    await show(await inspectedImages());
    const rows = await page.locator('.data tbody tr').allInnerTexts();
    assert.ok(rows.some((row) => /^train\/dog\/<b>bad\.png\s+\S+/.test(row)));
    assert.equal(await page.locator('main b').count(), 0);
  });

  it('tells all that is words also when the pictures did not arrive whole', async () => {
    await show(await inspectedImages(), {}, { cutTo: 1000 });
    assert.equal(await page.locator('.histogram tbody tr').count(), 3);
    assert.equal(await page.locator('.card canvas').count(), 0);
    assert.ok((await page.locator('.card', { hasText: 'not there' }).count()) > 10);
  });

  it('asks the host for a recipe and for exports, also by keyboard', async () => {
    await show(await inspectedImages());
    await page.locator('vscode-button', { hasText: 'New Recipe with This Data' }).click();
    await page.locator('vscode-button', { hasText: 'Export as Markdown' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assert.deepEqual(lab.sent, [
      { type: 'ready' },
      { type: 'newRecipe' },
      { type: 'export', as: 'markdown' },
      { type: 'export', as: 'json' },
    ]);
  });

  it('of a recipe says that its data is shown as it reads it, and leads back to it', async () => {
    await show(await inspectedImages(), {}, { recipe: 'pets.pretrain.json' });
    assert.match(await page.locator('.summary').innerText(), / · as pets\.pretrain\.json reads it · inspected \S/);
    assert.equal(await page.locator('vscode-button', { hasText: 'New Recipe' }).count(), 0);
    await page.locator('vscode-button', { hasText: 'Open Recipe' }).click();
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assert.deepEqual(lab.sent, [{ type: 'ready' }, { type: 'openRecipe' }]);
  });

  it('gives every control and picture a name', async () => {
    await show(await inspectedSounds());
    const session = await page.context().newCDPSession(page);
    const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as {
      nodes: { ignored: boolean; role?: { value: string }; name?: { value: string } }[];
    };
    const wanted = ['button', 'img', 'image', 'group', 'region', 'main'];
    const found = nodes.filter(({ ignored, role }) => !ignored && wanted.includes(role?.value ?? ''));
    assert.deepEqual(
      found.filter(({ name }) => (name?.value ?? '').trim() === '').map(({ role }) => role?.value),
      [],
    );
    assert.ok(found.some(({ role, name }) => role?.value === 'button' && /^Play .*\.wav/.test(name?.value ?? '')));
  });

  it('plays a sound, and stops it by the same button', async () => {
    await show(await inspectedSounds());
    const button = page.locator('.sound-example vscode-button').first();
    await button.click();
    await page.locator('.playhead:not([hidden])').waitFor({ state: 'attached' });
    assert.match((await button.getAttribute('aria-label')) ?? '', /^Stop /);
    await button.click();
    assert.equal(await page.locator('.playhead:not([hidden])').count(), 0);
    assert.match((await button.getAttribute('aria-label')) ?? '', /^Play /);
  });

  it('shows texts with their characters, and tables with their columns', async () => {
    await show(await inspectedTexts());
    assert.match(await page.locator('.text-example').first().innerText(), /Is my card/);
    assert.equal(await page.locator('.token-boxes').count(), 0, 'nothing is known of tokens');
    assert.match(await page.locator('.part', { hasText: 'Shortest and longest' }).innerText(), /shortest[^]*longest/i);
    await page.context().close();
    await show(await inspectedSentences());
    const first = page.locator('.card', { hasText: 'My card number 0 is lost' }).first();
    assert.equal((await first.locator('.token-boxes li').allInnerTexts()).join('|'), 'my|card|number|0|is|lost');
    await page.context().close();
    await show(await inspectedTable());
    const titles = await page.locator('.data').first().locator('thead th').allInnerTexts();
    assert.deepEqual(titles.slice(1), ['Class', 'body_mass_g', 'sex']);
    assert.match(await page.locator('.data tbody tr').first().innerText(), /^row 1\s+Adelie\s+3700\s+female$/);
    assert.deepEqual(await page.locator('.split-title').allInnerTexts(), ['A run would draw'], 'there are no splits');
    assert.ok((await page.locator('.data tbody tr').allInnerTexts()).some((row) => /body_mass_g\s+number/.test(row)));
  });

  it('shows some examples beside views of them, as pictures, tokens, or rows with replaced values marked', async () => {
    const part = () => page.locator('.part', { hasText: 'Views that augmentation makes' });
    for (const [made, selector] of [
      [inspectedImages, 'canvas.pixels'],
      [inspectedSounds, 'canvas.view-spectrogram'],
      [inspectedSentences, 'blockquote'],
    ] as const) {
      await show(await made());
      const first = part().locator('.view-row').first().locator('li');
      assert.equal(await first.locator(selector).count(), 6, selector);
      assert.deepEqual(await first.locator('.quiet').allInnerTexts(), [
        'as it is',
        ...[1, 2, 3, 4, 5].map((i) => `view ${i}`),
      ]);
      assert.match(await part().innerText(), /where it says nothing else: [a-z]+ /i);
      await page.context().close();
    }
    const { inspection, pictures } = await inspectedTable();
    await show({ inspection, pictures });
    const { columns, examples } = JSON.parse(pictures.metadata[VIEWS] ?? '{}') as ShownViews;
    assert.deepEqual(await part().locator('thead th').allInnerTexts(), ['', ...(columns ?? [])]);
    const marked = examples.flatMap(({ views }) =>
      views.flatMap(({ cells, replaced }) => replaced?.map((i) => cells?.[i])),
    );
    assert.ok(marked.length > 0);
    assert.deepEqual(
      (await part().locator('mark').allTextContents()).map((text) => text.replace(' (replaced)', '')),
      marked,
    );
  });

  it('says nothing of views where none are made', async () => {
    const { inspection, pictures } = await inspectedImages();
    await show({ inspection: { ...inspection, augmentation: null }, pictures });
    assert.equal(await page.locator('.views').count(), 0);
  });

  for (const width of [360, 700, 1280])
    it(`fits ${width} pixels: nothing scrolls sideways`, async () => {
      await show(await inspectedImages(), { width });
      const beyond = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(beyond, 0);
    });

  for (const theme of ['dark-modern', 'light-modern', 'high-contrast', 'high-contrast-light'] satisfies ThemeName[])
    it(`takes the colours of the theme: ${theme}`, async () => {
      await show(await inspectedSounds(), {
        theme: theme === 'dark-modern' ? 'light-modern' : 'dark-modern',
        height: 1400,
      });
      const before = await middle('.sound-picture');
      await page.evaluate((colours) => window.applyTheme?.(colours), await readTheme(theme));
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      assert.notDeepEqual(await middle('.sound-picture'), before, 'pictures are drawn anew');
      await page.screenshot({ path: path.join(results, `inspection-sounds-${theme}.png`), fullPage: true });
      for (const [kind, inspected] of [
        ['images', inspectedImages],
        ['texts', inspectedTexts],
        ['sentences', inspectedSentences],
        ['table', inspectedTable],
      ] as const) {
        await page.context().close();
        await show(await inspected(), { theme, height: 1400 });
        await page.screenshot({ path: path.join(results, `inspection-${kind}-${theme}.png`), fullPage: true });
      }
    });
});
